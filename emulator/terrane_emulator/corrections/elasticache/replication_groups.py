"""A replication group: its settings, its shards, and the nodes that they consist of.

A node is a cache cluster to AWS's API. It has no settings of its own here: what is asked
of a node is answered from its group, so the two can't disagree.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from moto.core.utils import utcnow

from terrane_emulator.corrections.elasticache import store
from terrane_emulator.corrections.elasticache.topology import Shard, slots
from terrane_emulator.faults import Holdable

# Arguments that are stored as they come: attribute, and AWS's value when not given. The
# windows are AWS's choice there.
PLAIN: dict[str, tuple[str, Any]] = {
    "ReplicationGroupDescription": ("description", ""),
    "CacheNodeType": ("cache_node_type", None),
    "SecurityGroupIds": ("security_group_ids", ()),
    "PreferredMaintenanceWindow": ("preferred_maintenance_window", "sun:05:00-sun:06:00"),
    "NotificationTopicArn": ("notification_topic_arn", None),
    "SnapshotRetentionLimit": ("snapshot_retention_limit", 0),
    "SnapshotWindow": ("snapshot_window", "03:00-04:00"),
    "AutoMinorVersionUpgrade": ("auto_minor_version_upgrade", True),
    "NetworkType": ("network_type", "ipv4"),
    "IpDiscovery": ("ip_discovery", "ipv4"),
}


class ReplicationGroup:
    """One group. Members of the answer are found by name, `MultiAZ` in `multi_az`."""

    def __init__(self, backend: Any, name: str, given: dict[str, Any]) -> None:
        self._backend = backend
        self._holdable = Holdable("elasticache:replication-group")
        self._host = f"{name}.{_account_part(backend)}"
        self.replication_group_id = name
        self.arn = store.arn(backend, "replicationgroup", name)
        self.replication_group_create_time = utcnow()
        for argument, (attribute, default) in PLAIN.items():
            setattr(self, attribute, given.get(argument, default))
        self.port = given.get("Port", 6379)
        self.cache_subnet_group_name = given.get("CacheSubnetGroupName", "default").lower()
        self.kms_key_id = given.get("KmsKeyId")
        self.data_tiering = "enabled" if given.get("DataTieringEnabled") else "disabled"
        self.engine = given.get("Engine", "redis").lower()
        self.engine_version = ""
        self.cache_parameter_group_name = ""
        self.cluster_mode = "disabled"
        self.names_shards = False
        # "Default: true when using Valkey, false when using Redis OSS."
        self.at_rest_encryption_enabled = given.get(
            "AtRestEncryptionEnabled", self.engine == "valkey"
        )
        self.transit_encryption_enabled = False
        self.transit_encryption_mode: str | None = None
        self.auth_token_enabled = False
        self.auth_token_last_modified_date: Any = None
        self.automatic_failover = "disabled"
        self.multi_az = "disabled"
        self.user_group_ids: list[str] = []
        self.log_delivery_configurations: list[dict[str, Any]] = []
        self.shards: list[Shard] = []
        self.nodes: list[Node] = []
        self._deleting = False

    @property
    def status(self) -> str:
        """`creating` while a hold lasts."""
        if self._deleting:
            return "deleting"
        return "creating" if self._holdable.is_held else "available"

    @property
    def clustered(self) -> bool:
        """Whether cluster mode is on."""
        return self.cluster_mode == "enabled"

    cluster_enabled = clustered

    def settle(self) -> None:
        """Bring the nodes in line with the shards, in moto's list of cache clusters too."""
        wanted = {
            name: (shard, place)
            for shard in self.shards
            for place, name in enumerate(
                shard.node_ids(self.replication_group_id, self.names_shards)
            )
        }
        known = {node.cache_cluster_id: node for node in self.nodes}
        for name in known.keys() - wanted.keys():
            self._drop(known[name])
        self.nodes = []
        for name, (shard, place) in wanted.items():
            node = known.get(name)
            if node is None:
                node = Node(self, name, store.arn(self._backend, "cluster", name), shard, place)
                self._backend.cache_clusters[name] = node
                store.tag(self._backend, node.arn, store.tags_of(self._backend, self.arn))
            self.nodes.append(node)

    def dissolve(self) -> None:
        """Take the group and its nodes out of the backend; the object can still be described."""
        for node in self.nodes:
            self._drop(node)
        del self._backend.replication_groups[self.replication_group_id]
        store.forget(self._backend, self.arn)
        self._deleting = True

    def _drop(self, node: Node) -> None:
        del self._backend.cache_clusters[node.cache_cluster_id]
        store.forget(self._backend, node.arn)

    @property
    def member_clusters(self) -> list[str]:
        """The ids of the nodes."""
        return [node.cache_cluster_id for node in self.nodes]

    @property
    def snapshotting_cluster_id(self) -> str | None:
        """The node that is backed up, where there is one shard: a replica, if possible."""
        if self.clustered or not self.snapshot_retention_limit:
            return None
        return self.member_clusters[-1]

    @property
    def storage_encryption_type(self) -> str:
        """How data at rest is encrypted."""
        if not self.at_rest_encryption_enabled:
            return "none"
        return "sse-kms" if self.kms_key_id else "sse-elasticache"

    @property
    def configuration_endpoint(self) -> dict[str, Any] | None:
        """What clients of cluster mode connect to."""
        if not self.clustered:
            return None
        return self._endpoint("clustercfg", f"{self._host}.clustercfg")

    @property
    def node_groups(self) -> list[dict[str, Any]]:
        """The shards as AWS describes them."""
        return [self._describe(shard) for shard in self.shards]

    def _describe(self, shard: Shard) -> dict[str, Any]:
        members = [
            {
                "CacheClusterId": node.cache_cluster_id,
                "CacheNodeId": "0001",
                "PreferredAvailabilityZone": node.zone,
            }
            for node in self.nodes
            if node.shard is shard
        ]
        about = {"NodeGroupId": shard.id, "Status": "available", "NodeGroupMembers": members}
        if self.clustered:
            return {**about, "Slots": slots(self.shards)[shard.number]}
        for member, place in zip(members, range(len(members)), strict=True):
            member["CurrentRole"] = "replica" if place else "primary"
            member["ReadEndpoint"] = self.node_endpoint(member["CacheClusterId"])
        reader = self._host.replace(".", "-ro.", 1)
        return {
            **about,
            "PrimaryEndpoint": self._endpoint("master", f"{self._host}.ng.0001"),
            "ReaderEndpoint": self._endpoint("replica", f"{reader}.ng.0001"),
        }

    def _endpoint(self, role: str, plain: str) -> dict[str, Any]:
        """With TLS the name begins with the role, without it ends with it."""
        name = f"{role}.{self._host}" if self.transit_encryption_enabled else plain
        return {"Address": f"{name}.{_domain(self._backend)}", "Port": self.port}

    def node_endpoint(self, node: str) -> dict[str, Any]:
        """Where one node listens."""
        host = (
            f"{node}.{self._host}"
            if self.transit_encryption_enabled
            else (f"{node}.{_account_part(self._backend)}.0001")
        )
        return {"Address": f"{host}.{_domain(self._backend)}", "Port": self.port}


