"""CodeDeploy for ECS: applications, configurations and deployment groups."""

from __future__ import annotations

from typing import Any

import pytest
from apps import Stage, client, targets
from conftest import Clients
from helpers import code

STYLE = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
LINEAR = {"linearPercentage": 10, "linearInterval": 5}


class BlueGreen(Stage):
    """A stage with a service that CodeDeploy deploys."""

    def __init__(self, aws: Clients) -> None:
        super().__init__(aws)
        self.deploy = client(aws, "codedeploy")
        balancers, self.front = self.served("blue")
        controller = {"type": "CODE_DEPLOY"}
        self.service(loadBalancers=balancers, deploymentController=controller)
        targets(self.elbv2, self.vpc, "green")
        self.deploy.create_application(applicationName="app", computePlatform="ECS")

    def wanted(self, **settings: Any) -> dict[str, Any]:
        """The request for a deployment group, with `settings` on top."""
        pair = {
            "targetGroups": [{"name": "blue"}, {"name": "green"}],
            "prodTrafficRoute": {"listenerArns": [self.front]},
        }
        request = {
            "applicationName": "app",
            "deploymentGroupName": "app",
            "deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
            "serviceRoleArn": self.role,
            "deploymentStyle": STYLE,
            "blueGreenDeploymentConfiguration": {"deploymentReadyOption": {}},
            "ecsServices": [{"clusterName": "main", "serviceName": "app"}],
            "loadBalancerInfo": {"targetGroupPairInfoList": [pair]},
            **settings,
        }
        return {member: value for member, value in request.items() if value is not None}

    def deployment_group(self) -> dict[str, Any]:
        """The deployment group now."""
        names = {"applicationName": "app", "deploymentGroupName": "app"}
        return self.deploy.get_deployment_group(**names)["deploymentGroupInfo"]


@pytest.fixture
def blue_green(aws: Clients) -> BlueGreen:
    return BlueGreen(aws)


def test_an_application_has_a_time_another_name_and_an_end(aws: Clients) -> None:
    deploy = client(aws, "codedeploy")
    tags = [{"Key": "a", "Value": "b"}]
    deploy.create_application(applicationName="one", computePlatform="ECS", tags=tags)
    found = deploy.get_application(applicationName="one")["application"]
    assert found["createTime"].year >= 2024
    deploy.update_application(applicationName="one", newApplicationName="two")
    region, account = "eu-central-1", aws("sts").get_caller_identity()["Account"]
    arn = f"arn:aws:codedeploy:{region}:{account}:application:two"
    assert deploy.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags
    deploy.delete_application(applicationName="two")
    deploy.delete_application(applicationName="two")
    assert deploy.list_applications()["applications"] == []
    missing = code(deploy.get_application, applicationName="two")
    assert missing == "ApplicationDoesNotExistException"


def test_a_configuration_shifts_traffic_and_stays_while_in_use(blue_green: BlueGreen) -> None:
    deploy = blue_green.deploy
    routing = {"type": "TimeBasedLinear", "timeBasedLinear": LINEAR}
    config = {"deploymentConfigName": "linear"}
    deploy.create_deployment_config(computePlatform="ECS", trafficRoutingConfig=routing, **config)
    found = deploy.get_deployment_config(**config)["deploymentConfigInfo"]
    assert (found["trafficRoutingConfig"], found["computePlatform"]) == (routing, "ECS")
    deploy.create_deployment_group(**blue_green.wanted(**config))
    assert code(deploy.delete_deployment_config, **config) == "DeploymentConfigInUseException"
    deploy.delete_deployment_group(applicationName="app", deploymentGroupName="app")
    deploy.delete_deployment_config(**config)
    missing = code(deploy.get_deployment_config, **config)
    assert missing == "DeploymentConfigDoesNotExistException"
    assert (
        "CodeDeployDefault.ECSCanary10Percent5Minutes"
        in (deploy.list_deployment_configs()["deploymentConfigsList"])
    )


