"""RDS: Aurora clusters that come back as they were set, and what AWS refuses of them.

Compared with https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/ (CreateDBCluster,
ModifyDBCluster, DeleteDBCluster, DBCluster) and with what provider 5.100 reads back.
DocumentDB's clusters are these too: its calls reach the same endpoint.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBClusterNotFoundError, RDSClientError
from moto.rds.models import DBCluster, RDSBackend
from moto.rds.responses import RDSResponse

from terrane_emulator.corrections import rds, rds_engines
from terrane_emulator.corrections.replacing import replaces

_IDENTIFIER = re.compile(r"[a-z](-?[a-z0-9])*")

# Members of the DBCluster answer -> argument it comes from, and its value when not given.
_ECHOES: dict[str, tuple[str, Any]] = {
    "performance_insights_enabled": ("enable_performance_insights", False),
    "monitoring_interval": ("monitoring_interval", 0),
    "monitoring_role_arn": ("monitoring_role_arn", None),
    "database_insights_mode": ("database_insights_mode", "standard"),
    "engine_lifecycle_support": ("engine_lifecycle_support", rds.EXTENDED_SUPPORT),
}
# What the instances of a cluster take over when it changes.
_INSIGHTS = (
    "enable_performance_insights",
    "performance_insights_kms_key_id",
    "performance_insights_retention_period",
)


def _echo(argument: str, default: Any) -> property:
    return property(lambda cluster: cluster.settings.get(argument, default))


for _name, (_argument, _default) in _ECHOES.items():
    setattr(DBCluster, _name, _echo(_argument, _default))
DBCluster.performance_insights_kms_key_id = rds.insights_key
DBCluster.performance_insights_retention_period = rds.insights_retention


@property
def _scaling_configuration_info(cluster: Any) -> dict[str, Any] | None:
    """Only clusters of the first serverless kind have one; an empty one is a phantom."""
    return _of_version_one.fget(cluster) if cluster.scaling_configuration else None


_of_version_one = DBCluster.scaling_configuration_info
DBCluster.scaling_configuration_info = _scaling_configuration_info


def find(backend: RDSBackend, name: str) -> DBCluster:
    """The cluster of that name."""
    if name not in backend.clusters:
        raise DBClusterNotFoundError(name)
    return backend.clusters[name]


@replaces(DBCluster, "__init__")
def _create(original: Any, cluster: Any, backend: RDSBackend, **kwargs: Any) -> None:
    engine = kwargs["engine"]
    version = rds_engines.cluster_version(engine, kwargs.get("engine_version"))
    group = rds_engines.default_group(engine, version)
    kwargs["engine_version"] = version
    kwargs["db_cluster_parameter_group_name"] = (
        kwargs.get("db_cluster_parameter_group_name") or group
    )
    kwargs["allocated_storage"] = kwargs.get("allocated_storage") or 1
    cluster.settings = dict(kwargs)
    _ensure_scaling(kwargs.get("serverless_v2_scaling_configuration"))
    original(cluster, backend, **kwargs)
    cluster.status = "available"
    # "The storage type isn't returned when you set it to aurora", nor is the default.
    storage = kwargs.get("storage_type")
    cluster.storage_type = storage if storage not in ("aurora", "standard", "") else None
    if not cluster.storage_encrypted:
        cluster.kms_key_id = None
    elif not kwargs.get("kms_key_id"):
        cluster.kms_key_id = rds.default_key(cluster)


@replaces(RDSBackend, "create_db_cluster")
def _admit(original: Any, backend: RDSBackend, kwargs: Any) -> DBCluster:
    given = {key: value for key, value in kwargs.items() if value is not None}
    name = given["db_cluster_identifier"].lower()
    if len(name) > 63 or not _IDENTIFIER.fullmatch(name):
        raise RDSClientError(
            "InvalidParameterValue",
            "The parameter DBClusterIdentifier is not a valid identifier. Identifiers must begin "
            "with a letter; must contain only ASCII letters, digits, and hyphens; and must not "
            "end with a hyphen or contain two consecutive hyphens.",
        )
    if name in backend.clusters:
        raise RDSClientError("DBClusterAlreadyExistsFault", f"DB cluster {name} already exists")
    _ensure_parents(backend, given)
    if key := given.get("kms_key_id"):
        given["kms_key_id"] = backend._validate_kms_key(key)
    return original(backend, given)


def _ensure_parents(backend: RDSBackend, given: dict[str, Any]) -> None:
    """The groups that a cluster names must be there."""
    if subnets := given.get("db_subnet_group_name"):
        backend.describe_db_subnet_groups(subnets)
    group = given.get("db_cluster_parameter_group_name")
    if group and not group.startswith("default."):
        backend.describe_db_cluster_parameter_groups(group)


def _ensure_scaling(wanted: Any) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/
    aurora-serverless-v2.setting-capacity.html: half units, 0 to 256, and 1 at least at the top.
    """
    if not wanted:
        return
    low, high = wanted.get("MinCapacity", 0.5), wanted.get("MaxCapacity", 1)
    if not (0 <= low <= high and 1 <= high <= 256) or (2 * low) % 1 or (2 * high) % 1:
        raise RDSClientError(
            "InvalidParameterCombination",
            f"Serverless v2 capacity of {low} to {high} is not valid.",
        )
    if low == 0:
        wanted.setdefault("SecondsUntilAutoPause", 300)


