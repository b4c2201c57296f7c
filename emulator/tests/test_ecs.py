"""ECS: clusters, task definitions and services as AWS keeps them."""

from __future__ import annotations

from typing import Any

import pytest
from apps import Stage, targets, task
from conftest import Clients, Emulated
from helpers import code, refusal


@pytest.fixture
def stage(aws: Clients) -> Stage:
    return Stage(aws)


def cluster(stage: Stage) -> dict[str, Any]:
    include = ["SETTINGS", "CONFIGURATIONS", "TAGS"]
    return stage.ecs.describe_clusters(clusters=["main"], include=include)["clusters"][0]


def test_a_cluster_keeps_its_settings_and_counts_its_services(stage: Stage) -> None:
    insights = [{"name": "containerInsights", "value": "enhanced"}]
    logging = {"executeCommandConfiguration": {"logging": "DEFAULT"}}
    stage.ecs.update_cluster(cluster="main", settings=insights, configuration=logging)
    stage.service()
    found = cluster(stage)
    assert (found["settings"], found["configuration"]) == (insights, logging)
    assert (found["activeServicesCount"], found["runningTasksCount"]) == (1, 2)
    stage.ecs.delete_service(cluster="main", service="app", force=True)
    found = cluster(stage)
    assert (found["activeServicesCount"], found["runningTasksCount"]) == (0, 0)


def test_a_cluster_is_refused_what_aws_refuses(stage: Stage) -> None:
    put, name = stage.ecs.put_cluster_capacity_providers, "InvalidParameterException"
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    wrong = {"cluster": "main", "capacityProviders": ["MINE"]}
    assert code(put, defaultCapacityProviderStrategy=[], **wrong) == name
    wrong = {"cluster": "main", "capacityProviders": ["FARGATE_SPOT"]}
    assert code(put, defaultCapacityProviderStrategy=strategy, **wrong) == name
    settings = [{"name": "containerInsights", "value": "much"}]
    assert code(stage.ecs.update_cluster, cluster="main", settings=settings) == name
    assert code(stage.ecs.create_cluster, clusterName="a b") == name
    insights = [{"name": "containerInsights", "value": "enabled"}]
    assert code(stage.ecs.create_cluster, clusterName="main", settings=insights) == name
    stage.service(launchType=None, capacityProviderStrategy=strategy)
    wrong["defaultCapacityProviderStrategy"] = []
    assert code(put, **wrong) == "ResourceInUseException"
    refused = code(stage.ecs.delete_cluster, cluster="main")
    assert refused == "ClusterContainsServicesException"


def test_a_deleted_cluster_is_neither_listed_nor_used(stage: Stage) -> None:
    stage.ecs.delete_cluster(cluster="main")
    assert stage.ecs.list_clusters()["clusterArns"] == []
    assert cluster(stage)["status"] == "INACTIVE"
    refused = code(stage.ecs.create_service, **stage.settings())
    assert refused == "ClusterNotFoundException"
    assert stage.ecs.create_cluster(clusterName="main")["cluster"]["status"] == "ACTIVE"


