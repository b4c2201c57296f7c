"""AWS Backup: vaults, plans and selections come back, and AWS's refusals."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients, Emulated
from helpers import code
from shapes import watch

ROLE = "arn:aws:iam::123456789012:role/backup"


@pytest.fixture
def backup(aws: Clients) -> Any:
    client = watch(aws("backup"))
    client.create_backup_vault(BackupVaultName="vault")
    return client


def document(**rule: Any) -> dict[str, Any]:
    rules = [{"RuleName": "daily", "TargetBackupVaultName": "vault", **rule}]
    return {"BackupPlanName": "plan", "Rules": rules}


def plan(backup: Any, **rule: Any) -> str:
    return backup.create_backup_plan(BackupPlan=document(**rule))["BackupPlanId"]


def selection(backup: Any, of: str, name: str = "all", **more: Any) -> str:
    wanted = {"SelectionName": name, "IamRoleArn": ROLE, "Resources": ["*"], **more}
    return backup.create_backup_selection(BackupPlanId=of, BackupSelection=wanted)["SelectionId"]


def test_a_vault_is_encrypted_with_the_account_s_key_by_default(aws: Clients, backup: Any) -> None:
    key = backup.describe_backup_vault(BackupVaultName="vault")["EncryptionKeyArn"]
    assert aws("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyManager"] == "AWS"
    listed = backup.list_recovery_points_by_backup_vault(BackupVaultName="vault")
    assert listed["RecoveryPoints"] == []


@pytest.mark.parametrize("slash", ["", "/"])
def test_tags_are_found_with_and_without_a_slash_at_the_end(backup: Any, slash: str) -> None:
    def spell(request: Any, **_: Any) -> None:
        request.url = request.url.rstrip("/") + slash

    arn = backup.describe_backup_vault(BackupVaultName="vault")["BackupVaultArn"]
    backup.tag_resource(ResourceArn=arn, Tags={"a": "b", "c": "d"})
    backup.untag_resource(ResourceArn=arn, TagKeyList=["c"])
    backup.meta.events.register("request-created.backup.ListTags", spell)
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"a": "b"}


def test_a_changed_plan_keeps_its_id_and_gets_a_version(backup: Any) -> None:
    name = plan(backup, Lifecycle={"DeleteAfterDays": 30})
    before = backup.get_backup_plan(BackupPlanId=name)
    changed = document(Lifecycle={"DeleteAfterDays": 60})
    backup.update_backup_plan(BackupPlanId=name, BackupPlan=changed)
    after = backup.get_backup_plan(BackupPlanId=name)
    assert after["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] == 60
    assert after["BackupPlanArn"] == before["BackupPlanArn"]
    assert after["VersionId"] != before["VersionId"]


def test_a_selection_comes_back_as_it_was_made(backup: Any) -> None:
    name = plan(backup)
    tags = [
        {"ConditionType": "STRINGEQUALS", "ConditionKey": "k", "ConditionValue": "v"},
    ]
    made = selection(backup, name, ListOfTags=tags)
    found = backup.get_backup_selection(BackupPlanId=name, SelectionId=made)
    assert found["BackupSelection"]["ListOfTags"] == tags
    (listed,) = backup.list_backup_selections(BackupPlanId=name)["BackupSelectionsList"]
    assert (listed["SelectionName"], listed["SelectionId"]) == ("all", made)
    backup.delete_backup_selection(BackupPlanId=name, SelectionId=made)
    gone = code(backup.get_backup_selection, BackupPlanId=name, SelectionId=made)
    assert gone == "InvalidParameterValueException"


@pytest.mark.parametrize(
    "rule",
    [
        {"TargetBackupVaultName": "none"},
        {"Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 100}},
    ],
)
def test_a_plan_that_aws_refuses_is_refused(backup: Any, rule: dict[str, Any]) -> None:
    name = plan(backup)
    assert code(plan, backup=backup, **rule) == "InvalidParameterValueException"
    refused = code(backup.update_backup_plan, BackupPlanId=name, BackupPlan=document(**rule))
    assert refused == "InvalidParameterValueException"


def test_a_selection_is_refused_without_its_plan_and_twice(backup: Any) -> None:
    assert code(selection, backup=backup, of="none") == "ResourceNotFoundException"
    name = plan(backup)
    selection(backup, name)
    assert code(selection, backup=backup, of=name) == "AlreadyExistsException"


def test_a_plan_with_selections_stays_and_its_name_is_free_again(
    backup: Any, emulated: Emulated, account: str
) -> None:
    name = plan(backup)
    made = selection(backup, name)
    rows = emulated.switch("GET", f"inventory?account={account}")
    assert [row["type"] for row in rows] == ["plan", "selection", "vault"]
    assert code(backup.delete_backup_plan, BackupPlanId=name) == "InvalidRequestException"
    backup.delete_backup_selection(BackupPlanId=name, SelectionId=made)
    backup.delete_backup_plan(BackupPlanId=name)
    assert code(backup.get_backup_plan, BackupPlanId=name) == "ResourceNotFoundException"
    backup.delete_backup_plan(BackupPlanId=plan(backup))
    backup.delete_backup_vault(BackupVaultName="vault")
    assert emulated.switch("GET", f"inventory?account={account}") == []