@replaces(RDSBackend, "modify_db_cluster")
def _modify(original: Any, backend: RDSBackend, kwargs: Any) -> DBCluster:
    given = {key: value for key, value in kwargs.items() if value is not None}
    cluster = find(backend, given["db_cluster_identifier"])
    if cluster.status == "creating":
        raise RDSClientError("InvalidDBClusterStateFault", "DB cluster is not in available state")
    _ensure_parents(backend, given)
    _ensure_scaling(given.get("serverless_v2_scaling_configuration"))
    if version := given.get("engine_version"):
        given["engine_version"] = rds_engines.cluster_version(cluster.engine, version)
        _ensure_upgrade(cluster.engine_version, given)
    if given.get("manage_master_user_password") and cluster.manage_master_user_password:
        del given["manage_master_user_password"]  # moto would make a second secret
    if "enable_iam_database_authentication" in given:
        cluster.iam_auth = given.pop("enable_iam_database_authentication")
    _export_logs(cluster, given.pop("cloudwatch_logs_export_configuration", {}))
    cluster.settings.update(given)
    insights = {name: given.pop(name) for name in _INSIGHTS if name in given}
    for member in cluster._members:
        member.settings.update(insights)
    echoed = {argument for argument, _ in _ECHOES.values()}
    original(backend, {key: value for key, value in given.items() if key not in echoed})
    return cluster


def _ensure_upgrade(current: str, given: dict[str, Any]) -> None:
    is_major = current.split(".")[0] != given["engine_version"].split(".")[0]
    if is_major and not given.get("allow_major_version_upgrade"):
        raise RDSClientError(
            "InvalidParameterCombination",
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major "
            "version.",
        )


def _export_logs(cluster: Any, wanted: Any) -> None:
    disabled = wanted.get("DisableLogTypes", [])
    kept = [log for log in cluster.enabled_cloudwatch_logs_exports if log not in disabled]
    added = [log for log in wanted.get("EnableLogTypes", []) if log not in kept]
    cluster.enabled_cloudwatch_logs_exports = [*kept, *added]


@replaces(RDSResponse, "delete_db_cluster")
def _delete(_: Any, response: Any) -> ActionResult:
    """AWS wants a word on the final snapshot, and keeps no automated ones."""
    backend, given = response.backend, response.params
    name, final = given["DBClusterIdentifier"], given.get("FinalDBSnapshotIdentifier")
    cluster = find(backend, name)
    if bool(final) == bool(given.get("SkipFinalSnapshot")):
        raise RDSClientError(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
            if not final
            else "FinalDBSnapshotIdentifier can not be specified when deleting with "
            "SkipFinalSnapshot.",
        )
    if cluster.status == "creating":
        raise RDSClientError("InvalidDBClusterStateFault", "DB cluster is not in available state")
    # moto would notice only after it has deleted the secret.
    if final and final in backend.cluster_snapshots:
        raise RDSClientError(
            "DBClusterSnapshotAlreadyExistsFault",
            f"Cannot create the cluster snapshot because one with the identifier {final} "
            "already exists.",
        )
    backend.delete_db_cluster(name, final)
    for identifier, snapshot in list(backend.cluster_snapshots.items()):
        if snapshot.snapshot_type == "automated" and snapshot.cluster.arn == cluster.arn:
            del backend.cluster_snapshots[identifier]
    cluster.status = "deleting"
    return ActionResult({"DBCluster": cluster})
