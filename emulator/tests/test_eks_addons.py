"""EKS addons: versions, settings, and the roles of their pods."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients
from helpers import code
from kubernetes import World, world

MAIN = {"clusterName": "main"}
NEEDED = (
    "vpc-cni",
    "coredns",
    "kube-proxy",
    "eks-pod-identity-agent",
    "aws-ebs-csi-driver",
    "metrics-server",
)


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


def create(here: World, name: str, **settings: Any) -> dict[str, Any]:
    return here.eks.create_addon(**MAIN, addonName=name, **settings)["addon"]


def described(here: World, name: str) -> dict[str, Any]:
    return here.eks.describe_addon(**MAIN, addonName=name)["addon"]


def offered(here: World, name: str, minor: str) -> tuple[list[str], str]:
    """All versions of an addon, and the default."""
    (addon,) = here.eks.describe_addon_versions(addonName=name, kubernetesVersion=minor)["addons"]
    defaults = [
        version["addonVersion"]
        for version in addon["addonVersions"]
        if version["compatibilities"]
        == [{"clusterVersion": minor, "platformVersions": ["*"], "defaultVersion": True}]
    ]
    (default,) = defaults
    return [version["addonVersion"] for version in addon["addonVersions"]], default


@pytest.mark.parametrize("minor", ["1.33", "1.34", "1.35", "1.36"])
@pytest.mark.parametrize("name", NEEDED)
def test_every_version_of_kubernetes_has_one_default(strict: World, name: str, minor: str) -> None:
    versions, default = offered(strict, name, minor)
    assert default in versions
    assert len(set(versions)) == len(versions) >= 2


def test_addons_can_be_filtered(here: World) -> None:
    every = here.eks.describe_addon_versions()["addons"]
    assert set(NEEDED) <= {addon["addonName"] for addon in every}
    some = here.eks.describe_addon_versions(types=["storage"], owners=["aws"])["addons"]
    assert {addon["type"] for addon in some} == {"storage"}
    assert here.eks.describe_addon_versions(addonName="nothing")["addons"] == []


def test_an_addon_gets_the_default_version_of_the_cluster(here: World) -> None:
    create(here, "kube-proxy", tags={"a": "b"})
    addon = described(here, "kube-proxy")
    assert addon["addonVersion"] == offered(here, "kube-proxy", "1.34")[1]
    assert (addon["status"], addon["tags"], addon["health"]) == (
        "ACTIVE",
        {"a": "b"},
        {"issues": []},
    )
    assert addon["podIdentityAssociations"] == []
    assert "configurationValues" not in addon
    assert here.eks.list_addons(**MAIN)["addons"] == ["kube-proxy"]


def test_a_change_is_recorded_and_shown(here: World) -> None:
    role = here.role("cni", "ec2")
    create(here, "vpc-cni", serviceAccountRoleArn=role)
    newest = offered(here, "vpc-cni", "1.34")[0][0]
    values = '{"env":{"WARM_ENI_TARGET":"1"}}'
    update = here.eks.update_addon(
        **MAIN,
        addonName="vpc-cni",
        addonVersion=newest,
        configurationValues=values,
        resolveConflicts="OVERWRITE",
    )["update"]
    addon = described(here, "vpc-cni")
    assert (addon["addonVersion"], addon["configurationValues"]) == (newest, values)
    # AWS: without a role in the call the addon goes back to the role of the nodes.
    assert "serviceAccountRoleArn" not in addon
    found = here.eks.describe_update(name="main", updateId=update["id"], addonName="vpc-cni")
    assert (found["update"]["type"], found["update"]["status"]) == ("AddonUpdate", "Successful")


def test_an_addon_owns_the_associations_of_its_service_accounts(here: World) -> None:
    one, two = here.role("one", "pods.eks"), here.role("two", "pods.eks")
    wanted = [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": one}]
    addon = create(here, "aws-ebs-csi-driver", podIdentityAssociations=wanted)

    def associations() -> list[dict[str, Any]]:
        listed = here.eks.list_pod_identity_associations(**MAIN)["associations"]
        return [
            here.eks.describe_pod_identity_association(**MAIN, associationId=item["associationId"])[
                "association"
            ]
            for item in listed
        ]

    (made,) = associations()
    assert (made["namespace"], made["roleArn"]) == ("kube-system", one)
    assert made["ownerArn"] == addon["addonArn"]
    assert addon["podIdentityAssociations"] == [made["associationArn"]]
    refused = code(
        here.eks.delete_pod_identity_association, **MAIN, associationId=made["associationId"]
    )
    assert refused == "InvalidRequestException"
    driver = {**MAIN, "addonName": "aws-ebs-csi-driver"}
    here.eks.update_addon(
        **driver,
        podIdentityAssociations=[{"serviceAccount": "ebs-csi-controller-sa", "roleArn": two}],
    )
    assert [a["roleArn"] for a in associations()] == [two]
    here.eks.delete_addon(**driver)
    assert associations() == []
    assert code(here.eks.describe_addon, **driver) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("nothing", {}),
        ("coredns", {"addonVersion": "v0.0.1-eksbuild.1"}),
        ("coredns", {"configurationValues": "{"}),
        ("coredns", {"configurationValues": "text"}),
        ("vpc-cni", {"serviceAccountRoleArn": "arn:aws:iam::123456789012:role/nobody"}),
        (
            "vpc-cni",
            {
                "podIdentityAssociations": [
                    {"serviceAccount": "aws-node", "roleArn": "arn:aws:iam::123456789012:role/no"}
                ]
            },
        ),
        (
            "coredns",
            {
                "podIdentityAssociations": [
                    {"serviceAccount": "coredns", "roleArn": "arn:aws:iam::123456789012:role/no"}
                ]
            },
        ),
        ("coredns", {"tags": {"a": "[1]"}}),
    ],
)
def test_an_addon_that_aws_refuses_is_refused(
    strict: World, name: str, settings: dict[str, Any]
) -> None:
    assert code(create, here=strict, name=name, **settings) == "InvalidParameterException"
    assert strict.eks.list_addons(**MAIN)["addons"] == []
    assert strict.eks.list_pod_identity_associations(**MAIN)["associations"] == []


def test_an_addon_is_there_once(here: World) -> None:
    create(here, "coredns")
    assert code(create, here=here, name="coredns") == "ResourceInUseException"


def test_lists_come_in_pages(here: World) -> None:
    for name in NEEDED:
        create(here, name)
    pages = here.eks.get_paginator("list_addons").paginate(**MAIN, PaginationConfig={"PageSize": 4})
    assert [len(page["addons"]) for page in pages] == [4, 2]
