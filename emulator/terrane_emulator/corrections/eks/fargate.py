"""Fargate profiles: pods of some namespaces run without nodes, in private subnets only.

https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html
"""

from __future__ import annotations

from typing import Any

from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import EKSBackend, FargateProfile

from terrane_emulator.corrections.eks import access_entries, surroundings
from terrane_emulator.corrections.eks.holding import holdable
from terrane_emulator.corrections.eks.routing import Given, answers, page

holdable(FargateProfile, "eks:fargate-profile")


@answers
def create_fargate_profile(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """CreateFargateProfile."""
    cluster = backend.describe_cluster(given["clusterName"])
    role = given["podExecutionRoleArn"]
    surroundings.require_role(
        backend,
        role,
        "eks-fargate-pods.amazonaws.com",
        missing=f"Role with arn: {role}, could not be assumed because it does not exist",
        distrusted="Misconfigured PodExecutionRole Trust Policy; Please add the "
        "eks-fargate-pods.amazonaws.com Service Principal",
    )
    # Without subnets AWS takes the cluster's private ones.
    placed = given.get("subnets") or cluster.resources_vpc_config["subnetIds"]
    subnets = surroundings.require_subnets(backend, placed)
    public = [subnet.id for subnet in subnets if surroundings.is_public(subnet)]
    if public and given.get("subnets"):
        raise InvalidParameterException(
            message=f"Subnet {public[0]} provided in Fargate Profile is not a private subnet"
        )
    profile = backend.create_fargate_profile(
        fargate_profile_name=given["fargateProfileName"],
        cluster_name=cluster.name,
        selectors=given.get("selectors") or [],
        pod_execution_role_arn=role,
        subnets=[subnet.id for subnet in subnets if subnet.id not in public],
        tags=given.get("tags"),
    )
    profile.health = {"issues": []}
    access_entries.admit_nodes(backend, cluster, role, "FARGATE_LINUX")
    return {"fargateProfile": profile}


@answers
def describe_fargate_profile(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DescribeFargateProfile."""
    name = given["fargateProfileName"]
    return {"fargateProfile": backend.describe_fargate_profile(given["clusterName"], name)}


@answers
def list_fargate_profiles(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListFargateProfiles."""
    cluster = backend.describe_cluster(given["clusterName"])
    names, token = page(list(cluster.fargate_profiles), given)
    return {"fargateProfileNames": names, "nextToken": token}


@answers
def delete_fargate_profile(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DeleteFargateProfile."""
    name = given["fargateProfileName"]
    profile = backend.delete_fargate_profile(given["clusterName"], name)
    cluster = backend.describe_cluster(given["clusterName"])
    access_entries.expel_nodes(cluster, profile.pod_execution_role_arn)
    return {"fargateProfile": profile}
