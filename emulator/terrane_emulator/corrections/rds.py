"""RDS: instances that can be told apart, settings that come back as they were set.

Compared with https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/ (CreateDBInstance,
ModifyDBInstance, DeleteDBInstance, DBInstance, ModifyDBParameterGroup) and with what
provider 5.100 reads back.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstance, DBParameterGroup, MasterUserSecret, RDSBackend

# AWS takes a major version and answers with the newest minor one, as of 2026-11.
_NEWEST_MINOR = {"13": "13.22", "14": "14.19", "15": "15.14", "16": "16.10", "17": "17.6"}

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
}


def apply() -> None:
    """Install the corrections."""
    _instances()
    _guards()
    _parameters()
    MasterUserSecret._generate_secret_string = _secret_string  # type: ignore[method-assign]


def _instances() -> None:
    init, update = DBInstance.__init__, DBInstance.update

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("engine") == "postgres":
            version = kwargs.get("engine_version") or "17"
            kwargs["engine_version"] = _NEWEST_MINOR.get(version, version)
            kwargs.setdefault("license_model", "postgresql-license")
        kwargs.setdefault("ca_certificate_identifier", "rds-ca-rsa2048-g1")
        self.settings = dict(kwargs)
        init(self, *args, **kwargs)
        # AWS: "db-" and 26 letters and digits, never the same twice. Provider 5 knows an
        # instance by this id alone; moto gives all the same.
        self.dbi_resource_id = "db-" + base64.b32encode(os.urandom(16)).decode().rstrip("=")
        if self.storage_encrypted and "kms_key_id" not in kwargs:
            self.kms_key_id = _default_key(self, "aws/rds")

    def updated(self: Any, **kwargs: Any) -> None:
        # AWS refuses: nothing can be changed while the instance is being made.
        if self.status == "creating":
            raise RDSClientError(
                "InvalidDBInstanceState",
                f"Database instance is not in available state: {self.db_instance_identifier}",
            )
        self.settings.update({key: value for key, value in kwargs.items() if value is not None})
        settable = {k: v for k, v in kwargs.items() if k not in _ECHOES}
        if version := settable.get("engine_version"):
            settable["engine_version"] = _NEWEST_MINOR.get(version, version)
        update(self, **settable)

    DBInstance.__init__ = __init__  # type: ignore[method-assign]
    DBInstance.update = updated  # type: ignore[method-assign]
    for name, (argument, default) in _ECHOES.items():
        setattr(DBInstance, name, _echo(argument, default))
    DBInstance.performance_insights_kms_key_id = property(_insights_key)  # type: ignore[attr-defined]
    DBInstance.performance_insights_retention_period = property(_insights_retention)  # type: ignore[attr-defined]


def _echo(argument: str, default: Any) -> property:
    return property(lambda self: self.settings.get(argument, default))


def _insights_key(instance: Any) -> str | None:
    if not instance.performance_insights_enabled:
        return None
    given = instance.settings.get("performance_insights_kms_key_id")
    return given or _default_key(instance, "aws/rds")


def _insights_retention(instance: Any) -> int | None:
    if not instance.performance_insights_enabled:
        return None
    return instance.settings.get("performance_insights_retention_period", 7)


def _default_key(instance: Any, alias: str) -> str:
    """ARN of the key that AWS makes for a service; moto makes it when it is described."""
    return instance.backend.kms.describe_key(f"alias/{alias}").arn


def _secret_string(secret: MasterUserSecret) -> str:
    """AWS puts the real user name and a generated password there."""
    name = secret.resource.master_username
    return json.dumps({"username": name, "password": secrets.token_urlsafe(24)})


def _guards() -> None:
    """What AWS refuses to delete."""
    delete_instance = RDSBackend.delete_db_instance
    delete_group = RDSBackend.delete_db_parameter_group
    delete_subnets = RDSBackend.delete_subnet_group

    def delete_db_instance(self: RDSBackend, db_instance_identifier: str, **kwargs: Any) -> Any:
        final = kwargs.get("final_db_snapshot_identifier")
        instance = self.databases.get(db_instance_identifier)
        if instance is not None and not instance.is_replica:
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
        return delete_instance(self, db_instance_identifier, **kwargs)

    def delete_db_parameter_group(self: RDSBackend, name: str) -> Any:
        if any(i.db_parameter_group_name == name for i in self.databases.values()):
            raise RDSClientError(
                "InvalidDBParameterGroupState",
                f"One or more database instances are still members of this parameter group {name}",
            )
        return delete_group(self, name)

    def delete_subnet_group(self: RDSBackend, subnet_name: str) -> Any:
        if any(i._db_subnet_group_name == subnet_name for i in self.databases.values()):
            raise RDSClientError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}' because at least one "
                "database instance is still using it.",
            )
        return delete_subnets(self, subnet_name)

    RDSBackend.delete_db_instance = delete_db_instance  # type: ignore[method-assign]
    RDSBackend.delete_db_parameter_group = delete_db_parameter_group  # type: ignore[method-assign]
    RDSBackend.delete_subnet_group = delete_subnet_group  # type: ignore[method-assign]


def _parameters() -> None:
    """Parameters that were set say so: without `Source` the provider skips them."""
    update = DBParameterGroup.update_parameters

    def update_parameters(self: DBParameterGroup, new_parameters: Any) -> None:
        update(self, [{"Source": "user", "IsModifiable": True, **p} for p in new_parameters])

    DBParameterGroup.update_parameters = update_parameters  # type: ignore[method-assign]
