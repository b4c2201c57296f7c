"""Tags: the limit of fifty counts what a resource already has.

moto checks that for EC2 and IAM only. The other rules need nothing but the request and
are checked in `terrane_emulator.tags`.
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import TaggingMixin
from moto.utilities.tagging_service import TaggingService

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.tags import ensure_room


@replaces(TaggingService, "tag_resource")
def _tag_resource(original: Any, service: TaggingService, arn: str, tags: Any) -> None:
    ensure_room(service.tags.get(arn, {}), [tag[service.key_name] for tag in tags or []])
    original(service, arn, tags)


@replaces(TaggingMixin, "add_tags")
def _add_tags(original: Any, resource: TaggingMixin, tags: Any) -> Any:
    ensure_room([tag["Key"] for tag in resource.tags], [tag["Key"] for tag in tags])
    return original(resource, tags)
