"""Cache parameter groups, which moto lacks.

Only what somebody set is listed: the engines' defaults are not here (`GAPS.md`).
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.responses import ElastiCacheResponse

from terrane_emulator.corrections.elasticache import engines, store
from terrane_emulator.corrections.elasticache.rules import bad_value, identifier, refused
from terrane_emulator.corrections.replacing import adds


class ParameterGroup:
    """A group of an account's own, or one that AWS keeps."""

    is_global = False

    def __init__(self, backend: Any, name: str, family: str, description: str) -> None:
        self.cache_parameter_group_name = name
        self.cache_parameter_group_family = family
        self.description = description
        self.arn = store.arn(backend, "parametergroup", name)
        self.parameters: dict[str, str] = {}

    @property
    def clustered(self) -> bool:
        """Whether a replication group with these parameters runs in cluster mode."""
        return self.parameters.get("cluster-enabled") == "yes"


def find(backend: Any, name: str) -> ParameterGroup:
    """The group of that name; the default ones exist in every account."""
    if own := backend.parameter_groups.get(name.lower()):
        return own
    if (default := engines.default_family(name)) is None:
        raise refused("CacheParameterGroupNotFound", f"CacheParameterGroup not found: {name}")
    family, clustered = default
    group = ParameterGroup(backend, name, family, f"Default parameter group for {family}")
    if clustered:
        group.parameters["cluster-enabled"] = "yes"
    return group


def _own(backend: Any, name: str) -> ParameterGroup:
    group = find(backend, name)
    if engines.is_default(name):
        raise refused(
            "InvalidCacheParameterGroupState",
            f"Cannot modify or delete the default parameter group {name}",
        )
    return group


@adds(ElastiCacheResponse)
def create_cache_parameter_group(response: Any) -> ActionResult:
    backend, given = response.elasticache_backend, response.params
    name = identifier("CacheParameterGroupName", given["CacheParameterGroupName"], 255)
    family = given["CacheParameterGroupFamily"]
    if family not in engines.FAMILIES:
        raise bad_value(f"CacheParameterGroupFamily {family} is not a valid parameter group family")
    if name in backend.parameter_groups:
        raise refused(
            "CacheParameterGroupAlreadyExists", f"A parameter group named {name} already exists."
        )
    group = ParameterGroup(backend, name, family, given["Description"])
    backend.parameter_groups[name] = group
    store.tag(backend, group.arn, given.get("Tags"))
    return ActionResult({"CacheParameterGroup": group})


@adds(ElastiCacheResponse)
def describe_cache_parameter_groups(response: Any) -> ActionResult:
    backend, name = response.elasticache_backend, response.params.get("CacheParameterGroupName")
    groups = [find(backend, name)] if name else list(backend.parameter_groups.values())
    return ActionResult({"CacheParameterGroups": groups})


@adds(ElastiCacheResponse)
def describe_cache_parameters(response: Any) -> ActionResult:
    given = response.params
    group = find(response.elasticache_backend, given["CacheParameterGroupName"])
    if given.get("Source", "user") != "user" or engines.is_default(
        given["CacheParameterGroupName"]
    ):
        return ActionResult({"Parameters": []})
    parameters = [
        {"ParameterName": name, "ParameterValue": value, "Source": "user", "IsModifiable": True}
        for name, value in sorted(group.parameters.items())
    ]
    return ActionResult({"Parameters": parameters})


@adds(ElastiCacheResponse)
def modify_cache_parameter_group(response: Any) -> ActionResult:
    given = response.params
    group = _own(response.elasticache_backend, given["CacheParameterGroupName"])
    for parameter in given["ParameterNameValues"]:
        group.parameters[parameter["ParameterName"]] = parameter.get("ParameterValue", "")
    return ActionResult({"CacheParameterGroupName": group.cache_parameter_group_name})


@adds(ElastiCacheResponse)
def reset_cache_parameter_group(response: Any) -> ActionResult:
    given = response.params
    group = _own(response.elasticache_backend, given["CacheParameterGroupName"])
    if given.get("ResetAllParameters"):
        group.parameters.clear()
    for parameter in given.get("ParameterNameValues", []):
        group.parameters.pop(parameter["ParameterName"], None)
    return ActionResult({"CacheParameterGroupName": group.cache_parameter_group_name})


@adds(ElastiCacheResponse)
def delete_cache_parameter_group(response: Any) -> ActionResult:
    backend = response.elasticache_backend
    group = _own(backend, response.params["CacheParameterGroupName"])
    name = group.cache_parameter_group_name
    users = backend.replication_groups.values()
    if any(user.cache_parameter_group_name == name for user in users):
        raise refused(
            "InvalidCacheParameterGroupState",
            f"One or more cache clusters are still members of this parameter group {name}, so "
            "the group cannot be deleted.",
        )
    del backend.parameter_groups[name]
    store.forget(backend, group.arn)
    return ActionResult({})
