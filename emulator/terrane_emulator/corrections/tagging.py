"""Tags: the limit of fifty counts what a resource already has.

moto checks that for EC2 and IAM only. The other rules need nothing but the request and
are checked in `terrane_emulator.tags`.
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import TaggingMixin
from moto.utilities.tagging_service import TaggingService

from terrane_emulator.tags import ensure_room


def apply() -> None:
    """Count before adding."""
    tag_resource, add_tags = TaggingService.tag_resource, TaggingMixin.add_tags

    def tag_resource_with_room(self: TaggingService, arn: str, tags: Any) -> None:
        ensure_room(self.tags.get(arn, {}), [tag[self.key_name] for tag in tags or []])
        tag_resource(self, arn, tags)

    def add_tags_with_room(self: TaggingMixin, tags: Any) -> Any:
        ensure_room({tag["Key"]: None for tag in self.tags}, [tag["Key"] for tag in tags])
        return add_tags(self, tags)

    TaggingService.tag_resource = tag_resource_with_room  # type: ignore[method-assign]
    TaggingMixin.add_tags = add_tags_with_room  # type: ignore[method-assign]