def test_a_task_definition_has_awss_defaults(stage: Stage) -> None:
    found = stage.ecs.describe_task_definition(taskDefinition="app")["taskDefinition"]
    (container,) = found["containerDefinitions"]
    assert container["portMappings"] == [
        {"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}
    ]
    assert container["systemControls"] == []
    assert found["enableFaultInjection"] is False
    assert found["registeredAt"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"cpu": "256", "memory": "4096"}, "No Fargate configuration exists"),
        ({"networkMode": "bridge"}, "network mode"),
        ({"executionRoleArn": ""}, "execution role"),
        ({"ephemeralStorage": {"sizeInGiB": 20}}, "ephemeral storage"),
    ],
    ids=["memory that doesn't go with the cpu", "network mode", "no execution role", "storage"],
)
def test_fargate_refuses(stage: Stage, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(stage.ecs.exceptions.ClientException, match=said):
        task(stage.ecs, stage.role, **settings)
    assert len(stage.ecs.list_task_definitions()["taskDefinitionArns"]) == 1


def test_secrets_and_volumes_need_what_they_refer_to(stage: Stage) -> None:
    container = {"name": "app", "image": "nginx"}
    secrets = [{"name": "URL", "valueFrom": "arn:aws:secretsmanager:eu-central-1:1:secret:a"}]
    mounts = [{"sourceVolume": "tmp", "containerPath": "/tmp"}]
    register = stage.ecs.register_task_definition
    common = {"family": "x", "memory": "512"}
    for more in ({"secrets": secrets}, {"mountPoints": mounts}, {"essential": False}):
        refused = code(register, containerDefinitions=[container | more], **common)
        assert refused == "ClientException"


def test_a_family_stands_for_its_newest_active_revision(stage: Stage) -> None:
    second = task(stage.ecs, stage.role, cpu="512", memory="1024")
    stage.ecs.deregister_task_definition(taskDefinition=second)
    found = stage.ecs.describe_task_definition(taskDefinition="app")["taskDefinition"]
    assert found["revision"] == 1
    stage.ecs.deregister_task_definition(taskDefinition="app:1")
    assert code(stage.ecs.describe_task_definition, taskDefinition="app") == "ClientException"
    assert stage.ecs.list_task_definition_families()["families"] == []
    gone = stage.ecs.describe_task_definition(taskDefinition="app:1")["taskDefinition"]
    assert gone["status"] == "INACTIVE"
    assert code(stage.ecs.create_service, **stage.settings()) == "ClientException"


def test_a_service_echoes_what_was_set_and_what_was_changed(stage: Stage, aws: Clients) -> None:
    balancers, _ = stage.served()
    settings = {
        "availabilityZoneRebalancing": "DISABLED",
        "enableECSManagedTags": True,
        "enableExecuteCommand": True,
        "healthCheckGracePeriodSeconds": 60,
        "loadBalancers": balancers,
        "propagateTags": "SERVICE",
    }
    deployment = {
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True},
    }
    stage.service(deploymentConfiguration=deployment, **settings)
    found = stage.described()
    assert settings.items() <= found.items()
    assert deployment.items() <= found["deploymentConfiguration"].items()
    assert found["deploymentConfiguration"]["maximumPercent"] == 200
    assert (found["platformVersion"], found["launchType"]) == ("LATEST", "FARGATE")
    assert (found["runningCount"], found["pendingCount"]) == (2, 0)
    assert [d["rolloutState"] for d in found["deployments"]] == ["COMPLETED"]

    changes = {"healthCheckGracePeriodSeconds": 30, "enableExecuteCommand": False}
    change = {"deploymentConfiguration": {"maximumPercent": 150}, "desiredCount": 3}
    stage.ecs.update_service(cluster="main", service="app", **changes, **change)
    after = stage.described()
    assert changes.items() <= after.items()
    assert after["deploymentConfiguration"]["maximumPercent"] == 150
    assert after["deploymentConfiguration"]["alarms"] == deployment["alarms"]
    assert (after["desiredCount"], after["runningCount"]) == (3, 3)
    assert after["deployments"][0]["id"] == found["deployments"][0]["id"]

    second = task(stage.ecs, stage.role, cpu="512", memory="1024")
    stage.ecs.update_service(cluster="main", service="app", taskDefinition="app")
    last = stage.described()
    assert last["taskDefinition"] == second
    assert last["deployments"][0]["id"] != found["deployments"][0]["id"]
    assert last["deployments"][0]["taskDefinition"] == second


def test_a_strategy_takes_the_place_of_a_launch_type(stage: Stage) -> None:
    strategy = [
        {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0},
    ]
    both = stage.settings(capacityProviderStrategy=strategy)
    assert code(stage.ecs.create_service, **both) == "InvalidParameterException"
    found = stage.service(launchType=None, capacityProviderStrategy=strategy)
    assert found["capacityProviderStrategy"] == strategy
    assert "launchType" not in found


def test_a_service_takes_the_strategy_of_its_cluster(stage: Stage) -> None:
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    stage.ecs.put_cluster_capacity_providers(
        cluster="main", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=strategy
    )
    assert stage.service(launchType=None)["capacityProviderStrategy"] == strategy


