"""The tagging API knows the kinds that leftovers are looked for in."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients
from helpers import network

TAG = {"Key": "terrane:environment", "Value": "env_1"}


def arns(aws: Clients, **asked: Any) -> list[str]:
    answer = aws("resourcegroupstaggingapi").get_resources(**asked)
    return [row["ResourceARN"].split(":", 5)[5] for row in answer["ResourceTagMappingList"]]


@pytest.fixture
def tagged(aws: Clients) -> None:
    rds, cache, backup = aws("rds"), aws("elasticache"), aws("backup")
    _, subnets = network(aws("ec2"))
    family = {"DBParameterGroupFamily": "aurora-postgresql17", "Description": "d", "Tags": [TAG]}
    rds.create_db_parameter_group(DBParameterGroupName="pg", **family)
    rds.create_db_cluster_parameter_group(DBClusterParameterGroupName="cpg", **family)
    rds.create_db_subnet_group(
        DBSubnetGroupName="sg", DBSubnetGroupDescription="d", SubnetIds=subnets, Tags=[TAG]
    )
    cache.create_user_group(UserGroupId="ug", Engine="redis", UserIds=["default"], Tags=[TAG])
    backup.create_backup_vault(BackupVaultName="vault")
    rules = [{"RuleName": "r", "TargetBackupVaultName": "vault"}]
    backup.create_backup_plan(
        BackupPlan={"BackupPlanName": "plan", "Rules": rules},
        BackupPlanTags={TAG["Key"]: TAG["Value"]},
    )


def test_what_is_tagged_is_found_by_tag(aws: Clients, tagged: None) -> None:
    found = arns(aws, TagFilters=[{"Key": TAG["Key"], "Values": [TAG["Value"]]}])
    assert {arn.split(":")[0] for arn in found} == {
        "backup-plan",
        "cluster-pg",
        "pg",
        "subgrp",
        "usergroup",
    }
    assert arns(aws, TagFilters=[{"Key": TAG["Key"], "Values": ["env_2"]}]) == []


def test_what_has_no_tags_is_not_listed(aws: Clients, tagged: None) -> None:
    aws("elasticache").create_user_group(UserGroupId="bare", Engine="redis", UserIds=["default"])
    assert "usergroup:bare" not in arns(aws)


def test_a_type_can_be_asked_for(aws: Clients, tagged: None) -> None:
    assert arns(aws, ResourceTypeFilters=["rds:pg"]) == ["pg:pg"]
    assert arns(aws, ResourceTypeFilters=["elasticache"]) == ["usergroup:ug"]
