"""Access entries: which IAM principals may speak to a cluster, and as whom.

https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html. EKS makes some
by itself: for who created the cluster, and for the roles of nodes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.models import Cluster, EKSBackend

from terrane_emulator.corrections.eks import surroundings
from terrane_emulator.corrections.eks.routing import Given, answers, page

# Kinds of entries for nodes: user name and groups are EKS's business.
_NODES: dict[str, tuple[str, list[str]]] = {
    "EC2": ("system:node:{{EC2PrivateDNSName}}", ["system:nodes"]),
    "EC2_LINUX": ("system:node:{{EC2PrivateDNSName}}", ["system:nodes"]),
    "EC2_WINDOWS": (
        "system:node:{{EC2PrivateDNSName}}",
        ["eks:kube-proxy-windows", "system:nodes"],
    ),
    "FARGATE_LINUX": (
        "system:node:{{SessionName}}",
        ["system:bootstrappers", "system:nodes", "system:node-proxier"],
    ),
    "HYBRID_LINUX": ("system:node:{{SessionName}}", ["system:nodes"]),
    "HYPERPOD_LINUX": ("system:node:{{SessionName}}", ["system:nodes"]),
}
_RESERVED = ("system:", "eks:", "aws:", "amazon:", "iam:")


@dataclass
class AccessEntry:
    """One principal of a cluster."""

    cluster_name: str
    principal_arn: str
    access_entry_arn: str
    type: str
    username: str
    kubernetes_groups: list[str]
    tags: dict[str, str] = field(default_factory=dict)
    is_own: bool = True
    """False for an entry that EKS made."""
    policies: dict[str, Any] = field(default_factory=dict)
    created_at: datetime = field(default_factory=utcnow)
    modified_at: datetime = field(default_factory=utcnow)


@answers
def create_access_entry(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """CreateAccessEntry."""
    cluster = with_entries(backend, given["clusterName"])
    arn, kind = given["principalArn"], given.get("type") or "STANDARD"
    if arn in cluster.access_entries:
        raise ResourceInUseException(
            clusterName=cluster.name,
            message="The specified access entry resource is already in use on this cluster.",
        )
    if kind != "STANDARD" and kind not in _NODES:
        raise InvalidParameterException(message=f"The specified type {kind} is invalid.")
    if kind != "STANDARD" and (given.get("username") or given.get("kubernetesGroups")):
        raise InvalidParameterException(
            message=f"An access entry of type {kind} can't have a user name or groups."
        )
    if not arn.startswith(f"arn:{backend.partition}:iam::") or not surroundings.principal_exists(
        backend, arn
    ):
        raise InvalidParameterException(
            message="The specified principalArn is invalid: invalid principal."
        )
    _check_names(given)
    entry = _entry(backend, cluster, arn, kind)
    entry.username = given.get("username") or entry.username
    entry.kubernetes_groups = given.get("kubernetesGroups") or entry.kubernetes_groups
    entry.tags = given.get("tags") or {}
    cluster.access_entries[arn] = entry
    return {"accessEntry": entry}


@answers
def describe_access_entry(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DescribeAccessEntry."""
    cluster = with_entries(backend, given["clusterName"])
    return {"accessEntry": entry_of(cluster, given["principalArn"])}


