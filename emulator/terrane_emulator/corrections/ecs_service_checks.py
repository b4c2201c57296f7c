"""What AWS checks before it creates or changes an ECS service.

Messages are close to AWS's, because people search for them.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
"""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, Service, TaskDefinition
from moto.elbv2.models import elbv2_backends
from moto.servicediscovery.models import servicediscovery_backends

from terrane_emulator.corrections.ecs import check_strategy

# What CodeDeploy changes itself; UpdateService may not.
_CODEDEPLOYS = (
    "taskDefinition",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceRegistries",
    "capacityProviderStrategy",
)


def not_active() -> ECSException:
    """The answer to a call on a service that was deleted."""
    return ECSException("ServiceNotActiveException", "Service was not ACTIVE.")


def as_request(service: Service, change: dict[str, Any]) -> dict[str, Any]:
    """What the service would have after `change`, under the names of a request."""
    deployment = change.get("deploymentConfiguration") or {}
    now = {
        "taskDefinition": service.task_definition,
        "launchType": service.launch_type,
        "capacityProviderStrategy": service.capacity_provider_strategy,
        "loadBalancers": service.load_balancers,
        "serviceRegistries": service.service_registries,
        "networkConfiguration": service.network_configuration,
        "healthCheckGracePeriodSeconds": service.health_check_grace_period_seconds,
        "availabilityZoneRebalancing": service.availability_zone_rebalancing,
        "schedulingStrategy": service.scheduling_strategy,
    }
    after = now | {member: value for member, value in change.items() if value is not None}
    if change.get("capacityProviderStrategy"):
        after["launchType"] = None
    return after | {"deploymentConfiguration": service.deployment_configuration | deployment}


def check_new(backend: EC2ContainerServiceBackend, cluster: Cluster, params: Any) -> None:
    """Refuse a name that a living service of the cluster has."""
    other = backend.services.get(f"{cluster.name}:{params['serviceName']}")
    if other is not None and other.status != "INACTIVE":
        raise InvalidParameterException("Creation of service was not idempotent.")


def check_change(params: dict[str, Any], controller: str) -> None:
    """Refuse a change that is up to CodeDeploy."""
    if controller == "CODE_DEPLOY":
        for member in _CODEDEPLOYS:
            if params.get(member):
                raise InvalidParameterException(
                    f"Unable to update {member} on services with a CODE_DEPLOY deployment "
                    "controller. Use AWS CodeDeploy to trigger a new deployment."
                )


def check_definition(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> None:
    """Refuse a task definition that was deregistered; one that is in use may stay."""
    name = params.get("taskDefinition")
    if name and backend.describe_task_definition(name).status != "ACTIVE":
        raise EcsClientException("TaskDefinition is inactive")


def check(
    backend: EC2ContainerServiceBackend, cluster: Cluster, params: dict[str, Any], controller: str
) -> None:
    """Refuse a service that AWS would refuse."""
    strategy = params.get("capacityProviderStrategy") or []
    if strategy and params.get("launchType"):
        raise InvalidParameterException(
            "Specifying both a launch type and capacity provider strategy is not supported. "
            "Remove one and try again."
        )
    check_strategy(strategy, cluster.capacity_providers or [])
    if name := params.get("taskDefinition"):
        _check_against(backend.describe_task_definition(name), params)
    for balancer in params.get("loadBalancers") or ():
        _check_target_group(backend, params, balancer)
    for registry in params.get("serviceRegistries") or ():
        region = servicediscovery_backends[backend.account_id][backend.region_name]
        if not any(s.arn == registry["registryArn"] for s in region.services.values()):
            raise InvalidParameterException(
                f"Service registry '{registry['registryArn']}' was not found."
            )
    if params.get("healthCheckGracePeriodSeconds") and not params.get("loadBalancers"):
        raise InvalidParameterException(
            "Health check grace period is only valid for services configured to use load balancers"
        )
    _check_deployment(params, controller)


def _check_against(definition: TaskDefinition, params: dict[str, Any]) -> None:
    containers = {c["name"]: c for c in definition.container_definitions}
    for balancer in params.get("loadBalancers") or ():
        name, port = balancer["containerName"], balancer["containerPort"]
        if name not in containers:
            raise InvalidParameterException(
                f"The container {name} does not exist in the task definition."
            )
        if port not in [m["containerPort"] for m in containers[name]["portMappings"]]:
            raise InvalidParameterException(
                f"The container {name} did not have a container port {port} defined."
            )
    network = (params.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if definition.network_mode == "awsvpc" and not network:
        raise InvalidParameterException(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    names = {m.get("name") for c in containers.values() for m in c["portMappings"]}
    connect = params.get("serviceConnectConfiguration") or {}
    for service in connect.get("services") or ():
        if service["portName"] not in names:
            raise InvalidParameterException(
                f"Service connect port name '{service['portName']}' was not found in the "
                "task definition."
            )


def _check_target_group(backend: Any, params: dict[str, Any], balancer: dict[str, Any]) -> None:
    arn = balancer.get("targetGroupArn")
    if arn is None:
        return
    group = elbv2_backends[backend.account_id][backend.region_name].target_groups.get(arn)
    if group is None:
        raise InvalidParameterException(f"The target group {arn} does not exist.")
    if not group.load_balancer_arns:
        raise InvalidParameterException(
            f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )
    if params.get("networkConfiguration") and group.target_type != "ip":
        raise InvalidParameterException(
            f"The provided target group {arn} has target type {group.target_type}, which is "
            "incompatible with the awsvpc network mode specified in the task definition."
        )


def _check_deployment(params: dict[str, Any], controller: str) -> None:
    configuration = params.get("deploymentConfiguration") or {}
    breaker = (configuration.get("deploymentCircuitBreaker") or {}).get("enable")
    alarms = (configuration.get("alarms") or {}).get("enable")
    if controller != "ECS" and (breaker or alarms):
        raise InvalidParameterException(
            "Deployment circuit breaker and alarms can only be used with the ECS deployment "
            "controller."
        )
    if controller == "CODE_DEPLOY" and not params.get("loadBalancers"):
        raise InvalidParameterException(
            "A load balancer must be specified for services with a CODE_DEPLOY deployment "
            "controller."
        )
    wanted = params.get("availabilityZoneRebalancing")
    if wanted == "ENABLED" and default_rebalancing(params) != "ENABLED":
        raise InvalidParameterException(
            "The deployment configuration maximum percent must be greater than 100 when "
            "Availability Zone rebalancing is enabled."
        )


def default_rebalancing(params: dict[str, Any]) -> str:
    """Whether AWS balances a new service across zones when the request doesn't say."""
    maximum = (params.get("deploymentConfiguration") or {}).get("maximumPercent") or 200
    daemon = params.get("schedulingStrategy") == "DAEMON"
    return "DISABLED" if daemon or maximum <= 100 else "ENABLED"
