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
    found = ec2.describe_security_group_rules(SecurityGroupRuleIds=[identity])["SecurityGroupRules"]
    assert found[0]["Description"] == "Load balancer"
    assert found[0]["ReferencedGroupInfo"]["GroupId"] == two
    pair["Description"] = "The same rule under another description"
    refused = code(authorize, GroupId=one, IpPermissions=[rule])
    assert refused == "InvalidPermission.Duplicate"