@answers
def update_access_entry(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """UpdateAccessEntry: what isn't named stays."""
    cluster = with_entries(backend, given["clusterName"])
    entry = entry_of(cluster, given["principalArn"])
    if entry.type != "STANDARD":
        raise InvalidRequestException(
            message=f"An access entry of type {entry.type} can't have a user name or groups."
        )
    _check_names(given)
    entry.username = given.get("username") or entry.username
    if given.get("kubernetesGroups") is not None:
        entry.kubernetes_groups = given["kubernetesGroups"]
    entry.modified_at = utcnow()
    return {"accessEntry": entry}


@answers
def list_access_entries(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListAccessEntries, all or those with a policy."""
    cluster = with_entries(backend, given["clusterName"])
    policy = given.get("associatedPolicyArn")
    found = [e for e in cluster.access_entries.values() if not policy or policy in e.policies]
    arns, token = page([entry.principal_arn for entry in found], given)
    return {"accessEntries": arns, "nextToken": token}


@answers
def delete_access_entry(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DeleteAccessEntry: its policies go with it."""
    cluster = with_entries(backend, given["clusterName"])
    entry = entry_of(cluster, given["principalArn"])
    del cluster.access_entries[entry.principal_arn]
    return {}


def with_entries(backend: EKSBackend, name: str) -> Cluster:
    """A cluster that has access entries; one that still works by ConfigMap refuses."""
    cluster = backend.describe_cluster(name)
    if cluster.access_config["authenticationMode"] == "CONFIG_MAP":
        raise InvalidRequestException(
            message="The cluster's authentication mode must be set to one of "
            "[API, API_AND_CONFIG_MAP] to perform this operation."
        )
    return cluster


def entry_of(cluster: Cluster, arn: str) -> AccessEntry:
    """The entry of a principal."""
    if arn not in cluster.access_entries:
        raise ResourceNotFoundException(
            clusterName=cluster.name,
            message="The specified principalArn could not be found. You can view your "
            "available access entries with 'list-access-entries'.",
        )
    return cluster.access_entries[arn]


def admit_creator(backend: EKSBackend, cluster: Cluster, arn: str) -> None:
    """Make who created a cluster its administrator."""
    entry = _admit(backend, cluster, arn, "STANDARD")
    if entry is not None:
        grant(entry, cluster_policy(backend, "AmazonEKSClusterAdminPolicy"), {"type": "cluster"})


def admit_auto_nodes(backend: EKSBackend, cluster: Cluster) -> None:
    """Admit the nodes of Auto Mode."""
    arn = (cluster.compute_config or {}).get("nodeRoleArn")
    entry = _admit(backend, cluster, arn, "EC2") if arn else None
    if entry is not None:
        grant(entry, cluster_policy(backend, "AmazonEKSAutoNodePolicy"), {"type": "cluster"})


def admit_nodes(backend: EKSBackend, cluster: Cluster, arn: str, kind: str) -> None:
    """Admit the nodes of a node group or Fargate profile."""
    _admit(backend, cluster, arn, kind)


def expel_nodes(cluster: Cluster, arn: str) -> None:
    """Drop the entry that EKS made for nodes, when nothing has their role any more."""
    roles = [group.node_role for group in cluster.nodegroups.values()]
    roles += [profile.pod_execution_role_arn for profile in cluster.fargate_profiles.values()]
    roles.append((cluster.compute_config or {}).get("nodeRoleArn"))
    entry = cluster.access_entries.get(arn)
    if entry is not None and not entry.is_own and arn not in roles:
        del cluster.access_entries[arn]


def cluster_policy(backend: EKSBackend, name: str) -> str:
    """ARN of an access policy, all of which are AWS's."""
    return f"arn:{backend.partition}:eks::aws:cluster-access-policy/{name}"


def grant(entry: AccessEntry, policy: str, scope: dict[str, Any]) -> dict[str, Any]:
    """Associate a policy with an entry, or change its scope; returns the association."""
    now = utcnow()
    before = entry.policies.get(policy, {"associatedAt": now})
    entry.policies[policy] = {
        "policyArn": policy,
        "accessScope": {"type": scope["type"], "namespaces": scope.get("namespaces") or []},
        "associatedAt": before["associatedAt"],
        "modifiedAt": now,
    }
    return entry.policies[policy]


def _admit(backend: EKSBackend, cluster: Cluster, arn: str, kind: str) -> AccessEntry | None:
    if cluster.access_config["authenticationMode"] == "CONFIG_MAP":
        return None
    if arn in cluster.access_entries:
        return None
    entry = _entry(backend, cluster, arn, kind)
    entry.is_own = False
    cluster.access_entries[arn] = entry
    return entry


def _entry(backend: EKSBackend, cluster: Cluster, arn: str, kind: str) -> AccessEntry:
    account, path = arn.split(":")[4:6]
    sort, name = path.split("/")[0], path.split("/")[-1]
    place = f"{backend.partition}:eks:{backend.region_name}:{backend.account_id}"
    user = arn
    if sort == "role":
        user = f"arn:{backend.partition}:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}"
    user, groups = _NODES.get(kind, (user, []))
    return AccessEntry(
        cluster_name=cluster.name,
        principal_arn=arn,
        access_entry_arn=f"arn:{place}:access-entry/{cluster.name}/{sort}/{account}/{name}/"
        f"{uuid.uuid4()}",
        type=kind,
        username=user,
        kubernetes_groups=list(groups),
    )


def _check_names(given: Given) -> None:
    user = given.get("username") or ""
    if user.startswith(_RESERVED):
        raise InvalidParameterException(message=f"The username {user} is invalid.")
    for group in given.get("kubernetesGroups") or []:
        if group.startswith("system:"):
            raise InvalidParameterException(
                message=f"The kubernetes group name {group} is invalid, "
                "it cannot start with system:"
            )
