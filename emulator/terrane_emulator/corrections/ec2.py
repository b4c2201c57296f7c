"""EC2: what belongs to a NAT gateway goes with it, and what is in use stays.

AWS answers DependencyViolation while something inside still exists; moto deletes, and
would let a clean-up pass that fails on AWS.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend

from terrane_emulator.corrections.replacing import replaces


@replaces(EC2Backend, "delete_nat_gateway")
def _delete_nat_gateway(original: Any, backend: Any, nat_gateway_id: str) -> Any:
    nat = original(backend, nat_gateway_id)
    for address in backend.addresses:
        if address.eni is nat._eni:
            backend.disassociate_address(association_id=address.association_id)
    backend.enis.pop(nat._eni.id, None)
    return nat


@replaces(EC2Backend, "delete_subnet")
def _delete_subnet(original: Any, backend: Any, subnet_id: str) -> Any:
    if any(eni.subnet.id == subnet_id for eni in backend.enis.values()):
        raise _in_use("subnet", subnet_id)
    return original(backend, subnet_id)


@replaces(EC2Backend, "delete_vpc")
def _delete_vpc(original: Any, backend: Any, vpc_id: str) -> Any:
    endpoints = (e for e in backend.vpc_end_points.values() if e.state != "deleted")
    if (
        any(g.vpc and g.vpc.id == vpc_id for g in backend.internet_gateways.values())
        or any(g.name != "default" for g in backend.groups.get(vpc_id, {}).values())
        or any(e.vpc_id == vpc_id for e in endpoints)
        or any(a.vpc_id == vpc_id and not a.default for a in backend.network_acls.values())
        or any(g.vpc_id == vpc_id for g in backend.egress_only_internet_gateways.values())
    ):
        raise _in_use("vpc", vpc_id)
    return original(backend, vpc_id)


@replaces(EC2Backend, "detach_internet_gateway")
def _detach_internet_gateway(original: Any, backend: Any, gateway_id: str, vpc_id: str) -> Any:
    if any(a.eni and a.eni.subnet.vpc_id == vpc_id for a in backend.addresses):
        raise DependencyViolationError(
            f"Network {vpc_id} has some mapped public address(es). "
            "Please unmap those public address(es) before detaching the gateway."
        )
    return original(backend, gateway_id, vpc_id)


def _in_use(kind: str, name: str) -> DependencyViolationError:
    return DependencyViolationError(f"The {kind} '{name}' has dependencies and cannot be deleted.")
