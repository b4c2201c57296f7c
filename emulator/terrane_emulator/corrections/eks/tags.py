"""Tags of everything in EKS, and EKS in the tagging API; moto tags clusters only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.eks.exceptions import EKSError
from moto.eks.models import EKSBackend, eks_backends
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

from terrane_emulator.corrections.eks.routing import Given, answers
from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.tags import ensure_room

Tagged = tuple[str, str, str, dict[str, str], str | None]
"""Kind, ARN, name, tags (to be changed in place) and status of one object."""


class NotFoundException(EKSError):
    """What the tag calls say where others say ResourceNotFoundException."""

    TYPE = "NotFoundException"
    STATUS = 404


def everything(backend: EKSBackend) -> Iterator[Tagged]:
    """What users made in an account and region; EKS's own access entries are left out."""
    for cluster in backend.clusters.values():
        yield "cluster", cluster.arn, cluster.name, cluster.tags, cluster.status
        inside = f"{cluster.name}/"
        for group in cluster.nodegroups.values():
            name = inside + group.nodegroup_name
            yield "nodegroup", group.arn, name, group.tags, group.status
        for profile in cluster.fargate_profiles.values():
            arn, name = profile.fargate_profile_arn, inside + profile.fargate_profile_name
            yield "fargate-profile", arn, name, profile.tags, profile.status
        for addon in cluster.addons.values():
            name = inside + addon.addon_name
            yield "addon", addon.addon_arn, name, addon.tags, addon.status
        for entry in cluster.access_entries.values():
            if entry.is_own:
                name = inside + entry.principal_arn
                yield "access-entry", entry.access_entry_arn, name, entry.tags, None
        for item in cluster.pod_identities.values():
            if item.owner_arn is None:
                name = inside + item.association_id
                yield "pod-identity-association", item.association_arn, name, item.tags, None


@answers
def tag_resource(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """TagResource."""
    tags = _tags_of(backend, given["resourceArn"])
    ensure_room(tags, given["tags"])
    tags.update(given["tags"])
    return {}


@answers
def untag_resource(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """UntagResource."""
    tags = _tags_of(backend, given["resourceArn"])
    for key in given["tagKeys"]:
        tags.pop(key, None)
    return {}


@answers
def list_tags_for_resource(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"tags": _tags_of(backend, given["resourceArn"])}


def _tags_of(backend: EKSBackend, arn: str) -> dict[str, str]:
    for _, known, _, tags, _ in everything(backend):
        if known == arn:
            return tags
    raise NotFoundException(message="Resource was not found")


@replaces(ResourceGroupsTaggingAPIBackend, "_get_resources_generator")
def _get_resources(
    original: Any,
    api: ResourceGroupsTaggingAPIBackend,
    tag_filters: list[dict[str, Any]] | None = None,
    resource_type_filters: list[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """GetResources knows EKS too."""
    yield from original(api, tag_filters, resource_type_filters)
    for _, arn, _, tags, _ in everything(eks_backends[api.account_id][api.region_name]):
        kind = "eks:" + arn.split(":")[5].split("/")[0]
        asked = resource_type_filters or ["eks"]
        if tags and {"eks", kind} & set(asked) and _matches(tags, tag_filters or []):
            listed = [{"Key": key, "Value": value} for key, value in tags.items()]
            yield {"ResourceARN": arn, "Tags": listed}


def _matches(tags: dict[str, str], filters: list[dict[str, Any]]) -> bool:
    return all(
        f["Key"] in tags and (not f.get("Values") or tags[f["Key"]] in f["Values"]) for f in filters
    )
