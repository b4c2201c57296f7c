"""Application Auto Scaling: tags, one policy per name, and alarms that go with their policy.

moto has no tag calls (the provider waits for them in vain), takes a policy for a target that
doesn't exist, and leaves alarms behind whenever a policy is changed.
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    FakeScalableTarget,
)
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.cloudwatch.models import cloudwatch_backends
from moto.utilities.tagging_service import TaggingService

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

# Parts of the name of AWS's own role for a service.
_ROLES = {"ecs": "ECSService", "rds": "RDSCluster", "dynamodb": "DynamoDBTable"}
_LABEL = re.compile(r"app/[A-Za-z0-9-]+/[0-9a-f]{16}/targetgroup/[A-Za-z0-9-]+/[0-9a-f]{16}")
# Predefined metric of ECS -> namespace, name, statistic and unit of its alarm.
_METRICS = {
    "ECSServiceAverageCPUUtilization": ("AWS/ECS", "CPUUtilization", "Average", "Percent"),
    "ECSServiceAverageMemoryUtilization": ("AWS/ECS", "MemoryUtilization", "Average", "Percent"),
    "ALBRequestCountPerTarget": ("AWS/ApplicationELB", "RequestCountPerTarget", "Sum", None),
}
Backend = ApplicationAutoscalingBackend
Policy = FakeApplicationAutoscalingPolicy


@replaces(Backend, "__init__")
def _init(original: Any, backend: Backend, *args: Any, **kwargs: Any) -> None:
    original(backend, *args, **kwargs)
    backend.tagger = TaggingService()


@replaces(ApplicationAutoScalingResponse, "register_scalable_target")
def _register(original: Any, response: ApplicationAutoScalingResponse) -> str:
    answer = original(response)
    if tags := json.loads(response.body).get("Tags"):
        arn = json.loads(answer)["ScalableTargetARN"]
        backend = response.applicationautoscaling_backend
        backend.tagger.tag_resource(arn, [{"Key": k, "Value": v} for k, v in tags.items()])
    return answer


@replaces(Backend, "register_scalable_target")
def _register_target(
    original: Any,
    backend: Backend,
    namespace: str,
    r_id: str,
    dimension: str,
    min_capacity: int | None,
    max_capacity: int | None,
    **more: Any,
) -> FakeScalableTarget:
    known = backend.targets.get(dimension, {}).get(r_id)
    low = known.min_capacity if known and min_capacity is None else min_capacity
    high = known.max_capacity if known and max_capacity is None else max_capacity
    if low is None or high is None:
        raise _invalid("Both MinCapacity and MaxCapacity are required for a new scalable target")
    if low > high:
        raise _invalid("Maximum capacity cannot be less than minimum capacity")
    if role := _ROLES.get(namespace):
        more["role_arn"] = (
            f"arn:aws:iam::{backend.account_id}:role/aws-service-role/"
            f"{namespace}.application-autoscaling.amazonaws.com/"
            f"AWSServiceRoleForApplicationAutoScaling_{role}"
        )
    nothing = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended")
    default = dict.fromkeys((*nothing, "ScheduledScalingSuspended"), False)
    given = more.get("suspended_state")
    more["suspended_state"] = default | (given or (known.suspended_state if known else {}))
    return original(
        backend, namespace, r_id, dimension, min_capacity=low, max_capacity=high, **more
    )


@replaces(Backend, "deregister_scalable_target")
def _deregister(original: Any, backend: Backend, namespace: str, r_id: str, dim: str) -> None:
    """A target takes its policies, their alarms, its scheduled actions and tags along."""
    target = _target(backend, namespace, r_id, dim)
    for policy in list(backend.policies.values()):
        if (policy.resource_id, policy.scalable_dimension) == (r_id, dim):
            backend.delete_scaling_policy(policy.policy_name, namespace, r_id, dim)
    backend.scheduled_actions = [
        a for a in backend.scheduled_actions if (a.resource_id, a.scalable_dimension) != (r_id, dim)
    ]
    original(backend, namespace, r_id, dim)
    backend.tagger.delete_all_tags_for_resource(target.arn)


def _target(backend: Backend, namespace: str, r_id: str, dimension: str) -> FakeScalableTarget:
    target = backend.targets.get(dimension, {}).get(r_id)
    if target is None:
        raise _absent(
            f"No scalable target registered for service namespace: {namespace}, resource ID: "
            f"{r_id}, scalable dimension: {dimension}"
        )
    return target


@replaces(Backend, "put_scaling_policy")
def _put_policy(original: Any, backend: Backend, **given: Any) -> Policy:
    namespace, r_id = given["service_namespace"], given["resource_id"]
    dimension, name = given["scalable_dimension"], given["policy_name"]
    _target(backend, namespace, r_id, dimension)
    key = Policy.formulate_key(namespace, r_id, dimension, name)
    old = backend.policies.get(key)
    metric = (given.get("policy_body") or {}).get("PredefinedMetricSpecification")
    if metric:
        _check_metric(backend, metric, r_id, name)
    policy = original(backend, **given)
    if old is not None:
        old.delete_alarms(backend.account_id, backend.region_name)
        policy.policy_arn, policy.creation_time = old.policy_arn, old.creation_time
    return policy


def _check_metric(backend: Backend, metric: dict[str, Any], r_id: str, name: str) -> None:
    kind, label = metric["PredefinedMetricType"], metric.get("ResourceLabel")
    if (kind == "ALBRequestCountPerTarget") != bool(label and _LABEL.fullmatch(label)):
        raise _invalid(f"The resource label {label!r} doesn't go with the metric type {kind}")
    for policy in backend.policies.values():
        config = policy.target_tracking_scaling_policy_configuration or {}
        if (
            policy.resource_id == r_id
            and policy.policy_name != name
            and config.get("PredefinedMetricSpecification") == metric
        ):
            raise _invalid(
                "Only one TargetTrackingScaling policy for a given metric specification is allowed."
            )


@replaces(Backend, "describe_scaling_policies")
def _describe_policies(
    _: Any,
    backend: Backend,
    service_namespace: str,
    resource_id: str | None,
    scalable_dimension: str | None,
    **__: Any,
) -> tuple[None, list[Policy]]:
    """All that match, exactly; moto takes `service/a/b` for `service/a/b-2` too."""
    return None, [
        policy
        for policy in backend.policies.values()
        if policy.service_namespace == service_namespace
        and resource_id in (None, policy.resource_id)
        and scalable_dimension in (None, policy.scalable_dimension)
    ]


@replaces(ApplicationAutoScalingResponse, "describe_scaling_policies")
def _describe_named(original: Any, response: ApplicationAutoScalingResponse) -> str:
    answer = json.loads(original(response))
    if names := response._get_param("PolicyNames"):
        policies = answer["ScalingPolicies"]
        answer["ScalingPolicies"] = [p for p in policies if p["PolicyName"] in names]
    return json.dumps(answer)


@replaces(Backend, "delete_scaling_policy")
def _delete_policy(
    original: Any, backend: Backend, policy_name: str, *place: str, **named: str
) -> None:
    try:
        original(backend, policy_name, *place, **named)
    except Exception as error:
        raise _absent(str(error)) from error


@replaces(Policy, "_generate_ecs_alarms")
def _alarms(original: Any, policy: Policy) -> list[Any]:
    """AWS's own alarms, one to scale out and one to scale in, at the target's value."""
    config = policy.target_tracking_scaling_policy_configuration or {}
    metric = config.get("PredefinedMetricSpecification") or {}
    if metric.get("PredefinedMetricType") not in _METRICS:
        return original(policy)
    namespace, name, statistic, unit = _METRICS[metric["PredefinedMetricType"]]
    _, cluster, service = policy.resource_id.split("/")
    dimensions = {"ClusterName": cluster, "ServiceName": service}
    if label := metric.get("ResourceLabel"):
        balancer, _, group = label.partition("/targetgroup/")
        dimensions = {"LoadBalancer": balancer, "TargetGroup": f"targetgroup/{group}"}
    backend = cloudwatch_backends[policy.account_id][policy.region_name]
    return [
        backend.put_metric_alarm(
            name=f"TargetTracking-{policy.resource_id}-Alarm{which}-{policy._guid}",
            namespace=namespace,
            metric_name=name,
            metric_data_queries=[],
            comparison_operator=operator,
            evaluation_periods=periods,
            period=60,
            threshold=config["TargetValue"] * share,
            unit=unit,
            statistic=statistic,
            description="DO NOT EDIT OR DELETE. For TargetTrackingScaling policy "
            f"{policy.policy_arn}.",
            dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            alarm_actions=[policy.policy_arn],
        )
        for which, operator, periods, share in (
            ("High", "GreaterThanThreshold", 3, 1.0),
            ("Low", "LessThanThreshold", 15, 0.9),
        )
    ]


def _tagger(response: ApplicationAutoScalingResponse) -> tuple[TaggingService, str]:
    backend = response.applicationautoscaling_backend
    arn = response._get_param("ResourceARN")
    if not any(t.arn == arn for targets in backend.targets.values() for t in targets.values()):
        raise Refused("ResourceNotFoundException", f"No scalable target has the ARN {arn}")
    return backend.tagger, arn


def _tag_resource(response: ApplicationAutoScalingResponse) -> str:
    tagger, arn = _tagger(response)
    tags = response._get_param("Tags")
    tagger.tag_resource(arn, [{"Key": key, "Value": value} for key, value in tags.items()])
    return "{}"


def _untag_resource(response: ApplicationAutoScalingResponse) -> str:
    tagger, arn = _tagger(response)
    tagger.untag_resource_using_names(arn, response._get_param("TagKeys"))
    return "{}"


def _list_tags_for_resource(response: ApplicationAutoScalingResponse) -> str:
    tagger, arn = _tagger(response)
    return json.dumps({"Tags": tagger.get_tag_dict_for_resource(arn)})


ApplicationAutoScalingResponse.tag_resource = _tag_resource
ApplicationAutoScalingResponse.untag_resource = _untag_resource
ApplicationAutoScalingResponse.list_tags_for_resource = _list_tags_for_resource


def _invalid(message: str) -> Refused:
    return Refused("ValidationException", message)


def _absent(message: str) -> Refused:
    return Refused("ObjectNotFoundException", message)
