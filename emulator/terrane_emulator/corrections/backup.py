"""AWS Backup: plans that can be changed, selections, and refusals.

moto has no selections and no update, keeps deleted plans for ever and refuses their name.
Written after https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Operations.html.
Nothing is ever backed up, so vaults stay empty.
"""

from __future__ import annotations

import json
import re
import uuid
from copy import deepcopy
from typing import Any
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.exceptions import BackupClientError
from moto.backup.models import BackupBackend, Plan
from moto.backup.responses import BackupResponse
from moto.core.utils import unix_time
from moto.kms.models import kms_backends
from moto.kms.utils import RESERVED_ALIASE_TARGET_KEY_IDS, RESERVED_ALIASES

from terrane_emulator.corrections.replacing import adds, replaces

_VAULT = re.compile(r"[a-zA-Z0-9_-]{2,50}")
_SELECTION = re.compile(r"[a-zA-Z0-9_.-]{1,50}")
_KEY_ALIAS = "alias/aws/backup"
# "Backups transitioned to cold storage must be stored in cold storage for a minimum of 90 days."
_LEAST_DAYS_IN_COLD_STORAGE = 90

# Keys behind aliases of AWS's own are made when they are first described; moto lacks this one.
RESERVED_ALIASES.append(_KEY_ALIAS)
RESERVED_ALIASE_TARGET_KEY_IDS[_KEY_ALIAS] = str(uuid.uuid4())
urls.url_paths["{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/$"] = urls.response.dispatch


def _refused(code: str, message: str) -> BackupClientError:
    return BackupClientError(code, message)


@replaces(BackupBackend, "__init__")
def _begin(original: Any, backend: Any, region_name: str, account_id: str) -> None:
    original(backend, region_name, account_id)
    backend.selections = {}


@replaces(BackupBackend, "create_backup_vault")
def _create_vault(original: Any, backend: Any, backup_vault_name: str, **kwargs: Any) -> Any:
    if not _VAULT.fullmatch(backup_vault_name):
        raise _refused(
            "InvalidParameterValueException", f"{backup_vault_name} is not a valid vault name"
        )
    if not kwargs.get("encryption_key_arn"):
        kms = kms_backends[backend.account_id][backend.region_name]
        kwargs["encryption_key_arn"] = kms.describe_key(_KEY_ALIAS).arn
    return original(backend, backup_vault_name, **kwargs)


@replaces(BackupBackend, "delete_backup_vault")
def _delete_vault(_: Any, backend: Any, backup_vault_name: str) -> None:
    vault = backend.describe_backup_vault(backup_vault_name)
    backend.tagger.delete_all_tags_for_resource(vault.backup_vault_arn)
    del backend.vaults[backup_vault_name]


@adds(BackupResponse)
def list_recovery_points_by_backup_vault(response: Any) -> str:
    response.backup_backend.describe_backup_vault(response.path.split("/")[2])
    return json.dumps({"RecoveryPoints": []})


@replaces(BackupBackend, "create_backup_plan")
def _create_plan(original: Any, backend: Any, backup_plan: Any, **kwargs: Any) -> Plan:
    _ensure_plan(backend, backup_plan)
    return original(backend, backup_plan=backup_plan, **kwargs)


def _ensure_plan(backend: Any, document: dict[str, Any]) -> None:
    for rule in document["Rules"]:
        vault = rule["TargetBackupVaultName"]
        if vault not in backend.vaults:
            raise _refused(
                "InvalidParameterValueException", f"Backup vault {vault} does not exist."
            )
        life = rule.get("Lifecycle") or {}
        cold, end = life.get("MoveToColdStorageAfterDays"), life.get("DeleteAfterDays")
        if cold and end and end < cold + _LEAST_DAYS_IN_COLD_STORAGE:
            raise _refused(
                "InvalidParameterValueException",
                "DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays",
            )


