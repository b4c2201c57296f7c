"""EKS: access entries, access policies, pod identity associations, tags."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients, Emulated
from helpers import code, refusal
from kubernetes import World, world

VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
MAIN = {"clusterName": "main"}


@pytest.fixture
def here(aws: Clients, account: str) -> World:
    made = world(aws, account)
    made.cluster(
        accessConfig={
            "authenticationMode": "API",
            "bootstrapClusterCreatorAdminPermissions": False,
        }
    )
    return made


@pytest.fixture(scope="module")
def strict(common: tuple[Clients, str]) -> World:
    """Shared by tests of refusals, which leave nothing behind."""
    made = world(*common)
    made.cluster(version="1.34")
    return made


def entry(here: World, arn: str) -> dict[str, Any]:
    return here.eks.describe_access_entry(**MAIN, principalArn=arn)["accessEntry"]


def test_an_entry_gets_the_user_name_of_its_kind(here: World) -> None:
    person, node = here.role("person", "ec2"), here.role("node", "ec2")
    here.eks.create_access_entry(**MAIN, principalArn=person, tags={"a": "b"})
    here.eks.create_access_entry(**MAIN, principalArn=node, type="EC2_LINUX")
    assert entry(here, person)["username"] == (
        f"arn:aws:sts::{here.account}:assumed-role/person/{{{{SessionName}}}}"
    )
    assert (entry(here, person)["type"], entry(here, person)["tags"]) == ("STANDARD", {"a": "b"})
    assert entry(here, node)["kubernetesGroups"] == ["system:nodes"]


def test_groups_and_user_name_can_change(here: World) -> None:
    arn = here.role("person", "ec2")
    here.eks.create_access_entry(**MAIN, principalArn=arn, kubernetesGroups=["readers"])
    here.eks.update_access_entry(**MAIN, principalArn=arn, kubernetesGroups=[], username="anna")
    assert (entry(here, arn)["kubernetesGroups"], entry(here, arn)["username"]) == ([], "anna")


def test_who_assumed_a_role_can_be_admitted(here: World) -> None:
    """The way into an account is a role that nobody made."""
    arn = f"arn:aws:iam::{here.account}:role/terrane"
    here.eks.create_access_entry(**MAIN, principalArn=arn)
    assert entry(here, arn)["type"] == "STANDARD"


def test_who_signs_with_an_unknown_key_can_be_admitted(emulated: Emulated) -> None:
    """The way into the home account is a key that nobody made."""
    identity = emulated.home("sts").get_caller_identity()
    at_home = world(emulated.home, identity["Account"])
    at_home.cluster("admitting", accessConfig={"authenticationMode": "API"})
    entries = at_home.eks.list_access_entries(clusterName="admitting")["accessEntries"]
    assert entries == [identity["Arn"]]
    at_home.eks.delete_access_entry(clusterName="admitting", principalArn=identity["Arn"])
    at_home.eks.create_access_entry(clusterName="admitting", principalArn=identity["Arn"])
    stranger = identity["Arn"].replace("moto", "stranger")
    refused = code(at_home.eks.create_access_entry, clusterName="admitting", principalArn=stranger)
    assert refused == "InvalidParameterException"
    at_home.eks.delete_cluster(name="admitting")


def test_the_creator_becomes_administrator_unless_told_otherwise(here: World) -> None:
    assert here.eks.list_access_entries(**MAIN)["accessEntries"] == []
    here.cluster("other")
    arn = f"arn:aws:iam::{here.account}:role/terrane"
    assert here.eks.list_access_entries(clusterName="other")["accessEntries"] == [arn]
    policies = here.eks.list_associated_access_policies(clusterName="other", principalArn=arn)
    assert [p["policyArn"] for p in policies["associatedAccessPolicies"]] == [ADMIN]
    again = code(here.eks.create_access_entry, clusterName="other", principalArn=arn)
    assert again == "ResourceInUseException"


@pytest.mark.parametrize(
    "settings",
    [
        {"principalArn": "arn:aws:iam::123456789012:role/nobody"},
        {"principalArn": "arn:aws:sts::123456789012:assumed-role/a/b"},
        {"type": "EC2_LINUX", "username": "anna"},
        {"type": "PERSON"},
        {"username": "system:admin"},
        {"kubernetesGroups": ["system:masters"]},
        {"tags": {"a": "[1]"}},
    ],
    ids=str,
)
def test_an_entry_that_aws_refuses_is_refused(strict: World, settings: dict[str, Any]) -> None:
    wanted = {"principalArn": strict.role("person", "ec2"), **settings}
    refused = code(strict.eks.create_access_entry, **MAIN, **wanted)
    assert refused == "InvalidParameterException"


def test_a_cluster_that_works_by_config_map_has_no_entries(here: World) -> None:
    here.cluster("old", accessConfig={"authenticationMode": "CONFIG_MAP"})
    refused = code(here.eks.list_access_entries, clusterName="old")
    assert refused == "InvalidRequestException"


def test_a_policy_is_associated_with_a_scope_that_can_change(here: World) -> None:
    person = {**MAIN, "principalArn": here.role("person", "ec2")}
    here.eks.create_access_entry(**person)

    def associate(**scope: Any) -> None:
        here.eks.associate_access_policy(**person, policyArn=VIEW, accessScope=scope)

    def scopes() -> list[Any]:
        listed = here.eks.list_associated_access_policies(**person)["associatedAccessPolicies"]
        return [policy["accessScope"] for policy in listed]

    associate(type="namespace", namespaces=["apps"])
    assert scopes() == [{"type": "namespace", "namespaces": ["apps"]}]
    associate(type="cluster")
    assert scopes() == [{"type": "cluster", "namespaces": []}]
    found = here.eks.list_access_entries(**MAIN, associatedPolicyArn=VIEW)["accessEntries"]
    assert found == [person["principalArn"]]
    here.eks.disassociate_access_policy(**person, policyArn=VIEW)
    assert scopes() == []
    refused = code(here.eks.disassociate_access_policy, **person, policyArn=VIEW)
    assert refused == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("policy", "scope", "refused"),
    [
        (f"{VIEW}s", {"type": "cluster"}, "InvalidParameterException"),
        (VIEW, {"type": "namespace"}, "InvalidParameterException"),
        (VIEW, {"type": "cluster", "namespaces": ["a"]}, "InvalidParameterException"),
    ],
)
def test_unknown_policies_and_scopes_are_refused(
    here: World, policy: str, scope: dict[str, Any], refused: str
) -> None:
    person = {**MAIN, "principalArn": here.role("person", "ec2")}
    here.eks.create_access_entry(**person)
    wanted = {**person, "policyArn": policy, "accessScope": scope}
    assert code(here.eks.associate_access_policy, **wanted) == refused


def test_a_policy_needs_an_entry(here: World) -> None:
    wanted = {"principalArn": "arn:aws:iam::123456789012:role/nobody", "policyArn": VIEW}
    refused = code(
        here.eks.associate_access_policy, **MAIN, **wanted, accessScope={"type": "cluster"}
    )
    assert refused == "ResourceNotFoundException"


def test_all_policies_are_listed(here: World) -> None:
    arns = {policy["arn"] for policy in here.eks.list_access_policies()["accessPolicies"]}
    assert {VIEW, ADMIN} <= arns


def associate(here: World, **settings: Any) -> dict[str, Any]:
    wanted = {"namespace": "apps", "serviceAccount": "api", **settings}
    return here.eks.create_pod_identity_association(**MAIN, **wanted)["association"]


def test_a_service_account_has_one_role_that_can_change(here: World) -> None:
    one, two = here.role("one", "pods.eks"), here.role("two", "pods.eks")
    made = associate(here, roleArn=one, tags={"a": "b"})
    again = code(associate, here=here, roleArn=two)
    assert again == "ResourceInUseException"
    wanted = {**MAIN, "associationId": made["associationId"]}
    here.eks.update_pod_identity_association(**wanted, roleArn=two)
    found = here.eks.describe_pod_identity_association(**wanted)["association"]
    assert (found["roleArn"], found["tags"]) == (two, {"a": "b"})
    assert found["associationArn"].endswith(
        f"podidentityassociation/main/{wanted['associationId']}"
    )
    assert len(here.eks.list_pod_identity_associations(**MAIN, namespace="apps")["associations"])
    assert not here.eks.list_pod_identity_associations(**MAIN, namespace="x")["associations"]
    here.eks.delete_pod_identity_association(**wanted)
    refused = code(here.eks.describe_pod_identity_association, **wanted)
    assert refused == "ResourceNotFoundException"


def test_a_pods_role_must_exist_and_trust_pods(here: World) -> None:
    error = refusal(associate, here=here, roleArn="arn:aws:iam::123456789012:role/nobody")
    assert "does not exist" in error.response["Error"]["Message"]
    error = refusal(associate, here=here, roleArn=here.role("node", "ec2"))
    assert "pods.eks.amazonaws.com" in error.response["Error"]["Message"]


def test_everything_can_be_tagged_and_is_found_by_its_tags(here: World) -> None:
    role = here.role("all", "pods.eks", "ec2", "eks-fargate-pods")
    cluster = here.described()["arn"]
    arns = [
        cluster,
        here.nodegroup(role=role)["nodegroupArn"],
        here.eks.create_addon(**MAIN, addonName="coredns")["addon"]["addonArn"],
        here.eks.create_fargate_profile(
            **MAIN,
            fargateProfileName="apps",
            podExecutionRoleArn=role,
            selectors=[{"namespace": "apps"}],
        )["fargateProfile"]["fargateProfileArn"],
        here.eks.create_access_entry(**MAIN, principalArn=here.role("person", "ec2"))[
            "accessEntry"
        ]["accessEntryArn"],
        associate(here, roleArn=role)["associationArn"],
    ]
    for arn in arns:
        here.eks.tag_resource(
            resourceArn=arn, tags={"terrane:environment": "e", "b": "1", "c": "2"}
        )
        here.eks.untag_resource(resourceArn=arn, tagKeys=["b", "c"])
        tags = here.eks.list_tags_for_resource(resourceArn=arn)["tags"]
        assert tags == {"terrane:environment": "e"}
    tagging = here.aws("resourcegroupstaggingapi")
    filters = [{"Key": "terrane:environment", "Values": ["e"]}]

    def found(*types: str) -> list[str]:
        more = {"ResourceTypeFilters": list(types)} if types else {}
        rows = tagging.get_resources(TagFilters=filters, **more)["ResourceTagMappingList"]
        return sorted(row["ResourceARN"] for row in rows)

    assert found() == found("eks") == sorted(arns)
    assert found("eks:cluster") == [cluster]
    assert found("s3") == []


def test_tags_that_aws_refuses_are_refused(here: World) -> None:
    arn = here.described()["arn"]
    refused = code(here.eks.tag_resource, resourceArn=arn, tags={"a": "[1]"})
    assert refused == "InvalidParameterException"
    many = {f"key{n}": "x" for n in range(30)}
    here.eks.tag_resource(resourceArn=arn, tags=many)
    more = {f"more{n}": "x" for n in range(30)}
    assert code(here.eks.tag_resource, resourceArn=arn, tags=more) == "BadRequestException"
    refused = code(here.eks.list_tags_for_resource, resourceArn=f"{arn}x")
    assert refused == "NotFoundException"


def test_calls_with_an_arn_in_their_path_are_recognized(here: World, emulated: Emulated) -> None:
    before = emulated.switch("GET", "calls")["eks"]
    here.eks.list_tags_for_resource(resourceArn=here.described()["arn"])
    after = emulated.switch("GET", "calls")["eks"]
    assert after["ListTagsForResource"] == before.get("ListTagsForResource", 0) + 1
    assert "Unknown" not in after
