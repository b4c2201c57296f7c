"""Addons of a cluster: software that EKS installs and keeps, with roles for its pods.

https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml
from moto.core.utils import utcnow
from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.models import CLUSTER_NOT_READY_MSG, Cluster, EKSBackend

from terrane_emulator.corrections.eks import addon_catalogue, pod_identities, surroundings, updates
from terrane_emulator.corrections.eks.holding import holdable
from terrane_emulator.corrections.eks.routing import Given, answers, page


@dataclass
class Addon:
    """One addon of a cluster."""

    cluster_name: str
    addon_name: str
    addon_version: str
    addon_arn: str
    publisher: str
    owner: str
    namespace_config: dict[str, str]
    service_account_role_arn: str | None
    configuration_values: str | None
    tags: dict[str, str]
    pod_identity_associations: list[str] = field(default_factory=list)
    """ARNs of the associations that it owns."""
    health: dict[str, Any] = field(default_factory=lambda: {"issues": []})
    created_at: datetime = field(default_factory=utcnow)
    modified_at: datetime = field(default_factory=utcnow)


holdable(Addon, "eks:addon")


@answers
def create_addon(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """CreateAddon."""
    cluster = backend.describe_cluster(given["clusterName"])
    name = given["addonName"]
    if not cluster.is_active:
        message = CLUSTER_NOT_READY_MSG.format(clusterName=cluster.name)
        raise InvalidRequestException(clusterName=cluster.name, message=message)
    kind = addon_catalogue.offered(name, cluster.version)
    if name in cluster.addons:
        raise ResourceInUseException(
            clusterName=cluster.name, addonName=name, message="Addon already exists."
        )
    _check(backend, cluster, kind, given)
    place = f"arn:{backend.partition}:eks:{backend.region_name}:{backend.account_id}"
    namespace = (given.get("namespaceConfig") or {}).get("namespace") or kind.namespace
    addon = Addon(
        cluster_name=cluster.name,
        addon_name=name,
        addon_version=given.get("addonVersion") or kind.default(cluster.version),
        addon_arn=f"{place}:addon/{cluster.name}/{name}/{uuid.uuid4()}",
        publisher=kind.publisher,
        owner=kind.owner,
        namespace_config={"namespace": namespace},
        service_account_role_arn=given.get("serviceAccountRoleArn") or None,
        configuration_values=given.get("configurationValues") or None,
        tags=given.get("tags") or {},
    )
    _associate(backend, cluster, addon, given.get("podIdentityAssociations") or [])
    cluster.addons[name] = addon
    return {"addon": addon}


@answers
def describe_addon(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DescribeAddon."""
    cluster = backend.describe_cluster(given["clusterName"])
    return {"addon": _found(cluster, given["addonName"])}


@answers
def list_addons(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListAddons."""
    cluster = backend.describe_cluster(given["clusterName"])
    names, token = page(list(cluster.addons), given)
    return {"addons": names, "nextToken": token}


@answers
def update_addon(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """UpdateAddon: without a service account role the addon goes back to the nodes' role."""
    cluster = backend.describe_cluster(given["clusterName"])
    addon = _found(cluster, given["addonName"])
    kind = addon_catalogue.offered(addon.addon_name, cluster.version)
    _check(backend, cluster, kind, given)
    if given.get("podIdentityAssociations") is not None:
        _associate(backend, cluster, addon, given["podIdentityAssociations"])
    addon.addon_version = given.get("addonVersion") or addon.addon_version
    addon.service_account_role_arn = given.get("serviceAccountRoleArn") or None
    if given.get("configurationValues") is not None:
        addon.configuration_values = given["configurationValues"] or None
    addon.modified_at = utcnow()
    changes = {
        "AddonVersion": given.get("addonVersion"),
        "ServiceAccountRoleArn": given.get("serviceAccountRoleArn"),
        "ResolveConflicts": given.get("resolveConflicts"),
        "ConfigurationValues": given.get("configurationValues"),
        "PodIdentityAssociations": given.get("podIdentityAssociations"),
    }
    made = {name: value for name, value in changes.items() if value}
    return updates.record(cluster, "AddonUpdate", made, of=("addonName", addon.addon_name))


@answers
def delete_addon(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DeleteAddon: the associations that it owns go with it."""
    cluster = backend.describe_cluster(given["clusterName"])
    addon = _found(cluster, given["addonName"])
    _associate(backend, cluster, addon, [])
    del cluster.addons[addon.addon_name]
    return {"addon": addon}


def _found(cluster: Cluster, name: str) -> Addon:
    if name not in cluster.addons:
        raise ResourceNotFoundException(
            clusterName=cluster.name,
            addonName=name,
            message=f"No addon: {name} found in cluster: {cluster.name}",
        )
    return cluster.addons[name]


def _check(backend: EKSBackend, cluster: Cluster, kind: addon_catalogue.Kind, given: Given) -> None:
    version = given.get("addonVersion")
    if version and version not in kind.versions[cluster.version]:
        raise InvalidParameterException(
            addonName=kind.name, message="Addon version specified is not supported"
        )
    role = given.get("serviceAccountRoleArn")
    if role and surroundings.role(backend, role) is None:
        raise InvalidParameterException(
            addonName=kind.name, message=f"Service account role {role} does not exist"
        )
    try:
        values = yaml.safe_load(given.get("configurationValues") or "{}")
    except yaml.YAMLError:
        values = None
    if not isinstance(values, dict):
        raise InvalidParameterException(
            addonName=kind.name, message="ConfigurationValue provided in request is not supported"
        )
    for wanted in given.get("podIdentityAssociations") or []:
        if wanted["serviceAccount"] not in kind.service_accounts:
            raise InvalidParameterException(
                addonName=kind.name,
                message=f"Service account {wanted['serviceAccount']} is not supported by "
                f"addon {kind.name}",
            )


def _associate(
    backend: EKSBackend, cluster: Cluster, addon: Addon, wanted: list[dict[str, str]]
) -> None:
    """Bring the associations that an addon owns to what is wanted; known ones stay the same."""
    owned = [a for a in cluster.pod_identities.values() if a.owner_arn == addon.addon_arn]
    roles = {item["serviceAccount"]: item["roleArn"] for item in wanted}
    for association in owned:
        if roles.get(association.service_account) != association.role_arn:
            del cluster.pod_identities[association.association_id]
        else:
            del roles[association.service_account]
    namespace = addon.namespace_config["namespace"]
    for account, role in roles.items():
        made = pod_identities.associate(backend, cluster, namespace, account, role)
        made.owner_arn = addon.addon_arn
    addon.pod_identity_associations = [
        a.association_arn for a in cluster.pod_identities.values() if a.owner_arn == addon.addon_arn
    ]
