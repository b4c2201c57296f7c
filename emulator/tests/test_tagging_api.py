"""The tagging API knows the kinds that leftovers are looked for in."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients
from helpers import network

TAG = {"Key": "terrane:environment", "Value": "env_1"}


def arns(aws: Clients, **asked: Any) -> list[str]:
    answer = aws("resourcegroupstaggingapi").get_resources(**asked)
    return [row["ResourceARN"].split(":", 5)[5] for row in answer["ResourceTagMappingList"]]


@pytest.fixture
def tagged(aws: Clients) -> None:
    rds, cache, backup = aws("rds"), aws("elasticache"), aws("backup")
    _, subnets = network(aws("ec2"))
    family = {"DBParameterGroupFamily": "aurora-postgresql17", "Description": "d", "Tags": [TAG]}
    rds.create_db_parameter_group(DBParameterGroupName="pg", **family)
    rds.create_db_cluster_parameter_group(DBClusterParameterGroupName="cpg", **family)
    rds.create_db_subnet_group(
        DBSubnetGroupName="sg", DBSubnetGroupDescription="d", SubnetIds=subnets, Tags=[TAG]
    )
    cache.create_user_group(UserGroupId="ug", Engine="redis", UserIds=["default"], Tags=[TAG])
    backup.create_backup_vault(BackupVaultName="vault")
    rules = [{"RuleName": "r", "TargetBackupVaultName": "vault"}]
    backup.create_backup_plan(
        BackupPlan={"BackupPlanName": "plan", "Rules": rules},
        BackupPlanTags={TAG["Key"]: TAG["Value"]},
    )


def test_what_is_tagged_is_found_by_tag(aws: Clients, tagged: None) -> None:
    found = arns(aws, TagFilters=[{"Key": TAG["Key"], "Values": [TAG["Value"]]}])
    assert {arn.split(":")[0] for arn in found} == {
        "backup-plan",
        "cluster-pg",
        "pg",
        "subgrp",
        "usergroup",
    }
    assert arns(aws, TagFilters=[{"Key": TAG["Key"], "Values": ["env_2"]}]) == []


def test_what_has_no_tags_is_not_listed(aws: Clients, tagged: None) -> None:
    aws("elasticache").create_user_group(UserGroupId="bare", Engine="redis", UserIds=["default"])
    assert "usergroup:bare" not in arns(aws)


def test_a_type_can_be_asked_for(aws: Clients, tagged: None) -> None:
    assert arns(aws, ResourceTypeFilters=["rds:pg"]) == ["pg:pg"]
    assert arns(aws, ResourceTypeFilters=["elasticache"]) == ["usergroup:ug"]


def test_a_registry_and_the_parts_of_a_network_are_found(aws: Clients) -> None:
    ec2, specification = aws("ec2"), {"Tags": [TAG]}
    aws("ecr").create_repository(repositoryName="api", tags=[TAG])
    vpc, _ = network(ec2)

    def tagged(kind: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, **specification}]

    ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip"))
    ec2.create_network_acl(VpcId=vpc, TagSpecifications=tagged("network-acl"))
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.eu-central-1.s3",
        TagSpecifications=tagged("vpc-endpoint"),
    )
    ec2.create_egress_only_internet_gateway(
        VpcId=vpc, TagSpecifications=tagged("egress-only-internet-gateway")
    )
    ec2.create_launch_template(
        LaunchTemplateName="nodes",
        LaunchTemplateData={"InstanceType": "t3.small"},
        TagSpecifications=tagged("launch-template"),
    )
    aws("s3").create_bucket(
        Bucket="flows", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flows",
        TagSpecifications=tagged("vpc-flow-log"),
    )
    found = arns(aws, TagFilters=[{"Key": TAG["Key"], "Values": [TAG["Value"]]}])
    assert sorted(arn.split("/")[0] for arn in found) == [
        "egress-only-internet-gateway",
        "elastic-ip",
        "launch-template",
        "network-acl",
        "repository",
        "vpc-endpoint",
        "vpc-flow-log",
    ]


def test_what_is_deleted_is_listed_as_long_as_it_is_described(aws: Clients) -> None:
    """As on AWS: whoever asks by tag has to ask the service what became of it."""
    ec2, ecs = aws("ec2"), aws("ecs")
    _, subnets = network(ec2)
    gateway = ec2.create_nat_gateway(
        SubnetId=subnets[0],
        ConnectivityType="private",
        TagSpecifications=[{"ResourceType": "natgateway", "Tags": [TAG]}],
    )["NatGateway"]["NatGatewayId"]
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    definition = ecs.register_task_definition(
        family="api",
        containerDefinitions=[{"name": "api", "image": "api", "memory": 128}],
        tags=[{"key": TAG["Key"], "value": TAG["Value"]}],
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.deregister_task_definition(taskDefinition=definition)

    found = arns(aws, TagFilters=[{"Key": TAG["Key"], "Values": [TAG["Value"]]}])
    assert sorted(found) == [f"natgateway/{gateway}", "task-definition/api:1"]
    described = ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
    assert [nat["State"] for nat in described] == ["deleted"]
    described = ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    assert described["status"] == "INACTIVE"


def test_what_adoption_looks_for_in_a_network_is_found(aws: Clients) -> None:
    ec2 = aws("ec2")
    vpc, _ = network(ec2)

    def tags(kind: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": [TAG]}]

    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 1,
                "ToPort": 1,
                "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
            },
        ],
        TagSpecifications=tags("security-group-rule"),
    )
    ec2.allocate_address(Domain="vpc", TagSpecifications=tags("elastic-ip"))
    ec2.create_network_acl(VpcId=vpc, TagSpecifications=tags("network-acl"))
    ec2.create_egress_only_internet_gateway(
        VpcId=vpc, TagSpecifications=tags("egress-only-internet-gateway")
    )
    ec2.create_launch_template(
        LaunchTemplateName="template",
        LaunchTemplateData={"InstanceType": "t3.micro"},
        TagSpecifications=tags("launch-template"),
    )
    endpoint = ec2.create_vpc_endpoint(
        VpcEndpointType="Gateway",
        VpcId=vpc,
        ServiceName="com.amazonaws.eu-west-1.s3",
        TagSpecifications=tags("vpc-endpoint"),
    )
    kinds = ["egress-only-internet-gateway", "elastic-ip", "launch-template", "network-acl"]
    kinds += ["security-group-rule", "vpc-endpoint"]
    asked = {"TagFilters": [{"Key": TAG["Key"]}]}
    assert sorted(arn.split("/")[0] for arn in arns(aws, **asked)) == kinds
    assert len(arns(aws, ResourceTypeFilters=["ec2:elastic-ip"])) == 1

    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpoint"]["VpcEndpointId"]])
    ec2.delete_launch_template(LaunchTemplateName="template")
    kinds = ["egress-only-internet-gateway", "elastic-ip", "network-acl", "security-group-rule"]
    assert sorted(arn.split("/")[0] for arn in arns(aws, **asked)) == kinds


def test_namespaces_and_services_are_found(aws: Clients) -> None:
    vpc, _ = network(aws("ec2"))
    discovery = aws("servicediscovery")
    discovery.create_private_dns_namespace(Name="a.internal", Vpc=vpc, Tags=[TAG])
    found = arns(aws, TagFilters=[{"Key": TAG["Key"]}])
    assert [arn.split("/")[0] for arn in found] == ["namespace"]


def test_listeners_and_their_rules_are_found(aws: Clients) -> None:
    ec2, elb = aws("ec2"), aws("elbv2")
    vpc, subnets = network(ec2)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    made = elb.create_load_balancer(Name="b", Subnets=subnets)["LoadBalancers"][0]
    fixed = {"StatusCode": "404"}
    answer: dict[str, Any] = {"Type": "fixed-response", "FixedResponseConfig": fixed}
    listener = elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[answer],
        Tags=[TAG],
    )["Listeners"][0]["ListenerArn"]
    elb.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/a"]}],
        Actions=[answer],
        Tags=[TAG],
    )
    found = arns(aws, TagFilters=[{"Key": TAG["Key"]}])
    assert sorted(arn.split("/")[0] for arn in found) == ["listener", "listener-rule"]
