"""ECS services: every setting comes back, tasks run at once, and AWS's refusals.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

from __future__ import annotations

from typing import Any

from botocore import xform_name
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.models import EC2ContainerServiceBackend, Service, TaskSet
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.moto_api._internal import mock_random

from terrane_emulator.corrections import ecs_service_checks as checks
from terrane_emulator.corrections.ecs import complete_strategy
from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.faults import Holdable

# Members of a request that come back as they are, and what AWS answers without them.
_DEFAULTS: dict[str, Any] = {
    "availabilityZoneRebalancing": "DISABLED",
    "capacityProviderStrategy": [],
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": None,
    "loadBalancers": [],
    "networkConfiguration": None,
    "placementConstraints": [],
    "placementStrategy": [],
    "propagateTags": "NONE",
    "serviceConnectConfiguration": None,
    "serviceRegistries": [],
    "volumeConfigurations": [],
}
_DEPLOYMENT = {
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "alarms": {"alarmNames": [], "enable": False, "rollback": False},
}
# What starts a new deployment when it changes.
_REVISION = (
    "taskDefinition",
    "capacityProviderStrategy",
    "forceNewDeployment",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
)


def _running(service: Service) -> int:
    held = service.status != "ACTIVE" or service.holdable.is_held
    return 0 if held else service.desired_count


def _pending(service: Service) -> int:
    return service.desired_count - _running(service) if service.status == "ACTIVE" else 0


def _rollouts(service: Service) -> list[dict[str, Any]]:
    """The deployments as they are now: complete once their tasks run."""
    for deployment in service._deployments:
        state = "COMPLETED" if service.running_count == service.desired_count else "IN_PROGRESS"
        deployment |= {
            "desiredCount": service.desired_count,
            "pendingCount": service.pending_count,
            "runningCount": service.running_count,
            "rolloutState": state,
            "rolloutStateReason": f"ECS deployment {deployment['id']} {state.lower()}.",
        }
    return service._deployments


def _set_rollouts(service: Service, deployments: list[dict[str, Any]]) -> None:
    service._deployments = deployments


# Tasks run as soon as they are wanted; moto starts none without an environment variable.
Service.running_count = property(_running, lambda service, value: None)
Service.pending_count = property(_pending, lambda service, value: None)
Service.deployments = property(_rollouts, _set_rollouts)


@replaces(Service, "__init__")
def _init(original: Any, service: Service, *args: Any, **kwargs: Any) -> None:
    service.holdable = Holdable("ecs:service")
    original(service, *args, **kwargs)
    service.created_at = utcnow()
    service.created_by = f"arn:aws:iam::{service._account_id}:root"


@replaces(EC2ContainerServiceResponse, "create_service")
def _create(original: Any, response: EC2ContainerServiceResponse) -> ActionResult:
    params, backend = response.params, response.ecs_backend
    cluster = backend._get_cluster(params.setdefault("cluster", "default"))
    if not params.get("launchType") and not params.get("capacityProviderStrategy"):
        params["capacityProviderStrategy"] = cluster.default_capacity_provider_strategy or None
    controller = (params.get("deploymentController") or {}).get("type", "ECS")
    checks.check(backend, cluster, params, controller)
    checks.check_new(backend, cluster, params)
    checks.check_definition(backend, params)
    if network := (params.get("networkConfiguration") or {}).get("awsvpcConfiguration"):
        network.setdefault("securityGroups", [])
        network.setdefault("assignPublicIp", "DISABLED")
    answer = original(response)
    service = answer.result["service"]
    params.setdefault("availabilityZoneRebalancing", checks.default_rebalancing(params))
    for member, default in _DEFAULTS.items():
        value = params.get(member)
        setattr(service, xform_name(member), default if value is None else value)
    _settle(backend, service, params)
    if params.get("capacityProviderStrategy"):
        service.launch_type = None
    if controller == "CODE_DEPLOY":
        service.task_sets = [_first_task_set(service)]
    _deploy(service)
    return answer


def _settle(backend: Any, service: Service, params: dict[str, Any]) -> None:
    """Bring what was asked for into the form that AWS answers with."""
    before = getattr(service, "deployment_configuration", _DEPLOYMENT)
    given = params.get("deploymentConfiguration") or {}
    service.deployment_configuration = before | {k: v for k, v in given.items() if v is not None}
    service.capacity_provider_strategy = complete_strategy(service.capacity_provider_strategy)
    if service.launch_type == "FARGATE" or service.capacity_provider_strategy:
        service.platform_version = service.platform_version or "LATEST"
        service.platform_family = "Linux"
    if service.load_balancers and service.health_check_grace_period_seconds is None:
        service.health_check_grace_period_seconds = 0
    if name := params.get("taskDefinition"):
        service.task_definition = backend.describe_task_definition(name).arn


def _deploy(service: Service) -> None:
    """Start a deployment, which takes the place of the one before at once."""
    service.deployments = []
    if service.deployment_controller["type"] != "ECS":
        return
    now, version = utcnow(), service.platform_version
    service.deployments = [
        {
            "id": f"ecs-svc/{mock_random.randint(10**18, 10**19 - 1)}",
            "status": "PRIMARY",
            "taskDefinition": service.task_definition,
            "failedTasks": 0,
            "createdAt": now,
            "updatedAt": now,
            "launchType": service.launch_type,
            "capacityProviderStrategy": service.capacity_provider_strategy or None,
            "platformVersion": "1.4.0" if version == "LATEST" else version,
            "platformFamily": getattr(service, "platform_family", None),
            "networkConfiguration": service.network_configuration,
            "serviceConnectConfiguration": service.service_connect_configuration,
        }
    ]


def _first_task_set(service: Service) -> TaskSet:
    """What CodeDeploy finds: the tasks that serve until the first deployment."""
    task_set = TaskSet(
        service.name,
        service.cluster_name,
        service.task_definition,
        service._account_id,
        service.region_name,
        network_configuration=service.network_configuration,
        load_balancers=service.load_balancers,
        service_registries=service.service_registries,
        launch_type=service.launch_type,
        capacity_provider_strategy=service.capacity_provider_strategy,
    )
    task_set.status = "PRIMARY"
    task_set.service_arn, task_set.cluster_arn = service.arn, service.cluster_arn
    return task_set


@replaces(EC2ContainerServiceResponse, "update_service")
def _update(_: Any, response: EC2ContainerServiceResponse) -> ActionResult:
    params, backend = response.params, response.ecs_backend
    cluster = backend._get_cluster(params.get("cluster", "default"))
    service = backend._get_service(cluster.name, params["service"].split("/")[-1])
    if service.status != "ACTIVE":
        raise checks.not_active()
    merged = checks.as_request(service, params)
    controller = service.deployment_controller["type"]
    checks.check_change(params, controller)
    checks.check_definition(backend, params)
    checks.check(backend, cluster, merged, controller)
    if network := (params.get("networkConfiguration") or {}).get("awsvpcConfiguration"):
        network.setdefault("securityGroups", [])
        network.setdefault("assignPublicIp", "DISABLED")
        service._validate_network(params["networkConfiguration"])
    for member in (*_DEFAULTS, "desiredCount", "platformVersion"):
        if params.get(member) is not None:
            setattr(service, xform_name(member), params[member])
    if params.get("capacityProviderStrategy"):
        service.launch_type = None
    _settle(backend, service, params)
    if any(params.get(member) for member in _REVISION):
        _deploy(service)
    return ActionResult({"service": service})


@replaces(EC2ContainerServiceBackend, "list_services")
def _list(original: Any, backend: Any, *args: Any, **kwargs: Any) -> list[str]:
    """A deleted service can be described for a while, but isn't listed."""
    gone = {s.arn for s in backend.services.values() if s.status == "INACTIVE"}
    return [arn for arn in original(backend, *args, **kwargs) if arn not in gone]


@replaces(EC2ContainerServiceBackend, "delete_service")
def _delete(original: Any, backend: Any, cluster: str, name: str, force: bool) -> Service:
    if backend._get_service(cluster, name).status == "INACTIVE":
        raise checks.not_active()
    service = original(backend, cluster, name, force)
    service.desired_count = 0
    service.deployments, service.task_sets = [], []
    return service


@replaces(EC2ContainerServiceBackend, "_get_service")
def _get_service(original: Any, backend: Any, cluster: str, name: str) -> Service:
    return original(backend, cluster, name.split("/")[-1])