@adds(BackupResponse)
def update_backup_plan(response: Any) -> str:
    """The plan keeps its id and gets a new version."""
    backend, document = response.backup_backend, json.loads(response.body)["BackupPlan"]
    plan = _plan(response)
    _ensure_plan(backend, document)
    again = Plan(document, plan.creator_request_id, backend)
    plan.backup_plan, plan.version_id = again.backup_plan, again.version_id
    plan.advanced_backup_settings = again.advanced_backup_settings
    return json.dumps(plan.to_dict())


def _plan(response: Any) -> Plan:
    """The plan that the path names: /backup/plans/ID and perhaps more."""
    return response.backup_backend.get_backup_plan(response.path.split("/")[3], None)


@replaces(BackupBackend, "delete_backup_plan")
def _delete_plan(original: Any, backend: Any, backup_plan_id: str) -> Any:
    if any(s["BackupPlanId"] == backup_plan_id for s in backend.selections.values()):
        raise _refused(
            "InvalidRequestException",
            "Related backup plan selections must be deleted prior to backup plan deletion.",
        )
    answer = original(backend, backup_plan_id)
    plan = backend.plans.pop(backup_plan_id)
    backend.tagger.delete_all_tags_for_resource(plan.backup_plan_arn)
    return answer


@replaces(BackupResponse, "list_tags")
def _list_tags(_: Any, response: Any) -> str:
    """moto counts on a slash at the end, which the provider's SDK leaves out."""
    resource = unquote(response.path.partition("/tags/")[2]).rstrip("/")
    return json.dumps({"Tags": response.backup_backend.list_tags(resource)})


@adds(BackupResponse)
def create_backup_selection(response: Any) -> str:
    backend, body = response.backup_backend, json.loads(response.body)
    plan, wanted = _plan(response).backup_plan_id, body["BackupSelection"]
    name = wanted["SelectionName"]
    if not _SELECTION.fullmatch(name):
        raise _refused("InvalidParameterValueException", f"{name} is not a valid selection name")
    siblings = (s for s in backend.selections.values() if s["BackupPlanId"] == plan)
    if any(s["BackupSelection"]["SelectionName"] == name for s in siblings):
        raise _refused("AlreadyExistsException", f"A backup selection named {name} already exists.")
    selection = {
        "BackupSelection": wanted,
        "SelectionId": str(uuid.uuid4()),
        "BackupPlanId": plan,
        "CreationDate": unix_time(),
        "CreatorRequestId": body.get("CreatorRequestId"),
    }
    backend.selections[selection["SelectionId"]] = selection
    return json.dumps({k: selection[k] for k in ("SelectionId", "BackupPlanId", "CreationDate")})


def _selection(response: Any) -> dict[str, Any]:
    plan, name = response.path.split("/")[3], response.path.rstrip("/").split("/")[-1]
    found = response.backup_backend.selections.get(name)
    if found is None or found["BackupPlanId"] != plan:
        # The provider tells a missing selection by these words.
        raise _refused("InvalidParameterValueException", "Cannot find Backup plan selection")
    return found


@adds(BackupResponse)
def get_backup_selection(response: Any) -> str:
    return json.dumps(deepcopy(_selection(response)))


@adds(BackupResponse)
def list_backup_selections(response: Any) -> str:
    plan = _plan(response).backup_plan_id
    listed = [
        {
            **{key: value for key, value in selection.items() if key != "BackupSelection"},
            "SelectionName": selection["BackupSelection"]["SelectionName"],
            "IamRoleArn": selection["BackupSelection"]["IamRoleArn"],
        }
        for selection in response.backup_backend.selections.values()
        if selection["BackupPlanId"] == plan
    ]
    return json.dumps({"BackupSelectionsList": listed})


@adds(BackupResponse)
def delete_backup_selection(response: Any) -> str:
    del response.backup_backend.selections[_selection(response)["SelectionId"]]
    return "{}"
