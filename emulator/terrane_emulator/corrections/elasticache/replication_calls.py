"""The calls on replication groups: create, describe, change, delete.

A change is applied at once, whatever `ApplyImmediately` says (`GAPS.md`). What AWS
refuses is in `settings.py`, checked before anything changes.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.elasticache.responses import ElastiCacheResponse

from terrane_emulator.corrections.elasticache import settings, store, subnet_groups
from terrane_emulator.corrections.elasticache.replication_groups import Node, ReplicationGroup
from terrane_emulator.corrections.elasticache.rules import (
    bad_combination,
    bad_value,
    identifier,
    refused,
)
from terrane_emulator.corrections.elasticache.topology import Shard
from terrane_emulator.corrections.replacing import adds, replaces

_MOST_REPLICAS = 5


def _find(response: Any) -> ReplicationGroup:
    name = response.params["ReplicationGroupId"]
    group = response.elasticache_backend.replication_groups.get(name.lower())
    if group is None:
        raise refused("ReplicationGroupNotFoundFault", f"ReplicationGroup {name} not found.")
    return group


def _find_available(response: Any) -> ReplicationGroup:
    group = _find(response)
    if group.status != "available":
        raise refused(
            "InvalidReplicationGroupState",
            f"Replication group {group.replication_group_id} is not in available state.",
        )
    return group


@replaces(ElastiCacheResponse, "create_replication_group")
def _create(_: Any, response: Any) -> ActionResult:
    backend, given = response.elasticache_backend, response.params
    name = identifier("ReplicationGroupId", given["ReplicationGroupId"], 40)
    if name in backend.replication_groups:
        raise refused("ReplicationGroupAlreadyExists", f"Replication group {name} already exists.")
    if not given.get("CacheNodeType"):
        raise bad_value("The parameter CacheNodeType must be provided and must not be null.")
    group = ReplicationGroup(backend, name, given)
    settings.begin(backend, group, given)
    group.shards = _shards(given, _zones(backend, group))
    settings.ensure_consistent(group)
    backend.replication_groups[name] = group
    store.tag(backend, group.arn, given.get("Tags"))
    group.settle()
    return ActionResult({"ReplicationGroup": group})


def _zones(backend: Any, group: ReplicationGroup) -> list[str]:
    """Where nodes may stand: the default subnet group reaches into every zone."""
    if group.cache_subnet_group_name == "default":
        return [f"{backend.region_name}{letter}" for letter in "abc"]
    return subnet_groups.find(backend, group.cache_subnet_group_name).zones


def _shards(given: dict[str, Any], zones: list[str]) -> list[Shard]:
    """The shards that a create asks for, in one of AWS's three ways."""
    wishes = given.get("NodeGroupConfiguration", [])
    replicas = given.get("ReplicasPerNodeGroup")
    if replicas is None:
        replicas = given.get("NumCacheClusters", 1) - 1
    shards = []
    for place in range(given.get("NumNodeGroups") or len(wishes) or 1):
        wish = wishes[place] if place < len(wishes) else {}
        shard = Shard(int(wish.get("NodeGroupId", place + 1)), wished_slots=wish.get("Slots"))
        wished = list(given.get("PreferredCacheClusterAZs", []))
        if first := wish.get("PrimaryAvailabilityZone"):
            wished = [first, *wish.get("ReplicaAvailabilityZones", [])]
        shard.resize(_checked(wish.get("ReplicaCount", replicas)), zones, wished)
        shards.append(shard)
    return shards


def _checked(replicas: int) -> int:
    if not 0 <= replicas <= _MOST_REPLICAS:
        raise bad_value(f"A shard has 0 to {_MOST_REPLICAS} replicas, not {replicas}.")
    return replicas


@replaces(ElastiCacheResponse, "describe_replication_groups")
def _describe(_: Any, response: Any) -> ActionResult:
    groups = list(response.elasticache_backend.replication_groups.values())
    if response.params.get("ReplicationGroupId"):
        groups = [_find(response)]
    return PaginatedResult({"ReplicationGroups": groups})


@replaces(ElastiCacheResponse, "describe_cache_clusters")
def _describe_clusters(_: Any, response: Any) -> ActionResult:
    backend, given = response.elasticache_backend, response.params
    found = list(backend.cache_clusters.values())
    if name := given.get("CacheClusterId"):
        found = [cluster for cluster in found if cluster.cache_cluster_id == name.lower()]
        if not found:
            raise refused("CacheClusterNotFound", f"CacheCluster not found: {name}")
    if given.get("ShowCacheClustersNotInReplicationGroups"):
        found = [cluster for cluster in found if not isinstance(cluster, Node)]
    with_nodes = bool(given.get("ShowCacheNodeInfo"))
    clusters = [c.describe(with_nodes) if isinstance(c, Node) else c for c in found]
    return PaginatedResult({"CacheClusters": clusters})


