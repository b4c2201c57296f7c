"""CodeDeploy's deployment configurations, which moto lacks: AWS's own and an account's.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""

from __future__ import annotations

import json
import re
import time
import uuid
from typing import Any

from moto.codedeploy.models import CodeDeployBackend
from moto.codedeploy.responses import CodeDeployResponse

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

_PREFIX = "CodeDeployDefault."
_NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,100}")
_SHIFTS = {"TimeBasedLinear": "linear", "TimeBasedCanary": "canary"}
_LONGEST_MINUTES = 2880

Config = dict[str, Any]


def _shift(kind: str, percent: int, minutes: int) -> Config:
    values = {f"{kind}Percentage": percent, f"{kind}Interval": minutes}
    return {"type": f"TimeBased{kind.title()}", f"timeBased{kind.title()}": values}


def _traffic(platform: str, name: str, routing: Config) -> tuple[str, Config]:
    return _PREFIX + name, {"computePlatform": platform, "trafficRoutingConfig": routing}


_DEFAULTS: dict[str, Config] = dict(
    [
        _traffic("ECS", "ECSAllAtOnce", {"type": "AllAtOnce"}),
        _traffic("ECS", "ECSLinear10PercentEvery1Minutes", _shift("linear", 10, 1)),
        _traffic("ECS", "ECSLinear10PercentEvery3Minutes", _shift("linear", 10, 3)),
        _traffic("ECS", "ECSCanary10Percent5Minutes", _shift("canary", 10, 5)),
        _traffic("ECS", "ECSCanary10Percent15Minutes", _shift("canary", 10, 15)),
        _traffic("Lambda", "LambdaAllAtOnce", {"type": "AllAtOnce"}),
    ]
) | {
    _PREFIX + name: {"computePlatform": "Server", "minimumHealthyHosts": hosts}
    for name, hosts in (
        ("OneAtATime", {"type": "HOST_COUNT", "value": -1}),
        ("HalfAtATime", {"type": "FLEET_PERCENT", "value": 50}),
        ("AllAtOnce", {"type": "HOST_COUNT", "value": 0}),
    )
}


@replaces(CodeDeployBackend, "__init__")
def _init(original: Any, backend: CodeDeployBackend, *args: Any, **kwargs: Any) -> None:
    original(backend, *args, **kwargs)
    backend.deployment_configs = {}


def get(backend: CodeDeployBackend, name: str) -> Config:
    """The configuration of that name, AWS's or the account's own."""
    config = _DEFAULTS.get(name) or backend.deployment_configs.get(name)
    if config is None:
        raise Refused(
            "DeploymentConfigDoesNotExistException",
            f"The deployment configuration {name} does not exist.",
        )
    return {"deploymentConfigName": name, "deploymentConfigId": str(uuid.UUID(int=0)), **config}


def _create(response: CodeDeployResponse) -> str:
    backend, body = response.codedeploy_backend, json.loads(response.body)
    name = body["deploymentConfigName"]
    if not _NAME.fullmatch(name) or name.startswith(_PREFIX):
        raise Refused("InvalidDeploymentConfigNameException", f"The name {name} is not valid.")
    if name in backend.deployment_configs:
        raise Refused(
            "DeploymentConfigAlreadyExistsException", f"Configuration {name} already exists."
        )
    platform = body.get("computePlatform") or "Server"
    config = {"computePlatform": platform, "createTime": time.time()}
    if platform == "Server":
        if not body.get("minimumHealthyHosts"):
            raise Refused(
                "InvalidMinimumHealthyHostValueException", "minimumHealthyHosts is required."
            )
        config["minimumHealthyHosts"] = body["minimumHealthyHosts"]
    else:
        config["trafficRoutingConfig"] = _routing(body)
    config["deploymentConfigId"] = str(uuid.uuid4())
    backend.deployment_configs[name] = config
    return json.dumps({"deploymentConfigId": config["deploymentConfigId"]})


def _routing(body: Config) -> Config:
    routing = body.get("trafficRoutingConfig") or {"type": "AllAtOnce"}
    if body.get("minimumHealthyHosts"):
        raise Refused(
            "InvalidMinimumHealthyHostValueException",
            "minimumHealthyHosts is for the compute platform Server only.",
        )
    if kind := _SHIFTS.get(routing["type"]):
        values = routing.get(f"timeBased{kind.title()}") or {}
        percent = values.get(f"{kind}Percentage", 0)
        minutes = values.get(f"{kind}Interval", 0)
        if not 1 <= percent <= 99 or not 1 <= minutes <= _LONGEST_MINUTES:
            raise Refused(
                "InvalidTrafficRoutingConfigurationException",
                f"{percent} % every {minutes} minutes is out of range.",
            )
    return routing


def _get(response: CodeDeployResponse) -> str:
    name = response._get_param("deploymentConfigName")
    return json.dumps({"deploymentConfigInfo": get(response.codedeploy_backend, name)})


def _list(response: CodeDeployResponse) -> str:
    own = response.codedeploy_backend.deployment_configs
    return json.dumps({"deploymentConfigsList": [*_DEFAULTS, *own]})


def _delete(response: CodeDeployResponse) -> str:
    backend, name = response.codedeploy_backend, response._get_param("deploymentConfigName")
    if name.startswith(_PREFIX):
        raise Refused("InvalidOperationException", "AWS's own configurations can't be deleted.")
    groups = (g for groups in backend.deployment_groups.values() for g in groups.values())
    if any(g.settings.get("deploymentConfigName") == name for g in groups):
        raise Refused("DeploymentConfigInUseException", f"Configuration {name} is in use.")
    backend.deployment_configs.pop(name, None)
    return "{}"


CodeDeployResponse.create_deployment_config = _create
CodeDeployResponse.get_deployment_config = _get
CodeDeployResponse.list_deployment_configs = _list
CodeDeployResponse.delete_deployment_config = _delete
