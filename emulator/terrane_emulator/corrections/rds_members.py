"""RDS: instances of a cluster take from it what they are not given themselves.

Storage, versions, users and windows of backups are the cluster's; subnets, zones and
Performance Insights come from it unless the instance says otherwise.
"""

from __future__ import annotations

from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstanceClustered

from terrane_emulator.corrections import rds_clusters
from terrane_emulator.corrections.replacing import replaces

_INHERITED = (
    "enable_performance_insights",
    "performance_insights_kms_key_id",
    "performance_insights_retention_period",
)
# What ModifyDBInstance can't change for a member: the cluster has it.
_OF_THE_CLUSTER = ("backup_retention_period", "preferred_backup_window", "engine_version")


@replaces(DBInstanceClustered, "__init__")
def _join(original: Any, instance: Any, db_cluster_identifier: str, **kwargs: Any) -> None:
    backend = kwargs["backend"]
    cluster = rds_clusters.find(backend, db_cluster_identifier)
    is_serverless = kwargs["db_instance_class"] == "db.serverless"
    if is_serverless and not cluster.serverless_v2_scaling_configuration:
        raise RDSClientError(
            "InvalidDBClusterStateFault",
            "Set the Serverless v2 scaling configuration on the parent DB cluster before "
            "creating a Serverless v2 DB instance.",
        )
    for name in _INHERITED:
        if name in cluster.settings:
            kwargs.setdefault(name, cluster.settings[name])
    subnets = cluster.db_subnet_group_name
    if subnets in backend.subnet_groups:
        kwargs["db_subnet_group_name"] = kwargs.get("db_subnet_group_name") or subnets
    if not kwargs.get("availability_zone"):
        kwargs["availability_zone"] = _next_zone(backend, cluster)
    if kwargs.get("publicly_accessible") is None:
        kwargs["publicly_accessible"] = False
    instance.cluster = cluster  # moto sets it too late for its own properties
    original(instance, db_cluster_identifier, **kwargs)


def _next_zone(backend: Any, cluster: Any) -> str:
    """AWS spreads the instances over the zones of the subnets."""
    group = backend.subnet_groups.get(cluster.db_subnet_group_name)
    zones = sorted({subnet.availability_zone for subnet in group._subnets}) if group else []
    zones = zones or cluster.availability_zones
    return zones[len(cluster._members) % len(zones)]


@replaces(DBInstanceClustered, "update")
def _modify(original: Any, instance: Any, **kwargs: Any) -> None:
    own = {key: value for key, value in kwargs.items() if key not in _OF_THE_CLUSTER}
    original(instance, **own)
