"""EC2: rules of security groups."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients
from helpers import code


def groups(ec2: Any) -> tuple[str, str]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    one, two = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("one", "two")
    )
    return one, two


def shown(ec2: Any, identity: str) -> dict[str, Any]:
    found = ec2.describe_security_group_rules(SecurityGroupRuleIds=[identity])
    return found["SecurityGroupRules"][0]


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_about_a_group_keeps_its_description(aws: Clients, direction: str) -> None:
    ec2 = aws("ec2")
    one, two = groups(ec2)
    pair = {"GroupId": two, "Description": "Load balancer"}
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [pair]}
    authorize = getattr(ec2, f"authorize_security_group_{direction}")
    made = authorize(GroupId=one, IpPermissions=[rule])["SecurityGroupRules"]
    assert [r["Description"] for r in made] == ["Load balancer"]
    identity = made[0]["SecurityGroupRuleId"]
    found = shown(ec2, identity)
    assert found["Description"] == "Load balancer"
    assert found["ReferencedGroupInfo"]["GroupId"] == two
    pair["Description"] = "The same rule under another description"
    refused = code(authorize, GroupId=one, IpPermissions=[rule])
    assert refused == "InvalidPermission.Duplicate"


def test_a_rule_for_all_protocols_can_be_changed(aws: Clients) -> None:
    ec2 = aws("ec2")
    one, two = groups(ec2)
    pair = {"GroupId": two, "Description": "nodes"}
    permission = {"IpProtocol": "-1", "UserIdGroupPairs": [pair]}
    made = ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=[permission])
    rule = made["SecurityGroupRules"][0]
    change = {
        "IpProtocol": "-1",
        "ReferencedGroupId": rule["ReferencedGroupInfo"]["GroupId"],
        "Description": "everything",
    }
    ec2.modify_security_group_rules(
        GroupId=rule["GroupId"],
        SecurityGroupRules=[
            {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": change}
        ],
    )
    after = shown(ec2, rule["SecurityGroupRuleId"])
    assert after["Description"] == "everything"
    assert after["ReferencedGroupInfo"]["GroupId"] == change["ReferencedGroupId"]
    assert (after["IpProtocol"], after["FromPort"]) == ("-1", -1)
