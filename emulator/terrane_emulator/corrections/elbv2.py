"""Load balancers: what AWS refuses, what it answers for settings that nobody made, and the
network interfaces that keep subnets and security groups in use.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer
from moto.s3.models import s3_backends

from terrane_emulator.corrections import elbv2_defaults as defaults
from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused
from terrane_emulator.faults import Holdable

_NAME = re.compile(r"(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)")
_LOGS = ("access_logs", "connection_logs", "health_check_logs")


def _state(balancer: FakeLoadBalancer) -> dict[str, str]:
    return {"Code": "provisioning" if balancer.holdable.is_held else balancer.state}


FakeLoadBalancer.load_balancer_state = property(_state)


@replaces(ELBv2Backend, "create_load_balancer")
def _create(original: Any, backend: ELBv2Backend, name: str, **kwargs: Any) -> FakeLoadBalancer:
    if not _NAME.fullmatch(name):
        raise Refused("ValidationError", f"The load balancer name '{name}' is not valid")
    if any(b.name == name for b in backend.load_balancers.values()):
        raise Refused(
            "DuplicateLoadBalancerName", "A load balancer with the specified name already exists"
        )
    kwargs["scheme"] = kwargs.get("scheme") or "internet-facing"
    kwargs["loadbalancer_type"] = kwargs.get("loadbalancer_type") or "application"
    balancer = original(backend, name, **kwargs)
    try:
        _complete(backend, balancer)
    except Refused:
        del backend.load_balancers[balancer.arn]
        raise
    return balancer


def _complete(backend: ELBv2Backend, balancer: FakeLoadBalancer) -> None:
    zones = {subnet.availability_zone for subnet in balancer.subnets}
    if balancer.type == "application":
        balancer.attrs = dict(defaults.LOAD_BALANCER)
        if len(zones) < 2:
            raise Refused(
                "ValidationError",
                "At least two subnets in two different Availability Zones must be specified",
            )
        if not balancer.security_groups:
            group = backend.ec2_backend.get_default_security_group(balancer.vpc_id)
            balancer.security_groups = [group.id]
    if len(zones) < len(balancer.subnets):
        raise Refused(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    for group in balancer.security_groups:
        if backend.ec2_backend.get_security_group_from_id(group) is None:
            raise Refused("InvalidSecurityGroup", f"Security group '{group}' does not exist")
    _ensure_way_out(backend, balancer)
    balancer.holdable = Holdable("elbv2:load-balancer")
    balancer.state = "active"
    balancer.canonical_hosted_zone_id = defaults.HOSTED_ZONES.get(
        backend.region_name, balancer.canonical_hosted_zone_id
    )
    number = int(balancer.arn.rpartition("/")[2][:8], 16)
    prefix = "internal-" if balancer.scheme == "internal" else ""
    balancer.dns_name = f"{prefix}{balancer.name}-{number}.{backend.region_name}.elb.amazonaws.com"
    _attach(backend, balancer)


def _ensure_way_out(backend: ELBv2Backend, balancer: FakeLoadBalancer) -> None:
    """AWS: a load balancer that faces the internet needs a VPC with a gateway to it."""
    vpc = backend.ec2_backend.vpcs[balancer.vpc_id]
    gateways = backend.ec2_backend.internet_gateways.values()
    attached = any(g.vpc and g.vpc.id == vpc.id for g in gateways)
    if balancer.scheme == "internet-facing" and not attached and not vpc.is_default:
        raise Refused("InvalidSubnet", f"VPC {vpc.id} has no internet gateway")


def _attach(backend: ELBv2Backend, balancer: FakeLoadBalancer) -> None:
    """One interface in each subnet; the provider waits for them to go, by their description."""
    _detach(backend, balancer)
    for subnet in balancer.subnets:
        interface = backend.ec2_backend.create_network_interface(
            subnet,
            None,
            group_ids=balancer.security_groups,
            description="ELB " + balancer.arn.partition("loadbalancer/")[2],
        )
        interface.status = "in-use"
        interface.requester_managed = True
        interface.requester_id = "amazon-elb"


def _detach(backend: ELBv2Backend, balancer: FakeLoadBalancer) -> None:
    description = "ELB " + balancer.arn.partition("loadbalancer/")[2]
    interfaces = ec2_backends[backend.account_id][backend.region_name].enis
    for name in [i.id for i in interfaces.values() if i.description == description]:
        del interfaces[name]


@replaces(ELBv2Backend, "set_subnets")
def _set_subnets(original: Any, backend: ELBv2Backend, arn: str, *args: Any) -> Any:
    answer = original(backend, arn, *args)
    _attach(backend, backend.load_balancers[arn])
    return answer


@replaces(ELBv2Backend, "set_security_groups")
def _set_security_groups(original: Any, backend: ELBv2Backend, arn: str, groups: Any) -> None:
    original(backend, arn, groups)
    _attach(backend, backend.load_balancers[arn])


@replaces(ELBv2Backend, "describe_load_balancers")
def _describe(
    _: Any, backend: ELBv2Backend, arns: list[str] | None, names: list[str] | None
) -> list[FakeLoadBalancer]:
    """Each one that was asked for must exist; moto answers with the one before instead."""
    every = list(backend.load_balancers.values())
    wanted = [*(arns or ()), *(names or ())]
    known = {key for balancer in every for key in (balancer.arn, balancer.name)}
    if missing := [key for key in wanted if key not in known]:
        raise Refused("LoadBalancerNotFound", f"Load balancers '{missing}' not found")
    return [b for b in every if not wanted or b.arn in wanted or b.name in wanted]


@replaces(ELBv2Backend, "delete_load_balancer")
def _delete(original: Any, backend: ELBv2Backend, arn: str) -> None:
    balancer = backend.load_balancers.get(arn)
    if balancer is None:
        return
    if balancer.attrs.get("deletion_protection.enabled") == "true":
        raise Refused(
            "OperationNotPermitted",
            f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
        )
    for listener in list(balancer.listeners):
        backend.delete_listener(listener)
    _detach(backend, balancer)
    original(backend, arn)
    backend.tagging_service.delete_all_tags_for_resource(arn)


@replaces(ELBv2Backend, "modify_load_balancer_attributes")
def _modify_attributes(
    original: Any, backend: ELBv2Backend, arn: str, attrs: dict[str, Any]
) -> Any:
    balancer = backend.load_balancers.get(arn)
    if balancer is not None:
        if balancer.type == "application":
            for key in set(attrs) - set(defaults.LOAD_BALANCER):
                raise Refused(
                    "ValidationError", f"Load balancer attribute key '{key}' is not recognized"
                )
        wanted = balancer.attrs | attrs
        for kind in _LOGS:
            if wanted.get(f"{kind}.s3.enabled") == "true":
                _ensure_writable(wanted[f"{kind}.s3.bucket"])
    return original(backend, arn, attrs)


def _ensure_writable(bucket: str) -> None:
    """AWS tries to write an object when logs are switched on.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    partition, account = s3_backends.bucket_accounts.get(bucket, (None, None))
    if account is None:
        raise Refused("InvalidConfigurationRequest", f"S3Bucket: {bucket} doesn't exist.")
    policy = s3_backends[account][partition].buckets[bucket].policy
    statements = json.loads(policy)["Statement"] if policy else []
    statements = [statements] if isinstance(statements, dict) else statements
    if not any(s["Effect"] == "Allow" and _lets_elb_write(s) for s in statements):
        raise Refused(
            "InvalidConfigurationRequest",
            f"Access Denied for bucket: {bucket}. Please check S3bucket permission",
        )


def _lets_elb_write(statement: dict[str, Any]) -> bool:
    actions = statement.get("Action", [])
    actions = [actions] if isinstance(actions, str) else actions
    principal = statement.get("Principal", {})
    # A service principal, or one of the accounts that AWS keeps for this in older regions.
    known = (
        principal == "*"
        or "AWS" in principal
        or ("logdelivery.elasticloadbalancing.amazonaws.com" in str(principal.get("Service")))
    )
    return known and bool({"s3:PutObject", "s3:*", "*"} & set(actions))


@replaces(ELBv2Backend, "add_tags")
def _add_tags(_: Any, backend: ELBv2Backend, resource_arns: Any, tags: Any) -> None:
    """moto stops at ten tags; AWS at fifty, which `corrections.tagging` counts."""
    for arn in resource_arns:
        backend._get_resource_by_arn(arn)
        backend.tagging_service.tag_resource(arn, tags)
