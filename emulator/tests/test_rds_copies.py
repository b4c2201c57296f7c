"""RDS: read replicas and restored instances are objects of their own."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients
from helpers import code, database
from shapes import watch


@pytest.fixture
def rds(aws: Clients) -> Any:
    return watch(aws("rds"))


def described(rds: Any, name: str) -> dict[str, Any]:
    return rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def replicate(rds: Any, **settings: Any) -> dict[str, Any]:
    return rds.create_db_instance_read_replica(
        DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="main", **settings
    )["DBInstance"]


def test_a_replica_knows_its_source_and_has_its_own_id_tags_and_class(rds: Any) -> None:
    tags = [{"Key": "a", "Value": "b"}]
    database(rds, Tags=tags, StorageEncrypted=True, DBName="app", BackupRetentionPeriod=7)
    replicate(rds, DBInstanceClass="db.t4g.small")
    main, copy = described(rds, "main"), described(rds, "copy")
    assert copy["ReadReplicaSourceDBInstanceIdentifier"] == "main"
    assert main["ReadReplicaDBInstanceIdentifiers"] == ["copy"]
    assert copy["DbiResourceId"] != main["DbiResourceId"]
    assert (copy["DBInstanceClass"], copy["TagList"]) == ("db.t4g.small", [])
    assert (copy["KmsKeyId"], copy["DBName"]) == (main["KmsKeyId"], "app")
    assert copy["BackupRetentionPeriod"] == 0
    assert "MasterUserSecret" not in copy


def test_a_source_without_backups_cannot_be_replicated(rds: Any) -> None:
    database(rds, BackupRetentionPeriod=0)
    assert code(replicate, rds=rds) == "InvalidDBInstanceState"


def test_a_deleted_replica_leaves_the_source_its_secret(rds: Any, aws: Clients) -> None:
    secret = database(rds)["MasterUserSecret"]["SecretArn"]
    replicate(rds)
    refused = code(
        rds.delete_db_instance, DBInstanceIdentifier="copy", FinalDBSnapshotIdentifier="final"
    )
    assert refused == "InvalidParameterCombination"
    rds.delete_db_instance(DBInstanceIdentifier="copy", SkipFinalSnapshot=True)
    assert described(rds, "main").get("ReadReplicaDBInstanceIdentifiers", []) == []
    aws("secretsmanager").describe_secret(SecretId=secret)


def test_a_replica_without_its_source_stands_on_its_own(rds: Any) -> None:
    database(rds)
    replicate(rds)
    rds.delete_db_instance(DBInstanceIdentifier="main", SkipFinalSnapshot=True)
    assert "ReadReplicaSourceDBInstanceIdentifier" not in described(rds, "copy")
    rds.delete_db_instance(DBInstanceIdentifier="copy", FinalDBSnapshotIdentifier="final")


def test_a_restored_instance_has_the_data_and_its_own_identity(rds: Any, aws: Clients) -> None:
    source = database(rds, DBName="app", StorageEncrypted=True)
    rds.delete_db_instance(DBInstanceIdentifier="main", FinalDBSnapshotIdentifier="final")
    restore = {"DBInstanceIdentifier": "copy", "DBSnapshotIdentifier": "final"}
    rds.restore_db_instance_from_db_snapshot(DBInstanceClass="db.t4g.small", **restore)
    copy = described(rds, "copy")
    assert (copy["DBName"], copy["MasterUsername"]) == ("app", "app_admin")
    assert (copy["KmsKeyId"], copy["DBInstanceClass"]) == (source["KmsKeyId"], "db.t4g.small")
    assert copy["DbiResourceId"] != source["DbiResourceId"]
    assert "MasterUserSecret" not in copy
    again = code(rds.restore_db_instance_from_db_snapshot, **restore)
    assert again == "DBInstanceAlreadyExists"
    rds.modify_db_instance(DBInstanceIdentifier="copy", ManageMasterUserPassword=True)
    assert described(rds, "copy")["MasterUserSecret"]["SecretArn"]


def test_a_final_snapshot_of_an_existing_name_is_refused(rds: Any) -> None:
    database(rds)
    rds.create_db_snapshot(DBInstanceIdentifier="main", DBSnapshotIdentifier="final")
    refused = code(
        rds.delete_db_instance, DBInstanceIdentifier="main", FinalDBSnapshotIdentifier="final"
    )
    assert refused == "DBSnapshotAlreadyExists"
    assert described(rds, "main")["MasterUserSecret"]["SecretArn"]
