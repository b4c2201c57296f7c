"""Route 53: zones in a VPC are private, and a change of records is all or nothing.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
"""

from __future__ import annotations

import copy
from typing import Any

from moto.ec2.models import ec2_backends
from moto.route53.exceptions import (
    DnsNameInvalidForZone,
    InvalidActionValue,
    InvalidVPCId,
)
from moto.route53.models import FakeZone, RecordSet, Route53Backend
from moto.route53.responses import Route53
from moto.route53.utils import validate_domain_name

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused


@replaces(Route53, "create_hosted_zone")
def _create_hosted_zone(original: Any, response: Route53) -> Any:
    response.params["Name"] = response.params["Name"].lower()
    # AWS takes a zone that is created with a VPC for private; moto wants to be told.
    if vpc := response._get_param("VPC"):
        region = ec2_backends[response.current_account][vpc["VPCRegion"]]
        if vpc["VPCId"] not in region.vpcs:
            raise InvalidVPCId
        response.params.setdefault("HostedZoneConfig", {})["PrivateZone"] = True
    return original(response)


@replaces(Route53Backend, "delete_hosted_zone")
def _delete_hosted_zone(original: Any, backend: Route53Backend, id_: str) -> Any:
    zone = original(backend, id_)
    backend.resource_tags.pop(zone.resource_id, None)
    return zone


@replaces(Route53Backend, "change_resource_record_sets")
def _change(_: Any, backend: Route53Backend, zoneid: str, change_list: list[Any]) -> None:
    """Apply a batch. moto keeps a journal of requests in place of looking at the records:
    it lets a record be deleted twice, and created twice with different values."""
    zone = backend.get_hosted_zone(zoneid)
    records = list(zone.rrsets)
    for change in change_list:
        action, wanted = change["Action"], _read(change["ResourceRecordSet"], zone)
        twin = next((r for r in records if _identity(r) == _identity(wanted)), None)
        what = f"[name='{wanted.name}', type='{wanted.type}']"
        if action == "CREATE" and twin is not None:
            raise _refuse(f"Tried to create resource record set {what} but it already exists")
        if action == "DELETE" and twin is None:
            raise _refuse(f"Tried to delete resource record set {what} but it was not found")
        if action == "DELETE" and _content(twin) != _content(wanted):
            raise _refuse(
                f"Tried to delete resource record set {what} but the values provided do not "
                "match the current values"
            )
        if action == "DELETE" and wanted.name == zone.name and wanted.type in ("NS", "SOA"):
            raise _refuse(f"A HostedZone must contain the {wanted.type} record of its own name")
        if wanted.type == "CNAME" and action != "DELETE":
            _ensure_alone(wanted, records)
        records = [r for r in records if r is not twin]
        if action != "DELETE":
            records.append(wanted)
    zone.rrsets = records


def _read(given: dict[str, Any], zone: FakeZone) -> RecordSet:
    """The record of a request, under its full name."""
    validate_domain_name(given["Name"], code="InvalidChangeBatch")
    record_set = copy.deepcopy(given)
    name = record_set["Name"].rstrip(".").lower()
    domain = zone.name.rstrip(".")
    if name != domain and not name.endswith(f".{domain}"):
        raise DnsNameInvalidForZone(name=given["Name"], zone_name=zone.name)
    record_set["Name"] = name + "."
    values = [r["Value"] for r in record_set.get("ResourceRecords") or ()]
    record_set["ResourceRecords"] = values
    alias = record_set.get("AliasTarget")
    if bool(alias) == bool(values) or (values and record_set.get("TTL") is None):
        raise Refused(
            "InvalidInput",
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and "
            f"ResourceRecords]] in Change with [Name={name}, Type={record_set['Type']}]",
        )
    if alias and not alias["DNSName"].endswith("."):
        alias["DNSName"] += "."
    return RecordSet(record_set)


def _identity(record: RecordSet) -> tuple[Any, ...]:
    return record.name.lower(), record.type, record.set_identifier


def _content(record: RecordSet) -> tuple[Any, ...]:
    """What must be repeated to delete a record."""
    alias = record.alias_target or {}
    return (
        int(record.ttl or 0),
        sorted(_value(r) for r in record.records or ()),
        alias.get("DNSName", "").rstrip(".").lower(),
        alias.get("HostedZoneId"),
        str(record.weight),
    )


def _value(record: Any) -> str:
    return record["Value"] if isinstance(record, dict) else record


def _ensure_alone(wanted: RecordSet, records: list[RecordSet]) -> None:
    """A name with a CNAME has no other records."""
    others = {r.type for r in records if r.name.lower() == wanted.name and r.type != "CNAME"}
    if others:
        raise _refuse(
            f"RRSet of type CNAME with DNS name {wanted.name} is not permitted as it conflicts "
            f"with other records with the same DNS name"
        )


def _refuse(message: str) -> Refused:
    return Refused("InvalidChangeBatch", f"[{message}]")


@replaces(Route53, "change_resource_record_sets")
def _known_actions(original: Any, response: Route53) -> Any:
    for change in response._get_param("ChangeBatch.Changes"):
        if change["Action"] not in ("CREATE", "UPSERT", "DELETE"):
            raise InvalidActionValue(change["Action"])
    return original(response)
