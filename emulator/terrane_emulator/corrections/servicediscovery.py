"""Cloud Map: namespaces with a zone of their own, and what is in use stays.

https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html
https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html
"""

from __future__ import annotations

import json
from typing import Any

from moto.route53.models import route53_backends
from moto.servicediscovery.models import Namespace, ServiceDiscoveryBackend
from moto.servicediscovery.responses import ServiceDiscoveryResponse
from moto.utilities.utils import get_partition

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

Backend = ServiceDiscoveryBackend


@replaces(Namespace, "to_json")
def _describe_namespace(original: Any, namespace: Namespace) -> dict[str, Any]:
    """Every namespace can be asked over HTTP; a time of change AWS doesn't tell."""
    answer = original(namespace)
    answer["Properties"]["HttpProperties"] = {"HttpName": namespace.name}
    return {member: value for member, value in answer.items() if member != "UpdateDate"}


def _zones(backend: Backend) -> Any:
    return route53_backends[backend.account_id][get_partition(backend.region_name)]


@replaces(Backend, "create_private_dns_namespace")
def _create_private(original: Any, backend: Backend, name: str, vpc: str, **more: Any) -> str:
    """Two namespaces may share a VPC unless they share the name; moto allows one per VPC."""
    for other in backend.namespaces.values():
        if (other.name, other.vpc) == (name, vpc):
            raise Refused(
                "ConflictingDomainExists",
                f"The VPC {vpc} has already been associated with the hosted zone of {name}",
            )
    vpcs = {n.id: n.vpc for n in backend.namespaces.values()}
    for namespace in backend.namespaces.values():
        namespace.vpc = None
    try:
        operation = original(backend, name=name, vpc=vpc, **more)
    finally:
        for key, value in vpcs.items():
            backend.namespaces[key].vpc = value
    _name_zone(backend, backend.operations[operation].targets["NAMESPACE"])
    return operation


@replaces(Backend, "create_public_dns_namespace")
def _create_public(original: Any, backend: Backend, **given: Any) -> str:
    operation = original(backend, **given)
    _name_zone(backend, backend.operations[operation].targets["NAMESPACE"])
    return operation


def _name_zone(backend: Backend, namespace_id: str) -> None:
    """The zone has the namespace's name and VPC; moto calls it `<name>-hz`."""
    namespace = backend.namespaces[namespace_id]
    zone = _zones(backend).zones[_zone_id(namespace)]
    zone.name = f"{namespace.name}."
    for record in zone.rrsets:
        record.name = zone.name
    if namespace.vpc:
        zone.add_vpc(namespace.vpc, backend.region_name)
    namespace.dns_properties["HostedZoneId"] = zone.resource_id
    namespace.dns_properties.setdefault("SOA", {"TTL": 15})


def _zone_id(namespace: Namespace) -> str:
    return (namespace.dns_properties or {}).get("HostedZoneId", "").rpartition("/")[2]


@replaces(Backend, "update_private_dns_namespace")
def _update_private(original: Any, backend: Backend, **given: Any) -> str:
    return _update_dns(original, backend, given)


@replaces(Backend, "update_public_dns_namespace")
def _update_public(original: Any, backend: Backend, **given: Any) -> str:
    return _update_dns(original, backend, given)


def _update_dns(original: Any, backend: Backend, given: dict[str, Any]) -> str:
    """New properties leave the zone's id alone; moto forgets it."""
    if given.get("properties") is not None:
        namespace = backend.get_namespace(given["_id"])
        given["properties"] = namespace.dns_properties | given["properties"]
    return original(backend, **given)


@replaces(ServiceDiscoveryResponse, "update_http_namespace")
def _update_http(original: Any, response: ServiceDiscoveryResponse) -> str:
    return original(response).replace('"operationId"', '"OperationId"')


@replaces(Backend, "delete_namespace")
def _delete_namespace(original: Any, backend: Backend, namespace_id: str) -> str:
    namespace = backend.get_namespace(namespace_id)
    if any(s.namespace_id == namespace_id for s in backend.services.values()):
        raise Refused("ResourceInUse", f"Namespace {namespace_id} has services; delete them first")
    operation = original(backend, namespace_id)
    _zones(backend).zones.pop(_zone_id(namespace), None)
    backend.tagger.delete_all_tags_for_resource(namespace.arn)
    return operation


@replaces(Backend, "create_service")
def _create_service(original: Any, backend: Backend, **given: Any) -> Any:
    dns = given.get("dns_config")
    given["namespace_id"] = given.get("namespace_id") or (dns or {}).get("NamespaceId")
    namespace = backend.get_namespace(given["namespace_id"])
    if any(
        (s.name, s.namespace_id) == (given["name"], namespace.id) for s in backend.services.values()
    ):
        raise Refused("ServiceAlreadyExists", f"Service {given['name']} already exists")
    if dns is not None:
        if namespace.type == "HTTP":
            raise Refused("InvalidInput", "Cannot add DNS configuration in an HTTP namespace")
        dns.setdefault("RoutingPolicy", "MULTIVALUE")
        dns["NamespaceId"] = namespace.id
    kind = "HTTP" if namespace.type == "HTTP" or not dns else "DNS_HTTP"
    given["service_type"] = given.get("service_type") or kind
    return original(backend, **given)


@replaces(Backend, "update_service")
def _update_service(original: Any, backend: Backend, service_id: str, details: Any) -> str:
    service = backend.get_service(service_id)
    before = service.dns_config or {}
    operation = original(backend, service_id, details)
    if service.dns_config is not None:
        service.dns_config = before | service.dns_config
    return operation


@replaces(Backend, "delete_service")
def _delete_service(original: Any, backend: Backend, service_id: str) -> None:
    service = backend.get_service(service_id)
    if service.instances:
        raise Refused("ResourceInUse", f"Service {service_id} has registered instances")
    original(backend, service_id)
    backend.tagger.delete_all_tags_for_resource(service.arn)


@replaces(ServiceDiscoveryResponse, "list_namespaces")
def _list_namespaces(_: Any, response: ServiceDiscoveryResponse) -> str:
    namespaces = [n.to_json() for n in response.servicediscovery_backend.namespaces.values()]
    found = _filtered(response, namespaces, {"TYPE": "Type", "NAME": "Name"})
    return json.dumps({"Namespaces": _summaries(found)})


@replaces(ServiceDiscoveryResponse, "list_services")
def _list_services(_: Any, response: ServiceDiscoveryResponse) -> str:
    services = [s.to_json() for s in response.servicediscovery_backend.services.values()]
    found = _filtered(response, services, {"NAMESPACE_ID": "NamespaceId"})
    return json.dumps({"Services": _summaries(found)})


def _summaries(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    left_out = ("CreatorRequestId", "NamespaceId")
    return [{k: v for k, v in item.items() if k not in left_out} for item in items]


def _filtered(
    response: ServiceDiscoveryResponse, items: list[dict[str, Any]], members: dict[str, str]
) -> list[dict[str, Any]]:
    """What passes the filters of a request; moto ignores them."""
    for wanted in json.loads(response.body).get("Filters") or ():
        member = members.get(wanted["Name"])
        items = [i for i in items if member is None or i[member] in wanted["Values"]]
    return items
