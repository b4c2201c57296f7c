"""IPv6 in a VPC: subnets take a /64 of its range, each another one.

moto takes any range for a subnet, and shows its state as the text of a dictionary, so that the
provider doesn't see that it is there. Source: Amazon VPC user guide, "Subnet CIDR blocks" and
"IPv6 VPC CIDR blocks".
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import (
    DependencyViolationError,
    EC2ClientError,
    InvalidSubnetConflictError,
    InvalidSubnetRangeError,
)
from moto.ec2.models import EC2Backend
from moto.ec2.models.subnets import Subnet

from terrane_emulator.corrections.replacing import replaces

_SUBNET = 64


def _associations(subnet: Any) -> list[dict[str, Any]]:
    return [
        {
            "ipv6CidrBlock": association["ipv6CidrBlock"],
            "associationId": association["associationId"],
            "ipv6CidrBlockState": {"state": association["ipv6CidrBlockState"]["State"]},
        }
        for association in subnet.ipv6_cidr_block_associations.values()
        if association["ipv6CidrBlockState"]["State"] == "associated"
    ]


Subnet.ipv6_cidr_block_association_set = property(_associations)


# By which the provider waits for a range that it has associated.
_FILTERS = {
    "ipv6-cidr-block-association.association-id": lambda one: one["associationId"],
    "ipv6-cidr-block-association.ipv6-cidr-block": lambda one: one["ipv6CidrBlock"],
    "ipv6-cidr-block-association.state": lambda one: one["ipv6CidrBlockState"]["state"],
}


@replaces(Subnet, "get_filter_value")
def _get_filter_value(
    original: Any, subnet: Any, filter_name: str, method_name: str | None = None
) -> Any:
    if filter_name in _FILTERS:
        return [_FILTERS[filter_name](one) for one in _associations(subnet)]
    return original(subnet, filter_name, method_name)


@replaces(EC2Backend, "create_subnet")
def _create_subnet(
    original: Any,
    backend: Any,
    vpc_id: str,
    cidr_block: str,
    ipv6_cidr_block: str | None = None,
    *args: Any,
    **kw: Any,
) -> Any:
    if ipv6_cidr_block:
        _check(backend, vpc_id, ipv6_cidr_block)
    return original(backend, vpc_id, cidr_block, ipv6_cidr_block, *args, **kw)


@replaces(EC2Backend, "associate_subnet_cidr_block")
def _associate_subnet_cidr_block(
    original: Any, backend: Any, subnet_id: str, ipv6_cidr_block: str
) -> Any:
    subnet = backend.get_subnet(subnet_id)
    if subnet.ipv6_cidr_block_association_set:
        raise EC2ClientError(
            "SubnetAlreadyHasIpv6CidrBlock",
            f"The subnet {subnet_id} already has an IPv6 CIDR block associated",
        )
    _check(backend, subnet.vpc_id, ipv6_cidr_block)
    return original(backend, subnet_id, ipv6_cidr_block)


@replaces(EC2Backend, "disassociate_vpc_cidr_block")
def _disassociate_vpc_cidr_block(original: Any, backend: Any, association_id: str) -> Any:
    for vpc in backend.vpcs.values():
        found = vpc._cidr_block_association_set.get(association_id)
        if found and ":" in found["cidr_block"]:
            block = ipaddress.ip_network(found["cidr_block"])
            if any(used.subnet_of(block) for used in _used(backend, vpc.id)):
                raise DependencyViolationError(
                    f"The CIDR block {block} of {vpc.id} is in use by a subnet."
                )
    return original(backend, association_id)


def _used(backend: Any, vpc_id: str) -> Iterator[Any]:
    for subnet in backend.describe_subnets(filters={"vpc-id": vpc_id}):
        for association in subnet.ipv6_cidr_block_association_set:
            yield ipaddress.ip_network(association["ipv6CidrBlock"])


def _check(backend: Any, vpc_id: str, text: str) -> None:
    try:
        block = ipaddress.IPv6Network(text)
    except ValueError:
        raise InvalidSubnetRangeError(text) from None
    ranges = (
        ipaddress.ip_network(one["cidr_block"])
        for one in backend.get_vpc(vpc_id).get_cidr_block_association_set(ipv6=True)
        if one["cidr_block_state"]["state"] == "associated"
    )
    if block.prefixlen != _SUBNET or not any(block.subnet_of(one) for one in ranges):
        raise InvalidSubnetRangeError(text)
    if any(block.overlaps(used) for used in _used(backend, vpc_id)):
        raise InvalidSubnetConflictError(text)
