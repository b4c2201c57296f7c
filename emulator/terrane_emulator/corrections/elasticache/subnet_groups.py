"""Cache subnet groups: of subnets that exist in one VPC, and not deleted while in use."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from terrane_emulator.corrections.elasticache import store
from terrane_emulator.corrections.elasticache.rules import identifier, refused
from terrane_emulator.corrections.replacing import adds, replaces

_MISSING = "CacheSubnetGroupNotFoundFault"


class SubnetGroup:
    """Subnets that nodes may be placed in."""

    supported_network_types = ("ipv4",)

    def __init__(self, backend: Any, name: str, description: str, subnets: list[str]) -> None:
        self._backend = backend
        self.cache_subnet_group_name = name
        self.cache_subnet_group_description = description
        self.arn = store.arn(backend, "subnetgroup", name)
        self.place(subnets)

    def place(self, subnet_ids: list[str]) -> None:
        """Use these subnets from now on; AWS refuses unknown ones and those of two VPCs."""
        ec2 = ec2_backends[self._backend.account_id][self._backend.region_name]
        known = {s.id: s for zone in ec2.subnets.values() for s in zone.values()}
        for subnet in subnet_ids:
            if subnet not in known:
                raise refused("InvalidSubnet", f"The subnet ID '{subnet}' does not exist")
        found = [known[subnet] for subnet in subnet_ids]
        if len({subnet.vpc_id for subnet in found}) != 1:
            raise refused("InvalidSubnet", "The subnets must all be in one VPC.")
        self.vpc_id = found[0].vpc_id
        self.zones = sorted({subnet.availability_zone for subnet in found})
        self.subnets = [
            {
                "SubnetIdentifier": subnet.id,
                "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
                "SupportedNetworkTypes": list(self.supported_network_types),
            }
            for subnet in found
        ]


def find(backend: Any, name: str) -> SubnetGroup:
    """The group of that name."""
    group = backend.cache_subnet_groups.get(name.lower())
    if group is None:
        raise refused(_MISSING, f"Cache Subnet Group {name} does not exist.")
    return group


@replaces(ElastiCacheBackend, "create_cache_subnet_group")
def _create(
    _: Any,
    backend: Any,
    cache_subnet_group_name: str,
    cache_subnet_group_description: str,
    subnet_ids: list[str],
    tags: Any,
) -> SubnetGroup:
    name = identifier("CacheSubnetGroupName", cache_subnet_group_name, 255)
    if name in backend.cache_subnet_groups:
        raise refused("CacheSubnetGroupAlreadyExists", f"Cache subnet group {name} already exists.")
    group = SubnetGroup(backend, name, cache_subnet_group_description, subnet_ids)
    backend.cache_subnet_groups[name] = group
    store.tag(backend, group.arn, tags)
    return group


@replaces(ElastiCacheBackend, "describe_cache_subnet_groups")
def _describe(_: Any, backend: Any, cache_subnet_group_name: str | None) -> list[SubnetGroup]:
    if cache_subnet_group_name:
        return [find(backend, cache_subnet_group_name)]
    return list(backend.cache_subnet_groups.values())


@adds(ElastiCacheResponse)
def modify_cache_subnet_group(response: Any) -> ActionResult:
    backend, given = response.elasticache_backend, response.params
    group = find(backend, given["CacheSubnetGroupName"])
    if subnets := given.get("SubnetIds"):
        group.place(subnets)
    if "CacheSubnetGroupDescription" in given:
        group.cache_subnet_group_description = given["CacheSubnetGroupDescription"]
    return ActionResult({"CacheSubnetGroup": group})


@adds(ElastiCacheResponse)
def delete_cache_subnet_group(response: Any) -> ActionResult:
    backend = response.elasticache_backend
    group = find(backend, response.params["CacheSubnetGroupName"])
    name = group.cache_subnet_group_name
    users = (*backend.replication_groups.values(), *backend.cache_clusters.values())
    if any(user.cache_subnet_group_name == name for user in users):
        raise refused(
            "CacheSubnetGroupInUse",
            f"Cache subnet group {name} is currently in use by a cache cluster.",
        )
    del backend.cache_subnet_groups[name]
    store.forget(backend, group.arn)
    return ActionResult({})
