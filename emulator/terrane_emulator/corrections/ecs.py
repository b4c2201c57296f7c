"""ECS clusters: capacity providers that exist, counts that are true, deletes that AWS refuses.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.ecs.exceptions import ClusterNotFoundException, InvalidParameterException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, Service, ecs_backends

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

AWS_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
"""Capacity providers that every account has."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_INSIGHTS = ("enabled", "disabled", "enhanced")


def services_of(cluster: Cluster) -> list[Service]:
    """The cluster's services that weren't deleted."""
    region, account = cluster.arn.split(":")[3:5]
    services = ecs_backends[account][region].services.values()
    return [s for s in services if s.cluster_arn == cluster.arn and s.status != "INACTIVE"]


def _tasks_without_service(cluster: Cluster) -> int:
    region, account = cluster.arn.split(":")[3:5]
    tasks = ecs_backends[account][region].tasks.get(cluster.name, {}).values()
    return sum(task.last_status == "RUNNING" for task in tasks)


def _looked_up(count: Any) -> property:
    """A count that is looked up; what moto adds and subtracts is dropped."""
    return property(count, lambda cluster, value: None)


Cluster.active_services_count = _looked_up(lambda c: len(services_of(c)))
Cluster.running_tasks_count = _looked_up(
    lambda c: sum(s.running_count for s in services_of(c)) + _tasks_without_service(c)
)
Cluster.pending_tasks_count = _looked_up(lambda c: sum(s.pending_count for s in services_of(c)))


@replaces(EC2ContainerServiceBackend, "_get_cluster")
def _get_cluster(original: Any, backend: Any, name: str) -> Cluster:
    """A deleted cluster can be described for a while, and nothing else."""
    cluster = original(backend, name)
    if cluster.status == "INACTIVE":
        raise ClusterNotFoundException
    return cluster


@replaces(EC2ContainerServiceBackend, "list_clusters")
def _list_clusters(_: Any, backend: Any) -> list[str]:
    return [c.arn for c in backend.clusters.values() if c.status != "INACTIVE"]


@replaces(EC2ContainerServiceBackend, "create_cluster")
def _create(original: Any, backend: Any, cluster_name: str, *args: Any, **more: Any) -> Cluster:
    if not _NAME.fullmatch(cluster_name):
        raise InvalidParameterException(f"Cluster name '{cluster_name}' is not valid.")
    before = backend.clusters.get(cluster_name)
    cluster = original(backend, cluster_name, *args, **more)
    try:
        _check_settings(cluster.settings)
        _check_providers(backend, cluster.capacity_providers, _strategy(cluster))
    except InvalidParameterException:
        _put_back(backend, cluster_name, before)
        raise
    cluster.capacity_providers = cluster.capacity_providers or []
    cluster.default_capacity_provider_strategy = _strategy(cluster)
    cluster.tags = cluster.tags or []
    if before is None or before.status == "INACTIVE":
        return cluster
    # The same request again is answered with what exists.
    _put_back(backend, cluster_name, before)
    if (cluster.settings, cluster.configuration) != (before.settings, before.configuration):
        raise InvalidParameterException(
            "Arguments on this idempotent request are inconsistent with arguments used in "
            "previous request(s)."
        )
    return before


def _put_back(backend: Any, name: str, before: Cluster | None) -> None:
    if before is None:
        del backend.clusters[name]
    else:
        backend.clusters[name] = before


@replaces(EC2ContainerServiceBackend, "update_cluster")
def _update(
    original: Any, backend: Any, cluster_name: str, cluster_settings: Any, *args: Any, **more: Any
) -> Cluster:
    _check_settings(cluster_settings or [])
    return original(backend, cluster_name, cluster_settings, *args, **more)


def _check_settings(settings: list[dict[str, str]]) -> None:
    for setting in settings:
        if setting["name"] == "containerInsights" and setting["value"] not in _INSIGHTS:
            raise InvalidParameterException(
                f"Invalid value for containerInsights: {setting['value']}. "
                f"Expected one of {', '.join(_INSIGHTS)}."
            )


def _strategy(cluster: Cluster) -> list[dict[str, Any]]:
    return complete_strategy(cluster.default_capacity_provider_strategy or [])


def complete_strategy(strategy: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A strategy with the weights and bases that AWS fills in."""
    return [{"weight": 0, "base": 0} | item for item in strategy]


def _check_providers(backend: Any, names: list[str] | None, strategy: list[Any]) -> None:
    for name in names or ():
        if name not in AWS_PROVIDERS and backend._get_provider(name) is None:
            raise InvalidParameterException(
                f"The specified capacity provider '{name}' was not found. "
                "Specify a valid name or ARN and try again."
            )
    check_strategy(strategy, names or [])


def check_strategy(strategy: list[dict[str, Any]], providers: list[str]) -> None:
    """Refuse a strategy that AWS would refuse for a cluster with these providers."""
    for item in strategy:
        if item["capacityProvider"] not in providers:
            raise InvalidParameterException(
                "The specified capacity provider strategy cannot contain a capacity provider "
                "that is not associated with the cluster. Associate the capacity provider with "
                "the cluster, or specify a strategy with associated providers, and try again."
            )
    if sum(item.get("base", 0) > 0 for item in strategy) > 1:
        raise InvalidParameterException(
            "Only one capacity provider in a capacity provider strategy can have a base defined."
        )
    if strategy and not any(item.get("weight", 0) for item in strategy):
        raise InvalidParameterException(
            "The specified capacity provider strategy must have a weight above 0."
        )


@replaces(EC2ContainerServiceBackend, "put_cluster_capacity_providers")
def _put_providers(
    original: Any, backend: Any, cluster_name: str, names: list[str], strategy: list[Any]
) -> Cluster:
    cluster = backend._get_cluster(cluster_name)
    _check_providers(backend, names, strategy)
    used = {
        item["capacityProvider"]
        for service in services_of(cluster)
        for item in service.capacity_provider_strategy or ()
    }
    if removed := used - set(names):
        raise Refused(
            "ResourceInUseException",
            f"The specified capacity provider is in use and cannot be removed: {sorted(removed)}",
        )
    return original(backend, cluster_name, names, complete_strategy(strategy))


@replaces(EC2ContainerServiceBackend, "delete_cluster")
def _delete(original: Any, backend: Any, cluster_str: str) -> Cluster:
    cluster = backend._get_cluster(cluster_str)
    if services_of(cluster):
        raise Refused(
            "ClusterContainsServicesException",
            "The Cluster cannot be deleted while Services are active.",
        )
    if cluster.running_tasks_count:
        raise Refused(
            "ClusterContainsTasksException",
            "The Cluster cannot be deleted while Tasks are active.",
        )
    return original(backend, cluster_str)
