"""EC2: network ACLs, IPv6, and what a VPC still holds when it is deleted."""

from __future__ import annotations

import ipaddress
from typing import Any

from conftest import Clients
from helpers import code, network


def acls(ec2: Any, vpc: str) -> dict[bool, dict[str, Any]]:
    """The default ACL under True, another under False."""
    found = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]
    return {acl["IsDefault"]: acl for acl in found}


def members(acl: dict[str, Any]) -> set[str]:
    return {association["SubnetId"] for association in acl["Associations"]}


def move(ec2: Any, vpc: str, acl: str) -> None:
    """All subnets of the default ACL into another."""
    for association in acls(ec2, vpc)[True]["Associations"]:
        ec2.replace_network_acl_association(
            AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
        )


def entry(acl: str, number: int, *, egress: bool = False) -> dict[str, Any]:
    return {"NetworkAclId": acl, "RuleNumber": number, "Egress": egress}


def dual(ec2: Any) -> tuple[str, ipaddress.IPv6Network]:
    """A VPC with IPv6 and its range."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    found = ec2.describe_vpcs(VpcIds=[vpc["VpcId"]])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    return vpc["VpcId"], ipaddress.IPv6Network(found[0]["Ipv6CidrBlock"])


def test_an_acl_refuses_what_it_does_not_allow(aws: Clients) -> None:
    ec2 = aws("ec2")
    vpc, _ = network(ec2)
    made = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    entries = acls(ec2, vpc)[False]["Entries"]
    assert {(e["RuleNumber"], e["RuleAction"], e["Egress"]) for e in entries} == {
        (32767, "deny", True),
        (32767, "deny", False),
    }
    assert code(ec2.delete_network_acl_entry, **entry(made, 7)) == "InvalidNetworkAclEntry.NotFound"


def test_a_deleted_subnet_leaves_its_acl(aws: Clients) -> None:
    ec2 = aws("ec2")
    vpc, (one, two) = network(ec2)
    made = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    move(ec2, vpc, made)
    both = acls(ec2, vpc)
    assert members(both[True]) == set() and members(both[False]) == {one, two}
    ec2.delete_subnet(SubnetId=one)
    assert members(acls(ec2, vpc)[False]) == {two}
    assert code(ec2.delete_network_acl, NetworkAclId=made) == "DependencyViolation"
    ec2.delete_subnet(SubnetId=two)
    assert code(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.delete_network_acl(NetworkAclId=made)
    assert code(ec2.describe_network_acls, NetworkAclIds=[made]) == "InvalidNetworkAclID.NotFound"


def test_the_default_acl_goes_with_its_vpc_and_not_before(aws: Clients) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    default = acls(ec2, vpc)[True]["NetworkAclId"]
    assert code(ec2.delete_network_acl, NetworkAclId=default) == "InvalidParameterValue"
    ec2.delete_vpc(VpcId=vpc)
    missing = code(ec2.describe_network_acls, NetworkAclIds=[default])
    assert missing == "InvalidNetworkAclID.NotFound"


def test_a_subnet_takes_a_64_of_the_range_of_its_vpc(aws: Clients) -> None:
    ec2 = aws("ec2")
    vpc, block = dual(ec2)
    first, second = list(block.subnets(new_prefix=64))[:2]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", Ipv6CidrBlock=str(first))
    shown = made["Subnet"]["Ipv6CidrBlockAssociationSet"]
    assert [one["Ipv6CidrBlock"] for one in shown] == [str(first)]
    assert shown[0]["Ipv6CidrBlockState"] == {"State": "associated"}
    beside = {"VpcId": vpc, "CidrBlock": "10.0.1.0/24"}
    for refused, reason in (
        (str(first), "InvalidSubnet.Conflict"),
        (str(block), "InvalidSubnet.Range"),
        ("2001:db8::/64", "InvalidSubnet.Range"),
    ):
        assert code(ec2.create_subnet, **beside, Ipv6CidrBlock=refused) == reason
    later = ec2.create_subnet(**beside)["Subnet"]["SubnetId"]
    added = ec2.associate_subnet_cidr_block(SubnetId=later, Ipv6CidrBlock=str(second))
    name = added["Ipv6CidrBlockAssociation"]["AssociationId"]
    for key, value in (("association-id", name), ("ipv6-cidr-block", str(second))):
        wanted = {"Name": f"ipv6-cidr-block-association.{key}", "Values": [value]}
        found = ec2.describe_subnets(Filters=[wanted])["Subnets"]
        assert [subnet["SubnetId"] for subnet in found] == [later]
    again = code(ec2.associate_subnet_cidr_block, SubnetId=later, Ipv6CidrBlock=str(second))
    assert again == "SubnetAlreadyHasIpv6CidrBlock"


def test_a_range_that_a_subnet_uses_stays(aws: Clients) -> None:
    ec2 = aws("ec2")
    vpc, block = dual(ec2)
    first = str(next(block.subnets(new_prefix=64)))
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", Ipv6CidrBlock=first)
    shown = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]
    refused = code(ec2.disassociate_vpc_cidr_block, AssociationId=shown["AssociationId"])
    assert refused == "DependencyViolation"


def test_a_vpc_with_an_egress_only_gateway_stays(aws: Clients) -> None:
    ec2 = aws("ec2")
    vpc, _ = dual(ec2)
    made = ec2.create_egress_only_internet_gateway(VpcId=vpc)["EgressOnlyInternetGateway"]
    assert code(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    name = made["EgressOnlyInternetGatewayId"]
    ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=name)
    ec2.delete_vpc(VpcId=vpc)
