"""CloudWatch Logs: the class of a group comes back, and a key must let the service use it.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.kms.models import kms_backends
from moto.logs.models import LogGroup, LogsBackend
from moto.logs.responses import LogsResponse

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

_NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
_CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_DAYS = {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096}
_DAYS |= {1827, 2192, 2557, 2922, 3288, 3653}


@replaces(LogsResponse, "create_log_group")
def _create(original: Any, response: LogsResponse) -> str:
    name, group_class = response._get_param("logGroupName"), response._get_param("logGroupClass")
    if not _NAME.fullmatch(name):
        raise _invalid(f"The log group name '{name}' is not valid")
    if group_class not in (None, *_CLASSES):
        raise _invalid(f"The log group class '{group_class}' is not valid")
    backend = response.logs_backend
    if key := response._get_param("kmsKeyId"):
        _check_key(backend, key, name)
    answer = original(response)
    backend.groups[name].log_group_class = group_class or "STANDARD"
    return answer


@replaces(LogGroup, "to_describe_dict")
def _describe(original: Any, group: LogGroup) -> dict[str, Any]:
    return original(group) | {"logGroupClass": getattr(group, "log_group_class", "STANDARD")}


def _group(response: LogsResponse) -> LogGroup:
    arn = response._get_param("resourceIdentifier") or ""
    name = response._get_param("logGroupName") or arn.partition(":log-group:")[2]
    group = response.logs_backend.groups.get(name.removesuffix(":*"))
    if group is None:
        raise Refused("ResourceNotFoundException", f"The log group {name} does not exist.")
    return group


def _associate_kms_key(response: LogsResponse) -> str:
    group, key = _group(response), response._get_param("kmsKeyId")
    _check_key(response.logs_backend, key, group.name)
    group.kms_key_id = key
    return ""


def _disassociate_kms_key(response: LogsResponse) -> str:
    _group(response).kms_key_id = None
    return ""


LogsResponse.associate_kms_key = _associate_kms_key
LogsResponse.disassociate_kms_key = _disassociate_kms_key


def _check_key(backend: LogsBackend, arn: str, group: str) -> None:
    """The key exists, can be used, and its policy names the service."""
    keys = kms_backends[backend.account_id][backend.region_name].keys
    key = keys.get(arn.rpartition("/")[2]) if arn.startswith("arn:") else None
    if key is None or key.key_state != "Enabled" or not _lets_logs_use(key.policy, backend):
        place = f"arn:aws:logs:{backend.region_name}:{backend.account_id}:log-group:{group}"
        raise _invalid(
            f"The specified KMS key does not exist or is not allowed to be used with Arn '{place}'"
        )


def _lets_logs_use(policy: str, backend: LogsBackend) -> bool:
    names = {"logs.amazonaws.com", f"logs.{backend.region_name}.amazonaws.com"}
    statements = json.loads(policy).get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        services = {services} if isinstance(services, str) else set(services)
        if statement["Effect"] == "Allow" and (principal == "*" or services & names):
            return True
    return False


@replaces(LogsBackend, "put_retention_policy")
def _put_retention(original: Any, backend: LogsBackend, name: str, days: Any) -> None:
    if days not in _DAYS:
        raise _invalid(f"Value '{days}' at 'retentionInDays' must be one of {sorted(_DAYS)}")
    original(backend, name, days)


@replaces(LogsBackend, "delete_log_group")
def _delete(original: Any, backend: LogsBackend, name: str) -> None:
    group = backend.groups.get(name)
    original(backend, name)
    backend.tagger.delete_all_tags_for_resource(group.arn)


def _invalid(message: str) -> Refused:
    return Refused("InvalidParameterException", message)
