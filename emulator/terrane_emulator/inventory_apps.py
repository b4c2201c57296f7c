"""Inventory of what applications are made of: ECS, load balancers, APIs, DNS, alarms.

Each reader yields (type, id, tags, state) for what the account owns; `inventory` makes rows
of them. What goes with its parent and has no tags of its own (routes of an API, the default
rule of a listener) is left out, as are deleted objects that AWS goes on describing: inactive
clusters, services and task definitions. A revision that is INACTIVE starts nothing, costs
nothing and can't be had back into use; AWS has no date for its end, and deregistering is all
that its owner does about it. One that is ACTIVE stands: somebody forgot it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Tags = dict[str, str]
Object = tuple[str, str, Tags, str | None]
"""Type, id, tags, state."""


def _lower(tags: list[dict[str, str]] | None) -> Tags:
    return {tag["key"]: tag["value"] for tag in tags or ()}


def _ecs(backend: Any) -> Iterator[Object]:
    for cluster in backend.clusters.values():
        if cluster.status != "INACTIVE":
            yield "cluster", cluster.name, _lower(cluster.tags), cluster.status
    for service in backend.services.values():
        if service.status != "INACTIVE":
            name = f"{service.cluster_name}/{service.name}"
            yield "service", name, _lower(service.tags), service.status
    for family in backend.task_definitions.values():
        for task in family.values():
            if task.status == "ACTIVE":
                name = f"{task.family}:{task.revision}"
                yield "task-definition", name, _lower(task.tags), task.status


def _scaling(backend: Any) -> Iterator[Object]:
    for targets in backend.targets.values():
        for target in targets.values():
            tags = backend.tagger.get_tag_dict_for_resource(target.arn)
            yield "scalable-target", target.resource_id, tags, None
    for policy in backend.policies.values():
        yield "scaling-policy", f"{policy.resource_id}/{policy.policy_name}", {}, None
    for action in backend.scheduled_actions:
        name = f"{action.resource_id}/{action.scheduled_action_name}"
        yield "scheduled-action", name, {}, None


def _elbv2(backend: Any) -> Iterator[Object]:
    def tags(arn: str) -> Tags:
        return backend.tagging_service.get_tag_dict_for_resource(arn)

    for balancer in backend.load_balancers.values():
        yield "load-balancer", balancer.name, tags(balancer.arn), balancer.state
        for listener in balancer.listeners.values():
            yield "listener", f"{balancer.name}:{listener.port}", tags(listener.arn), None
            for arn, rule in listener._non_default_rules.items():
                name = f"{balancer.name}:{listener.port}/{rule.priority}"
                yield "listener-rule", name, tags(arn), None
    for group in backend.target_groups.values():
        yield "target-group", group.name, tags(group.arn), None


def _codedeploy(backend: Any) -> Iterator[Object]:
    def tags(rest: str) -> Tags:
        arn = f"arn:aws:codedeploy:{backend.region_name}:{backend.account_id}:{rest}"
        return backend.tagger.get_tag_dict_for_resource(arn)

    for name in backend.applications:
        yield "application", name, tags(f"application:{name}"), None
    for application, groups in backend.deployment_groups.items():
        for group in groups:
            name = f"{application}/{group}"
            yield "deployment-group", name, tags(f"deploymentgroup:{name}"), None
    for name in backend.deployment_configs:
        yield "deployment-config", name, {}, None


def _apigatewayv2(backend: Any) -> Iterator[Object]:
    for api in backend.apis.values():
        yield "api", api.api_id, backend.get_tags(api.arn), None
        for stage in api.stages.values():
            yield "stage", f"{api.api_id}/{stage.name}", stage.tags, None
    for link in backend.vpc_links.values():
        yield "vpc-link", link.id, backend.get_tags(link.arn), "AVAILABLE"
    for domain in backend.domain_names.values():
        yield "domain-name", domain.domain_name, domain.tags, None


def _servicediscovery(backend: Any) -> Iterator[Object]:
    for kind, items in (("namespace", backend.namespaces), ("service", backend.services)):
        for item in items.values():
            yield kind, item.id, backend.tagger.get_tag_dict_for_resource(item.arn), None


def _cloudwatch(backend: Any) -> Iterator[Object]:
    for alarm in backend.alarms.values():
        tags = backend.tagger.get_tag_dict_for_resource(alarm.alarm_arn)
        yield "alarm", alarm.name, tags, alarm.state_value
    for name in backend.dashboards:
        yield "dashboard", name, {}, None


def _route53(backend: Any) -> Iterator[Object]:
    for zone in backend.zones.values():
        yield "hosted-zone", zone.resource_id, dict(backend.resource_tags[zone.resource_id]), None
        for record in zone.rrsets:
            # The zone's own, which go with it.
            if record.name != zone.name or record.type not in ("NS", "SOA"):
                yield "record", f"{zone.resource_id}/{record.name}/{record.type}", {}, None


def _acm(backend: Any) -> Iterator[Object]:
    for certificate in backend._certificates.values():
        name = certificate.arn.rpartition("/")[2]
        yield "certificate", name, dict(certificate.tags), certificate.status


def _sns(backend: Any) -> Iterator[Object]:
    for topic in backend.topics.values():
        yield "topic", topic.name, dict(topic._tags), None
    for subscription in backend.subscriptions.values():
        yield "subscription", subscription.arn.rpartition(":")[2], {}, None


READERS: dict[str, Callable[[Any], Iterator[Object]]] = {
    "acm": _acm,
    "apigatewayv2": _apigatewayv2,
    "application-autoscaling": _scaling,
    "cloudwatch": _cloudwatch,
    "codedeploy": _codedeploy,
    "ecs": _ecs,
    "elbv2": _elbv2,
    "route53": _route53,
    "servicediscovery": _servicediscovery,
    "sns": _sns,
}
"""Service, as botocore calls it -> reader of one account and region."""
