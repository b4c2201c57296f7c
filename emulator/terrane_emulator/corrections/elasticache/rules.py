"""What ElastiCache refuses whatever is asked: names, and how a refusal is said."""

from __future__ import annotations

import re

from moto.elasticache.exceptions import ElastiCacheException

_IDENTIFIER = re.compile(r"[a-z](-?[a-z0-9])*")


def refused(code: str, message: str) -> ElastiCacheException:
    """An error of the service; the HTTP status comes from the code's model."""
    return ElastiCacheException(code, message)


def bad_value(message: str) -> ElastiCacheException:
    """A value that is wrong by itself."""
    return refused("InvalidParameterValue", message)


def bad_combination(message: str) -> ElastiCacheException:
    """Values that are wrong together."""
    return refused("InvalidParameterCombination", message)


def identifier(kind: str, given: str, longest: int) -> str:
    """The name as AWS stores it, in lower case; refuses what isn't a name.

    Letters, digits and single hyphens, a letter first and no hyphen last, as the
    constraints of `CreateReplicationGroup` and its neighbours say.
    """
    name = given.lower()
    if len(name) > longest or not _IDENTIFIER.fullmatch(name):
        raise bad_value(
            f"The parameter {kind} is not a valid identifier. Identifiers must begin with a "
            f"letter; must contain only ASCII letters, digits, and hyphens; must not end with a "
            f"hyphen or contain two consecutive hyphens; and have at most {longest} characters."
        )
    return name
