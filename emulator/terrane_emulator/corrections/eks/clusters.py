"""Clusters: created with AWS's defaults and checks, deleted only when empty."""

from __future__ import annotations

import re
from typing import Any

from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceInUseException,
)
from moto.eks.models import CLUSTER_EXISTS_MSG, Cluster, EKSBackend

from terrane_emulator.corrections.eks import (
    access_entries,
    identity,
    security_groups,
    settings,
    surroundings,
    versions,
)
from terrane_emulator.corrections.eks.routing import Given, answers, page

# https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
_NAME = re.compile(r"^[0-9A-Za-z][A-Za-z0-9\-_]{0,99}$")


@answers
def create_cluster(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """CreateCluster."""
    name, arn = given["name"], given["roleArn"]
    if not _NAME.match(name):
        raise InvalidParameterException(message=f"The cluster name '{name}' is invalid.")
    if name in backend.clusters:
        message = CLUSTER_EXISTS_MSG.format(clusterName=name)
        raise ResourceInUseException(clusterName=name, message=message)
    surroundings.require_role(
        backend,
        arn,
        "eks.amazonaws.com",
        missing=f"Role with arn: {arn}, could not be assumed because it does not exist",
        distrusted="Role could not be assumed because the trusted entity is not correct",
    )
    version = versions.offered(given.get("version") or versions.DEFAULT.minor)
    vpc = settings.vpc(backend, given["resourcesVpcConfig"])
    shown = {
        "access_config": settings.access(given.get("accessConfig") or {}),
        "upgrade_policy": {"supportType": "EXTENDED", **(given.get("upgradePolicy") or {})},
        "kubernetes_network_config": settings.network(
            given.get("kubernetesNetworkConfig") or {}, _networks(backend, vpc["vpcId"])
        ),
        "logging": settings.logging(given.get("logging") or {}),
        "compute_config": given.get("computeConfig"),
        "storage_config": given.get("storageConfig"),
        "zonal_shift_config": given.get("zonalShiftConfig"),
        "remote_network_config": given.get("remoteNetworkConfig"),
        "deletion_protection": bool(given.get("deletionProtection")),
        "encryption_config": given.get("encryptionConfig") or [],
    }
    for encryption in shown["encryption_config"]:
        surroundings.require_key(backend, encryption["provider"]["keyArn"])
    in_auto_mode = settings.auto_mode(
        shown["compute_config"], shown["kubernetes_network_config"], shown["storage_config"]
    )
    if in_auto_mode:
        _check_auto_mode(backend, given, shown)
    vpc["clusterSecurityGroupId"] = security_groups.make(backend, name, vpc["vpcId"])
    cluster = backend.create_cluster(name, arn, vpc, version=version.minor, tags=given.get("tags"))
    for attribute, value in shown.items():
        setattr(cluster, attribute, value)
    cluster.platform_version = version.platform
    cluster.health = {"issues": []}
    cluster.updates, cluster.addons, cluster.pod_identities = {}, {}, {}
    cluster.access_entries = {}
    identity.give(cluster, backend.region_name)
    write_logs(backend, cluster)
    bootstrap = (given.get("accessConfig") or {}).get("bootstrapClusterCreatorAdminPermissions")
    if bootstrap is not False:
        creator = surroundings.caller(backend, given["accessKeyOfCaller"])
        access_entries.admit_creator(backend, cluster, creator)
    if in_auto_mode:
        access_entries.admit_auto_nodes(backend, cluster)
    return {"cluster": cluster}


def _networks(backend: EKSBackend, vpc_id: str) -> list[str]:
    vpc = surroundings.ec2_of(backend).vpcs[vpc_id]
    return [part["cidr_block"] for part in vpc.get_cidr_block_association_set()]


def _check_auto_mode(backend: EKSBackend, given: Given, shown: dict[str, Any]) -> None:
    if given.get("bootstrapSelfManagedAddons") is not False:
        raise InvalidParameterException(
            message="For EKS Auto Mode, bootstrapSelfManagedAddons must be false."
        )
    if shown["access_config"]["authenticationMode"] == "CONFIG_MAP":
        raise InvalidParameterException(
            message="For EKS Auto Mode, the authentication mode must allow access entries."
        )
    arn = shown["compute_config"].get("nodeRoleArn")
    if arn and surroundings.role(backend, arn) is None:
        raise InvalidParameterException(message=f"The role {arn} does not exist.")


def write_logs(backend: EKSBackend, cluster: Cluster) -> None:
    """What happens when a cluster begins to log: its group is there, one way or another."""
    if settings.logs_anything(cluster.logging):
        surroundings.ensure_log_group(backend, f"/aws/eks/{cluster.name}/cluster")


@answers
def describe_cluster(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DescribeCluster."""
    return {"cluster": backend.describe_cluster(given["name"])}


@answers
def list_clusters(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListClusters."""
    names, token = page(list(backend.clusters), given)
    return {"clusters": names, "nextToken": token}


@answers
def delete_cluster(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DeleteCluster: addons, access entries and pod identity associations go with it."""
    cluster = backend.describe_cluster(given["name"])
    if cluster.deletion_protection:
        raise InvalidRequestException(
            clusterName=cluster.name,
            message="Cluster has deletion protection enabled. Disable it to delete the cluster.",
        )
    if cluster.fargate_profiles:
        raise ResourceInUseException(
            clusterName=cluster.name, message="Cluster has Fargate profiles attached"
        )
    backend.delete_cluster(cluster.name)  # refuses a cluster with node groups
    security_groups.remove(backend, cluster)
    return {"cluster": cluster}
