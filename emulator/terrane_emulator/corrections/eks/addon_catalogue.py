"""The addons that EKS offers, and in which versions: a small, dated extract, 2026-11.

AWS publishes new builds every few weeks; what matters to callers is that every version
of Kubernetes has a default and a newest one, that they differ where they differ on AWS,
and which service accounts can have a role.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import EKSBackend

from terrane_emulator.corrections.eks.routing import Given, answers
from terrane_emulator.corrections.eks.versions import VERSIONS


@dataclass(frozen=True)
class Kind:
    """One addon."""

    name: str
    type: str
    versions: dict[str, tuple[str, ...]]
    """By version of Kubernetes, newest first; the last is the default."""
    service_accounts: tuple[str, ...] = ()
    """Those that can get a role by pod identity."""
    namespace: str = "kube-system"
    owner: str = "aws"
    publisher: str = "eks"

    def default(self, minor: str) -> str:
        """The version that a cluster gets when none is named."""
        return self.versions[minor][-1]


def _everywhere(*versions: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(VERSIONS, versions)


_KUBE_PROXY = {
    "1.32": ("v1.32.13-eksbuild.16", "v1.32.13-eksbuild.5"),
    "1.33": ("v1.33.10-eksbuild.13", "v1.33.10-eksbuild.2"),
    "1.34": ("v1.34.6-eksbuild.13", "v1.34.6-eksbuild.2"),
    "1.35": ("v1.35.3-eksbuild.13", "v1.35.3-eksbuild.2"),
    "1.36": ("v1.36.0-eksbuild.14", "v1.36.0-eksbuild.7"),
}
_COREDNS = {
    "1.32": ("v1.11.4-eksbuild.33", "v1.11.4-eksbuild.28"),
    "1.33": ("v1.13.2-eksbuild.4", "v1.12.4-eksbuild.10"),
    "1.34": ("v1.13.2-eksbuild.4", "v1.12.4-eksbuild.10"),
    "1.35": ("v1.14.2-eksbuild.4", "v1.13.2-eksbuild.4"),
    "1.36": ("v1.14.3-eksbuild.2", "v1.14.2-eksbuild.4"),
}
_COMMUNITY = {"owner": "community", "publisher": "eks"}

_OFFERED = (
    Kind(
        "vpc-cni",
        "networking",
        _everywhere("v1.21.1-eksbuild.1", "v1.20.5-eksbuild.1"),
        service_accounts=("aws-node",),
    ),
    Kind("coredns", "networking", _COREDNS),
    Kind("kube-proxy", "networking", _KUBE_PROXY),
    Kind(
        "eks-pod-identity-agent",
        "security",
        _everywhere("v1.3.10-eksbuild.3", "v1.3.10-eksbuild.2"),
    ),
    Kind(
        "aws-ebs-csi-driver",
        "storage",
        _everywhere("v1.60.1-eksbuild.1", "v1.57.1-eksbuild.1"),
        service_accounts=("ebs-csi-controller-sa",),
    ),
    Kind(
        "aws-efs-csi-driver",
        "storage",
        _everywhere("v2.3.1-eksbuild.1", "v2.3.0-eksbuild.1"),
        service_accounts=("efs-csi-controller-sa", "efs-csi-node-sa"),
    ),
    Kind(
        "aws-mountpoint-s3-csi-driver",
        "storage",
        _everywhere("v2.4.1-eksbuild.1", "v2.4.0-eksbuild.1"),
        service_accounts=("s3-csi-driver-sa",),
    ),
    Kind("snapshot-controller", "storage", _everywhere("v8.5.0-eksbuild.2", "v8.5.0-eksbuild.1")),
    Kind(
        "amazon-cloudwatch-observability",
        "observability",
        _everywhere("v5.1.0-eksbuild.1", "v5.0.0-eksbuild.1"),
        service_accounts=("cloudwatch-agent",),
        namespace="amazon-cloudwatch",
    ),
    Kind(
        "eks-node-monitoring-agent",
        "observability",
        _everywhere("v1.6.1-eksbuild.1", "v1.5.2-eksbuild.1"),
    ),
    Kind(
        "metrics-server",
        "observability",
        _everywhere("v0.8.1-eksbuild.2", "v0.8.1-eksbuild.1"),
        **_COMMUNITY,
    ),
    Kind(
        "kube-state-metrics",
        "observability",
        _everywhere("v2.18.0-eksbuild.2", "v2.17.0-eksbuild.4"),
        namespace="kube-state-metrics",
        **_COMMUNITY,
    ),
    Kind(
        "prometheus-node-exporter",
        "observability",
        _everywhere("v1.10.2-eksbuild.8", "v1.10.2-eksbuild.6"),
        namespace="prometheus-node-exporter",
        **_COMMUNITY,
    ),
    Kind(
        "cert-manager",
        "security",
        _everywhere("v1.20.2-eksbuild.3", "v1.20.2-eksbuild.1"),
        service_accounts=("cert-manager",),
        namespace="cert-manager",
        **_COMMUNITY,
    ),
    Kind(
        "external-dns",
        "networking",
        _everywhere("v0.20.0-eksbuild.3", "v0.20.0-eksbuild.1"),
        service_accounts=("external-dns",),
        namespace="external-dns",
        **_COMMUNITY,
    ),
    Kind(
        "aws-secrets-store-csi-driver-provider",
        "security",
        _everywhere("v3.1.1-eksbuild.1", "v3.1.0-eksbuild.1"),
        namespace="aws-secrets-manager",
    ),
)
ADDONS = {kind.name: kind for kind in _OFFERED}


def offered(name: str, minor: str) -> Kind:
    """The addon of that name; refuses one that there isn't for a version of Kubernetes."""
    if name not in ADDONS or minor not in ADDONS[name].versions:
        raise InvalidParameterException(
            addonName=name,
            message=f"Addon {name} specified is not supported in {minor} kubernetes version",
        )
    return ADDONS[name]


@answers
def describe_addon_versions(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DescribeAddonVersions, all in one page."""
    minors = [given["kubernetesVersion"]] if given.get("kubernetesVersion") else list(VERSIONS)
    filters = {"types": "type", "owners": "owner", "publishers": "publisher"}
    return {
        "addons": [
            _row(kind, minors)
            for kind in ADDONS.values()
            if given.get("addonName") in (None, kind.name)
            and all(
                not given.get(many) or getattr(kind, one) in given[many]
                for many, one in filters.items()
            )
            and any(minor in kind.versions for minor in minors)
        ]
    }


def _row(kind: Kind, minors: list[str]) -> dict[str, Any]:
    known = [minor for minor in reversed(minors) if minor in kind.versions]
    names = dict.fromkeys(name for minor in known for name in kind.versions[minor])
    return {
        "addonName": kind.name,
        "type": kind.type,
        "owner": kind.owner,
        "publisher": kind.publisher,
        "defaultNamespace": kind.namespace,
        "addonVersions": [
            {
                "addonVersion": name,
                "architecture": ["amd64", "arm64"],
                "computeTypes": ["ec2", "auto", "hybrid"],
                "compatibilities": [
                    {
                        "clusterVersion": minor,
                        "platformVersions": ["*"],
                        "defaultVersion": kind.default(minor) == name,
                    }
                    for minor in known
                    if name in kind.versions[minor]
                ],
                "requiresConfiguration": False,
                "requiresIamPermissions": bool(kind.service_accounts),
            }
            for name in names
        ],
    }
