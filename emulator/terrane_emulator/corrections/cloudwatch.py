"""CloudWatch: composite alarms, and alarms that others depend on stay.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

_DASHBOARD_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_CHILD = re.compile(
    r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s)]+))\s*\)"
)
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


@replaces(Alarm, "__init__")
def _init(original: Any, alarm: Alarm, *args: Any, **kwargs: Any) -> None:
    original(alarm, *args, **kwargs)
    alarm.state_value = "INSUFFICIENT_DATA"  # AWS: until there are metrics


def _children(rule: str) -> Iterator[str]:
    """Names of the alarms that a rule looks at; ARNs count by the name in them."""
    for groups in _CHILD.findall(rule):
        yield "".join(groups).rpartition(":alarm:")[2]


@replaces(CloudWatchResponse, "put_metric_alarm")
def _put_metric_alarm(original: Any, response: CloudWatchResponse) -> Any:
    _check_actions(response)
    before = response.cloudwatch_backend.alarms.get(response._get_param("AlarmName"))
    answer = original(response)
    after = response.cloudwatch_backend.alarms[response._get_param("AlarmName")]
    _keep_state(before, after)
    return answer


def _check_actions(response: CloudWatchResponse) -> None:
    for member in _ACTIONS:
        for action in response._get_param(member, []):
            if not action.startswith("arn:"):
                raise _invalid(f"Invalid arn syntax: {action}")


def _keep_state(before: Alarm | None, after: Alarm) -> None:
    """Changing an alarm's settings leaves its state."""
    if before is not None:
        after.state_value, after.history = before.state_value, before.history


def _put_composite_alarm(response: CloudWatchResponse) -> ActionResult:
    backend, name = response.cloudwatch_backend, response._get_param("AlarmName")
    rule = response._get_param("AlarmRule")
    _check_actions(response)
    suppressor = response._get_param("ActionsSuppressor")
    wanted = [*_children(rule), *([suppressor.rpartition(":alarm:")[2]] if suppressor else ())]
    if missing := [child for child in wanted if child not in backend.alarms]:
        raise _invalid(
            f"Could not save the composite alarm as alarms {missing} in the alarm rule do not exist"
        )
    if name in wanted:
        raise _invalid("Could not save the composite alarm as it refers to itself")
    before = backend.alarms.get(name)
    alarm = backend.put_metric_alarm(
        name=name,
        namespace=None,
        metric_name=None,
        comparison_operator=None,
        evaluation_periods=None,
        period=None,
        threshold=None,
        statistic=None,
        description=response._get_param("AlarmDescription"),
        dimensions=[],
        alarm_actions=response._get_param("AlarmActions", []),
        ok_actions=response._get_param("OKActions", []),
        insufficient_data_actions=response._get_param("InsufficientDataActions", []),
        actions_enabled=response._get_bool_param("ActionsEnabled", True),
        rule=rule,
        # Tags of a put that changes an alarm are ignored.
        tags=response._get_param("Tags", []) if before is None else None,
    )
    _keep_state(before, alarm)
    alarm.actions_suppressor = suppressor
    if suppressor:
        alarm.actions_suppressor_wait_period = response._get_param("ActionsSuppressorWaitPeriod")
        alarm.actions_suppressor_extension_period = response._get_param(
            "ActionsSuppressorExtensionPeriod"
        )
    return EmptyResult()


CloudWatchResponse.put_composite_alarm = _put_composite_alarm


@replaces(CloudWatchResponse, "describe_alarms")
def _describe_alarms(original: Any, response: CloudWatchResponse) -> ActionResult:
    """Composite alarms only when they are asked for."""
    kinds = response._get_param("AlarmTypes") or ["MetricAlarm"]
    answer = original(response)
    for kind in ("MetricAlarm", "CompositeAlarm"):
        if kind not in kinds:
            answer.result[f"{kind}s"] = []
    return answer


@replaces(CloudWatchResponse, "delete_alarms")
def _delete_alarms(original: Any, response: CloudWatchResponse) -> ActionResult:
    backend, names = response.cloudwatch_backend, response._get_param("AlarmNames", [])
    if missing := [name for name in names if name not in backend.alarms]:
        raise Refused("ResourceNotFound", f"Alarms {missing} don't exist", 404)
    for name in names:
        users = [
            alarm.name
            for alarm in backend.alarms.values()
            if alarm.rule and name in (*_children(alarm.rule), _suppressor(alarm))
        ]
        if users:
            raise _invalid(f"Could not delete {name}: composite alarms {users} depend on it")
    return original(response)


def _suppressor(alarm: Alarm) -> str:
    return (getattr(alarm, "actions_suppressor", None) or "").rpartition(":alarm:")[2]


@replaces(CloudWatchBackend, "delete_alarms")
def _forget_alarms(original: Any, backend: CloudWatchBackend, alarm_names: list[str]) -> None:
    for alarm in [backend.alarms[name] for name in alarm_names if name in backend.alarms]:
        backend.tagger.delete_all_tags_for_resource(alarm.alarm_arn)
    original(backend, alarm_names)


@replaces(CloudWatchResponse, "put_dashboard")
def _put_dashboard(original: Any, response: CloudWatchResponse) -> ActionResult:
    name, body = response._get_param("DashboardName"), response._get_param("DashboardBody")
    if not _DASHBOARD_NAME.fullmatch(name):
        raise Refused("InvalidParameterInput", f"The dashboard name {name} is not valid")
    try:
        widgets = json.loads(body).get("widgets")
    except (ValueError, AttributeError):
        widgets = None
    if not isinstance(widgets, list):
        raise Refused("InvalidParameterInput", "The field widgets is required in a dashboard body")
    return original(response)


def _invalid(message: str) -> Refused:
    return Refused("ValidationError", message)
