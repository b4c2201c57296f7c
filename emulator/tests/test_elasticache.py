"""ElastiCache: replication groups have the nodes that were asked for, and AWS's refusals."""

from __future__ import annotations

from typing import Any

import pytest
from caches import Caches
from conftest import Clients, Emulated
from helpers import code

HA = {"NumCacheClusters": 3, "AutomaticFailoverEnabled": True, "MultiAZEnabled": True}
CLUSTER = {
    "NumNodeGroups": 2,
    "ReplicasPerNodeGroup": 1,
    "AutomaticFailoverEnabled": True,
    "CacheParameterGroupName": "default.redis7.cluster.on",
}


@pytest.fixture
def caches(aws: Clients) -> Caches:
    return Caches(aws)


def members(caches: Caches) -> list[str]:
    return caches.group()["MemberClusters"]


def test_a_group_has_the_nodes_that_it_names(caches: Caches) -> None:
    caches.create(**HA)
    assert members(caches) == ["main-001", "main-002", "main-003"]
    group = caches.group()
    (shard,) = group["NodeGroups"]
    assert [m["CurrentRole"] for m in shard["NodeGroupMembers"]] == ["primary"] + 2 * ["replica"]
    assert {m["PreferredAvailabilityZone"] for m in shard["NodeGroupMembers"]} == {
        "eu-central-1a",
        "eu-central-1b",
    }
    assert (group["AutomaticFailover"], group["MultiAZ"]) == ("enabled", "enabled")
    assert group["ClusterEnabled"] is False
    listed = caches.api.describe_cache_clusters()["CacheClusters"]
    assert [c["CacheClusterId"] for c in listed] == members(caches)
    alone = caches.api.describe_cache_clusters(ShowCacheClustersNotInReplicationGroups=True)
    assert alone["CacheClusters"] == []


def test_settings_are_echoed_by_the_group_and_its_nodes(caches: Caches) -> None:
    key = caches.aws("kms").create_key()["KeyMetadata"]["Arn"]
    caches.create(
        Engine="valkey",
        EngineVersion="8.0",
        AtRestEncryptionEnabled=True,
        KmsKeyId=key,
        TransitEncryptionEnabled=True,
        SnapshotRetentionLimit=7,
        SnapshotWindow="02:00-03:00",
        PreferredMaintenanceWindow="mon:05:00-mon:06:00",
        AutoMinorVersionUpgrade=False,
        Port=6380,
    )
    group, node = caches.group(), caches.node()
    for described in (group, node):
        assert described["AtRestEncryptionEnabled"] is True
        assert described["TransitEncryptionEnabled"] is True
        assert described["TransitEncryptionMode"] == "required"
        assert described["SnapshotRetentionLimit"] == 7
        assert described["SnapshotWindow"] == "02:00-03:00"
        assert described["AutoMinorVersionUpgrade"] is False
    assert (group["KmsKeyId"], group["StorageEncryptionType"]) == (key, "sse-kms")
    assert group["SnapshottingClusterId"] == "main-001"
    endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
    assert endpoint["Address"].startswith("master.main.")
    assert endpoint["Address"].endswith(".euc1.cache.amazonaws.com")
    assert endpoint["Port"] == 6380
    assert node["EngineVersion"] == "8.0.1"
    assert node["PreferredMaintenanceWindow"] == "mon:05:00-mon:06:00"
    assert node["CacheParameterGroup"]["CacheParameterGroupName"] == "default.valkey8"
    assert node["CacheSubnetGroupName"] == "subnets"
    assert node["CacheNodes"][0]["Endpoint"]["Port"] == 6380


def test_valkey_is_encrypted_at_rest_by_default_and_redis_is_not(caches: Caches) -> None:
    assert caches.create("one", Engine="valkey")["AtRestEncryptionEnabled"] is True
    assert caches.create("two", Engine="redis")["AtRestEncryptionEnabled"] is False


def test_a_cluster_has_shards_with_all_the_slots_between_them(caches: Caches) -> None:
    group = caches.create(**CLUSTER)
    assert group["ClusterEnabled"] is True
    assert group["ClusterMode"] == "enabled"
    assert "clustercfg" in group["ConfigurationEndpoint"]["Address"]
    assert [shard["Slots"] for shard in group["NodeGroups"]] == ["0-8191", "8192-16383"]
    assert members(caches) == [f"main-000{s}-00{n}" for s in (1, 2) for n in (1, 2)]


