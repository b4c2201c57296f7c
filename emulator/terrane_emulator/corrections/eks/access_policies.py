"""Access policies: AWS's own sets of Kubernetes permissions, tied to access entries.

https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html, 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from moto.eks.models import EKSBackend

from terrane_emulator.corrections.eks.access_entries import (
    cluster_policy,
    entry_of,
    grant,
    with_entries,
)
from terrane_emulator.corrections.eks.routing import Given, answers, page

_NAMES = (
    "AmazonEKSACKPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSArgoCDClusterPolicy",
    "AmazonEKSArgoCDPolicy",
    "AmazonEKSAutoNodePolicy",
    "AmazonEKSBlockStorageClusterPolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSComputeClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSHybridPolicy",
    "AmazonEKSKROPolicy",
    "AmazonEKSLoadBalancingClusterPolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingClusterPolicy",
    "AmazonEKSNetworkingPolicy",
    "AmazonEKSSecretAdminPolicy",
    "AmazonEKSSecretReaderPolicy",
    "AmazonEKSViewPolicy",
    "AmazonEMRJobPolicy",
)
# Entries for nodes get what they need by themselves; only Auto Mode's take a policy.
_WITH_POLICIES = ("STANDARD", "EC2")


@answers
def list_access_policies(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListAccessPolicies."""
    policies = [{"name": name, "arn": cluster_policy(backend, name)} for name in _NAMES]
    return {"accessPolicies": policies}


@answers
def associate_access_policy(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """AssociateAccessPolicy; a second time changes the scope."""
    cluster = with_entries(backend, given["clusterName"])
    entry = entry_of(cluster, given["principalArn"])
    arn, scope = given["policyArn"], given["accessScope"]
    if arn not in [cluster_policy(backend, name) for name in _NAMES]:
        raise InvalidParameterException(
            message="The policyArn parameter format is not valid or the policy doesn't exist: "
            f"{arn}"
        )
    if scope.get("type") not in ("cluster", "namespace"):
        raise InvalidParameterException(message="The type of an access scope is unknown.")
    if bool(scope.get("namespaces")) != (scope["type"] == "namespace"):
        raise InvalidParameterException(
            message="Namespaces must be given for the access scope namespace and for no other."
        )
    if entry.type not in _WITH_POLICIES:
        raise InvalidRequestException(
            message=f"An access entry of type {entry.type} can't have access policies."
        )
    return {
        "clusterName": cluster.name,
        "principalArn": entry.principal_arn,
        "associatedAccessPolicy": grant(entry, arn, scope),
    }


@answers
def list_associated_access_policies(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListAssociatedAccessPolicies."""
    cluster = with_entries(backend, given["clusterName"])
    entry = entry_of(cluster, given["principalArn"])
    arns, token = page(list(entry.policies), given)
    return {
        "clusterName": cluster.name,
        "principalArn": entry.principal_arn,
        "associatedAccessPolicies": [entry.policies[arn] for arn in arns],
        "nextToken": token,
    }


@answers
def disassociate_access_policy(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DisassociateAccessPolicy."""
    cluster = with_entries(backend, given["clusterName"])
    entry = entry_of(cluster, given["principalArn"])
    if given["policyArn"] not in entry.policies:
        raise ResourceNotFoundException(
            clusterName=cluster.name,
            message="The specified policyArn is not associated with the access entry.",
        )
    del entry.policies[given["policyArn"]]
    return {}
