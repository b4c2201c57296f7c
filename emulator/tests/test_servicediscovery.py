"""Cloud Map: namespaces and their services."""

from __future__ import annotations

from typing import Any

import pytest
from apps import client
from conftest import Clients
from helpers import code, network


@pytest.fixture
def discovery(aws: Clients) -> Any:
    return client(aws, "servicediscovery")


def namespace(discovery: Any, vpc: str, name: str = "svc.local") -> str:
    """Id of a private namespace."""
    made = discovery.create_private_dns_namespace(Name=name, Vpc=vpc)
    operation = discovery.get_operation(OperationId=made["OperationId"])["Operation"]
    return operation["Targets"]["NAMESPACE"]


def test_a_private_namespace_has_a_zone_of_its_name(discovery: Any, aws: Clients) -> None:
    vpc, _ = network(aws("ec2"))
    place = namespace(discovery, vpc)
    namespace(discovery, vpc, "other.local")
    refused = code(discovery.create_private_dns_namespace, Name="svc.local", Vpc=vpc)
    assert refused == "ConflictingDomainExists"
    found = discovery.get_namespace(Id=place)["Namespace"]
    zone = found["Properties"]["DnsProperties"]["HostedZoneId"]
    described = aws("route53").get_hosted_zone(Id=zone)
    assert described["HostedZone"]["Name"] == "svc.local."
    assert described["VPCs"] == [{"VPCRegion": "eu-central-1", "VPCId": vpc}]
    change = {"Description": "d", "Properties": {"DnsProperties": {"SOA": {"TTL": 60}}}}
    discovery.update_private_dns_namespace(Id=place, Namespace=change)
    found = discovery.get_namespace(Id=place)["Namespace"]
    assert found["Properties"]["DnsProperties"] == {"HostedZoneId": zone, "SOA": {"TTL": 60}}
    discovery.delete_namespace(Id=place)
    assert code(aws("route53").get_hosted_zone, Id=zone) == "NoSuchHostedZone"


def test_a_service_has_awss_defaults_and_keeps_its_namespace(discovery: Any, aws: Clients) -> None:
    place = namespace(discovery, network(aws("ec2"))[0])
    dns = {"NamespaceId": place, "DnsRecords": [{"Type": "A", "TTL": 10}]}
    made = discovery.create_service(Name="app", DnsConfig=dns)["Service"]
    assert (made["Type"], made["NamespaceId"]) == ("DNS_HTTP", place)
    assert made["DnsConfig"]["RoutingPolicy"] == "MULTIVALUE"
    again = {"Name": "app", "NamespaceId": place}
    assert code(discovery.create_service, **again) == "ServiceAlreadyExists"
    nowhere = {"Name": "app", "NamespaceId": "ns-none"}
    assert code(discovery.create_service, **nowhere) == "NamespaceNotFound"
    change = {"DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": 60}]}}
    discovery.update_service(Id=made["Id"], Service=change)
    found = discovery.get_service(Id=made["Id"])["Service"]["DnsConfig"]
    assert found == dns | change["DnsConfig"] | {"RoutingPolicy": "MULTIVALUE"}
    assert code(discovery.delete_namespace, Id=place) == "ResourceInUse"
    discovery.register_instance(ServiceId=made["Id"], InstanceId="i", Attributes={"a": "b"})
    assert code(discovery.delete_service, Id=made["Id"]) == "ResourceInUse"
    discovery.deregister_instance(ServiceId=made["Id"], InstanceId="i")
    discovery.delete_service(Id=made["Id"])
    assert code(discovery.delete_service, Id=made["Id"]) == "ServiceNotFound"
    discovery.delete_namespace(Id=place)


def test_lists_are_filtered(discovery: Any, aws: Clients) -> None:
    place = namespace(discovery, network(aws("ec2"))[0])
    discovery.create_http_namespace(Name="http")
    discovery.create_service(Name="app", NamespaceId=place)
    kinds = [{"Name": "TYPE", "Values": ["HTTP"]}]
    found = discovery.list_namespaces(Filters=kinds)["Namespaces"]
    assert [n["Name"] for n in found] == ["http"]
    none = [{"Name": "NAMESPACE_ID", "Values": [found[0]["Id"]]}]
    assert discovery.list_services(Filters=none)["Services"] == []
