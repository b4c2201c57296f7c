"""Route 53 and ACM: records are what they are, and certificates wait for theirs."""

from __future__ import annotations

from typing import Any

from apps import change, client, publish_proof, zone
from conftest import Clients
from helpers import code, network


def records(route53: Any, zone_id: str, kind: str = "CNAME") -> list[dict[str, Any]]:
    found = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return [record for record in found if record["Type"] == kind]


def test_a_record_is_created_once_and_deleted_once(aws: Clients) -> None:
    route53 = aws("route53")
    place = zone(route53)
    name = "a.example.com"
    change(route53, place, "CREATE", name)
    refused = "InvalidChangeBatch"
    twice = {"HostedZoneId": place}

    def batch(action: str, value: str) -> dict[str, Any]:
        record = {"Name": name, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]}
        return twice | {
            "ChangeBatch": {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        }

    call = route53.change_resource_record_sets
    assert code(call, **batch("CREATE", "other.example.com")) == refused
    assert code(call, **batch("DELETE", "other.example.com")) == refused
    change(route53, place, "UPSERT", name, values=["other.example.com"])
    assert records(route53, place)[0]["ResourceRecords"] == [{"Value": "other.example.com"}]
    assert code(route53.delete_hosted_zone, Id=place) == "HostedZoneNotEmpty"
    change(route53, place, "DELETE", name, values=["other.example.com"])
    assert code(call, **batch("DELETE", "other.example.com")) == refused
    route53.delete_hosted_zone(Id=place)
    assert route53.list_hosted_zones()["HostedZones"] == []


def test_a_batch_is_all_or_nothing(aws: Clients) -> None:
    route53 = aws("route53")
    place = zone(route53)
    good, bad = (
        {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
        for name in ("a.example.com", "a.example.org")
    )
    changes = [{"Action": "CREATE", "ResourceRecordSet": r} for r in (good, bad)]
    refused = code(
        route53.change_resource_record_sets, HostedZoneId=place, ChangeBatch={"Changes": changes}
    )
    assert refused == "InvalidChangeBatch"
    assert records(route53, place, "A") == []


def test_weighted_records_with_equal_identifiers_are_apart(aws: Clients) -> None:
    route53 = aws("route53")
    place = zone(route53)
    for name in ("a.example.com", "b.example.com"):
        change(route53, place, "CREATE", name, SetIdentifier="one", Weight=1)
    change(route53, place, "DELETE", "a.example.com", SetIdentifier="one", Weight=1)
    assert [r["Name"] for r in records(route53, place)] == ["b.example.com."]


def test_a_zone_with_a_vpc_is_private(aws: Clients) -> None:
    route53 = aws("route53")
    vpc, _ = network(aws("ec2"))
    place = {"VPCRegion": "eu-central-1", "VPCId": vpc}
    found = route53.get_hosted_zone(Id=zone(route53, VPC=place))
    assert found["HostedZone"]["Config"]["PrivateZone"] is True
    assert found["VPCs"] == [place]
    wrong = {"VPC": place | {"VPCId": "vpc-0"}, "CallerReference": "x"}
    assert code(route53.create_hosted_zone, Name="x.test", **wrong) == "InvalidVPCId"


def test_a_certificate_is_issued_when_its_records_exist(aws: Clients) -> None:
    acm, route53 = client(aws, "acm"), aws("route53")
    names = ["*.example.com", "api.example.com"]
    arn = acm.request_certificate(
        DomainName="example.com",
        SubjectAlternativeNames=names,
        ValidationMethod="DNS",
        KeyAlgorithm="EC_prime256v1",
    )["CertificateArn"]

    def described() -> dict[str, Any]:
        return acm.describe_certificate(CertificateArn=arn)["Certificate"]

    found = described()
    assert (found["Status"], found["KeyAlgorithm"]) == ("PENDING_VALIDATION", "EC_prime256v1")
    assert "NotAfter" not in found
    options = {o["DomainName"]: o["ResourceRecord"] for o in found["DomainValidationOptions"]}
    assert options["example.com"] == options["*.example.com"] != options["api.example.com"]
    vpc, _ = network(aws("ec2"))
    private = zone(route53, VPC={"VPCRegion": "eu-central-1", "VPCId": vpc})
    publish_proof(aws, arn, private)
    assert described()["Status"] == "PENDING_VALIDATION"
    publish_proof(aws, arn, zone(route53, "EXAMPLE.com"))
    found = described()
    assert found["Status"] == "ISSUED"
    assert {o["ValidationStatus"] for o in found["DomainValidationOptions"]} == {"SUCCESS"}
    assert found["SubjectAlternativeNames"] == ["example.com", *names]
