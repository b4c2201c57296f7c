"""AWS's rules for tags, checked on every call that writes tags.

Rules (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
and the `Tag` types of the services): letters, digits, spaces and `_ . : / = + - @`;
keys of 1 to 128 characters, values of at most 256; no key that starts with `aws:`;
at most 50 tags on a resource. moto accepts anything.

Where the tags sit in a request differs from call to call, so nothing is listed here:
botocore's model of the call's input says which lists and maps are tags.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import OperationModel, Shape

from terrane_emulator.calls import Call
from terrane_emulator.errors import Refused

MAX_TAGS = 50
_PUNCTUATION = frozenset("_.:/=+-@")
_REMOVES = ("Delete", "Untag", "Remove")

# Error codes as the services name them: (bad key or value, too many tags).
_CODES = {
    "acm": ("InvalidTagException", "TooManyTagsException"),
    "apigatewayv2": ("BadRequestException", "BadRequestException"),
    "application-autoscaling": ("ValidationException", "TooManyTagsException"),
    "backup": ("InvalidParameterValueException", "LimitExceededException"),
    "budgets": ("InvalidParameterException", "ServiceQuotaExceededException"),
    "cloudwatch": ("ValidationError", "ValidationError"),
    "codedeploy": ("InvalidTagsToAddException", "TagLimitExceededException"),
    "dynamodb": ("ValidationException", "ValidationException"),
    "ec2": ("InvalidParameterValue", "TagLimitExceeded"),
    "ecr": ("InvalidTagParameterException", "TooManyTagsException"),
    "ecs": ("InvalidParameterException", "InvalidParameterException"),
    "eks": ("InvalidParameterException", "BadRequestException"),
    "elasticache": ("InvalidParameterValue", "TagQuotaPerResourceExceeded"),
    "elbv2": ("ValidationError", "TooManyTags"),
    "iam": ("InvalidInput", "LimitExceeded"),
    "kms": ("TagException", "LimitExceededException"),
    "logs": ("InvalidParameterException", "TooManyTagsException"),
    "rds": ("InvalidParameterValue", "InvalidParameterValue"),
    "resourcegroupstaggingapi": ("InvalidParameterException", "InvalidParameterException"),
    "route53": ("InvalidInput", "InvalidInput"),
    "s3": ("InvalidTag", "BadRequest"),
    "secretsmanager": ("InvalidParameterException", "InvalidParameterException"),
    "servicediscovery": ("InvalidInput", "TooManyTagsException"),
    "sns": ("InvalidParameter", "TagLimitExceeded"),
    "sts": ("ValidationError", "ValidationError"),
}
_DEFAULT_CODES = ("ValidationException", "ValidationException")


class TooManyTags(Exception):
    """A resource would end up with more tags than AWS allows."""


def check(call: Call) -> None:
    """Refuse a call whose tags AWS would refuse."""
    if call.is_read or call.action.startswith(_REMOVES):
        return
    header = call.request.headers.get("x-amz-tagging") if call.service == "s3" else None
    groups = [dict(parse_qsl(header, keep_blank_values=True))] if header else []
    if (model := call.model) is not None and _writes_tags(model):
        groups += _tags_in(model.input_shape, call.parse())
    for group in groups:
        for key, value in group.items():
            if fault := _fault(key, value or ""):
                raise Refused(_CODES.get(call.service, _DEFAULT_CODES)[0], fault)
        if len(group) > MAX_TAGS:
            raise too_many(call)


def too_many(call: Call) -> Refused:
    """What the service says to the fifty-first tag."""
    code = _CODES.get(call.service, _DEFAULT_CODES)[1]
    return Refused(code, f"A resource can have at most {MAX_TAGS} tags.")


def ensure_room(existing: Iterable[str], added: Iterable[str]) -> None:
    """Refuse tags that would bring a resource above the limit; `aws:` tags don't count."""
    keys = {key for key in [*existing, *added] if not key.startswith("aws:")}
    if len(keys) > MAX_TAGS:
        raise TooManyTags


def _fault(key: str, value: str) -> str | None:
    """Why AWS refuses this tag, or None."""
    if not 1 <= len(key) <= 128:
        return f"Tag key '{key[:20]}...' must have 1 to 128 characters."
    if len(value) > 256:
        return f"The value of tag '{key}' must have at most 256 characters."
    if key.lower().startswith("aws:"):
        return f"Tag key '{key}' is invalid: the prefix aws: is reserved."
    for part, text in (("key", key), ("value", value)):
        if bad := next((c for c in text if not _allowed(c)), None):
            return (
                f"Tag {part} '{text}' is invalid: '{bad}' is not among letters, digits, "
                "spaces and _ . : / = + - @"
            )
    return None


def _allowed(character: str) -> bool:
    # \p{L}, \p{N} and \p{Z} in the services' patterns.
    return character in _PUNCTUATION or unicodedata.category(character)[0] in "LNZ"


@cache
def _writes_tags(model: OperationModel) -> bool:
    seen: set[str] = set()

    def search(shape: Shape | None) -> bool:
        if shape is None or shape.name in seen:
            return False
        seen.add(shape.name)
        if _is_tag_list(shape) or _is_tag_map(shape):
            return True
        if shape.type_name == "structure":
            return any(search(member) for member in shape.members.values())
        return shape.type_name == "list" and search(shape.member)

    return search(model.input_shape)


def _tags_in(shape: Shape, value: Any) -> Iterator[dict[str, str]]:
    """Every group of tags inside `value`, whose form is `shape`."""
    if value is None:
        return
    if _is_tag_list(shape):
        key, content = _tag_members(shape.member)
        yield {tag[key]: tag.get(content) or "" for tag in value if key in tag}
    elif _is_tag_map(shape):
        yield dict(value)
    elif shape.type_name == "list":
        for item in value:
            yield from _tags_in(shape.member, item)
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            if name in value:
                yield from _tags_in(member, value[name])


def _is_tag_map(shape: Shape) -> bool:
    return shape.type_name == "map" and "tag" in shape.name.lower()


def _is_tag_list(shape: Shape) -> bool:
    return (
        shape.type_name == "list"
        and shape.member.type_name == "structure"
        and shape.member.name.endswith("Tag")
        and _tag_members(shape.member) is not None
    )


def _tag_members(shape: Shape) -> tuple[str, str] | None:
    """Names of the key and value members of a tag structure: they vary by service."""
    names = {name.lower(): name for name in shape.members}
    for key, value in (("key", "value"), ("tagkey", "tagvalue")):
        if key in names and value in names:
            return names[key], names[value]
    return None