@dataclass
class Node:
    """A member of a replication group, as a cache cluster."""

    group: ReplicationGroup
    cache_cluster_id: str
    arn: str
    shard: Shard
    place: int

    @property
    def zone(self) -> str:
        """Where the node stands."""
        return self.shard.zones[self.place]

    @property
    def cache_subnet_group_name(self) -> str:
        """The group's."""
        return self.group.cache_subnet_group_name

    def describe(self, with_nodes: bool) -> dict[str, Any]:
        """The CacheCluster of AWS's answers; `with_nodes` as ShowCacheNodeInfo asks."""
        group = self.group
        about = {
            "CacheClusterId": self.cache_cluster_id,
            "ARN": self.arn,
            "ReplicationGroupId": group.replication_group_id,
            "CacheClusterStatus": group.status,
            "CacheClusterCreateTime": group.replication_group_create_time,
            "NumCacheNodes": 1,
            "PreferredAvailabilityZone": self.zone,
            "CacheParameterGroup": {
                "CacheParameterGroupName": group.cache_parameter_group_name,
                "ParameterApplyStatus": "in-sync",
                "CacheNodeIdsToReboot": [],
            },
            "SecurityGroups": [
                {"SecurityGroupId": name, "Status": "active"} for name in group.security_group_ids
            ],
            "CacheSecurityGroups": [],
            "ReplicationGroupLogDeliveryEnabled": bool(group.log_delivery_configurations),
            **{
                member: getattr(group, attribute)
                for member, attribute in _SHARED.items()
                if getattr(group, attribute) is not None
            },
        }
        if topic := group.notification_topic_arn:
            about["NotificationConfiguration"] = {"TopicArn": topic, "TopicStatus": "active"}
        if with_nodes:
            about["CacheNodes"] = [
                {
                    "CacheNodeId": "0001",
                    "CacheNodeStatus": group.status,
                    "CacheNodeCreateTime": group.replication_group_create_time,
                    "Endpoint": group.node_endpoint(self.cache_cluster_id),
                    "ParameterGroupStatus": "in-sync",
                    "CustomerAvailabilityZone": self.zone,
                }
            ]
        return about


# Members of a node's answer that say the same as its group.
_SHARED = {
    "CacheNodeType": "cache_node_type",
    "Engine": "engine",
    "EngineVersion": "engine_version",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "CacheSubnetGroupName": "cache_subnet_group_name",
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "SnapshotRetentionLimit": "snapshot_retention_limit",
    "SnapshotWindow": "snapshot_window",
    "AuthTokenEnabled": "auth_token_enabled",
    "AuthTokenLastModifiedDate": "auth_token_last_modified_date",
    "TransitEncryptionEnabled": "transit_encryption_enabled",
    "TransitEncryptionMode": "transit_encryption_mode",
    "AtRestEncryptionEnabled": "at_rest_encryption_enabled",
    "LogDeliveryConfigurations": "log_delivery_configurations",
    "NetworkType": "network_type",
    "IpDiscovery": "ip_discovery",
}


def _account_part(backend: Any) -> str:
    """The label of endpoints that is one account's in one region."""
    return hashlib.sha256(f"{backend.account_id}{backend.region_name}".encode()).hexdigest()[:6]


def _domain(backend: Any) -> str:
    """The end of endpoints: `euc1` is how they spell eu-central-1."""
    area, place, number = backend.region_name.rsplit("-", 2)
    short = place.replace("north", "n").replace("south", "s").replace("central", "c")
    short = short.replace("east", "e").replace("west", "w")
    return f"{area.replace('-', '')}{short}{number}.cache.amazonaws.com"
