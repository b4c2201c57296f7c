"""The tagging API finds parameter groups and user groups too, as AWS's does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

from terrane_emulator.corrections.elasticache import store
from terrane_emulator.corrections.replacing import replaces


@replaces(ResourceGroupsTaggingAPIBackend, "_get_resources_generator")
def _resources(
    original: Any,
    backend: Any,
    tag_filters: Any = None,
    resource_type_filters: list[str] | None = None,
) -> Iterator[dict[str, Any]]:
    yield from original(backend, tag_filters, resource_type_filters)
    cache = backend.elasticache_backend
    for kind in ("parametergroup", "usergroup"):
        if {"elasticache", f"elasticache:{kind}"}.isdisjoint(
            resource_type_filters or ["elasticache"]
        ):
            continue
        for item in store.kept(cache, kind).values():
            tags = store.tags_of(cache, item.arn)
            if all(_has(tags, wanted) for wanted in tag_filters or []):
                yield {"ResourceARN": item.arn, "Tags": tags}


def _has(tags: store.Tags, wanted: dict[str, Any]) -> bool:
    values = wanted.get("Values")
    return any(t["Key"] == wanted["Key"] and (not values or t["Value"] in values) for t in tags)
