"""Everything that exists, read from moto's backends rather than through its API.

Tests use this as the proof that an account is empty, so it must not depend on the
calls that are under test. What AWS itself puts into every account and region (default
VPC and its parts, default groups, keys and policies) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from moto.backends import get_backend

from terrane_emulator import inventory_apps
from terrane_emulator.corrections.budgets import arn
from terrane_emulator.corrections.eks import tags as eks_tags

Row = dict[str, Any]
Tags = dict[str, str]


def take(account: str | None = None, region: str | None = None) -> list[Row]:
    """All objects as rows of service, type, id, tags, state, account and region, sorted."""
    rows = []
    for service, read in _READERS.items():
        for owner, place, backend in list(get_backend(service).iter_backends()):
            if account in (None, owner):
                base = {"service": service, "account": owner, "region": place}
                rows += [row for row in read(backend, base) if region in (None, row["region"])]
    return sorted(rows, key=lambda r: (r["account"], r["region"], r["service"], r["type"], r["id"]))


def _row(base: Row, kind: str, name: str, tags: Tags, state: str | None = None, **more: Any) -> Row:
    return {**base, "type": kind, "id": name, "tags": tags, "state": state, **more}


def _pairs(tags: Any) -> Tags:
    """Tags as a plain map; moto keeps most as a list, some in a map by key."""
    listed = tags.values() if isinstance(tags, dict) else tags or ()
    return {tag["Key"]: tag["Value"] for tag in listed}


def _ec2(backend: Any, base: Row) -> Iterator[Row]:
    default = {vpc.id for vpc in backend.vpcs.values() if vpc.is_default}

    def row(kind: str, name: str, state: str | None = None) -> Row:
        return _row(base, kind, name, dict(backend.tags.get(name, {})), state)

    for vpc in backend.vpcs.values():
        if vpc.id not in default:
            yield row("vpc", vpc.id, vpc.state)
    for subnet in (s for zone in backend.subnets.values() for s in zone.values()):
        if subnet.vpc_id not in default:
            yield row("subnet", subnet.id, subnet.state)
    for table in backend.route_tables.values():
        if table.vpc_id not in default and not table.main_association_id:
            yield row("route-table", table.id)
    for acl in backend.network_acls.values():
        if acl.vpc_id not in default and not acl.default:
            yield row("network-acl", acl.id)
    for gateway in backend.internet_gateways.values():
        if gateway.vpc is None or gateway.vpc.id not in default:
            yield row("internet-gateway", gateway.id)
    for gateway in backend.egress_only_internet_gateways.values():
        yield row("egress-only-internet-gateway", gateway.id, gateway.state)
    for nat in backend.nat_gateways.values():
        if nat.state != "deleted":
            yield row("nat-gateway", nat.id, nat.state)
    for address in backend.addresses:
        yield row("elastic-ip", address.allocation_id)
    for group in (g for vpc in backend.groups.values() for g in vpc.values()):
        if group.name != "default":
            yield row("security-group", group.id)
    for endpoint in backend.vpc_end_points.values():
        if endpoint.state != "deleted":
            yield row("vpc-endpoint", endpoint.id, endpoint.state)
    for log in backend.flow_logs.values():
        yield row("flow-log", log.id)
    for template in backend.launch_templates.values():
        yield row("launch-template", template.id)
    for interface in backend.enis.values():
        if interface.subnet.vpc_id not in default:
            yield row("network-interface", interface.id, interface.status)


def _s3(backend: Any, base: Row) -> Iterator[Row]:
    for bucket in backend.buckets.values():
        tags = backend.tagger.get_tag_dict_for_resource(bucket.arn)
        yield _row(base, "bucket", bucket.name, tags, region=bucket.region_name)


def _ecr(backend: Any, base: Row) -> Iterator[Row]:
    for repository in backend.repositories.values():
        tags = backend.tagger.get_tag_dict_for_resource(repository.arn)
        yield _row(base, "repository", repository.name, tags)


def _eks(backend: Any, base: Row) -> Iterator[Row]:
    for kind, _, name, tags, status in eks_tags.everything(backend):
        yield _row(base, kind, name, dict(tags), status)


def _rds(backend: Any, base: Row) -> Iterator[Row]:
    for kind, items in (
        ("db", backend.databases),
        ("cluster", backend.clusters),
        ("snapshot", backend.database_snapshots),
        ("cluster-snapshot", backend.cluster_snapshots),
        ("parameter-group", backend.db_parameter_groups),
        ("cluster-parameter-group", backend.db_cluster_parameter_groups),
        ("subnet-group", backend.subnet_groups),
    ):
        for name, item in items.items():
            if name.startswith("default.") or getattr(item, "snapshot_type", "") == "automated":
                continue
            yield _row(base, kind, name, _pairs(item.tags), getattr(item, "status", None))


def _backup(backend: Any, base: Row) -> Iterator[Row]:
    tags = backend.tagger.get_tag_dict_for_resource
    for vault in backend.vaults.values():
        yield _row(base, "vault", vault.backup_vault_name, tags(vault.backup_vault_arn))
    for plan in backend.plans.values():
        yield _row(base, "plan", plan.backup_plan["BackupPlanName"], tags(plan.backup_plan_arn))
    for selection in backend.selections.values():
        yield _row(base, "selection", selection["BackupSelection"]["SelectionName"], {})


def _budgets(backend: Any, base: Row) -> Iterator[Row]:
    for account, budgets in backend.budgets.items():
        for name in budgets:
            tags = backend.tagger.get_tag_dict_for_resource(arn(account, name))
            yield _row(base, "budget", name, tags)


def _elasticache(backend: Any, base: Row) -> Iterator[Row]:
    for kind, items in (
        ("replication-group", backend.replication_groups),
        ("cluster", backend.cache_clusters),
        ("subnet-group", backend.cache_subnet_groups),
        ("parameter-group", backend.parameter_groups),
        ("snapshot", backend.snapshots),
        ("user", backend.users),
        ("user-group", backend.user_groups),
    ):
        for name, item in items.items():
            if (kind, name) != ("user", "default"):
                tags = backend.tagging_service.get_tag_dict_for_resource(item.arn)
                yield _row(base, kind, name, tags, getattr(item, "status", None))


def _kms(backend: Any, base: Row) -> Iterator[Row]:
    for key in backend.keys.values():
        if key.key_manager == "CUSTOMER":
            tags = backend.tagger.get_tag_dict_for_resource(key.id)
            yield _row(base, "key", key.id, tags, key.key_state)
        for name in key.aliases:
            if not name.startswith("alias/aws/"):
                yield _row(base, "alias", name, {})


def _iam(backend: Any, base: Row) -> Iterator[Row]:
    for kind, items in (
        ("role", backend.roles),
        ("policy", backend.managed_policies),
        ("instance-profile", backend.instance_profiles),
        ("user", backend.users),
        ("oidc-provider", backend.open_id_providers),
    ):
        for key, item in items.items():
            if ":iam::aws:" not in key:
                name = getattr(item, "name", None) or key
                yield _row(base, kind, name, _pairs(item.tags))


def _logs(backend: Any, base: Row) -> Iterator[Row]:
    for group in backend.groups.values():
        yield _row(base, "log-group", group.name, dict(backend.list_tags_for_resource(group.arn)))
    for name in backend.resource_policies:
        yield _row(base, "resource-policy", name, {})


def _secrets(backend: Any, base: Row) -> Iterator[Row]:
    for secret in backend.secrets.values():
        state = "pending-deletion" if secret.is_deleted() else None
        yield _row(base, "secret", secret.name, _pairs(secret.tags), state)


def _dynamodb(backend: Any, base: Row) -> Iterator[Row]:
    for table in backend.tables.values():
        yield _row(base, "table", table.name, _pairs(table.tags))


_READERS: dict[Any, Callable[[Any, Row], Iterator[Row]]] = {
    "backup": _backup,
    "budgets": _budgets,
    "dynamodb": _dynamodb,
    "ec2": _ec2,
    "ecr": _ecr,
    "eks": _eks,
    "elasticache": _elasticache,
    "iam": _iam,
    "kms": _kms,
    "logs": _logs,
    "rds": _rds,
    "s3": _s3,
    "secretsmanager": _secrets,
}


def _rows(read: Callable[[Any], Iterator[inventory_apps.Object]]) -> Any:
    return lambda backend, base: (_row(base, *found) for found in read(backend))


_READERS.update({service: _rows(read) for service, read in inventory_apps.READERS.items()})
