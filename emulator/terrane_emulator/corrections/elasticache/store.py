"""What the backend holds beyond moto's own, and tags by ARN.

Tags are kept under the ARN, in the service that moto already uses for the other kinds.
AWS copies the tags of a replication group to its nodes, also those that come later.
"""

from __future__ import annotations

import re
from typing import Any

from moto.elasticache.models import ElastiCacheBackend

from terrane_emulator.corrections.elasticache.rules import refused
from terrane_emulator.corrections.replacing import replaces

Tags = list[dict[str, str]]

# Kind in an ARN -> what AWS says when nothing is there.
_MISSING = {
    "cluster": "CacheClusterNotFound",
    "parametergroup": "CacheParameterGroupNotFound",
    "replicationgroup": "ReplicationGroupNotFoundFault",
    "snapshot": "SnapshotNotFoundFault",
    "subnetgroup": "CacheSubnetGroupNotFoundFault",
    "user": "UserNotFound",
    "usergroup": "UserGroupNotFound",
}
_ARN = re.compile(r"arn:[\w-]+:elasticache:[\w-]+:\d{12}:(?P<kind>\w+):(?P<name>.+)")


@replaces(ElastiCacheBackend, "__init__")
def _begin(original: Any, backend: Any, region_name: str, account_id: str) -> None:
    original(backend, region_name, account_id)
    backend.parameter_groups = {}
    backend.user_groups = {}


def arn(backend: ElastiCacheBackend, kind: str, name: str) -> str:
    """The ARN of an object; `kind` is the word that AWS uses there."""
    place = f"{backend.region_name}:{backend.account_id}"
    return f"arn:{backend.partition}:elasticache:{place}:{kind}:{name}"


def tag(backend: ElastiCacheBackend, resource: str, tags: Tags | None) -> None:
    """Begin the tags of a new object, which has none that an older namesake had."""
    backend.tagging_service.delete_all_tags_for_resource(resource)
    backend.tagging_service.tag_resource(resource, tags or [])


def tags_of(backend: ElastiCacheBackend, resource: str) -> Tags:
    """The tags under an ARN."""
    return backend.tagging_service.list_tags_for_resource(resource)["Tags"]


def forget(backend: ElastiCacheBackend, resource: str) -> None:
    """Drop the tags of an object that is gone."""
    backend.tagging_service.delete_all_tags_for_resource(resource)


def kept(backend: Any, kind: str) -> dict[str, Any]:
    """The objects of a kind of ARN, by name."""
    return {
        "cluster": backend.cache_clusters,
        "parametergroup": backend.parameter_groups,
        "replicationgroup": backend.replication_groups,
        "snapshot": backend.snapshots,
        "subnetgroup": backend.cache_subnet_groups,
        "user": backend.users,
        "usergroup": backend.user_groups,
    }[kind]


def _carriers(backend: Any, resource: str) -> list[str]:
    """The ARNs whose tags change with those of `resource`; refuses what isn't there."""
    found = _ARN.fullmatch(resource)
    if found is None or found["kind"] not in _MISSING:
        raise refused("InvalidARN", f"{resource} is not a valid ARN.")
    kind, name = found["kind"], found["name"]
    if name not in kept(backend, kind):
        raise refused(_MISSING[kind], f"{name} is either not present or not available.")
    if kind != "replicationgroup":
        return [resource]
    return [resource, *(node.arn for node in backend.replication_groups[name].nodes)]


@replaces(ElastiCacheBackend, "list_tags_for_resource")
def _list_tags(_: Any, backend: ElastiCacheBackend, arn: str) -> dict[str, Tags]:
    _carriers(backend, arn)
    return {"Tags": tags_of(backend, arn)}


@replaces(ElastiCacheBackend, "add_tags_to_resource")
def _add_tags(_: Any, backend: ElastiCacheBackend, arn: str, tags: Tags) -> None:
    for carrier in _carriers(backend, arn):
        backend.tagging_service.tag_resource(carrier, tags)


@replaces(ElastiCacheBackend, "remove_tags_from_resource")
def _remove_tags(_: Any, backend: ElastiCacheBackend, arn: str, tags: list[str]) -> None:
    for carrier in _carriers(backend, arn):
        backend.tagging_service.untag_resource_using_names(carrier, tags)
