"""CodeDeploy: applications and deployment groups that can be changed and deleted.

moto lacks the calls, gives times as text where AWS gives numbers, and forgets alarms.
https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
"""

from __future__ import annotations

import copy
import json
import time
from typing import Any

from moto.codedeploy.models import (
    Application,
    CodeDeployBackend,
    DeploymentGroup,
    DeploymentInfo,
)
from moto.codedeploy.responses import CodeDeployResponse

from terrane_emulator.corrections import codedeploy_checks as checks
from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

# Members of a group's description that are set as a whole by create and update.
_SETTINGS = (
    "deploymentConfigName",
    "ec2TagFilters",
    "onPremisesInstanceTagFilters",
    "autoScalingGroups",
    "serviceRoleArn",
    "triggerConfigurations",
    "alarmConfiguration",
    "autoRollbackConfiguration",
    "outdatedInstancesStrategy",
    "deploymentStyle",
    "blueGreenDeploymentConfiguration",
    "loadBalancerInfo",
    "ec2TagSet",
    "ecsServices",
    "onPremisesTagSet",
    "terminationHookEnabled",
)
_STYLE = {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}


@replaces(Application, "__init__")
def _init_application(original: Any, application: Application, *args: Any, **more: Any) -> None:
    original(application, *args, **more)
    application.create_time = time.time()


@replaces(DeploymentInfo, "__init__")
def _init_deployment(original: Any, deployment: DeploymentInfo, *args: Any, **more: Any) -> None:
    original(deployment, *args, **more)
    deployment.create_time = time.time()


@replaces(CodeDeployBackend, "create_application")
def _create_application(
    original: Any, backend: CodeDeployBackend, application_name: str, **more: Any
) -> str:
    more["compute_platform"] = more.get("compute_platform") or "Server"
    return original(backend, application_name, **more)


@replaces(Application, "to_dict")
def _describe_application(original: Any, application: Application) -> dict[str, Any]:
    return original(application) | {"linkedToGitHub": False}


def _update_application(response: CodeDeployResponse) -> str:
    backend, body = response.codedeploy_backend, json.loads(response.body)
    old, new = body["applicationName"], body.get("newApplicationName")
    application = backend.get_application(old)
    if new and new != old:
        if new in backend.applications:
            raise Refused("ApplicationAlreadyExistsException", f"Application {new} already exists")
        application.application_name = new
        backend.applications[new] = backend.applications.pop(old)
        groups = backend.deployment_groups.pop(old, {})
        backend.deployment_groups[new] = groups
        _retag(backend, f"application:{old}", f"application:{new}")
        for name in groups:
            _retag(backend, f"deploymentgroup:{old}/{name}", f"deploymentgroup:{new}/{name}")
    return "{}"


def _delete_application(response: CodeDeployResponse) -> str:
    """Deletes the groups too. What isn't there is no error."""
    backend, name = response.codedeploy_backend, response._get_param("applicationName")
    for group in list(backend.deployment_groups.get(name, {})):
        _forget_group(backend, name, group)
    backend.deployment_groups.pop(name, None)
    if backend.applications.pop(name, None):
        _retag(backend, f"application:{name}", None)
    return "{}"


def _retag(backend: CodeDeployBackend, old: str, new: str | None) -> None:
    """Move the tags of a resource that got another name, or drop them."""
    prefix = f"arn:aws:codedeploy:{backend.region_name}:{backend.account_id}:"
    tags = backend.tagger.tags.pop(prefix + old, None)
    if new is not None and tags is not None:
        backend.tagger.tags[prefix + new] = tags


@replaces(CodeDeployResponse, "create_deployment_group")
def _create_group(original: Any, response: CodeDeployResponse) -> str:
    backend, body = response.codedeploy_backend, json.loads(response.body)
    application = backend.get_application(body["applicationName"])
    checks.check(backend, application, body, group=None)
    answer = original(response)
    group = backend.get_deployment_group(body["applicationName"], body["deploymentGroupName"])
    group.settings = {}
    _settle(group, body)
    return answer


def _update_group(response: CodeDeployResponse) -> str:
    backend, body = response.codedeploy_backend, json.loads(response.body)
    old = body["currentDeploymentGroupName"]
    group = backend.get_deployment_group(body["applicationName"], old)
    merged = group.settings | {k: v for k, v in body.items() if v is not None}
    checks.check(backend, group.application, merged, group=group)
    new = body.get("newDeploymentGroupName")
    groups = backend.deployment_groups[body["applicationName"]]
    if new and new != old:
        if new in groups:
            raise Refused("DeploymentGroupAlreadyExistsException", f"Group {new} already exists")
        group.deployment_group_name = new
        groups[new] = groups.pop(old)
        prefix = f"deploymentgroup:{body['applicationName']}/"
        _retag(backend, prefix + old, prefix + new)
    _settle(group, body)
    return json.dumps({"hooksNotCleanedUp": []})


def _settle(group: DeploymentGroup, given: dict[str, Any]) -> None:
    """Take over what was given, with AWS's defaults."""
    for member in _SETTINGS:
        if given.get(member) is not None:
            group.settings[member] = copy.deepcopy(given[member])
    settings = group.settings
    settings.setdefault("deploymentConfigName", "CodeDeployDefault.OneAtATime")
    settings["deploymentStyle"] = _STYLE | settings.get("deploymentStyle", {})
    if alarms := settings.get("alarmConfiguration"):
        alarms.setdefault("enabled", False)
        alarms.setdefault("ignorePollAlarmFailure", False)
    if blue_green := settings.get("blueGreenDeploymentConfiguration"):
        ready = blue_green.setdefault("deploymentReadyOption", {})
        ready.setdefault("actionOnTimeout", "CONTINUE_DEPLOYMENT")
        ready.setdefault("waitTimeInMinutes", 0)
        after = blue_green.setdefault("terminateBlueInstancesOnDeploymentSuccess", {})
        after.setdefault("action", "TERMINATE")
        if after["action"] == "TERMINATE":
            after.setdefault("terminationWaitTimeInMinutes", 0)


@replaces(DeploymentGroup, "to_dict")
def _describe_group(_: Any, group: DeploymentGroup) -> dict[str, Any]:
    empty = ("ec2TagFilters", "onPremisesInstanceTagFilters", "autoScalingGroups")
    return {
        "applicationName": group.application.application_name,
        "deploymentGroupId": group.deployment_group_id,
        "deploymentGroupName": group.deployment_group_name,
        "computePlatform": group.application.compute_platform,
        "outdatedInstancesStrategy": "UPDATE",
        "triggerConfigurations": [],
        "terminationHookEnabled": False,
        **{member: [] for member in empty},
        **group.settings,
    }


def _delete_group(response: CodeDeployResponse) -> str:
    backend, application = response.codedeploy_backend, response._get_param("applicationName")
    _forget_group(backend, application, response._get_param("deploymentGroupName"))
    return json.dumps({"hooksNotCleanedUp": []})


def _forget_group(backend: CodeDeployBackend, application: str, name: str) -> None:
    if backend.deployment_groups.get(application, {}).pop(name, None):
        _retag(backend, f"deploymentgroup:{application}/{name}", None)


CodeDeployResponse.update_application = _update_application
CodeDeployResponse.delete_application = _delete_application
CodeDeployResponse.update_deployment_group = _update_group
CodeDeployResponse.delete_deployment_group = _delete_group
