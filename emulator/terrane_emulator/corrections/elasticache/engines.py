"""Engine versions and the parameter group families that go with them.

AWS takes `7.1` and answers `7.1.0`; a family is named after the major version, and each
has two default parameter groups, one of them for cluster mode. Versions as of 2026-11,
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
"""

from __future__ import annotations

from terrane_emulator.corrections.elasticache.rules import bad_combination, bad_value

_VERSIONS = {
    "redis": {
        "5.0.6": "5.0.6",
        "6.0": "6.0.5",
        "6.2": "6.2.6",
        "7.0": "7.0.7",
        "7.1": "7.1.0",
    },
    "valkey": {"7.2": "7.2.6", "8.0": "8.0.1", "8.1": "8.1.0"},
}
FAMILIES = ("redis5.0", "redis6.x", "redis7", "valkey7", "valkey8")
_CLUSTERED = ".cluster.on"


def resolve(engine: str, version: str | None) -> str:
    """The full version that AWS runs for the asked one; the newest if none is asked for."""
    if engine not in _VERSIONS:
        raise bad_value(f"Invalid value for engine: {engine}. Valid values are: redis, valkey.")
    known = _VERSIONS[engine]
    if version is None:
        return list(known.values())[-1]
    if version == "6.x" and engine == "redis":
        return known["6.2"]
    if version in known.values():
        return version
    if version not in known:
        raise bad_combination(f"Cannot find version {version} for {engine}")
    return known[version]


def family(engine: str, version: str) -> str:
    """The family whose parameters `version`, a full one, takes."""
    major = version.split(".")[0]
    if engine == "redis" and int(major) < 7:
        return "redis6.x" if major == "6" else "redis5.0"
    return f"{engine}{major}"


def default_group(of_family: str, clustered: bool) -> str:
    """The name of the parameter group that AWS keeps for a family."""
    return f"default.{of_family}{_CLUSTERED if clustered else ''}"


def is_default(group: str) -> bool:
    """Whether a parameter group is AWS's own, which nobody can change or delete."""
    return group.startswith("default.")


def default_family(group: str) -> tuple[str, bool] | None:
    """Family of a default group, and whether it is for cluster mode; None if there is none."""
    name = group.removeprefix("default.").removesuffix(_CLUSTERED)
    if not is_default(group) or name not in FAMILIES:
        return None
    return name, group.endswith(_CLUSTERED)


def is_older(version: str, than: str) -> bool:
    """Whether a full version comes before another."""
    return [int(part) for part in version.split(".")] < [int(part) for part in than.split(".")]