def test_shards_come_and_go(caches: Caches) -> None:
    caches.create(**CLUSTER)
    resize = caches.api.modify_replication_group_shard_configuration
    call = {"ReplicationGroupId": "main", "ApplyImmediately": True}
    grown = resize(NodeGroupCount=3, **call)["ReplicationGroup"]["NodeGroups"]
    assert [len(shard["NodeGroupMembers"]) for shard in grown] == [2, 2, 2]
    assert grown[2]["Slots"].endswith("-16383")
    assert code(resize, NodeGroupCount=3, **call) == "NoOperationFault"
    assert code(resize, NodeGroupCount=2, **call) == "InvalidParameterCombination"
    shrunk = resize(NodeGroupCount=2, NodeGroupsToRemove=["0001"], **call)["ReplicationGroup"]
    assert [shard["NodeGroupId"] for shard in shrunk["NodeGroups"]] == ["0002", "0003"]
    assert code(caches.node, name="main-0001-001") == "CacheClusterNotFound"


def test_replicas_come_and_go(caches: Caches) -> None:
    caches.create(**HA)
    call = {"ReplicationGroupId": "main", "ApplyImmediately": True}
    caches.api.increase_replica_count(NewReplicaCount=3, **call)
    assert members(caches)[-1] == "main-004"
    assert caches.node("main-004")["CacheClusterStatus"] == "available"
    caches.api.decrease_replica_count(NewReplicaCount=1, **call)
    assert members(caches) == ["main-001", "main-002"]
    decrease, increase = caches.api.decrease_replica_count, caches.api.increase_replica_count
    assert code(decrease, NewReplicaCount=1, **call) == "NoOperationFault"
    assert code(decrease, NewReplicaCount=0, **call) == "InvalidParameterCombination"
    assert code(increase, NewReplicaCount=6, **call) == "InvalidParameterValue"


def test_replicas_of_every_shard_are_counted(caches: Caches) -> None:
    caches.create(**CLUSTER)
    caches.api.increase_replica_count(
        ReplicationGroupId="main", ApplyImmediately=True, NewReplicaCount=2
    )
    assert len(members(caches)) == 6


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"AutomaticFailoverEnabled": True}, "InvalidParameterCombination"),
        ({"NumCacheClusters": 2, "MultiAZEnabled": True}, "InvalidParameterCombination"),
        ({"ReplicationGroupId": "a" * 41}, "InvalidParameterValue"),
        ({"ReplicationGroupId": "a--b"}, "InvalidParameterValue"),
        ({"CacheSubnetGroupName": "none"}, "CacheSubnetGroupNotFoundFault"),
        ({"CacheParameterGroupName": "none"}, "CacheParameterGroupNotFound"),
        ({"CacheParameterGroupName": "default.valkey8"}, "InvalidParameterCombination"),
        ({"EngineVersion": "7.9"}, "InvalidParameterCombination"),
        ({"SecurityGroupIds": ["sg-1"]}, "InvalidParameterValue"),
        ({"UserGroupIds": ["none"]}, "UserGroupNotFound"),
        ({"AuthToken": "x" * 16}, "InvalidParameterCombination"),
        ({"AuthToken": "short", "TransitEncryptionEnabled": True}, "InvalidParameterValue"),
        ({"KmsKeyId": "arn:aws:kms:key"}, "InvalidParameterCombination"),
        ({"NumCacheClusters": 7}, "InvalidParameterValue"),
        ({**CLUSTER, "AutomaticFailoverEnabled": False}, "InvalidParameterCombination"),
        (
            {**CLUSTER, "CacheParameterGroupName": "default.redis7"},
            "InvalidParameterCombination",
        ),
        (
            {**CLUSTER, "ReplicasPerNodeGroup": 0, "MultiAZEnabled": True},
            "InvalidParameterCombination",
        ),
    ],
)
def test_what_aws_refuses_to_create_is_refused(
    caches: Caches, settings: dict[str, Any], error: str
) -> None:
    assert code(caches.create, **settings) == error
    assert caches.api.describe_replication_groups()["ReplicationGroups"] == []
    assert caches.api.describe_cache_clusters()["CacheClusters"] == []


def test_changes_are_echoed(caches: Caches) -> None:
    caches.create(NumCacheClusters=2)
    caches.modify(
        AutomaticFailoverEnabled=True,
        MultiAZEnabled=True,
        CacheNodeType="cache.t4g.small",
        SnapshotRetentionLimit=5,
        ReplicationGroupDescription="other",
        Engine="valkey",
        EngineVersion="8.1",
    )
    group, node = caches.group(), caches.node()
    assert (group["AutomaticFailover"], group["MultiAZ"]) == ("enabled", "enabled")
    assert (group["Description"], group["Engine"]) == ("other", "valkey")
    assert group["CacheNodeType"] == node["CacheNodeType"] == "cache.t4g.small"
    assert node["EngineVersion"] == "8.1.0"
    assert node["CacheParameterGroup"]["CacheParameterGroupName"] == "default.valkey8"


def test_a_refused_change_changes_nothing(caches: Caches) -> None:
    caches.create(**HA)
    before = caches.group()
    refused = code(caches.modify, AutomaticFailoverEnabled=False, SnapshotRetentionLimit=3)
    assert refused == "InvalidParameterCombination"
    assert code(caches.modify, EngineVersion="7.0") == "InvalidParameterCombination"
    assert caches.group() == before


