"""Managed node groups: AWS's defaults in place of moto's, and AWS's refusals.

No instances run and no Auto Scaling group is made; only the group's name is shown.
"""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow
from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import Cluster, EKSBackend, Nodegroup

from terrane_emulator.corrections.eks import access_entries, node_images, surroundings, versions
from terrane_emulator.corrections.eks.holding import holdable
from terrane_emulator.corrections.eks.routing import Given, answers, page

holdable(Nodegroup, "eks:nodegroup")

_RESERVED_LABELS = ("kubernetes.io/", "k8s.io/", "eks.amazonaws.com/")
_EFFECTS = ("NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE")


@answers
def create_nodegroup(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """CreateNodegroup."""
    cluster = backend.describe_cluster(given["clusterName"])
    role = given["nodeRole"]
    if surroundings.role(backend, role) is None:
        raise InvalidParameterException(message=f"The role with name {role} cannot be found.")
    surroundings.require_subnets(backend, given["subnets"])
    template = node_images.template(backend, given.get("launchTemplate"))
    types = node_images.instance_types(given, template)
    version = offered_to_nodes(cluster, given.get("version") or cluster.version)
    image = node_images.ami_type(given, version.minor, types, template)
    labels, taints = given.get("labels") or {}, given.get("taints") or []
    check_labels(labels)
    check_taints(taints)
    scaling = {"minSize": 1, "maxSize": 2, "desiredSize": 2, **(given.get("scalingConfig") or {})}
    check_scaling(scaling)
    group = backend.create_nodegroup(
        cluster_name=cluster.name,
        node_role=role,
        nodegroup_name=given["nodegroupName"],
        subnets=given["subnets"],
        scaling_config=scaling,
        disk_size=given.get("diskSize"),
        ami_type=image,
        remote_access=given.get("remoteAccess"),
        labels=labels,
        taints=taints,
        tags=given.get("tags"),
        launch_template=template.shown if template else None,
        capacity_type=given.get("capacityType"),
        version=version.minor,
        release_version=given.get("releaseVersion") or version.node_release,
        instance_types=types,
    )
    # moto makes up what wasn't given; AWS shows nothing.
    group.instance_types = types
    group.remote_access = given.get("remoteAccess")
    group.disk_size = None if template else given.get("diskSize") or 20
    group.update_config = given.get("updateConfig") or {"maxUnavailable": 1}
    group.node_repair_config = given.get("nodeRepairConfig")
    group.warm_pool_config = given.get("warmPoolConfig")
    group.health = {"issues": []}
    group.resources = {
        "autoScalingGroups": [{"name": f"eks-{group.nodegroup_name}-{group.uuid}"}],
    }
    windows = image.startswith("WINDOWS")
    kind = "EC2_WINDOWS" if windows else "EC2_LINUX"
    access_entries.admit_nodes(backend, cluster, role, kind)
    return {"nodegroup": group}


@answers
def describe_nodegroup(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DescribeNodegroup."""
    return {"nodegroup": backend.describe_nodegroup(given["clusterName"], given["nodegroupName"])}


@answers
def list_nodegroups(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListNodegroups."""
    cluster = backend.describe_cluster(given["clusterName"])
    names, token = page(list(cluster.nodegroups), given)
    return {"nodegroups": names, "nextToken": token}


@answers
def delete_nodegroup(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DeleteNodegroup: the entry that EKS made for its nodes goes with it."""
    group = backend.delete_nodegroup(given["clusterName"], given["nodegroupName"])
    access_entries.expel_nodes(backend.describe_cluster(given["clusterName"]), group.node_role)
    group.modified_at = utcnow()
    return {"nodegroup": group}


def offered_to_nodes(cluster: Cluster, minor: str) -> versions.Version:
    """The version for nodes; refuses one that is newer than the cluster's."""
    version = versions.offered(minor)
    if versions.position(minor) > versions.position(cluster.version):
        raise InvalidParameterException(
            clusterName=cluster.name,
            message=f"Requested node group version {minor} is newer than the cluster's "
            f"version {cluster.version}",
        )
    return version


def check_scaling(scaling: dict[str, int]) -> None:
    """Refuse sizes that contradict each other, in AWS's words."""
    low, wanted, high = (scaling[name] for name in ("minSize", "desiredSize", "maxSize"))
    if low > wanted:
        raise InvalidParameterException(
            message=f"Minimum capacity {low} can't be greater than desired size {wanted}"
        )
    if wanted > high:
        raise InvalidParameterException(
            message=f"desired capacity {wanted} can't be greater than max size {high}"
        )
    if high < 1:
        raise InvalidParameterException(message="The maximum size must be at least 1")


def check_labels(labels: dict[str, str]) -> None:
    """Refuse labels that only Kubernetes and EKS may set."""
    if any(key.startswith(_RESERVED_LABELS) for key in labels):
        listed = ", ".join(_RESERVED_LABELS)
        raise InvalidParameterException(
            message=f"Label cannot contain reserved prefixes [{listed}]"
        )


def check_taints(taints: list[dict[str, str]]) -> None:
    """Refuse unknown effects and the same taint twice."""
    for taint in taints:
        if taint.get("effect") not in _EFFECTS:
            raise InvalidParameterException(message=f"Unknown taint effect in {taint}")
    if len({(t.get("key"), t["effect"]) for t in taints}) < len(taints):
        raise InvalidParameterException(message="A key and effect can be tainted only once")
