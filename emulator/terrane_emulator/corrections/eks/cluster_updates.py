"""Changes of a cluster: one kind at a time, a version by one minor step, nothing twice.

https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.eks.exceptions import InvalidParameterException, InvalidRequestException
from moto.eks.models import CLUSTER_NOT_READY_MSG, Cluster, EKSBackend

from terrane_emulator.corrections.eks import (
    access_entries,
    clusters,
    settings,
    surroundings,
    updates,
    versions,
)
from terrane_emulator.corrections.eks.routing import Given, answers


@answers
def update_cluster_version(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """UpdateClusterVersion."""
    cluster = _changeable(backend, given["name"])
    wanted = versions.offered(given["version"])
    if versions.position(wanted.minor) - versions.position(cluster.version) != 1:
        raise InvalidParameterException(
            clusterName=cluster.name,
            message="Unsupported Kubernetes minor version update "
            f"from {cluster.version} to {wanted.minor}",
        )
    cluster.version, cluster.platform_version = wanted.minor, wanted.platform
    changes = {"Version": wanted.minor, "PlatformVersion": wanted.platform}
    return updates.record(cluster, "VersionUpdate", changes)


@answers
def update_cluster_config(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """UpdateClusterConfig."""
    cluster = _changeable(backend, given["name"])
    kinds = [kind for member, kind in _KINDS.items() if given.get(member) is not None]
    if not kinds:
        raise InvalidParameterException(message="No changes were requested.")
    if len(set(kinds)) > 1:
        raise InvalidParameterException(message="Only one type of update can be allowed.")
    return kinds[0](backend, cluster, given)


@answers
def associate_encryption_config(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """AssociateEncryptionConfig: once, and for good."""
    cluster = _changeable(backend, given["clusterName"])
    if cluster.encryption_config:
        raise InvalidRequestException(message="Encryption is already enabled for this cluster.")
    for encryption in given["encryptionConfig"]:
        surroundings.require_key(backend, encryption["provider"]["keyArn"])
    cluster.encryption_config = given["encryptionConfig"]
    changes = {"EncryptionConfig": given["encryptionConfig"]}
    return updates.record(cluster, "AssociateEncryptionConfig", changes)


def _changeable(backend: EKSBackend, name: str) -> Cluster:
    cluster = backend.describe_cluster(name)
    if not cluster.is_active:
        raise InvalidRequestException(message=CLUSTER_NOT_READY_MSG.format(clusterName=name))
    return cluster


def _vpc(backend: EKSBackend, cluster: Cluster, given: Given) -> dict[str, Any]:
    current, wanted = cluster.resources_vpc_config, given["resourcesVpcConfig"]
    placed = "subnetIds" in wanted or "securityGroupIds" in wanted
    reached = wanted.keys() - {"subnetIds", "securityGroupIds"}
    if placed and reached:
        raise InvalidParameterException(message="Only one type of update can be allowed.")
    if placed:
        moved = {**current, **settings.vpc(backend, {**current, **wanted})}
        if moved["vpcId"] != current["vpcId"]:
            raise InvalidParameterException(message="Subnets must stay in the cluster's VPC.")
        changes = {"Subnets": moved["subnetIds"], "SecurityGroups": moved["securityGroupIds"]}
        return _changed(cluster, "resources_vpc_config", moved, "VpcConfigUpdate", changes)
    reach = settings.endpoint(current, wanted)
    changes = {name[0].upper() + name[1:]: value for name, value in reach.items()}
    shown = {**current, **reach}
    return _changed(cluster, "resources_vpc_config", shown, "EndpointAccessUpdate", changes)


def _logging(backend: EKSBackend, cluster: Cluster, given: Given) -> dict[str, Any]:
    wanted = settings.logging(given["logging"], cluster.logging)
    if wanted == cluster.logging:
        raise InvalidParameterException(message="No changes needed for the logging config provided")
    answer = _changed(cluster, "logging", wanted, "LoggingUpdate", {"ClusterLogging": wanted})
    clusters.write_logs(backend, cluster)
    return answer


def _access(_: EKSBackend, cluster: Cluster, given: Given) -> dict[str, Any]:
    wanted = settings.access(given["accessConfig"], cluster.access_config)
    changes = {"AuthenticationMode": wanted["authenticationMode"]}
    return _changed(cluster, "access_config", wanted, "AccessConfigUpdate", changes)


def _auto_mode(backend: EKSBackend, cluster: Cluster, given: Given) -> dict[str, Any]:
    compute = given.get("computeConfig", cluster.compute_config)
    storage = given.get("storageConfig", cluster.storage_config)
    current = cluster.kubernetes_network_config
    asked = given.get("kubernetesNetworkConfig") or {}
    balancing = asked.get("elasticLoadBalancing") or current["elasticLoadBalancing"]
    for fixed in ("serviceIpv4Cidr", "ipFamily"):
        if asked.get(fixed) not in (None, current.get(fixed)):
            raise InvalidParameterException(message=f"{fixed} can't be changed.")
    network = {**current, "elasticLoadBalancing": {"enabled": bool(balancing.get("enabled"))}}
    if settings.auto_mode(compute, network, storage):
        cluster.compute_config = compute
        access_entries.admit_auto_nodes(backend, cluster)
    cluster.compute_config, cluster.storage_config = compute, storage
    cluster.kubernetes_network_config = network
    changes = {"ComputeConfig": compute, "StorageConfig": storage}
    return updates.record(cluster, "AutoModeUpdate", changes)


def _plain(member: str, attribute: str) -> Callable[..., dict[str, Any]]:
    """A setting that is taken as given."""
    name = member[0].upper() + member[1:]

    def update(_: EKSBackend, cluster: Cluster, given: Given) -> dict[str, Any]:
        value = given[member]
        return _changed(cluster, attribute, value, f"{name}Update", {name: value})

    return update


def _changed(
    cluster: Cluster, attribute: str, value: Any, kind: str, changes: dict[str, Any]
) -> dict[str, Any]:
    if value == getattr(cluster, attribute):
        raise InvalidParameterException(
            clusterName=cluster.name, message="Cluster is already at the desired configuration"
        )
    setattr(cluster, attribute, value)
    return updates.record(cluster, kind, changes)


_KINDS: dict[str, Callable[..., dict[str, Any]]] = {
    "resourcesVpcConfig": _vpc,
    "logging": _logging,
    "accessConfig": _access,
    "computeConfig": _auto_mode,
    "kubernetesNetworkConfig": _auto_mode,
    "storageConfig": _auto_mode,
    "upgradePolicy": _plain("upgradePolicy", "upgrade_policy"),
    "zonalShiftConfig": _plain("zonalShiftConfig", "zonal_shift_config"),
    "remoteNetworkConfig": _plain("remoteNetworkConfig", "remote_network_config"),
    "deletionProtection": _plain("deletionProtection", "deletion_protection"),
}