def test_encryption_in_transit_comes_to_a_live_group_in_two_steps(caches: Caches) -> None:
    caches.create()
    step = {"TransitEncryptionEnabled": True}
    required = code(caches.modify, TransitEncryptionMode="required", **step)
    assert required == "InvalidParameterCombination"
    caches.modify(TransitEncryptionMode="preferred", **step)
    caches.modify(TransitEncryptionMode="required")
    assert caches.node()["TransitEncryptionMode"] == "required"


def test_logs_are_delivered_until_they_are_turned_off(caches: Caches) -> None:
    def log(kind: str) -> dict[str, Any]:
        return {
            "LogType": kind,
            "DestinationType": "cloudwatch-logs",
            "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "/cache"}},
            "LogFormat": "json",
        }

    caches.create(LogDeliveryConfigurations=[log("slow-log"), log("engine-log")])
    assert caches.group()["LogDeliveryConfigurations"] == [
        {**log("slow-log"), "Status": "active"},
        {**log("engine-log"), "Status": "active"},
    ]
    caches.modify(LogDeliveryConfigurations=[{"LogType": "engine-log", "Enabled": False}])
    (left,) = caches.group()["LogDeliveryConfigurations"]
    assert left["LogType"] == "slow-log"


def test_a_deleted_group_is_gone_with_its_nodes_and_tags(
    caches: Caches, emulated: Emulated, account: str
) -> None:
    tags = [{"Key": "terrane:environment", "Value": "env_1"}]
    arn = caches.create(Tags=tags, **HA)["ARN"]
    node = caches.node("main-002")["ARN"]
    assert caches.api.list_tags_for_resource(ResourceName=node)["TagList"] == tags
    caches.api.delete_replication_group(
        ReplicationGroupId="main", FinalSnapshotIdentifier="main-final"
    )
    assert code(caches.group) == "ReplicationGroupNotFoundFault"
    assert code(caches.node) == "CacheClusterNotFound"
    gone = code(caches.api.list_tags_for_resource, ResourceName=arn)
    assert gone == "ReplicationGroupNotFoundFault"
    (snapshot,) = caches.api.describe_snapshots()["Snapshots"]
    assert snapshot["SnapshotName"] == "main-final"
    caches.create()
    again = code(
        caches.api.delete_replication_group,
        ReplicationGroupId="main",
        FinalSnapshotIdentifier="main-final",
    )
    assert again == "SnapshotAlreadyExistsFault"


def test_tags_of_a_group_reach_its_nodes(caches: Caches) -> None:
    arn = caches.create(NumCacheClusters=2)["ARN"]
    node = caches.node("main-002")["ARN"]
    tag = {"Key": "a", "Value": "b"}
    caches.api.add_tags_to_resource(ResourceName=arn, Tags=[tag])
    assert caches.api.list_tags_for_resource(ResourceName=node)["TagList"] == [tag]
    caches.api.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    assert caches.api.list_tags_for_resource(ResourceName=node)["TagList"] == []


def test_a_held_group_is_creating_until_released(caches: Caches, emulated: Emulated) -> None:
    emulated.switch("PUT", "faults", {"hold": [{"kind": "elasticache:replication-group"}]})
    assert caches.create()["Status"] == "creating"
    assert caches.node()["CacheClusterStatus"] == "creating"
    assert code(caches.modify, SnapshotRetentionLimit=1) == "InvalidReplicationGroupState"
    emulated.switch("DELETE", "faults")
    assert caches.group()["Status"] == "available"


def test_the_inventory_and_the_tagging_api_know_caches(
    caches: Caches, emulated: Emulated, account: str, aws: Clients
) -> None:
    tags = [{"Key": "terrane:environment", "Value": "env_1"}]
    caches.api.create_cache_parameter_group(
        CacheParameterGroupName="own",
        CacheParameterGroupFamily="redis7",
        Description="d",
        Tags=tags,
    )
    caches.api.create_user_group(
        UserGroupId="people", Engine="redis", UserIds=["default"], Tags=tags
    )
    caches.create(Tags=tags)
    rows = emulated.switch("GET", f"inventory?account={account}")
    found = {row["type"]: row for row in rows if row["service"] == "elasticache"}
    assert set(found) == {
        "cluster",
        "parameter-group",
        "replication-group",
        "subnet-group",
        "user-group",
    }
    assert found["replication-group"]["tags"] == {"terrane:environment": "env_1"}
    assert found["replication-group"]["state"] == "available"
    filters = [{"Key": "terrane:environment", "Values": ["env_1"]}]
    answer = aws("resourcegroupstaggingapi").get_resources(TagFilters=filters)
    kinds = {row["ResourceARN"].split(":")[5] for row in answer["ResourceTagMappingList"]}
    assert kinds == {"cluster", "parametergroup", "replicationgroup", "usergroup"}
