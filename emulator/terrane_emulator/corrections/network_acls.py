"""Network ACLs: what AWS puts into each, and who is in it.

moto leaves deleted subnets in their ACL, so that a plan after one is gone wants to take it out; it
lets the default ACL be deleted, answers with the error of another service where one is missing,
and breaks where an entry is.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidNetworkAclIdError
from moto.ec2.models import EC2Backend

from terrane_emulator.corrections.replacing import replaces

# Refuses what no other entry allows. AWS shows it in each list of entries, as `*` in its console.
_LAST = 32767


@replaces(EC2Backend, "create_network_acl")
def _create_network_acl(original: Any, backend: Any, vpc_id: str, *args: Any, **kw: Any) -> Any:
    acl = original(backend, vpc_id, *args, **kw)
    if not acl.default:
        for egress in (True, False):
            backend.create_network_acl_entry(
                network_acl_id=acl.id,
                rule_number=_LAST,
                protocol="-1",
                rule_action="deny",
                egress=egress,
                cidr_block="0.0.0.0/0",
                icmp_code=None,
                icmp_type=None,
                port_range_from=None,
                port_range_to=None,
                ipv6_cidr_block=None,
            )
    return acl


@replaces(EC2Backend, "delete_network_acl")
def _delete_network_acl(original: Any, backend: Any, network_acl_id: str) -> Any:
    if backend.get_network_acl(network_acl_id).default:
        raise EC2ClientError(
            "InvalidParameterValue", f"cannot delete default network ACL {network_acl_id}"
        )
    return original(backend, network_acl_id)


@replaces(EC2Backend, "delete_network_acl_entry")
def _delete_network_acl_entry(
    original: Any, backend: Any, network_acl_id: str, rule_number: int, egress: bool
) -> Any:
    entries = backend.get_network_acl(network_acl_id).network_acl_entries
    if not any(e.egress == egress and e.rule_number == rule_number for e in entries):
        kind = "egress" if egress else "ingress"
        raise EC2ClientError(
            "InvalidNetworkAclEntry.NotFound",
            f"The {kind} entry {rule_number} does not exist in {network_acl_id}",
        )
    return original(backend, network_acl_id, rule_number, egress)


@replaces(EC2Backend, "describe_network_acls")
def _describe_network_acls(
    original: Any, backend: Any, network_acl_ids: Any = None, filters: Any = None
) -> Any:
    for name in network_acl_ids or ():
        if name not in backend.network_acls:
            raise InvalidNetworkAclIdError(name)
    return original(backend, network_acl_ids, filters)


@replaces(EC2Backend, "delete_subnet")
def _delete_subnet(original: Any, backend: Any, subnet_id: str) -> Any:
    subnet = original(backend, subnet_id)
    for acl in backend.network_acls.values():
        for name, association in list(acl._associations.items()):
            if association.subnet_id == subnet_id:
                del acl._associations[name]
    return subnet


@replaces(EC2Backend, "delete_vpc")
def _delete_vpc(original: Any, backend: Any, vpc_id: str) -> Any:
    vpc = original(backend, vpc_id)
    for acl in [a for a in backend.network_acls.values() if a.vpc_id == vpc_id and a.default]:
        del backend.network_acls[acl.id]
    return vpc
