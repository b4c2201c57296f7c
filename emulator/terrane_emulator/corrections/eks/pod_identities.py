"""Pod identity associations: the role that a service account's pods get.

One per service account (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html),
made by hand or by an addon that owns it.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.eks.exceptions import (
    InvalidRequestException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.models import Cluster, EKSBackend

from terrane_emulator.corrections.eks import surroundings
from terrane_emulator.corrections.eks.routing import Given, answers, page


@dataclass
class PodIdentityAssociation:
    """A service account and its role."""

    cluster_name: str
    namespace: str
    service_account: str
    role_arn: str
    association_id: str
    association_arn: str
    tags: dict[str, str]
    owner_arn: str | None = None
    """The addon that it belongs to."""
    disable_session_tags: bool = False
    target_role_arn: str | None = None
    policy: str | None = None
    external_id: str | None = None
    created_at: datetime = field(default_factory=utcnow)
    modified_at: datetime = field(default_factory=utcnow)


@answers
def create_pod_identity_association(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """CreatePodIdentityAssociation."""
    cluster = backend.describe_cluster(given["clusterName"])
    made = associate(
        backend, cluster, given["namespace"], given["serviceAccount"], given["roleArn"]
    )
    made.tags = given.get("tags") or {}
    _set(backend, made, given)
    return {"association": made}


@answers
def describe_pod_identity_association(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DescribePodIdentityAssociation."""
    cluster = backend.describe_cluster(given["clusterName"])
    return {"association": _found(cluster, given["associationId"])}


@answers
def list_pod_identity_associations(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListPodIdentityAssociations, of a namespace or service account if one is named."""
    cluster = backend.describe_cluster(given["clusterName"])
    wanted = (given.get("namespace"), given.get("serviceAccount"))
    ids, token = page(
        [
            item.association_id
            for item in cluster.pod_identities.values()
            if wanted[0] in (None, item.namespace) and wanted[1] in (None, item.service_account)
        ],
        given,
    )
    return {"associations": [cluster.pod_identities[i] for i in ids], "nextToken": token}


@answers
def update_pod_identity_association(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """UpdatePodIdentityAssociation: what isn't named stays."""
    cluster = backend.describe_cluster(given["clusterName"])
    found = _found(cluster, given["associationId"])
    if given.get("roleArn"):
        _require_pod_role(backend, given["roleArn"])
        found.role_arn = given["roleArn"]
    _set(backend, found, given)
    found.modified_at = utcnow()
    return {"association": found}


@answers
def delete_pod_identity_association(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DeletePodIdentityAssociation; an addon's goes with the addon only."""
    cluster = backend.describe_cluster(given["clusterName"])
    found = _found(cluster, given["associationId"])
    if found.owner_arn:
        raise InvalidRequestException(
            message=f"Association {found.association_id} is owned by {found.owner_arn}."
        )
    del cluster.pod_identities[found.association_id]
    return {"association": found}


def associate(
    backend: EKSBackend, cluster: Cluster, namespace: str, account: str, role: str
) -> PodIdentityAssociation:
    """Give a service account a role; refuses one that has a role already."""
    _require_pod_role(backend, role)
    for other in cluster.pod_identities.values():
        if (other.namespace, other.service_account) == (namespace, account):
            raise ResourceInUseException(
                clusterName=cluster.name,
                message=f"Association already exists: {other.association_id}",
            )
    name = "a-" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(17))
    place = f"arn:{backend.partition}:eks:{backend.region_name}:{backend.account_id}"
    made = PodIdentityAssociation(
        cluster_name=cluster.name,
        namespace=namespace,
        service_account=account,
        role_arn=role,
        association_id=name,
        association_arn=f"{place}:podidentityassociation/{cluster.name}/{name}",
        tags={},
    )
    cluster.pod_identities[name] = made
    return made


def _set(backend: EKSBackend, association: PodIdentityAssociation, given: Given) -> None:
    if given.get("disableSessionTags") is not None:
        association.disable_session_tags = given["disableSessionTags"]
    if given.get("targetRoleArn"):
        association.target_role_arn = given["targetRoleArn"]
        place = f"{backend.region_name}/{backend.account_id}"
        association.external_id = (
            f"{place}/{association.cluster_name}/{association.namespace}/"
            f"{association.service_account}"
        )
    if given.get("policy"):
        association.policy = given["policy"]


def _require_pod_role(backend: EKSBackend, arn: str) -> None:
    surroundings.require_role(
        backend,
        arn,
        "pods.eks.amazonaws.com",
        missing="Role provided in the request does not exist.",
        distrusted="Trust policy of the role provided in the request does not allow the "
        "service principal pods.eks.amazonaws.com.",
    )


def _found(cluster: Cluster, name: str) -> PodIdentityAssociation:
    if name not in cluster.pod_identities:
        raise ResourceNotFoundException(
            clusterName=cluster.name, message=f"Association not found: {name}"
        )
    return cluster.pod_identities[name]