def test_code_deploy_has_a_task_set_and_changes_tasks_itself(stage: Stage) -> None:
    balancers, _ = stage.served()
    controller = {"deploymentController": {"type": "CODE_DEPLOY"}, "loadBalancers": balancers}
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    wrong = stage.settings(deploymentConfiguration=breaker, **controller)
    assert code(stage.ecs.create_service, **wrong) == "InvalidParameterException"
    found = stage.service(**controller)
    assert found["deployments"] == []
    assert [t["status"] for t in found["taskSets"]] == ["PRIMARY"]
    update = {"cluster": "main", "service": "app"}
    refused = code(stage.ecs.update_service, taskDefinition=stage.task, **update)
    assert refused == "InvalidParameterException"
    stage.ecs.update_service(healthCheckGracePeriodSeconds=9, **update)
    assert stage.described()["healthCheckGracePeriodSeconds"] == 9


def test_a_service_is_refused_what_aws_refuses(stage: Stage, aws: Clients) -> None:
    balancers, _ = stage.served()
    (one,) = balancers
    lonely = targets(stage.elbv2, stage.vpc, "lonely")
    cases: dict[str, dict[str, Any]] = {
        "associated load balancer": {"loadBalancers": [one | {"targetGroupArn": lonely}]},
        "does not exist in the task definition": {
            "loadBalancers": [one | {"containerName": "web"}]
        },
        "container port 9": {"loadBalancers": [one | {"containerPort": 9}]},
        "grace period": {"healthCheckGracePeriodSeconds": 5},
        "Network Configuration": {"networkConfiguration": None},
        "registry": {"serviceRegistries": [{"registryArn": "arn:aws:servicediscovery:x"}]},
        "maximum percent": {
            "availabilityZoneRebalancing": "ENABLED",
            "deploymentConfiguration": {"maximumPercent": 100},
        },
        "not associated with the cluster": {
            "launchType": None,
            "capacityProviderStrategy": [{"capacityProvider": "MINE", "weight": 1}],
        },
    }
    for said, settings in cases.items():
        error = refusal(stage.ecs.create_service, **stage.settings(**settings)).response["Error"]
        assert (error["Code"], said in error["Message"]) == ("InvalidParameterException", True)
    assert stage.ecs.list_services(cluster="main")["serviceArns"] == []
    stage.service()
    assert code(stage.ecs.create_service, **stage.settings()) == "InvalidParameterException"


def test_a_deleted_service_is_not_listed_and_its_name_is_free(stage: Stage) -> None:
    stage.service()
    delete = {"cluster": "main", "service": "app"}
    assert code(stage.ecs.delete_service, **delete) == "InvalidParameterException"
    stage.ecs.update_service(desiredCount=0, **delete)
    stage.ecs.delete_service(**delete)
    assert stage.described()["status"] == "INACTIVE"
    assert stage.ecs.list_services(cluster="main")["serviceArns"] == []
    assert code(stage.ecs.update_service, **delete) == "ServiceNotActiveException"
    stage.service()
    assert stage.described()["status"] == "ACTIVE"


def test_a_held_service_waits_for_its_tasks(stage: Stage, emulated: Emulated) -> None:
    emulated.switch("PUT", "faults", {"hold": [{"kind": "ecs:service"}]})
    stage.service()
    found = stage.described()
    assert (found["runningCount"], found["pendingCount"]) == (0, 2)
    assert found["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    emulated.switch("DELETE", "faults")
    found = stage.described()
    assert (found["runningCount"], found["pendingCount"]) == (2, 0)
    assert found["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_change_is_judged_with_what_the_service_has(stage: Stage) -> None:
    stage.service(deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 0})
    assert stage.described()["availabilityZoneRebalancing"] == "DISABLED"
    change = {"cluster": "main", "service": "app", "availabilityZoneRebalancing": "ENABLED"}
    assert code(stage.ecs.update_service, **change) == "InvalidParameterException"
    stage.ecs.update_service(deploymentConfiguration={"maximumPercent": 200}, **change)
    assert stage.described()["availabilityZoneRebalancing"] == "ENABLED"
