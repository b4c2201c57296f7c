"""Application Auto Scaling for ECS services."""

from __future__ import annotations

from typing import Any

import pytest
from apps import Stage, client
from conftest import Clients
from helpers import code

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/main/app",
    "ScalableDimension": "ecs:service:DesiredCount",
}
CPU = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}


@pytest.fixture
def scaling(aws: Clients) -> Any:
    Stage(aws).service()
    found = client(aws, "application-autoscaling")
    found.register_scalable_target(MinCapacity=1, MaxCapacity=4, Tags={"a": "b"}, **TARGET)
    return found


def put(scaling: Any, name: str = "cpu", value: float = 60, **metric: Any) -> dict[str, Any]:
    config = {"TargetValue": value, "PredefinedMetricSpecification": metric or CPU}
    return scaling.put_scaling_policy(
        PolicyName=name,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=config,
        **TARGET,
    )


def target(scaling: Any) -> dict[str, Any]:
    (found,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    return found


def test_a_target_has_tags_and_awss_own_role(scaling: Any) -> None:
    found = target(scaling)
    assert found["RoleARN"].endswith("/AWSServiceRoleForApplicationAutoScaling_ECSService")
    assert found["SuspendedState"] == dict.fromkeys(found["SuspendedState"], False)
    arn = {"ResourceARN": found["ScalableTargetARN"]}
    scaling.tag_resource(Tags={"c": "d"}, **arn)
    assert scaling.list_tags_for_resource(**arn)["Tags"] == {"a": "b", "c": "d"}
    scaling.untag_resource(TagKeys=["a"], **arn)
    assert scaling.list_tags_for_resource(**arn)["Tags"] == {"c": "d"}
    scaling.register_scalable_target(MaxCapacity=9, **TARGET)
    assert (target(scaling)["MinCapacity"], target(scaling)["MaxCapacity"]) == (1, 9)
    refused = code(scaling.register_scalable_target, MaxCapacity=0, **TARGET)
    assert refused == "ValidationException"
    scaling.deregister_scalable_target(**TARGET)
    assert code(scaling.list_tags_for_resource, **arn) == "ResourceNotFoundException"


def test_a_changed_policy_stays_itself_and_leaves_no_alarms(scaling: Any, aws: Clients) -> None:
    cloudwatch = client(aws, "cloudwatch")
    first = put(scaling)
    second = put(scaling, value=80)
    assert second["PolicyARN"] == first["PolicyARN"]
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    assert sorted(a["Threshold"] for a in alarms) == [72.0, 80.0]
    scaling.delete_scaling_policy(PolicyName="cpu", **TARGET)
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    refused = code(scaling.delete_scaling_policy, PolicyName="cpu", **TARGET)
    assert refused == "ObjectNotFoundException"


def test_policies_are_found_by_exact_name_and_service(scaling: Any) -> None:
    put(scaling)
    put(scaling, "memory", PredefinedMetricType="ECSServiceAverageMemoryUtilization")
    named = scaling.describe_scaling_policies(ServiceNamespace="ecs", PolicyNames=["memory"])
    assert [p["PolicyName"] for p in named["ScalingPolicies"]] == ["memory"]
    shorter = {"ServiceNamespace": "ecs", "ResourceId": "service/main/ap"}
    assert scaling.describe_scaling_policies(**shorter)["ScalingPolicies"] == []


def test_a_request_count_has_a_label(scaling: Any, aws: Clients) -> None:
    kind = "ALBRequestCountPerTarget"
    label = "app/main/0123456789abcdef/targetgroup/app/0123456789abcdef"
    with pytest.raises(scaling.exceptions.ValidationException):
        put(scaling, "requests", PredefinedMetricType=kind)
    with pytest.raises(scaling.exceptions.ValidationException):
        put(scaling, "requests", PredefinedMetricType=kind, ResourceLabel="main")
    put(scaling, "requests", PredefinedMetricType=kind, ResourceLabel=label)
    alarms = aws("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {a["MetricName"] for a in alarms} == {"RequestCountPerTarget"}


def test_two_policies_cannot_follow_one_metric(scaling: Any) -> None:
    put(scaling)
    with pytest.raises(scaling.exceptions.ValidationException):
        put(scaling, "again")


def test_a_target_takes_its_policies_along(scaling: Any, aws: Clients) -> None:
    put(scaling)
    capacity = {"MinCapacity": 0, "MaxCapacity": 0}
    scaling.put_scheduled_action(
        ScheduledActionName="night",
        Schedule="cron(0 22 * * ? *)",
        ScalableTargetAction=capacity,
        **TARGET,
    )
    scaling.deregister_scalable_target(**TARGET)
    assert scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []
    assert aws("cloudwatch").describe_alarms()["MetricAlarms"] == []
    with pytest.raises(scaling.exceptions.ObjectNotFoundException):
        put(scaling)
