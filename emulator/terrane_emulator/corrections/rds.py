"""RDS: instances that can be told apart, settings that come back as they were set.

Compared with https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/ (CreateDBInstance,
ModifyDBInstance, DeleteDBInstance, DBInstance) and with what provider 5.100 reads back.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstance, DBInstanceClustered, MasterUserSecret, RDSBackend

from terrane_emulator.corrections.replacing import replaces

# AWS takes a major version and answers with the newest minor one, as of 2026-11.
_NEWEST_MINOR = {"13": "13.22", "14": "14.19", "15": "15.14", "16": "16.10", "17": "17.6"}


def newest_minor(version: str) -> str:
    """The full Postgres version that AWS runs for the asked one."""
    return _NEWEST_MINOR.get(version, version)


# "By default, this value is set to ...": CreateDBInstance and CreateDBCluster.
EXTENDED_SUPPORT = "open-source-rds-extended-support"

# Members of the DBInstance answer -> argument it comes from, and its value when not given.
_ECHOES: dict[str, tuple[str, Any]] = {
    "performance_insights_enabled": ("enable_performance_insights", False),
    "monitoring_interval": ("monitoring_interval", 0),
    "monitoring_role_arn": ("monitoring_role_arn", None),
    "network_type": ("network_type", "IPV4"),
    "database_insights_mode": ("database_insights_mode", "standard"),
    "dedicated_log_volume": ("dedicated_log_volume", False),
    "customer_owned_ip_enabled": ("enable_customer_owned_ip", False),
    "backup_target": ("backup_target", "region"),
    "engine_lifecycle_support": ("engine_lifecycle_support", EXTENDED_SUPPORT),
}


def _echo(argument: str, default: Any) -> property:
    return property(lambda instance: instance.settings.get(argument, default))


for _name, (_argument, _default) in _ECHOES.items():
    setattr(DBInstance, _name, _echo(_argument, _default))


@replaces(DBInstance, "__init__")
def _create(original: Any, instance: Any, *args: Any, **kwargs: Any) -> None:
    if kwargs.get("engine") == "postgres":
        version = kwargs.get("engine_version") or "17"
        kwargs["engine_version"] = newest_minor(version)
        kwargs.setdefault("license_model", "postgresql-license")
    kwargs.setdefault("ca_certificate_identifier", "rds-ca-rsa2048-g1")
    instance.settings = dict(kwargs)
    original(instance, *args, **kwargs)
    # AWS: "db-" and 26 letters and digits, never the same twice. Provider 5 knows an
    # instance by this id alone; moto gives all of them the same.
    instance.dbi_resource_id = "db-" + base64.b32encode(os.urandom(16)).decode().rstrip("=")
    if isinstance(instance, DBInstanceClustered):
        return  # storage, and so its key, is the cluster's
    if instance.storage_encrypted and not kwargs.get("kms_key_id"):
        instance.kms_key_id = default_key(instance)


@replaces(DBInstance, "update")
def _modify(original: Any, instance: Any, **kwargs: Any) -> None:
    if instance.status == "creating":
        raise RDSClientError(
            "InvalidDBInstanceState",
            f"Database instance is not in available state: {instance.db_instance_identifier}",
        )
    given = {key: value for key, value in kwargs.items() if value is not None}
    if given.get("manage_master_user_password") and instance.manage_master_user_password:
        del given["manage_master_user_password"]  # moto would make a second secret
    instance.settings.update(given)
    if version := given.get("engine_version"):
        given["engine_version"] = newest_minor(version)
    original(instance, **{key: value for key, value in given.items() if key not in _ECHOES})


@property
def insights_key(instance: Any) -> str | None:
    """The key of Performance Insights, of an instance or a cluster; the account's by default."""
    if not instance.performance_insights_enabled:
        return None
    return instance.settings.get("performance_insights_kms_key_id") or default_key(instance)


@property
def insights_retention(instance: Any) -> int | None:
    """Days that Performance Insights keeps; seven are free."""
    if not instance.performance_insights_enabled:
        return None
    return instance.settings.get("performance_insights_retention_period", 7)


DBInstance.performance_insights_kms_key_id = insights_key
DBInstance.performance_insights_retention_period = insights_retention


def default_key(owner: Any) -> str:
    """ARN of the account's `aws/rds` key; moto makes it when it is first described."""
    return owner.backend.kms.describe_key("alias/aws/rds").arn


@replaces(MasterUserSecret, "_generate_secret_string")
def _generate_secret_string(_: Any, secret: MasterUserSecret) -> str:
    """AWS stores the real user name and a password of its own making."""
    name = secret.resource.master_username
    return json.dumps({"username": name, "password": secrets.token_urlsafe(24)})


@replaces(RDSBackend, "delete_db_instance")
def _delete_db_instance(
    original: Any, backend: RDSBackend, db_instance_identifier: str, **kwargs: Any
) -> Any:
    final = kwargs.get("final_db_snapshot_identifier")
    instance = backend.databases.get(db_instance_identifier)
    if instance is not None and not instance.is_replica and instance.db_cluster_identifier is None:
        if not final and not kwargs.get("skip_final_snapshot"):
            raise RDSClientError(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
            )
        if final and instance.status == "creating":
            raise RDSClientError(
                "InvalidDBInstanceState",
                "Cannot create a snapshot because the database instance "
                f"{db_instance_identifier} is not currently in the available state.",
            )
    return original(backend, db_instance_identifier, **kwargs)


@replaces(RDSBackend, "delete_subnet_group")
def _delete_subnet_group(original: Any, backend: RDSBackend, name: str) -> Any:
    instances = (i._db_subnet_group_name for i in backend.databases.values())
    clusters = (c.db_subnet_group_name for c in backend.clusters.values())
    if name in (*instances, *clusters):
        raise RDSClientError(
            "InvalidDBSubnetGroupStateFault",
            f"Cannot delete the subnet group '{name}' because at least one "
            "database instance is still using it.",
        )
    return original(backend, name)
