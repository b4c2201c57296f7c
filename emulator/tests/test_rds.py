"""RDS: what was set comes back, and AWS's refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Clients
from helpers import code, database, network


def described(rds: Any, name: str = "main") -> dict[str, Any]:
    return rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def test_each_instance_has_its_own_resource_id_and_is_found_by_it(aws: Clients) -> None:
    rds = aws("rds")
    ids = {name: database(rds, name)["DbiResourceId"] for name in ("one", "two")}
    assert ids["one"] != ids["two"]
    filters = [{"Name": "dbi-resource-id", "Values": [ids["two"]]}]
    found = rds.describe_db_instances(Filters=filters)["DBInstances"]
    assert [i["DBInstanceIdentifier"] for i in found] == ["two"]


def test_settings_are_echoed_and_changes_too(aws: Clients) -> None:
    rds, key = aws("rds"), aws("kms").create_key()["KeyMetadata"]["Arn"]
    settings = {
        "EnablePerformanceInsights": True,
        "PerformanceInsightsKMSKeyId": key,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": "arn:aws:iam::123456789012:role/monitoring",
        "MaxAllocatedStorage": 100,
        "StorageEncrypted": True,
        "KmsKeyId": key,
        "MasterUserSecretKmsKeyId": key,
        "CopyTagsToSnapshot": True,
    }
    database(rds, **settings)
    instance = described(rds)
    assert instance["PerformanceInsightsEnabled"] is True
    assert instance["PerformanceInsightsKMSKeyId"] == key
    assert instance["PerformanceInsightsRetentionPeriod"] == 7
    assert instance["MasterUserSecret"]["KmsKeyId"] == key
    assert instance["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
    assert instance["EngineVersion"].startswith("17.")
    for name in ("MonitoringInterval", "MonitoringRoleArn", "MaxAllocatedStorage", "KmsKeyId"):
        assert instance[name] == settings[name]
    changes = {"EnablePerformanceInsights": False, "MonitoringInterval": 0, "AllocatedStorage": 30}
    rds.modify_db_instance(DBInstanceIdentifier="main", ApplyImmediately=True, **changes)
    instance = described(rds)
    assert instance["PerformanceInsightsEnabled"] is False
    assert "PerformanceInsightsKMSKeyId" not in instance
    assert (instance["MonitoringInterval"], instance["AllocatedStorage"]) == (0, 30)


def test_default_keys_belong_to_aws(aws: Clients) -> None:
    key = database(aws("rds"), StorageEncrypted=True)["KmsKeyId"]
    assert key.startswith("arn:aws:kms:")
    assert aws("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyManager"] == "AWS"


def test_the_managed_secret_holds_the_real_user_name(aws: Clients) -> None:
    arn = database(aws("rds"))["MasterUserSecret"]["SecretArn"]
    secret = json.loads(aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    assert secret["username"] == "app_admin"
    assert len(secret["password"]) > 16


def test_parameters_come_back_as_they_were_set(aws: Clients) -> None:
    rds = aws("rds")
    group = {"DBParameterGroupName": "pg"}
    rds.create_db_parameter_group(DBParameterGroupFamily="postgres17", Description="d", **group)
    wanted = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(Parameters=[wanted], **group)
    (parameter,) = rds.describe_db_parameters(Source="user", **group)["Parameters"]
    assert wanted.items() <= parameter.items()
    assert parameter["Source"] == "user"


def test_a_reset_parameter_is_gone(aws: Clients) -> None:
    rds = aws("rds")
    group = {"DBParameterGroupName": "pg"}
    rds.create_db_parameter_group(DBParameterGroupFamily="postgres17", Description="d", **group)
    wanted = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(Parameters=[wanted], **group)
    rds.reset_db_parameter_group(Parameters=[wanted], **group)
    assert rds.describe_db_parameters(**group)["Parameters"] == []


@pytest.mark.parametrize(
    ("settings", "arguments"),
    [
        ({"DeletionProtection": True}, {"SkipFinalSnapshot": True}),
        ({}, {}),
    ],
    ids=["protected", "no word on a final snapshot"],
)
def test_a_delete_that_aws_refuses_is_refused(
    aws: Clients, settings: dict[str, Any], arguments: dict[str, Any]
) -> None:
    rds = aws("rds")
    database(rds, **settings)
    refused = code(rds.delete_db_instance, DBInstanceIdentifier="main", **arguments)
    assert refused == "InvalidParameterCombination"
    assert described(rds)["DBInstanceStatus"] == "available"


def test_a_final_snapshot_carries_the_tags_and_the_secret_is_gone(aws: Clients) -> None:
    rds = aws("rds")
    tags = [{"Key": "terrane:environment", "Value": "env_1"}]
    secret = database(rds, Tags=tags, CopyTagsToSnapshot=True)["MasterUserSecret"]["SecretArn"]
    rds.delete_db_instance(DBInstanceIdentifier="main", FinalDBSnapshotIdentifier="main-final")
    snapshots = rds.describe_db_snapshots(DBSnapshotIdentifier="main-final")["DBSnapshots"]
    assert snapshots[0]["TagList"] == tags
    refused = code(aws("secretsmanager").describe_secret, SecretId=secret)
    assert refused == "ResourceNotFoundException"


def test_groups_in_use_stay(aws: Clients) -> None:
    rds = aws("rds")
    _, subnets = network(aws("ec2"))
    description = "d"
    rds.create_db_subnet_group(
        DBSubnetGroupName="sg", DBSubnetGroupDescription=description, SubnetIds=subnets
    )
    rds.create_db_parameter_group(
        DBParameterGroupName="pg", DBParameterGroupFamily="postgres17", Description=description
    )
    database(rds, DBSubnetGroupName="sg", DBParameterGroupName="pg")
    refused = code(rds.delete_db_subnet_group, DBSubnetGroupName="sg")
    assert refused == "InvalidDBSubnetGroupStateFault"
    refused = code(rds.delete_db_parameter_group, DBParameterGroupName="pg")
    assert refused == "InvalidDBParameterGroupState"
    rds.delete_db_instance(DBInstanceIdentifier="main", SkipFinalSnapshot=True)
    rds.delete_db_subnet_group(DBSubnetGroupName="sg")
    rds.delete_db_parameter_group(DBParameterGroupName="pg")