@replaces(ElastiCacheResponse, "delete_cache_cluster")
def _delete_cluster(original: Any, response: Any) -> ActionResult:
    clusters = response.elasticache_backend.cache_clusters
    if isinstance(clusters.get(response.params["CacheClusterId"].lower()), Node):
        raise refused(
            "InvalidCacheClusterState",
            "The cluster belongs to a replication group: use DecreaseReplicaCount.",
        )
    return original(response)


@adds(ElastiCacheResponse)
def modify_replication_group(response: Any) -> ActionResult:
    group = _find_available(response)
    # Tried on a copy: what is refused changes nothing.
    changed = copy.copy(group)
    settings.change(response.elasticache_backend, changed, response.params)
    settings.ensure_consistent(changed)
    group.__dict__.update(changed.__dict__)
    return ActionResult({"ReplicationGroup": group})


@adds(ElastiCacheResponse)
def increase_replica_count(response: Any) -> ActionResult:
    return _count_replicas(response, 1)


@adds(ElastiCacheResponse)
def decrease_replica_count(response: Any) -> ActionResult:
    return _count_replicas(response, -1)


def _count_replicas(response: Any, direction: int) -> ActionResult:
    group, given = _find_available(response), response.params
    if not given.get("ApplyImmediately"):
        raise bad_value("ApplyImmediately=false is not supported.")
    wanted = {shard.id: given.get("NewReplicaCount", shard.replicas) for shard in group.shards}
    for shard in given.get("ReplicaConfiguration", []):
        wanted[shard["NodeGroupId"]] = shard["NewReplicaCount"]
    if removed := given.get("ReplicasToRemove"):
        wanted = {shard.id: shard.replicas - len(removed) for shard in group.shards}
    if any((_checked(wanted[s.id]) - s.replicas) * direction < 0 for s in group.shards):
        raise bad_combination("The number of replicas would change in the other direction.")
    if all(wanted[shard.id] == shard.replicas for shard in group.shards):
        raise refused("NoOperationFault", "The replica counts are already as requested.")
    if group.automatic_failover == "enabled" and not group.clustered and 0 in wanted.values():
        raise bad_combination(
            "Automatic failover needs a replica: turn it off before removing the last one."
        )
    zones = _zones(response.elasticache_backend, group)
    for shard in group.shards:
        shard.resize(wanted[shard.id], zones)
    group.settle()
    return ActionResult({"ReplicationGroup": group})


@adds(ElastiCacheResponse)
def modify_replication_group_shard_configuration(response: Any) -> ActionResult:
    group, given = _find_available(response), response.params
    if not group.clustered:
        raise bad_combination("Shards can be changed in cluster mode only.")
    count, ids = given["NodeGroupCount"], [shard.id for shard in group.shards]
    if count == len(ids):
        raise refused("NoOperationFault", "The number of shards is already as requested.")
    for shard in group.shards:
        shard.wished_slots = None
    if count > len(ids):
        zones, replicas = _zones(response.elasticache_backend, group), group.shards[0].replicas
        for _ in range(count - len(ids)):
            shard = Shard(max(s.number for s in group.shards) + 1)
            shard.resize(replicas, zones)
            group.shards.append(shard)
    else:
        removed = set(given.get("NodeGroupsToRemove", []))
        if retained := given.get("NodeGroupsToRetain"):
            removed = set(ids) - set(retained)
        if count < 1 or not removed <= set(ids) or len(removed) != len(ids) - count:
            raise bad_combination(
                "NodeGroupsToRemove or NodeGroupsToRetain must leave NodeGroupCount shards."
            )
        group.shards = [shard for shard in group.shards if shard.id not in removed]
    group.settle()
    return ActionResult({"ReplicationGroup": group})


@replaces(ElastiCacheResponse, "delete_replication_group")
def _delete(_: Any, response: Any) -> ActionResult:
    backend, group = response.elasticache_backend, _find_available(response)
    if final := response.params.get("FinalSnapshotIdentifier"):
        backend.create_snapshot(final, group.replication_group_id, None, group.kms_key_id, None)
    group.dissolve()
    return ActionResult({"ReplicationGroup": group})
