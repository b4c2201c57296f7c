"""What EKS looks up elsewhere before it says yes: roles, subnets, keys, log groups.

AWS refuses a cluster or node group whose role, subnet or key doesn't exist. The messages
are AWS's where the provider decides by them whether to try again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.eks import models
from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import EKSBackend
from moto.iam.models import Role, iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.sts.models import sts_backends

from terrane_emulator.corrections.sts import nobody

# moto checks the form of an ARN, for which it reads all endpoints of botocore anew: a third
# of a second. Here roles are looked up instead.
models.validate_role_arn = lambda arn: None


def ec2_of(backend: EKSBackend) -> EC2Backend:
    """EC2 in the same account and region."""
    return ec2_backends[backend.account_id][backend.region_name]


def role(backend: EKSBackend, arn: str) -> Role | None:
    """The role with that ARN, in whichever account it is."""
    roles = iam_backends[_account(arn) or backend.account_id][backend.partition].roles
    return next((r for r in roles.values() if r.arn == arn), None)


def require_role(
    backend: EKSBackend, arn: str, service: str, missing: str, distrusted: str
) -> None:
    """Refuse a role that isn't there or that `service` may not assume."""
    found = role(backend, arn)
    if found is None:
        raise InvalidParameterException(message=missing)
    if not _trusts(found, service):
        raise InvalidParameterException(message=distrusted)


def principal_exists(backend: EKSBackend, arn: str) -> bool:
    """Whether an ARN names a role or user.

    Accounts are entered by assuming a role that nobody made, or with an access key that
    nobody made, so such a role and such a user count too.
    """
    account = _account(arn)
    if account is None:
        return False
    users = iam_backends[account][backend.partition].users.values()
    assumed = sts_backends[account][backend.partition].assumed_roles
    return (
        role(backend, arn) is not None
        or any(user.arn == arn for user in users)
        or any(session.role_arn == arn for session in assumed)
        or arn == nobody(backend.partition, account)
    )


def caller(backend: EKSBackend, access_key: str) -> str:
    """ARN of the role or user that signed a call."""
    sts = sts_backends[backend.account_id][backend.partition]
    session = sts.get_assumed_role_from_access_key(access_key)
    if session is not None:
        return session.role_arn
    iam = iam_backends[backend.account_id][backend.partition]
    user = iam.get_user_from_access_key_id(access_key)
    return user.arn if user else nobody(backend.partition, backend.account_id)


def require_subnets(backend: EKSBackend, ids: Iterable[str]) -> list[Any]:
    """The subnets with these ids; refuses unknown ones and a mix of VPCs."""
    known = {s.id: s for zone in ec2_of(backend).subnets.values() for s in zone.values()}
    wanted = list(ids)
    for name in wanted:
        if name not in known:
            raise InvalidParameterException(message=f"The subnet ID '{name}' does not exist")
    if len({known[name].vpc_id for name in wanted}) > 1:
        raise InvalidParameterException(message="Subnets specified must belong to the same VPC")
    return [known[name] for name in wanted]


def is_public(subnet: Any) -> bool:
    """Whether a route leads from a subnet to an internet gateway."""
    tables = [t for t in subnet.ec2_backend.route_tables.values() if t.vpc_id == subnet.vpc_id]
    own = [t for t in tables if any(a.get("SubnetId") == subnet.id for a in t.associations)]
    main = [t for t in tables if t.main_association_id]
    routes = [route for table in own or main for route in table.routes]
    return any((route.gateway_id or "").startswith("igw-") for route in routes)


def require_security_groups(backend: EKSBackend, ids: Iterable[str], vpc_id: str) -> None:
    """Refuse security groups that don't exist in the VPC."""
    for name in ids:
        if name not in ec2_of(backend).groups.get(vpc_id, {}):
            raise InvalidParameterException(message=f"The security group '{name}' does not exist")


def require_key(backend: EKSBackend, arn: str) -> None:
    """Refuse a KMS key that isn't in the region or can't be used."""
    account, near = _account(arn), f":kms:{backend.region_name}:" in arn
    keys = kms_backends[account][backend.region_name].keys if account and near else {}
    key = next((k for k in keys.values() if k.arn == arn), None)
    if key is None or key.key_state != "Enabled":
        raise InvalidParameterException(
            message=f"The keyArn in encryptionConfig provider {arn} is invalid."
        )


def ensure_log_group(backend: EKSBackend, name: str) -> None:
    """Make the group that EKS writes a cluster's logs to, unless it is there.

    One that EKS has to make keeps its entries for ever and stays when the cluster goes.
    """
    logs = logs_backends[backend.account_id][backend.region_name]
    if name not in logs.groups:
        logs.create_log_group(name, {})


def _account(arn: str) -> str | None:
    parts = arn.split(":")
    return parts[4] if len(parts) >= 6 and parts[4].isdigit() else None


def _trusts(found: Role, service: str) -> bool:
    document = json.loads(found.assume_role_policy_document or "{}")
    statements = document.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal", {})
        named = principal.get("Service", []) if isinstance(principal, dict) else [principal]
        named = [named] if isinstance(named, str) else named
        if statement.get("Effect") == "Allow" and (service in named or "*" in named):
            return True
    return False
