"""The tagging API finds more kinds of objects: what AWS's does, and moto's doesn't.

Whoever looks for leftovers by tag depends on it. Each source yields ARN and tags of what is
tagged; a service that moto's version doesn't know adds a source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from moto.backup.models import backup_backends
from moto.ec2.models import ec2_backends
from moto.ecr.models import ecr_backends
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend
from moto.servicediscovery.models import servicediscovery_backends

from terrane_emulator.corrections.elasticache import store
from terrane_emulator.corrections.replacing import replaces

Tags = list[dict[str, str]]
Tagged = Iterator[tuple[str, Tags]]


def _elasticache(backend: Any) -> Tagged:
    for kind in ("parametergroup", "usergroup"):
        for item in store.kept(backend.elasticache_backend, kind).values():
            yield item.arn, store.tags_of(backend.elasticache_backend, item.arn)


def _rds(backend: Any) -> Tagged:
    rds = rds_backends[backend.account_id][backend.region_name]
    for items in (rds.db_parameter_groups, rds.db_cluster_parameter_groups, rds.subnet_groups):
        for item in items.values():
            yield item.arn, item.tags


def _backup(backend: Any) -> Tagged:
    backups = backup_backends[backend.account_id][backend.region_name]
    for plan in backups.plans.values():
        tags = backups.tagger.list_tags_for_resource(plan.backup_plan_arn)["Tags"]
        yield plan.backup_plan_arn, tags


def _ecr(backend: Any) -> Tagged:
    registry = ecr_backends[backend.account_id][backend.region_name]
    for repository in registry.repositories.values():
        yield repository.arn, registry.tagger.list_tags_for_resource(repository.arn)["tags"]


def _ec2(backend: Any) -> Tagged:
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    groups = [group for of_vpc in ec2.groups.values() for group in of_vpc.values()]
    kinds = {
        "egress-only-internet-gateway": ec2.egress_only_internet_gateways,
        "elastic-ip": [address.allocation_id for address in ec2.addresses],
        "launch-template": ec2.launch_templates,
        "network-acl": ec2.network_acls,
        "security-group-rule": [
            rule.id for group in groups for rule in (*group.ingress_rules, *group.egress_rules)
        ],
        # moto keeps what is deleted.
        "vpc-endpoint": [e.id for e in ec2.vpc_end_points.values() if e.state != "deleted"],
        "vpc-flow-log": ec2.flow_logs,
    }
    for kind, ids in kinds.items():
        for name in ids:
            tags = [{"Key": key, "Value": value} for key, value in ec2.tags.get(name, {}).items()]
            yield f"arn:aws:ec2:{ec2.region_name}:{ec2.account_id}:{kind}/{name}", tags


def _elbv2(backend: Any) -> Tagged:
    elbv2 = elbv2_backends[backend.account_id][backend.region_name]
    for balancer in elbv2.load_balancers.values():
        for listener in balancer.listeners.values():
            # A listener's own rule has no tags of its own.
            for arn in (listener.arn, *listener._non_default_rules):
                yield arn, elbv2.tagging_service.list_tags_for_resource(arn)["Tags"]


def _servicediscovery(backend: Any) -> Tagged:
    discovery = servicediscovery_backends[backend.account_id][backend.region_name]
    for item in (*discovery.namespaces.values(), *discovery.services.values()):
        yield item.arn, discovery.tagger.list_tags_for_resource(item.arn)["Tags"]


_SOURCES: tuple[Callable[[Any], Tagged], ...] = (
    _backup,
    _ec2,
    _ecr,
    _elasticache,
    _elbv2,
    _rds,
    _servicediscovery,
)

_WRONG = ":flow-logs/"
"""As moto spells the kind of a flow log, and AWS doesn't."""


@replaces(ResourceGroupsTaggingAPIBackend, "_get_resources_generator")
def _resources(
    original: Any,
    backend: Any,
    tag_filters: Any = None,
    resource_type_filters: list[str] | None = None,
) -> Iterator[dict[str, Any]]:
    for row in original(backend, tag_filters, resource_type_filters):
        if _WRONG not in row["ResourceARN"]:
            yield row
    for source in _SOURCES:
        for arn, tags in source(backend):
            service, kind = arn.split(":")[2], re.split("[:/]", arn.split(":", 5)[5])[0]
            wanted = resource_type_filters or [service]
            if (
                tags
                and not {service, f"{service}:{kind}"}.isdisjoint(wanted)
                and all(_has(tags, tag_filter) for tag_filter in tag_filters or [])
            ):
                yield {"ResourceARN": arn, "Tags": tags}


def _has(tags: Tags, wanted: dict[str, Any]) -> bool:
    """Whether some tag has the wanted key, and one of the wanted values if any are named."""
    values = wanted.get("Values")
    return any(t["Key"] == wanted["Key"] and (not values or t["Value"] in values) for t in tags)
