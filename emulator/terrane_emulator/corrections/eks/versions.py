"""The Kubernetes versions that EKS offers, as of 2026-11.

Dates: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html; patches and
platforms move every few weeks on AWS and stand still here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import EKSBackend

from terrane_emulator.corrections.eks.routing import Given, answers


@dataclass(frozen=True)
class Version:
    """One minor version of Kubernetes."""

    minor: str
    patch: str
    platform: str
    released: datetime
    standard_until: datetime
    extended_until: datetime
    is_standard: bool

    @property
    def node_release(self) -> str:
        """What EKS calls the newest AL2023 image for nodes."""
        return f"{self.patch}-20261110"


def _version(
    patch: str, platform: str, released: str, standard_until: str, *, is_standard: bool = True
) -> Version:
    until = datetime.fromisoformat(standard_until)
    return Version(
        minor=patch.rpartition(".")[0],
        patch=patch,
        platform=platform,
        released=datetime.fromisoformat(released),
        standard_until=until,
        extended_until=until.replace(year=until.year + 1),
        is_standard=is_standard,
    )


_OFFERED = (
    _version("1.32.13", "eks.43", "2025-01-23", "2026-03-23", is_standard=False),
    _version("1.33.10", "eks.36", "2025-05-29", "2026-07-29", is_standard=False),
    _version("1.34.6", "eks.22", "2025-10-02", "2026-12-02"),
    _version("1.35.3", "eks.12", "2026-01-27", "2027-03-27"),
    _version("1.36.0", "eks.4", "2026-06-02", "2027-08-02"),
)
VERSIONS = {version.minor: version for version in _OFFERED}
DEFAULT = VERSIONS["1.35"]


def offered(minor: str) -> Version:
    """The version of that name; refuses one that EKS has not, or no longer."""
    if minor not in VERSIONS:
        raise InvalidParameterException(message=f"unsupported Kubernetes version {minor}")
    return VERSIONS[minor]


def position(minor: str) -> int:
    """Where a version stands in their order: how many minor versions came before it."""
    return list(VERSIONS).index(minor)


@answers
def describe_cluster_versions(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DescribeClusterVersions: newest first, all in one page."""
    wanted = given.get("clusterVersions") or list(VERSIONS)
    status = given.get("versionStatus") or (given.get("status") or "").upper().replace("-", "_")
    rows = [
        _row(version)
        for version in reversed(VERSIONS.values())
        if version.minor in wanted and (not given.get("defaultOnly") or version is DEFAULT)
    ]
    return {"clusterVersions": [row for row in rows if status in ("", row["versionStatus"])]}


def _row(version: Version) -> dict[str, Any]:
    status = "STANDARD_SUPPORT" if version.is_standard else "EXTENDED_SUPPORT"
    return {
        "clusterVersion": version.minor,
        "clusterType": "eks",
        "defaultPlatformVersion": version.platform,
        "defaultVersion": version is DEFAULT,
        "releaseDate": version.released,
        "endOfStandardSupportDate": version.standard_until,
        "endOfExtendedSupportDate": version.extended_until,
        "status": status.lower().replace("_", "-"),
        "versionStatus": status,
        "kubernetesPatchVersion": version.patch,
    }
