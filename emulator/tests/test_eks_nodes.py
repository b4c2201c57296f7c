"""EKS: node groups and Fargate profiles."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients
from helpers import code, refusal
from kubernetes import World, world

GENERAL = {"clusterName": "main", "nodegroupName": "general"}


@pytest.fixture
def here(aws: Clients, account: str) -> World:
    made = world(aws, account)
    made.cluster(version="1.34")
    return made


@pytest.fixture(scope="module")
def strict(common: tuple[Clients, str]) -> World:
    """Shared by tests of refusals, which leave nothing behind."""
    made = world(*common)
    made.cluster(version="1.34")
    return made


def described(here: World) -> dict[str, Any]:
    return here.eks.describe_nodegroup(**GENERAL)["nodegroup"]


def template(here: World, **data: Any) -> str:
    answer = here.aws("ec2").create_launch_template(
        LaunchTemplateName="node", LaunchTemplateData={"EbsOptimized": True, **data}
    )
    return answer["LaunchTemplate"]["LaunchTemplateId"]


def test_defaults_are_those_of_aws(here: World) -> None:
    here.nodegroup()
    group = described(here)
    assert group["amiType"] == "AL2023_x86_64_STANDARD"
    assert (group["capacityType"], group["instanceTypes"]) == ("ON_DEMAND", ["t3.medium"])
    assert (group["version"], group["diskSize"]) == ("1.34", 20)
    assert group["releaseVersion"].startswith("1.34.")
    assert group["updateConfig"] == {"maxUnavailable": 1}
    (scaling,) = group["resources"]["autoScalingGroups"]
    assert scaling["name"].startswith("eks-general-")
    for absent in ("remoteAccess", "launchTemplate", "nodeRepairConfig"):
        assert absent not in group


def test_settings_are_echoed(here: World) -> None:
    settings = {
        "instanceTypes": ["m7g.large", "m6g.large"],
        "capacityType": "SPOT",
        "amiType": "BOTTLEROCKET_ARM_64",
        "labels": {"pool": "a"},
        "taints": [{"key": "dedicated", "value": "a", "effect": "NO_SCHEDULE"}],
        "updateConfig": {"maxUnavailablePercentage": 33},
        "nodeRepairConfig": {"enabled": True},
        "tags": {"team": "a"},
    }
    here.nodegroup(**settings)
    assert settings.items() <= described(here).items()


@pytest.mark.parametrize(
    ("machine", "image"),
    [
        ("m7i.large", "AL2023_x86_64_STANDARD"),
        ("m7g.large", "AL2023_ARM_64_STANDARD"),
        ("g6.xlarge", "AL2023_x86_64_NVIDIA"),
    ],
)
def test_the_image_fits_the_machine(here: World, machine: str, image: str) -> None:
    assert here.nodegroup(instanceTypes=[machine])["amiType"] == image


def test_a_launch_template_is_shown_with_its_number(here: World) -> None:
    name = template(here)
    here.nodegroup(launchTemplate={"id": name, "version": "$Latest"})
    group = described(here)
    assert group["launchTemplate"] == {"id": name, "name": "node", "version": "1"}
    assert "diskSize" not in group


def test_a_launch_template_can_bring_image_and_machine(here: World) -> None:
    name = template(here, ImageId="ami-0123456789abcdef0", InstanceType="m7i.large")
    here.nodegroup(launchTemplate={"id": name})
    group = described(here)
    assert group["amiType"] == "CUSTOM"
    assert "instanceTypes" not in group


def test_a_launch_template_keeps_its_own_tags_to_itself(here: World) -> None:
    ec2 = here.aws("ec2")
    tags = [{"Key": "a", "Value": "b"}]
    made = ec2.create_launch_template(
        LaunchTemplateName="tagged",
        LaunchTemplateData={"InstanceType": "t3.micro"},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": tags}],
    )["LaunchTemplate"]
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateName="tagged")[
        "LaunchTemplateVersions"
    ]
    assert "TagSpecifications" not in version["LaunchTemplateData"]
    ec2.create_tags(Resources=[made["LaunchTemplateId"]], Tags=[{"Key": "a", "Value": "c"}])
    (shown,) = ec2.describe_launch_templates(LaunchTemplateNames=["tagged"])["LaunchTemplates"]
    assert shown["Tags"] == [{"Key": "a", "Value": "c"}]


def test_a_change_is_recorded_and_shown(here: World) -> None:
    here.nodegroup(labels={"a": "1", "b": "1"}, taints=[{"key": "t", "effect": "NO_EXECUTE"}])
    update = here.eks.update_nodegroup_config(
        **GENERAL,
        scalingConfig={"maxSize": 9},
        labels={"addOrUpdateLabels": {"a": "2"}, "removeLabels": ["b"]},
        taints={"addOrUpdateTaints": [{"key": "t", "value": "x", "effect": "NO_EXECUTE"}]},
        updateConfig={"maxUnavailable": 2},
        nodeRepairConfig={"enabled": True},
    )["update"]
    group = described(here)
    assert group["scalingConfig"] == {"minSize": 1, "desiredSize": 2, "maxSize": 9}
    assert group["labels"] == {"a": "2"}
    assert group["taints"] == [{"key": "t", "value": "x", "effect": "NO_EXECUTE"}]
    assert group["updateConfig"] == {"maxUnavailable": 2}
    assert group["nodeRepairConfig"] == {"enabled": True}
    wanted = {"name": "main", "updateId": update["id"]}
    found = here.eks.describe_update(**wanted, nodegroupName="general")["update"]
    assert (found["type"], found["status"]) == ("ConfigUpdate", "Successful")
    assert code(here.eks.describe_update, **wanted) == "ResourceNotFoundException"
    assert here.eks.list_updates(name="main")["updateIds"] == []


def test_a_version_follows_the_cluster_and_never_leads(here: World) -> None:
    here.nodegroup(version="1.33")
    refused = code(here.eks.update_nodegroup_version, **GENERAL, version="1.35")
    assert refused == "InvalidParameterException"
    here.eks.update_nodegroup_version(**GENERAL, version="1.34")
    group = described(here)
    assert group["version"] == "1.34"
    assert group["releaseVersion"].startswith("1.34.")


def test_a_template_changes_its_version_only(here: World) -> None:
    ec2, name = here.aws("ec2"), template(here)
    here.nodegroup(launchTemplate={"id": name, "version": "1"})
    ec2.create_launch_template_version(LaunchTemplateId=name, LaunchTemplateData={})
    here.eks.update_nodegroup_version(**GENERAL, launchTemplate={"id": name, "version": "2"})
    assert described(here)["launchTemplate"]["version"] == "2"
    other = ec2.create_launch_template(
        LaunchTemplateName="other", LaunchTemplateData={"EbsOptimized": True}
    )["LaunchTemplate"]["LaunchTemplateId"]
    refused = code(here.eks.update_nodegroup_version, **GENERAL, launchTemplate={"id": other})
    assert refused == "InvalidParameterException"


@pytest.mark.parametrize(
    "settings",
    [
        {"role": "arn:aws:iam::123456789012:role/nobody"},
        {"subnets": ["subnet-0123456789abcdef0"]},
        {"version": "1.35"},
        {"instanceTypes": ["t9.huge"]},
        {"instanceTypes": ["m7g.large"], "amiType": "AL2023_x86_64_STANDARD"},
        {"amiType": "AL2_x86_64"},
        {"amiType": "CUSTOM"},
        {"launchTemplate": {"id": "lt-0123456789abcdef0"}},
        {"scalingConfig": {"minSize": 3, "desiredSize": 2, "maxSize": 3}},
        {"scalingConfig": {"minSize": 1, "desiredSize": 4, "maxSize": 3}},
        {"labels": {"kubernetes.io/role": "x"}},
        {"taints": [{"key": "a", "effect": "NO_SCHEDULE"}, {"key": "a", "effect": "NO_SCHEDULE"}]},
        {"tags": {"a": "[1]"}},
    ],
    ids=str,
)
def test_a_node_group_that_aws_refuses_is_refused(strict: World, settings: dict[str, Any]) -> None:
    assert code(strict.nodegroup, **settings) == "InvalidParameterException"
    assert strict.eks.list_nodegroups(clusterName="main")["nodegroups"] == []


@pytest.mark.parametrize(
    ("data", "settings"),
    [
        ({}, {"diskSize": 50}),
        ({}, {"remoteAccess": {"ec2SshKey": "key"}}),
        ({"InstanceType": "m7i.large"}, {"instanceTypes": ["m7i.large"]}),
        ({"ImageId": "ami-0123456789abcdef0"}, {"amiType": "AL2023_x86_64_STANDARD"}),
        ({"IamInstanceProfile": {"Name": "p"}}, {}),
    ],
)
def test_template_and_call_must_not_say_the_same(
    here: World, data: dict[str, Any], settings: dict[str, Any]
) -> None:
    chosen = {"id": template(here, **data)}
    refused = code(here.nodegroup, launchTemplate=chosen, **settings)
    assert refused == "InvalidParameterException"


def test_a_node_group_needs_a_cluster(here: World) -> None:
    refused = code(here.nodegroup, clusterName="missing")
    assert refused == "ResourceNotFoundException"
    for call in (here.eks.list_nodegroups, here.eks.list_fargate_profiles, here.eks.list_addons):
        assert code(call, clusterName="missing") == "ResourceNotFoundException"


def test_nodes_are_admitted_while_a_group_has_their_role(here: World) -> None:
    role = here.role("shared", "ec2")
    entry = {"clusterName": "main", "principalArn": role}
    for name in ("one", "two"):
        here.nodegroup(name, role=role)
    assert here.eks.describe_access_entry(**entry)["accessEntry"]["type"] == "EC2_LINUX"
    here.eks.delete_nodegroup(clusterName="main", nodegroupName="one")
    assert here.eks.describe_access_entry(**entry)
    here.eks.delete_nodegroup(clusterName="main", nodegroupName="two")
    assert code(here.eks.describe_access_entry, **entry) == "ResourceNotFoundException"


def profile(here: World, **settings: Any) -> dict[str, Any]:
    role = settings.pop("role", None) or here.role("fargate", "eks-fargate-pods")
    return here.eks.create_fargate_profile(
        **{
            "clusterName": "main",
            "fargateProfileName": "apps",
            "podExecutionRoleArn": role,
            "subnets": here.subnets,
            "selectors": [{"namespace": "apps", "labels": {"run": "fargate"}}],
            **settings,
        }
    )["fargateProfile"]


def test_a_fargate_profile_is_shown_as_it_was_made(here: World) -> None:
    made = profile(here, tags={"a": "b"})
    shown = here.eks.describe_fargate_profile(clusterName="main", fargateProfileName="apps")
    assert shown["fargateProfile"] == made
    assert (made["status"], made["subnets"], made["tags"]) == ("ACTIVE", here.subnets, {"a": "b"})


def test_a_cluster_with_a_fargate_profile_stays(here: World) -> None:
    profile(here)
    assert code(here.eks.delete_cluster, name="main") == "ResourceInUseException"
    here.eks.delete_fargate_profile(clusterName="main", fargateProfileName="apps")
    here.eks.delete_cluster(name="main")


def test_fargate_wants_private_subnets(here: World) -> None:
    ec2 = here.aws("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=here.vpc)
    table = ec2.create_route_table(VpcId=here.vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    role = here.role("pods", "eks-fargate-pods")
    ec2.associate_route_table(RouteTableId=table, SubnetId=here.subnets[0])
    error = refusal(profile, here=here, role=role)
    assert "is not a private subnet" in error.response["Error"]["Message"]
    assert profile(here, role=role, subnets=here.subnets[1:])["subnets"] == here.subnets[1:]


@pytest.mark.parametrize(
    "settings",
    [{"selectors": []}, {"role": "arn:aws:iam::123456789012:role/nobody"}],
    ids=str,
)
def test_a_fargate_profile_that_aws_refuses_is_refused(
    strict: World, settings: dict[str, Any]
) -> None:
    assert code(profile, here=strict, **settings) == "InvalidParameterException"


def test_pods_on_fargate_need_a_role_that_trusts_them(here: World) -> None:
    error = refusal(profile, here=here, role=here.role("wrong", "ec2"))
    assert "eks-fargate-pods.amazonaws.com" in error.response["Error"]["Message"]
