"""RDS: Aurora and DocumentDB clusters with their instances, and AWS's refusals."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients, Emulated
from helpers import code, network
from shapes import watch

TAGS = [{"Key": "terrane:environment", "Value": "env_1"}]
CAPACITY = {"MinCapacity": 0.5, "MaxCapacity": 4.0}


class Clusters:
    """A client of RDS that makes small clusters."""

    def __init__(self, aws: Clients) -> None:
        self.aws = aws
        self.api = watch(aws("rds"))

    def create(self, name: str = "main", **settings: Any) -> dict[str, Any]:
        """An Aurora cluster without instances."""
        return self.api.create_db_cluster(
            **{
                "DBClusterIdentifier": name,
                "Engine": "aurora-postgresql",
                "EngineVersion": "17",
                "MasterUsername": "app_admin",
                "ManageMasterUserPassword": True,
                **settings,
            }
        )["DBCluster"]

    def join(self, name: str = "one", **settings: Any) -> dict[str, Any]:
        """An instance in the cluster."""
        return self.api.create_db_instance(
            **{
                "DBInstanceIdentifier": name,
                "DBClusterIdentifier": "main",
                "DBInstanceClass": "db.r6g.large",
                "Engine": "aurora-postgresql",
                **settings,
            }
        )["DBInstance"]

    def cluster(self, name: str = "main") -> dict[str, Any]:
        """The cluster as it is now."""
        return self.api.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]

    def instance(self, name: str = "one") -> dict[str, Any]:
        """An instance as it is now."""
        return self.api.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]

    def modify(self, **settings: Any) -> None:
        """Change the cluster at once."""
        self.api.modify_db_cluster(DBClusterIdentifier="main", ApplyImmediately=True, **settings)

    def delete(self, name: str = "main", **settings: Any) -> None:
        """Delete the cluster, without a final snapshot unless the settings say so."""
        settings = settings or {"SkipFinalSnapshot": True}
        self.api.delete_db_cluster(DBClusterIdentifier=name, **settings)


@pytest.fixture
def clusters(aws: Clients) -> Clusters:
    return Clusters(aws)


def test_settings_are_echoed(clusters: Clusters) -> None:
    key = clusters.aws("kms").create_key()["KeyMetadata"]["Arn"]
    clusters.create(
        StorageEncrypted=True,
        KmsKeyId=key,
        BackupRetentionPeriod=7,
        EnableIAMDatabaseAuthentication=True,
        EnableCloudwatchLogsExports=["postgresql"],
        EnablePerformanceInsights=True,
        ServerlessV2ScalingConfiguration=CAPACITY,
        CopyTagsToSnapshot=True,
        DeletionProtection=True,
    )
    cluster = clusters.cluster()
    assert cluster["Status"] == "available"
    assert cluster["EngineVersion"].startswith("17.")
    assert cluster["DBClusterParameterGroup"] == "default.aurora-postgresql17"
    assert cluster["KmsKeyId"] == key
    assert cluster["PerformanceInsightsEnabled"] is True
    assert cluster["PerformanceInsightsRetentionPeriod"] == 7
    assert cluster["ServerlessV2ScalingConfiguration"] == CAPACITY
    assert cluster["EnabledCloudwatchLogsExports"] == ["postgresql"]
    assert cluster["IAMDatabaseAuthenticationEnabled"] is True
    assert cluster["DeletionProtection"] is True
    assert "ScalingConfigurationInfo" not in cluster
    assert "StorageType" not in cluster


def test_changes_are_echoed(clusters: Clusters) -> None:
    clusters.create(EnableCloudwatchLogsExports=["postgresql"])
    clusters.join()
    clusters.modify(
        BackupRetentionPeriod=14,
        EnableIAMDatabaseAuthentication=True,
        CloudwatchLogsExportConfiguration={
            "EnableLogTypes": ["instance"],
            "DisableLogTypes": ["postgresql"],
        },
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.0, "MaxCapacity": 2.0},
        EnablePerformanceInsights=True,
        ManageMasterUserPassword=True,
    )
    cluster = clusters.cluster()
    assert cluster["BackupRetentionPeriod"] == 14
    assert cluster["IAMDatabaseAuthenticationEnabled"] is True
    assert cluster["EnabledCloudwatchLogsExports"] == ["instance"]
    assert cluster["ServerlessV2ScalingConfiguration"]["SecondsUntilAutoPause"] == 300
    assert clusters.instance()["PerformanceInsightsEnabled"] is True
    assert len(clusters.aws("secretsmanager").list_secrets()["SecretList"]) == 1


def test_instances_take_over_what_the_cluster_has(clusters: Clusters) -> None:
    _, subnets = network(clusters.aws("ec2"))
    clusters.api.create_db_subnet_group(
        DBSubnetGroupName="sg", DBSubnetGroupDescription="d", SubnetIds=subnets
    )
    clusters.create(
        DBSubnetGroupName="sg",
        StorageEncrypted=True,
        EnablePerformanceInsights=True,
        ServerlessV2ScalingConfiguration=CAPACITY,
    )
    clusters.join("one", DBInstanceClass="db.serverless", PromotionTier=0)
    clusters.join("two", DBInstanceClass="db.serverless", MonitoringInterval=30)
    one, two, cluster = clusters.instance("one"), clusters.instance("two"), clusters.cluster()
    assert one["EngineVersion"] == cluster["EngineVersion"]
    assert one["DBSubnetGroup"]["DBSubnetGroupName"] == "sg"
    assert one["PerformanceInsightsEnabled"] is True
    assert one["KmsKeyId"] == cluster["KmsKeyId"]
    assert (one["PromotionTier"], two["MonitoringInterval"]) == (0, 30)
    assert one["AvailabilityZone"] != two["AvailabilityZone"]
    assert one["DbiResourceId"] != two["DbiResourceId"]
    writers = {m["DBInstanceIdentifier"]: m["IsClusterWriter"] for m in cluster["DBClusterMembers"]}
    assert writers == {"one": True, "two": False}


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"DBClusterIdentifier": "a--b"}, "InvalidParameterValue"),
        ({"DBClusterIdentifier": "a" * 64}, "InvalidParameterValue"),
        ({"DBSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault"),
        ({"DBClusterParameterGroupName": "none"}, "DBParameterGroupNotFound"),
        ({"StorageEncrypted": True, "KmsKeyId": "none"}, "KMSKeyNotAccessibleFault"),
        (
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 4.0, "MaxCapacity": 2.0}},
            "InvalidParameterCombination",
        ),
        (
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.7, "MaxCapacity": 2.0}},
            "InvalidParameterCombination",
        ),
    ],
)
def test_what_aws_refuses_to_create_is_refused(
    clusters: Clusters, settings: dict[str, Any], error: str
) -> None:
    assert code(clusters.create, **settings) == error
    assert clusters.api.describe_db_clusters()["DBClusters"] == []


def test_a_cluster_exists_once(clusters: Clusters) -> None:
    clusters.create()
    assert code(clusters.create) == "DBClusterAlreadyExistsFault"


def test_a_serverless_instance_needs_a_cluster_that_scales(clusters: Clusters) -> None:
    clusters.create()
    refused = code(clusters.join, DBInstanceClass="db.serverless")
    assert refused == "InvalidDBClusterStateFault"
    assert code(clusters.join, DBClusterIdentifier="none") == "DBClusterNotFoundFault"


def test_a_major_upgrade_must_be_allowed(clusters: Clusters) -> None:
    clusters.create(EngineVersion="16")
    assert code(clusters.modify, EngineVersion="17") == "InvalidParameterCombination"
    clusters.modify(EngineVersion="17", AllowMajorVersionUpgrade=True)
    assert clusters.cluster()["EngineVersion"].startswith("17.")


def test_a_protected_cluster_and_one_with_instances_stay(clusters: Clusters) -> None:
    clusters.create(DeletionProtection=True)
    assert code(clusters.delete) == "InvalidParameterCombination"
    clusters.modify(DeletionProtection=False)
    clusters.join()
    assert code(clusters.delete) == "InvalidDBClusterStateFault"
    clusters.api.delete_db_instance(DBInstanceIdentifier="one")
    clusters.delete()
    assert code(clusters.cluster) == "DBClusterNotFoundFault"


def test_a_final_snapshot_is_taken_once_under_a_name(clusters: Clusters) -> None:
    secret = clusters.create(Tags=TAGS, CopyTagsToSnapshot=True)["MasterUserSecret"]["SecretArn"]
    assert code(clusters.delete, SkipFinalSnapshot=False) == "InvalidParameterCombination"
    clusters.delete(FinalDBSnapshotIdentifier="final")
    snapshots = clusters.api.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert [s["DBClusterSnapshotIdentifier"] for s in snapshots] == ["final"]
    assert snapshots[0]["TagList"] == TAGS
    described = clusters.aws("secretsmanager").describe_secret
    assert code(described, SecretId=secret) == "ResourceNotFoundException"
    secret = clusters.create()["MasterUserSecret"]["SecretArn"]
    refused = code(clusters.delete, FinalDBSnapshotIdentifier="final")
    assert refused == "DBClusterSnapshotAlreadyExistsFault"
    described(SecretId=secret)


def test_a_restored_cluster_has_the_data_and_its_own_identity(clusters: Clusters) -> None:
    source = clusters.create(DatabaseName="app", StorageEncrypted=True)
    clusters.delete(FinalDBSnapshotIdentifier="final")
    clusters.api.restore_db_cluster_from_snapshot(
        DBClusterIdentifier="restored",
        SnapshotIdentifier="final",
        Engine="aurora-postgresql",
        ServerlessV2ScalingConfiguration=CAPACITY,
    )
    restored = clusters.cluster("restored")
    assert (restored["DatabaseName"], restored["MasterUsername"]) == ("app", "app_admin")
    assert restored["KmsKeyId"] == source["KmsKeyId"]
    assert restored["DbClusterResourceId"] != source["DbClusterResourceId"]
    assert "MasterUserSecret" not in restored


def test_cluster_parameters_come_back_until_they_are_reset(clusters: Clusters) -> None:
    group = {"DBClusterParameterGroupName": "pg"}
    clusters.api.create_db_cluster_parameter_group(
        DBParameterGroupFamily="aurora-postgresql17", Description="d", **group
    )
    wanted = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    clusters.api.modify_db_cluster_parameter_group(Parameters=[wanted], **group)
    (parameter,) = clusters.api.describe_db_cluster_parameters(**group)["Parameters"]
    assert {**wanted, "Source": "user"}.items() <= parameter.items()
    clusters.api.reset_db_cluster_parameter_group(Parameters=[wanted], **group)
    assert clusters.api.describe_db_cluster_parameters(**group)["Parameters"] == []
    clusters.create(DBClusterParameterGroupName="pg")
    refused = code(clusters.api.delete_db_cluster_parameter_group, **group)
    assert refused == "InvalidDBParameterGroupState"


def test_a_held_cluster_is_creating_until_released(clusters: Clusters, emulated: Emulated) -> None:
    emulated.switch("PUT", "faults", {"hold": [{"kind": "rds:cluster"}]})
    assert clusters.create()["Status"] == "creating"
    assert code(clusters.modify, BackupRetentionPeriod=3) == "InvalidDBClusterStateFault"
    emulated.switch("DELETE", "faults")
    assert clusters.cluster()["Status"] == "available"


def test_document_db_is_a_cluster_of_its_own_engine(clusters: Clusters) -> None:
    docs = clusters.aws("docdb")  # not watched: RDS answers, which says more
    docs.create_db_cluster(
        DBClusterIdentifier="main",
        Engine="docdb",
        MasterUsername="app_admin",
        ManageMasterUserPassword=True,
        StorageEncrypted=True,
    )
    docs.create_db_instance(
        DBInstanceIdentifier="one",
        DBClusterIdentifier="main",
        DBInstanceClass="db.t4g.medium",
        Engine="docdb",
    )
    (cluster,) = docs.describe_db_clusters()["DBClusters"]
    assert (cluster["EngineVersion"], cluster["Port"]) == ("5.0.0", 27017)
    assert cluster["DBClusterParameterGroup"] == "default.docdb5.0"
    assert cluster["MasterUserSecret"]["SecretArn"]
    (instance,) = docs.describe_db_instances()["DBInstances"]
    assert (instance["Engine"], instance["EngineVersion"]) == ("docdb", "5.0.0")
    refused = code(
        docs.create_db_cluster,
        DBClusterIdentifier="two",
        Engine="docdb",
        EngineVersion="9.0.0",
        MasterUsername="app_admin",
        ManageMasterUserPassword=True,
    )
    assert refused == "InvalidParameterCombination"
