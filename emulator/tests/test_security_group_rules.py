"""Security group rules that name another group."""

from __future__ import annotations

from typing import Any

from conftest import Clients


def rule_between_two_groups(ec2: Any, **rule: object) -> dict[str, Any]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ids = [
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("nodes", "control-plane")
    ]
    pair = {"GroupId": ids[1], "Description": "kubelet"}
    permission = {**rule, "UserIdGroupPairs": [pair]}
    made = ec2.authorize_security_group_ingress(GroupId=ids[0], IpPermissions=[permission])
    return made["SecurityGroupRules"][0]


def shown(ec2: Any, rule: dict[str, Any]) -> dict[str, Any]:
    ids = [rule["SecurityGroupRuleId"]]
    return ec2.describe_security_group_rules(SecurityGroupRuleIds=ids)["SecurityGroupRules"][0]


def test_a_rule_that_names_a_group_keeps_its_description(aws: Clients) -> None:
    ec2 = aws("ec2")
    rule = rule_between_two_groups(ec2, IpProtocol="tcp", FromPort=10250, ToPort=10250)
    assert rule["Description"] == "kubelet"
    assert shown(ec2, rule)["Description"] == "kubelet"


def test_a_rule_for_all_protocols_can_be_changed(aws: Clients) -> None:
    ec2 = aws("ec2")
    rule = rule_between_two_groups(ec2, IpProtocol="-1")
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
    after = shown(ec2, rule)
    assert after["Description"] == "everything"
    assert after["ReferencedGroupInfo"]["GroupId"] == change["ReferencedGroupId"]
    assert (after["IpProtocol"], after["FromPort"]) == ("-1", -1)
