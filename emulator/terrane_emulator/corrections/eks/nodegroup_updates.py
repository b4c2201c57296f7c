"""Changes of a node group: its settings, or the version that its nodes run."""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow
from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import Cluster, EKSBackend, Nodegroup

from terrane_emulator.corrections.eks import node_images, updates
from terrane_emulator.corrections.eks.nodegroups import (
    check_labels,
    check_scaling,
    check_taints,
    offered_to_nodes,
)
from terrane_emulator.corrections.eks.routing import Given, answers


@answers
def update_nodegroup_config(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """UpdateNodegroupConfig: all that is asked for, or nothing."""
    cluster, group = _changeable(backend, given)
    labels, taints = given.get("labels") or {}, given.get("taints") or {}
    scaling = given.get("scalingConfig") or {}
    changed_labels = {
        **{k: v for k, v in group.labels.items() if k not in labels.get("removeLabels", [])},
        **labels.get("addOrUpdateLabels", {}),
    }
    replaced = [*taints.get("removeTaints", []), *taints.get("addOrUpdateTaints", [])]
    kept = [t for t in group.taints if _identity(t) not in map(_identity, replaced)]
    changed_taints = [*kept, *taints.get("addOrUpdateTaints", [])]
    check_labels(labels.get("addOrUpdateLabels", {}))
    check_taints(changed_taints)
    check_scaling({**group.scaling_config, **scaling})
    group.labels, group.taints = changed_labels, changed_taints
    group.scaling_config = {**group.scaling_config, **scaling}
    group.update_config = given.get("updateConfig") or group.update_config
    group.node_repair_config = given.get("nodeRepairConfig") or group.node_repair_config
    group.warm_pool_config = given.get("warmPoolConfig") or group.warm_pool_config
    repair, rolling = given.get("nodeRepairConfig"), given.get("updateConfig") or {}
    changes = {
        "LabelsToAdd": labels.get("addOrUpdateLabels"),
        "LabelsToRemove": labels.get("removeLabels"),
        "TaintsToAdd": taints.get("addOrUpdateTaints"),
        "TaintsToRemove": taints.get("removeTaints"),
        "MinSize": scaling.get("minSize"),
        "MaxSize": scaling.get("maxSize"),
        "DesiredSize": scaling.get("desiredSize"),
        "MaxUnavailable": rolling.get("maxUnavailable"),
        "MaxUnavailablePercentage": rolling.get("maxUnavailablePercentage"),
        "NodeRepairConfig": repair,
    }
    return _recorded(cluster, group, "ConfigUpdate", changes)


@answers
def update_nodegroup_version(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """UpdateNodegroupVersion: a newer Kubernetes, image, or version of the same template."""
    cluster, group = _changeable(backend, given)
    template = node_images.template(backend, given.get("launchTemplate"))
    if template and template.id != (group.launch_template or {}).get("id"):
        raise InvalidParameterException(
            message="The launch template of a node group can change its version only."
        )
    version = offered_to_nodes(cluster, given.get("version") or group.version)
    release = given.get("releaseVersion")
    if release is None and (given.get("version") or template is None):
        release = version.node_release
    if group.ami_type != "CUSTOM":
        group.release_version = release or group.release_version
        group.version = version.minor
    elif given.get("version") or given.get("releaseVersion"):
        raise InvalidParameterException(message="The version comes from the template's image.")
    if template:
        group.launch_template = template.shown
    changes = {
        "Version": given.get("version"),
        "ReleaseVersion": release,
        "LaunchTemplateVersion": str(template.version) if template else None,
    }
    return _recorded(cluster, group, "VersionUpdate", changes)


def _identity(taint: dict[str, str]) -> tuple[str | None, str | None]:
    return taint.get("key"), taint.get("effect")


def _changeable(backend: EKSBackend, given: Given) -> tuple[Cluster, Nodegroup]:
    group = backend.describe_nodegroup(given["clusterName"], given["nodegroupName"])
    return backend.describe_cluster(given["clusterName"]), group


def _recorded(
    cluster: Cluster, group: Nodegroup, kind: str, changes: dict[str, Any]
) -> dict[str, Any]:
    group.modified_at = utcnow()
    made = {name: value for name, value in changes.items() if value}
    return updates.record(cluster, kind, made, of=("nodegroupName", group.nodegroup_name))
