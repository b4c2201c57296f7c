"""EKS clusters: defaults, changes and refusals."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from conftest import Clients, Emulated
from cryptography import x509
from helpers import code, refusal
from kubernetes import World, world


@pytest.fixture
def here(aws: Clients, account: str) -> World:
    return world(aws, account)


@pytest.fixture(scope="module")
def strict(common: tuple[Clients, str]) -> World:
    """Shared by tests of refusals, which leave nothing behind."""
    return world(*common)


def test_a_cluster_has_what_the_provider_reads_back(here: World) -> None:
    here.cluster(version="1.34", tags={"team": "platform"})
    cluster = here.described()
    assert (cluster["version"], cluster["status"]) == ("1.34", "ACTIVE")
    assert cluster["accessConfig"] == {"authenticationMode": "API"}
    assert cluster["upgradePolicy"] == {"supportType": "EXTENDED"}
    assert cluster["tags"] == {"team": "platform"}
    assert cluster["kubernetesNetworkConfig"] == {
        "ipFamily": "ipv4",
        "serviceIpv4Cidr": "172.20.0.0/16",
        "elasticLoadBalancing": {"enabled": False},
    }
    vpc = cluster["resourcesVpcConfig"]
    assert (vpc["vpcId"], vpc["subnetIds"]) == (here.vpc, here.subnets)
    assert (vpc["endpointPublicAccess"], vpc["endpointPrivateAccess"]) == (True, False)
    assert vpc["publicAccessCidrs"] == ["0.0.0.0/0"]
    for absent in ("computeConfig", "storageConfig", "zonalShiftConfig"):
        assert absent not in cluster


def test_settings_are_echoed(here: World) -> None:
    key = here.aws("kms").create_key()["KeyMetadata"]["Arn"]
    settings = {
        "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": key}}],
        "upgradePolicy": {"supportType": "STANDARD"},
        "zonalShiftConfig": {"enabled": True},
        "deletionProtection": True,
    }
    here.cluster(**settings, kubernetesNetworkConfig={"serviceIpv4Cidr": "10.100.0.0/20"})
    cluster = here.described()
    assert settings.items() <= cluster.items()
    assert cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == "10.100.0.0/20"


def test_clusters_differ_in_issuer_endpoint_and_authority_and_keep_them(here: World) -> None:
    for name in ("main", "other"):
        here.cluster(name)
    main, other = here.described("main"), here.described("other")
    for member in ("identity", "endpoint", "certificateAuthority"):
        assert main[member] != other[member]
        assert main[member] == here.described("main")[member]
    pem = base64.b64decode(main["certificateAuthority"]["data"])
    assert x509.load_pem_x509_certificate(pem).subject == x509.Name.from_rfc4514_string(
        "CN=kubernetes"
    )


def test_the_issuer_can_become_an_identity_provider(here: World) -> None:
    issuer = here.cluster()["identity"]["oidc"]["issuer"]
    iam = here.aws("iam")
    arn = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["sts.amazonaws.com"])
    arn = arn["OpenIDConnectProviderArn"]
    url = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["Url"]
    assert f"https://{url}" == issuer


def test_the_cluster_has_a_security_group_that_goes_with_it(here: World) -> None:
    ec2 = here.aws("ec2")
    group = here.cluster()["resourcesVpcConfig"]["clusterSecurityGroupId"]
    (shown,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    tags = {tag["Key"]: tag["Value"] for tag in shown["Tags"]}
    assert shown["VpcId"] == here.vpc
    assert tags["kubernetes.io/cluster/main"] == "owned"
    assert shown["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == group
    assert code(ec2.delete_security_group, GroupId=group) == "DependencyViolation"
    assert code(ec2.delete_subnet, SubnetId=here.subnets[0]) == "DependencyViolation"
    here.eks.delete_cluster(name="main")
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [here.vpc]}])
    assert [g["GroupName"] for g in groups["SecurityGroups"]] == ["default"]
    ec2.delete_subnet(SubnetId=here.subnets[0])


def test_a_security_group_that_others_refer_to_outlives_its_cluster(here: World) -> None:
    ec2 = here.aws("ec2")
    group = here.cluster()["resourcesVpcConfig"]["clusterSecurityGroupId"]
    database = ec2.create_security_group(GroupName="db", Description="d", VpcId=here.vpc)
    ec2.authorize_security_group_ingress(
        GroupId=database["GroupId"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "UserIdGroupPairs": [{"GroupId": group}],
            }
        ],
    )
    here.eks.delete_cluster(name="main")
    assert ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]


@pytest.mark.parametrize(
    "logging",
    [{"types": ["api"], "enabled": True}, {"types": ["api"], "enabled": False}],
    ids=["on", "off"],
)
def test_a_cluster_that_logs_makes_its_log_group(here: World, logging: dict[str, Any]) -> None:
    here.cluster(logging={"clusterLogging": [logging]})
    groups = here.aws("logs").describe_log_groups()["logGroups"]
    made = ["/aws/eks/main/cluster"] if logging["enabled"] else []
    assert [group["logGroupName"] for group in groups] == made


@pytest.mark.parametrize(
    ("change", "kind", "member", "shown"),
    [
        (
            {"resourcesVpcConfig": {"endpointPrivateAccess": True, "endpointPublicAccess": False}},
            "EndpointAccessUpdate",
            "resourcesVpcConfig",
            {"endpointPrivateAccess": True, "publicAccessCidrs": []},
        ),
        (
            {"resourcesVpcConfig": {"publicAccessCidrs": ["203.0.113.0/24"]}},
            "EndpointAccessUpdate",
            "resourcesVpcConfig",
            {"publicAccessCidrs": ["203.0.113.0/24"]},
        ),
        (
            {"upgradePolicy": {"supportType": "STANDARD"}},
            "UpgradePolicyUpdate",
            "upgradePolicy",
            {"supportType": "STANDARD"},
        ),
        (
            {"zonalShiftConfig": {"enabled": True}},
            "ZonalShiftConfigUpdate",
            "zonalShiftConfig",
            {"enabled": True},
        ),
    ],
)
def test_a_change_is_recorded_and_shown(
    here: World, change: dict[str, Any], kind: str, member: str, shown: dict[str, Any]
) -> None:
    here.cluster()
    update = here.eks.update_cluster_config(name="main", **change)["update"]
    found = here.eks.describe_update(name="main", updateId=update["id"])["update"]
    assert (found["type"], found["status"]) == (kind, "Successful")
    assert here.eks.list_updates(name="main")["updateIds"] == [update["id"]]
    assert shown.items() <= here.described()[member].items()
    refused = refusal(here.eks.update_cluster_config, name="main", **change)
    assert "already at the desired configuration" in refused.response["Error"]["Message"]


def test_log_types_can_be_switched_one_by_one(here: World) -> None:
    on = {"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]}
    here.cluster(logging=on)
    off = {"clusterLogging": [{"types": ["api"], "enabled": False}]}
    here.eks.update_cluster_config(name="main", logging=off)
    setups = here.described()["logging"]["clusterLogging"]
    assert [s["types"] for s in setups if s["enabled"]] == [["audit"]]


def test_a_version_goes_up_by_one_minor_step(here: World) -> None:
    here.cluster(version="1.33")
    for wanted in ("1.35", "1.33", "1.32", "1.99"):
        refused = code(here.eks.update_cluster_version, name="main", version=wanted)
        assert refused == "InvalidParameterException"
    update = here.eks.update_cluster_version(name="main", version="1.34")["update"]
    assert update["type"] == "VersionUpdate"
    assert here.described()["version"] == "1.34"


def test_the_way_to_access_entries_leads_in_one_direction(here: World) -> None:
    here.cluster(accessConfig={"authenticationMode": "CONFIG_MAP"})
    for mode in ("API_AND_CONFIG_MAP", "API"):
        here.eks.update_cluster_config(name="main", accessConfig={"authenticationMode": mode})
    back = {"authenticationMode": "API_AND_CONFIG_MAP"}
    refused = code(here.eks.update_cluster_config, name="main", accessConfig=back)
    assert refused == "InvalidParameterException"


def test_two_kinds_of_change_at_once_are_refused(here: World) -> None:
    here.cluster()
    refused = code(
        here.eks.update_cluster_config,
        name="main",
        upgradePolicy={"supportType": "STANDARD"},
        zonalShiftConfig={"enabled": True},
    )
    assert refused == "InvalidParameterException"


AUTO = {
    "computeConfig": {"enabled": True},
    "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    "storageConfig": {"blockStorage": {"enabled": True}},
}


def test_auto_mode_admits_its_nodes(here: World) -> None:
    role = here.role("auto", "ec2")
    compute = {"enabled": True, "nodePools": ["system"], "nodeRoleArn": role}
    here.cluster(**{**AUTO, "computeConfig": compute})
    assert here.described()["computeConfig"] == compute
    entry = here.eks.describe_access_entry(clusterName="main", principalArn=role)["accessEntry"]
    assert entry["type"] == "EC2"


def test_auto_mode_can_be_switched_on_and_off_later(here: World) -> None:
    here.cluster()
    here.eks.update_cluster_config(name="main", **AUTO)
    assert here.described()["storageConfig"] == {"blockStorage": {"enabled": True}}
    off = {
        "computeConfig": {"enabled": False},
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": False}},
        "storageConfig": {"blockStorage": {"enabled": False}},
    }
    update = here.eks.update_cluster_config(name="main", **off)["update"]
    assert update["type"] == "AutoModeUpdate"
    assert here.described()["computeConfig"] == {"enabled": False}


@pytest.mark.parametrize("missing", AUTO)
def test_half_an_auto_mode_is_refused(strict: World, missing: str) -> None:
    half = {member: value for member, value in AUTO.items() if member != missing}
    assert code(strict.cluster, **half) == "InvalidParameterException"


@pytest.mark.parametrize(
    "settings",
    [
        {"version": "1.19"},
        {"name": "-main"},
        {"role": "arn:aws:iam::123456789012:role/nobody"},
        {"vpc": {"subnetIds": ["subnet-0123456789abcdef0"]}},
        {"vpc": {"securityGroupIds": ["sg-0123456789abcdef0"]}},
        {"vpc": {"endpointPublicAccess": False}},
        {"vpc": {"publicAccessCidrs": ["10.0.0.0/8"]}},
        {"vpc": {"publicAccessCidrs": ["anywhere"]}},
        {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.0.0.0/20"}},
        {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "192.0.2.0/24"}},
        {
            "encryptionConfig": [
                {"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:x:1:key/none"}}
            ]
        },
        {"tags": {"a": "[1]"}},
    ],
    ids=str,
)
def test_a_cluster_that_aws_refuses_is_refused(strict: World, settings: dict[str, Any]) -> None:
    assert code(strict.cluster, **settings) == "InvalidParameterException"
    assert strict.eks.list_clusters()["clusters"] == []


def test_a_role_must_trust_the_service(here: World) -> None:
    error = refusal(here.cluster, role=here.role("node", "ec2"))
    assert "trusted entity is not correct" in error.response["Error"]["Message"]


def test_subnets_in_one_zone_are_not_enough(here: World) -> None:
    error = refusal(here.cluster, vpc={"subnetIds": here.subnets[:1]})
    assert "two different AZs" in error.response["Error"]["Message"]


def test_a_name_is_taken_once(here: World) -> None:
    role = here.role("cluster", "eks")
    here.cluster(role=role)
    assert code(here.cluster, role=role) == "ResourceInUseException"


def test_what_protects_a_cluster_has_to_go_first(here: World) -> None:
    here.cluster(deletionProtection=True)
    assert code(here.eks.delete_cluster, name="main") == "InvalidRequestException"
    here.eks.update_cluster_config(name="main", deletionProtection=False)
    here.nodegroup()
    assert code(here.eks.delete_cluster, name="main") == "ResourceInUseException"
    here.eks.delete_nodegroup(clusterName="main", nodegroupName="general")
    here.eks.delete_cluster(name="main")
    assert code(here.eks.describe_cluster, name="main") == "ResourceNotFoundException"


def test_addons_entries_and_associations_go_with_the_cluster(
    here: World, emulated: Emulated
) -> None:
    here.cluster()
    role = here.role("pod", "pods.eks")
    here.eks.create_addon(clusterName="main", addonName="coredns")
    here.eks.create_access_entry(clusterName="main", principalArn=role)
    here.eks.create_pod_identity_association(
        clusterName="main", namespace="apps", serviceAccount="api", roleArn=role
    )

    def listed() -> set[str]:
        rows = emulated.switch("GET", f"inventory?account={here.account}")
        return {row["type"] for row in rows if row["service"] == "eks"}

    assert listed() == {"cluster", "addon", "access-entry", "pod-identity-association"}
    here.eks.delete_cluster(name="main")
    assert listed() == set()


def test_versions_are_listed_newest_first_with_one_default(here: World) -> None:
    rows = here.eks.describe_cluster_versions()["clusterVersions"]
    names = [row["clusterVersion"] for row in rows]
    assert names == sorted(names, reverse=True)
    assert {"1.33", "1.34", "1.35", "1.36"} <= set(names)
    (default,) = here.eks.describe_cluster_versions(defaultOnly=True)["clusterVersions"]
    assert default["clusterVersion"] == here.cluster()["version"] == "1.35"


def test_a_held_cluster_is_being_created_and_takes_no_node_group(
    here: World, emulated: Emulated
) -> None:
    emulated.switch("PUT", "faults", {"hold": [{"kind": "eks:cluster"}]})
    here.cluster()
    assert here.described()["status"] == "CREATING"
    assert "endpoint" not in here.described()
    assert code(here.nodegroup) == "InvalidRequestException"
    emulated.switch("DELETE", "faults")
    assert here.described()["status"] == "ACTIVE"
    assert here.described()["endpoint"].startswith("https://")


def test_a_real_api_server_can_stand_in_for_a_cluster(here: World, emulated: Emulated) -> None:
    own = here.cluster()
    here.cluster("other")
    server = {"endpoint": "https://127.0.0.1:6443", "authority": "Y2E=", "cluster": "*/main"}
    try:
        emulated.switch("PUT", "api-servers", [server])
        assert here.described()["endpoint"] == server["endpoint"]
        assert here.described()["certificateAuthority"]["data"] == server["authority"]
        assert here.described("other")["endpoint"] != server["endpoint"]
    finally:
        emulated.switch("DELETE", "api-servers")
    assert here.described()["endpoint"] == own["endpoint"]
