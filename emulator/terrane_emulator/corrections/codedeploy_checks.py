"""What CodeDeploy checks before it creates or changes a deployment group.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html
"""

from __future__ import annotations

from typing import Any

from moto.codedeploy.models import Application, CodeDeployBackend, DeploymentGroup
from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends

from terrane_emulator.corrections import codedeploy_configs as configs
from terrane_emulator.errors import Refused


def check(
    backend: CodeDeployBackend,
    application: Application,
    settings: dict[str, Any],
    group: DeploymentGroup | None,
) -> None:
    """Refuse settings that AWS would refuse; `group` is the one that is changed, if any."""
    roles = iam_backends[backend.account_id][backend.partition].roles.values()
    if not any(role.arn == settings["serviceRoleArn"] for role in roles):
        raise Refused(
            "InvalidRoleException",
            "AWS CodeDeploy does not have the permissions required to assume the role "
            f"{settings['serviceRoleArn']}.",
        )
    if name := settings.get("deploymentConfigName"):
        platform = configs.get(backend, name)["computePlatform"]
        if platform != application.compute_platform:
            raise Refused(
                "InvalidDeploymentConfigNameException",
                f"The deployment configuration {name} is for the compute platform {platform}.",
            )
    alarms = settings.get("alarmConfiguration") or {}
    if alarms.get("enabled") and not alarms.get("alarms"):
        raise Refused("InvalidAlarmConfigException", "An enabled alarm configuration needs alarms.")
    rollback = settings.get("autoRollbackConfiguration") or {}
    if rollback.get("enabled") and not rollback.get("events"):
        raise Refused(
            "InvalidAutoRollbackConfigException", "An enabled rollback needs at least one event."
        )
    if application.compute_platform == "ECS":
        _check_ecs(backend, settings, group)


def _check_ecs(
    backend: CodeDeployBackend, settings: dict[str, Any], group: DeploymentGroup | None
) -> None:
    style = settings.get("deploymentStyle") or {}
    if style != {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}:
        raise Refused(
            "InvalidDeploymentStyleException",
            "Deployments on ECS are BLUE_GREEN with WITH_TRAFFIC_CONTROL.",
        )
    if not settings.get("blueGreenDeploymentConfiguration"):
        raise Refused(
            "InvalidBlueGreenDeploymentConfigurationException",
            "A blue/green deployment configuration is required.",
        )
    services = settings.get("ecsServices") or []
    if len(services) != 1:
        raise Refused("InvalidECSServiceException", "Exactly one ECS service is required.")
    _check_service(backend, services[0], group)
    pairs = (settings.get("loadBalancerInfo") or {}).get("targetGroupPairInfoList") or []
    if len(pairs) != 1:
        raise Refused("InvalidLoadBalancerInfoException", "A target group pair is required.")
    _check_pair(backend, pairs[0])


def _check_service(
    backend: CodeDeployBackend, wanted: dict[str, str], group: DeploymentGroup | None
) -> None:
    services = ecs_backends[backend.account_id][backend.region_name].services
    service = services.get(f"{wanted['clusterName']}:{wanted['serviceName']}")
    if service is None or service.status != "ACTIVE":
        raise Refused("InvalidECSServiceException", f"The ECS service {wanted} does not exist.")
    if service.deployment_controller["type"] != "CODE_DEPLOY":
        raise Refused(
            "InvalidECSServiceException",
            "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment "
            "controller.",
        )
    others = (g for groups in backend.deployment_groups.values() for g in groups.values())
    if any(wanted in g.settings.get("ecsServices", ()) for g in others if g is not group):
        raise Refused(
            "ECSServiceMappingLimitExceededException",
            "The Amazon ECS service is associated with more than one deployment group.",
        )


def _check_pair(backend: CodeDeployBackend, pair: dict[str, Any]) -> None:
    balancers = elbv2_backends[backend.account_id][backend.region_name]
    known = {group.name for group in balancers.target_groups.values()}
    names = [group["name"] for group in pair.get("targetGroups") or ()]
    if len(set(names)) != 2 or not known.issuperset(names):
        raise Refused(
            "InvalidTargetGroupPairException",
            f"Two target groups that exist are required, not {names}.",
        )
    listeners = {arn for b in balancers.load_balancers.values() for arn in b.listeners}
    for route in ("prodTrafficRoute", "testTrafficRoute"):
        arns = (pair.get(route) or {}).get("listenerArns") or []
        if (route == "prodTrafficRoute" and not arns) or not listeners.issuperset(arns):
            raise Refused(
                "InvalidTrafficRoutingConfigurationException",
                f"The listeners of {route} do not exist: {arns}",
            )