def test_a_configuration_out_of_range_is_refused(aws: Clients) -> None:
    create = aws("codedeploy").create_deployment_config
    for percent, minutes in ((0, 5), (100, 5), (10, 0), (10, 2881)):
        canary = {"canaryPercentage": percent, "canaryInterval": minutes}
        refused = code(
            create,
            deploymentConfigName="canary",
            computePlatform="ECS",
            trafficRoutingConfig={"type": "TimeBasedCanary", "timeBasedCanary": canary},
        )
        assert refused == "InvalidTrafficRoutingConfigurationException"


def test_a_group_comes_back_as_it_was_set_and_changed(blue_green: BlueGreen) -> None:
    settings = {
        "alarmConfiguration": {"enabled": True, "alarms": [{"name": "errors"}]},
        "autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
    }
    blue_green.deploy.create_deployment_group(**blue_green.wanted(**settings))
    found = blue_green.deployment_group()
    assert found["autoRollbackConfiguration"] == settings["autoRollbackConfiguration"]
    assert found["alarmConfiguration"]["alarms"] == [{"name": "errors"}]
    assert found["alarmConfiguration"]["ignorePollAlarmFailure"] is False
    assert found["blueGreenDeploymentConfiguration"] == {
        "deploymentReadyOption": {
            "actionOnTimeout": "CONTINUE_DEPLOYMENT",
            "waitTimeInMinutes": 0,
        },
        "terminateBlueInstancesOnDeploymentSuccess": {
            "action": "TERMINATE",
            "terminationWaitTimeInMinutes": 0,
        },
    }
    assert (found["computePlatform"], found["deploymentStyle"]) == ("ECS", STYLE)
    blue_green.deploy.update_deployment_group(
        applicationName="app",
        currentDeploymentGroupName="app",
        autoRollbackConfiguration={"enabled": False},
    )
    changed = blue_green.deployment_group()
    assert changed["autoRollbackConfiguration"] == {"enabled": False}
    assert changed["alarmConfiguration"] == found["alarmConfiguration"]
    blue_green.deploy.delete_application(applicationName="app")
    missing = code(blue_green.deployment_group)
    assert missing == "ApplicationDoesNotExistException"


def test_a_group_is_refused_what_aws_refuses(blue_green: BlueGreen) -> None:
    create = blue_green.deploy.create_deployment_group
    service = {"clusterName": "main", "serviceName": "gone"}
    pair = {
        "targetGroups": [{"name": "blue"}],
        "prodTrafficRoute": {"listenerArns": [blue_green.front]},
    }
    cases: list[tuple[str, dict[str, Any]]] = [
        ("InvalidRoleException", {"serviceRoleArn": "arn:aws:iam::123456789012:role/no"}),
        ("DeploymentConfigDoesNotExistException", {"deploymentConfigName": "no"}),
        (
            "InvalidDeploymentConfigNameException",
            {"deploymentConfigName": "CodeDeployDefault.OneAtATime"},
        ),
        ("InvalidDeploymentStyleException", {"deploymentStyle": None}),
        (
            "InvalidBlueGreenDeploymentConfigurationException",
            {"blueGreenDeploymentConfiguration": None},
        ),
        ("InvalidECSServiceException", {"ecsServices": [service]}),
        ("InvalidLoadBalancerInfoException", {"loadBalancerInfo": None}),
        (
            "InvalidTargetGroupPairException",
            {"loadBalancerInfo": {"targetGroupPairInfoList": [pair]}},
        ),
        ("InvalidAlarmConfigException", {"alarmConfiguration": {"enabled": True}}),
        (
            "InvalidAutoRollbackConfigException",
            {"autoRollbackConfiguration": {"enabled": True}},
        ),
    ]
    for refused, settings in cases:
        assert code(create, **blue_green.wanted(**settings)) == refused
    create(**blue_green.wanted())
    again = blue_green.wanted(deploymentGroupName="other")
    assert code(create, **again) == "ECSServiceMappingLimitExceededException"


def test_only_services_of_code_deploy_are_taken(blue_green: BlueGreen) -> None:
    blue_green.service(serviceName="rolling")
    services = [{"clusterName": "main", "serviceName": "rolling"}]
    wrong = blue_green.wanted(ecsServices=services)
    refused = code(blue_green.deploy.create_deployment_group, **wrong)
    assert refused == "InvalidECSServiceException"
