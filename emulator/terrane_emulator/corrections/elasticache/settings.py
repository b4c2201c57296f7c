"""Settings of a replication group that depend on each other, and what AWS refuses of them.

From `CreateReplicationGroup` and `ModifyReplicationGroup` of the API reference, and
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends

from terrane_emulator.corrections.elasticache import (
    engines,
    parameter_groups,
    subnet_groups,
    user_groups,
)
from terrane_emulator.corrections.elasticache.replication_groups import PLAIN, ReplicationGroup
from terrane_emulator.corrections.elasticache.rules import bad_combination, bad_value

_TOKEN = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")


def begin(backend: Any, group: ReplicationGroup, given: dict[str, Any]) -> None:
    """What a create asks for, after the plain settings."""
    if "CacheSubnetGroupName" in given:
        subnet_groups.find(backend, group.cache_subnet_group_name)
    _ensure_security_groups(backend, group)
    group.engine_version = engines.resolve(group.engine, given.get("EngineVersion"))
    _choose_parameters(backend, group, given)
    if given.get("TransitEncryptionEnabled"):
        group.transit_encryption_enabled = True
        group.transit_encryption_mode = given.get("TransitEncryptionMode", "required")
    _switch_failover(group, given)
    _take_token(group, given)
    _take_user_groups(backend, group, given.get("UserGroupIds", []), [])
    _deliver_logs(group, given)


def change(backend: Any, group: ReplicationGroup, given: dict[str, Any]) -> None:
    """What a modify asks for."""
    for argument, (attribute, _) in PLAIN.items():
        if argument in given:
            setattr(group, attribute, given[argument])
    _ensure_security_groups(backend, group)
    _upgrade(backend, group, given)
    if mode := given.get("ClusterMode"):
        if mode == "enabled" and group.cluster_mode == "disabled":
            raise bad_combination("Cluster mode must be compatible before it can be enabled.")
        group.cluster_mode = mode
    _encrypt(group, given)
    _switch_failover(group, given)
    _take_token(group, given)
    gone = given.get("UserGroupIdsToRemove", [])
    if given.get("RemoveUserGroups"):
        gone = group.user_group_ids
    _take_user_groups(backend, group, given.get("UserGroupIdsToAdd", []), gone)
    _deliver_logs(group, given)


def ensure_consistent(group: ReplicationGroup) -> None:
    """Refuse settings that AWS refuses together."""
    failover, multi_az = group.automatic_failover == "enabled", group.multi_az == "enabled"
    if len(group.shards) > 1 and not group.clustered:
        raise bad_combination("More than one node group needs a parameter group of cluster mode.")
    if group.clustered and not failover:
        raise bad_combination(
            "Automatic failover must be enabled for replication groups in cluster mode."
        )
    lonely = any(shard.replicas == 0 for shard in group.shards)
    if failover and lonely and not group.clustered:
        raise bad_combination(
            "When using automatic failover, there must be at least 2 cache clusters in the "
            "replication group."
        )
    if multi_az and not failover:
        raise bad_combination("Multi-AZ needs automatic failover to be enabled.")
    if multi_az and lonely:
        raise bad_combination("Multi-AZ needs at least one replica in each node group.")
    if group.kms_key_id and not group.at_rest_encryption_enabled:
        raise bad_combination("KmsKeyId needs AtRestEncryptionEnabled.")
    if group.user_group_ids and not group.transit_encryption_enabled:
        raise bad_combination(
            "User group based access control needs encryption in transit to be enabled."
        )
    if group.auth_token_enabled and not group.transit_encryption_enabled:
        raise bad_combination("AuthToken needs TransitEncryptionEnabled.")
    if group.auth_token_enabled and group.user_group_ids:
        raise bad_combination("AuthToken and user groups exclude each other.")


def _ensure_security_groups(backend: Any, group: ReplicationGroup) -> None:
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    known = {name for vpc in ec2.groups.values() for name in vpc}
    for name in group.security_group_ids:
        if name not in known:
            raise bad_value(f"Some security group Ids were not found: {name}")


def _choose_parameters(backend: Any, group: ReplicationGroup, given: dict[str, Any]) -> None:
    family = engines.family(group.engine, group.engine_version)
    wants_cluster = given.get("ClusterMode") == "enabled" or given.get("NumNodeGroups", 1) > 1
    name = given.get("CacheParameterGroupName") or engines.default_group(family, wants_cluster)
    parameters = parameter_groups.find(backend, name)
    _ensure_family(parameters, family)
    group.cache_parameter_group_name = name.lower()
    if parameters.clustered or given.get("ClusterMode") == "enabled":
        group.cluster_mode = "enabled"
    # Nodes keep their names when cluster mode comes later.
    group.names_shards = group.clustered


def _ensure_family(parameters: Any, family: str) -> None:
    found = parameters.cache_parameter_group_family
    if found != family:
        raise bad_combination(
            f"Expected a parameter group of family {family} but found one of family {found}"
        )


def _upgrade(backend: Any, group: ReplicationGroup, given: dict[str, Any]) -> None:
    """Another version or engine brings another family, and so another parameter group."""
    engine = given.get("Engine", group.engine).lower()
    version = group.engine_version
    if engine != group.engine or "EngineVersion" in given:
        version = engines.resolve(engine, given.get("EngineVersion"))
    if engine == group.engine and engines.is_older(version, group.engine_version):
        raise bad_combination(
            f"Downgrade from {group.engine_version} to {version} is not possible."
        )
    if engine != group.engine and engine != "valkey":
        raise bad_combination(f"Replication groups cannot move from {group.engine} to {engine}.")
    group.engine, group.engine_version = engine, version
    family, name = engines.family(engine, version), given.get("CacheParameterGroupName")
    if name is None:
        name = group.cache_parameter_group_name
        if engines.is_default(name):
            name = engines.default_group(family, group.clustered)
    _ensure_family(parameter_groups.find(backend, name), family)
    group.cache_parameter_group_name = name.lower()


def _encrypt(group: ReplicationGroup, given: dict[str, Any]) -> None:
    """Encryption in transit comes in two steps on a live group: `preferred`, then `required`."""
    mode = given.get("TransitEncryptionMode")
    enabled = given.get("TransitEncryptionEnabled", group.transit_encryption_enabled)
    if enabled and not group.transit_encryption_enabled and mode != "preferred":
        raise bad_combination("TransitEncryptionMode must be preferred when encryption is new.")
    if not enabled and group.transit_encryption_mode == "required":
        raise bad_combination("TransitEncryptionMode must be preferred before encryption ends.")
    group.transit_encryption_enabled = enabled
    group.transit_encryption_mode = (mode or group.transit_encryption_mode) if enabled else None


def _switch_failover(group: ReplicationGroup, given: dict[str, Any]) -> None:
    for argument, attribute in (
        ("AutomaticFailoverEnabled", "automatic_failover"),
        ("MultiAZEnabled", "multi_az"),
    ):
        if argument in given:
            setattr(group, attribute, "enabled" if given[argument] else "disabled")


def _take_token(group: ReplicationGroup, given: dict[str, Any]) -> None:
    if given.get("AuthTokenUpdateStrategy") == "DELETE":
        group.auth_token_enabled = False
    elif token := given.get("AuthToken"):
        if not _TOKEN.fullmatch(token):
            raise bad_value(
                "AuthToken must have 16 to 128 letters, digits or ! & # $ ^ < > - characters."
            )
        group.auth_token_enabled = True
        group.auth_token_last_modified_date = utcnow()


def _take_user_groups(
    backend: Any, group: ReplicationGroup, added: list[str], removed: list[str]
) -> None:
    for name in added:
        user_groups.find(backend, name)
    kept = [name for name in group.user_group_ids if name not in removed]
    group.user_group_ids = [*kept, *(name.lower() for name in added if name.lower() not in kept)]


def _deliver_logs(group: ReplicationGroup, given: dict[str, Any]) -> None:
    """A request names a type of log anew or turns it off; the others stay."""
    kept = {log["LogType"]: log for log in group.log_delivery_configurations}
    for asked in given.get("LogDeliveryConfigurations", []):
        if asked.get("Enabled", True) is False:
            kept.pop(asked["LogType"], None)
        else:
            wanted = {key: value for key, value in asked.items() if key != "Enabled"}
            kept[asked["LogType"]] = {**wanted, "Status": "active"}
    group.log_delivery_configurations = list(kept.values())
