"""RDS: read replicas, and instances and clusters that come from a snapshot.

moto copies the source object as a whole: the copy shares its id, its tags and its secret,
and deleting one takes the secret from the other. Here a copy is a new object that takes
over what AWS takes over.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
"""

from __future__ import annotations

import secrets
from typing import Any

from moto.rds.exceptions import DBInstanceAlreadyExists, RDSClientError
from moto.rds.models import DBCluster, DBInstance, RDSBackend

from terrane_emulator.corrections.replacing import replaces

_KEPT_BY_INSTANCES = (
    "allocated_storage",
    "auto_minor_version_upgrade",
    "db_instance_class",
    "db_name",
    "engine",
    "engine_version",
    "iops",
    "kms_key_id",
    "license_model",
    "master_username",
    "port",
    "storage_encrypted",
    "storage_type",
)
_KEPT_BY_CLUSTERS = (
    "allocated_storage",
    "backup_retention_period",
    "database_name",
    "engine",
    "engine_mode",
    "engine_version",
    "kms_key_id",
    "master_username",
    "port",
    "preferred_backup_window",
    "preferred_maintenance_window",
    "storage_encrypted",
)


def _kept(source: Any, names: tuple[str, ...], given: Any) -> dict[str, Any]:
    """What the source has, with what the caller gives put over it."""
    taken = {name: getattr(source, name) for name in names}
    taken.update({key: value for key, value in given.items() if value is not None})
    return taken


@replaces(RDSBackend, "create_db_instance_read_replica")
def _replicate(_: Any, backend: RDSBackend, db_kwargs: Any) -> DBInstance:
    primary = backend.find_db_from_id(db_kwargs["source_db_instance_identifier"])
    if not primary.backup_retention_period:
        raise RDSClientError(
            "InvalidDBInstanceState",
            "Automated backups are not enabled for this database instance. To enable automated "
            "backups, use ModifyDBInstance to set the backup retention period to a non-zero "
            "value.",
        )
    wanted = _kept(primary, _KEPT_BY_INSTANCES, db_kwargs)
    if primary.region == backend.region_name:
        wanted["source_db_instance_identifier"] = primary.db_instance_identifier
        wanted.setdefault("db_parameter_group_name", primary.db_parameter_group_name)
        wanted.setdefault("vpc_security_group_ids", list(primary.vpc_security_group_ids))
        wanted.setdefault("db_subnet_group_name", primary._db_subnet_group_name)
    wanted.setdefault("backup_retention_period", 0)
    wanted.setdefault("preferred_backup_window", primary.preferred_backup_window)
    wanted.setdefault("preferred_maintenance_window", primary.preferred_maintenance_window)
    replica = backend.create_db_instance(wanted)
    replica.set_as_replica()
    primary.add_replica(replica)
    return replica


@replaces(RDSBackend, "delete_db_instance")
def _delete(
    original: Any, backend: RDSBackend, db_instance_identifier: str, **kwargs: Any
) -> DBInstance:
    """The replicas of an instance that is gone stand on their own."""
    final = kwargs.get("final_db_snapshot_identifier")
    source = backend.databases.get(db_instance_identifier)
    if source is not None and source.is_replica and final:
        raise RDSClientError(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier can not be specified when deleting a read replica.",
        )
    deleted = original(backend, db_instance_identifier, **kwargs)
    for replica in deleted.replicas:
        if replica in backend.databases:
            backend.databases[replica].is_replica = False
            backend.databases[replica].source_db_instance_identifier = None
    return deleted


@replaces(RDSBackend, "restore_db_instance_from_db_snapshot")
def _restore(_: Any, backend: RDSBackend, from_snapshot_id: str, overrides: Any) -> DBInstance:
    snapshot = backend.get_db_snapshot(from_snapshot_id)
    if overrides["db_instance_identifier"] in backend.databases:
        raise DBInstanceAlreadyExists()
    wanted = _kept(snapshot.database, _KEPT_BY_INSTANCES, overrides)
    if wanted["allocated_storage"] < snapshot.allocated_storage:
        raise RDSClientError(
            "InvalidParameterValue",
            "The allocated storage size can't be less than the source snapshot or backup size.",
        )
    wanted["kms_key_id"] = snapshot.kms_key_id
    wanted["storage_encrypted"] = snapshot.encrypted
    wanted.setdefault("backup_retention_period", snapshot.database.backup_retention_period)
    return backend.create_db_instance(wanted)


@replaces(RDSBackend, "restore_db_cluster_from_snapshot")
def _restore_cluster(_: Any, backend: RDSBackend, from_snapshot_id: str, given: Any) -> DBCluster:
    snapshot = backend.get_db_cluster_snapshot(from_snapshot_id)
    wanted = _kept(snapshot.cluster, _KEPT_BY_CLUSTERS, given)
    if wanted["engine"] != snapshot.engine:
        raise RDSClientError(
            "InvalidParameterCombination",
            f"The snapshot is of engine {snapshot.engine}, not {wanted['engine']}.",
        )
    if given.get("kms_key_id"):
        wanted["storage_encrypted"] = True
    # The password is the one in the snapshot; nobody can read it, moto wants one.
    if not wanted.get("manage_master_user_password"):
        wanted["master_user_password"] = secrets.token_urlsafe(24)
    return backend.create_db_cluster(wanted)
