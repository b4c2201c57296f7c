"""ElastiCache: parameter groups, subnet groups, users and user groups."""

from __future__ import annotations

from typing import Any

import pytest
from caches import Caches
from conftest import Clients
from helpers import code, network

PASSWORD = "correct-horse-battery"


@pytest.fixture
def caches(aws: Clients) -> Caches:
    return Caches(aws)


def parameters(caches: Caches, name: str = "own") -> dict[str, str]:
    listed = caches.api.describe_cache_parameters(CacheParameterGroupName=name, Source="user")
    return {p["ParameterName"]: p["ParameterValue"] for p in listed["Parameters"]}


def parameter_group(caches: Caches, family: str = "redis7", **values: str) -> None:
    caches.api.create_cache_parameter_group(
        CacheParameterGroupName="own", CacheParameterGroupFamily=family, Description="d"
    )
    if values:
        caches.api.modify_cache_parameter_group(
            CacheParameterGroupName="own",
            ParameterNameValues=[
                {"ParameterName": name.replace("_", "-"), "ParameterValue": value}
                for name, value in values.items()
            ],
        )


def user(caches: Caches, name: str = "app", **settings: Any) -> dict[str, Any]:
    return caches.api.create_user(
        **{
            "UserId": name,
            "UserName": name,
            "Engine": "redis",
            "AccessString": "on ~* +@all",
            "NoPasswordRequired": True,
            **settings,
        }
    )


@pytest.mark.parametrize("family", ["redis7", "valkey7", "valkey8"])
def test_parameters_come_back_until_they_are_reset(caches: Caches, family: str) -> None:
    parameter_group(caches, family, maxmemory_policy="allkeys-lru", timeout="300")
    assert parameters(caches) == {"maxmemory-policy": "allkeys-lru", "timeout": "300"}
    caches.api.reset_cache_parameter_group(
        CacheParameterGroupName="own",
        ParameterNameValues=[{"ParameterName": "timeout", "ParameterValue": "300"}],
    )
    assert parameters(caches) == {"maxmemory-policy": "allkeys-lru"}


def test_a_parameter_group_of_cluster_mode_makes_a_cluster(caches: Caches) -> None:
    parameter_group(caches, cluster_enabled="yes")
    group = caches.create(CacheParameterGroupName="own", AutomaticFailoverEnabled=True)
    assert group["ClusterEnabled"] is True


def test_an_unknown_family_is_refused(caches: Caches) -> None:
    assert code(parameter_group, caches=caches, family="redis9") == "InvalidParameterValue"


def test_default_parameter_groups_are_there_and_stay(caches: Caches) -> None:
    name = {"CacheParameterGroupName": "default.redis7"}
    (group,) = caches.api.describe_cache_parameter_groups(**name)["CacheParameterGroups"]
    assert group["CacheParameterGroupFamily"] == "redis7"
    refused = code(caches.api.delete_cache_parameter_group, **name)
    assert refused == "InvalidCacheParameterGroupState"


def test_groups_in_use_stay(caches: Caches) -> None:
    parameter_group(caches)
    user(caches, "default-user", UserName="default")
    caches.api.create_user_group(UserGroupId="people", Engine="redis", UserIds=["default-user"])
    caches.create(
        CacheParameterGroupName="own", UserGroupIds=["people"], TransitEncryptionEnabled=True
    )
    api = caches.api
    refusals = (
        (api.delete_cache_parameter_group, {"CacheParameterGroupName": "own"}),
        (api.delete_cache_subnet_group, {"CacheSubnetGroupName": "subnets"}),
        (api.delete_user_group, {"UserGroupId": "people"}),
        (api.delete_user, {"UserId": "default-user"}),
    )
    assert [code(call, **arguments) for call, arguments in refusals] == [
        "InvalidCacheParameterGroupState",
        "CacheSubnetGroupInUse",
        "InvalidUserGroupState",
        "DefaultUserAssociatedToUserGroup",
    ]
    api.delete_replication_group(ReplicationGroupId="main")
    for call, arguments in refusals:
        call(**arguments)
    assert code(api.describe_user_groups, UserGroupId="people") == "UserGroupNotFound"
    assert code(api.describe_users, UserId="default-user") == "UserNotFound"
    assert api.describe_cache_subnet_groups()["CacheSubnetGroups"] == []


def test_a_subnet_group_is_of_one_vpc_and_of_subnets_that_exist(caches: Caches) -> None:
    (group,) = caches.api.describe_cache_subnet_groups()["CacheSubnetGroups"]
    zones = [subnet["SubnetAvailabilityZone"]["Name"] for subnet in group["Subnets"]]
    assert zones == ["eu-central-1a", "eu-central-1b"]
    assert group["VpcId"].startswith("vpc-")
    _, others = network(caches.aws("ec2"))
    change = caches.api.modify_cache_subnet_group
    for subnets in (["subnet-1"], [caches.subnets[0], others[0]]):
        refused = code(change, CacheSubnetGroupName="subnets", SubnetIds=subnets)
        assert refused == "InvalidSubnet"
    changed = change(CacheSubnetGroupName="subnets", SubnetIds=others)["CacheSubnetGroup"]
    assert [subnet["SubnetIdentifier"] for subnet in changed["Subnets"]] == others


@pytest.mark.parametrize(
    ("settings", "authentication"),
    [
        ({}, {"Type": "no-password", "PasswordCount": 0}),
        (
            {"NoPasswordRequired": False, "Passwords": [PASSWORD]},
            {"Type": "password", "PasswordCount": 1},
        ),
        (
            {"AuthenticationMode": {"Type": "password", "Passwords": [PASSWORD, PASSWORD + "2"]}},
            {"Type": "password", "PasswordCount": 2},
        ),
        ({"AuthenticationMode": {"Type": "iam"}}, {"Type": "iam", "PasswordCount": 0}),
    ],
)
def test_a_user_shows_how_it_authenticates(
    caches: Caches, settings: dict[str, Any], authentication: dict[str, Any]
) -> None:
    assert user(caches, **settings)["Authentication"] == authentication
    (described,) = caches.api.describe_users(UserId="app")["Users"]
    assert described["Authentication"] == authentication


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"UserId": "a" * 41}, "InvalidParameterValue"),
        ({"NoPasswordRequired": False}, "InvalidParameterValue"),
        ({"AuthenticationMode": {"Type": "password"}}, "InvalidParameterCombination"),
        (
            {"AuthenticationMode": {"Type": "iam"}, "UserName": "other"},
            "InvalidParameterCombination",
        ),
        ({"NoPasswordRequired": False, "Passwords": ["short"]}, "InvalidParameterValue"),
        ({"UserId": "default"}, "UserAlreadyExists"),
    ],
)
def test_what_aws_refuses_of_a_user_is_refused(
    caches: Caches, settings: dict[str, Any], error: str
) -> None:
    assert code(user, caches=caches, **settings) == error


def test_a_changed_user_shows_it(caches: Caches) -> None:
    user(caches)
    caches.api.modify_user(
        UserId="app",
        AccessString="on ~app::* +@read",
        AuthenticationMode={"Type": "password", "Passwords": [PASSWORD]},
    )
    (changed,) = caches.api.describe_users(UserId="app")["Users"]
    assert changed["AccessString"] == "on ~app::* +@read"
    assert changed["Authentication"]["Type"] == "password"


def test_a_redis_user_group_needs_a_default_user_and_a_valkey_one_does_not(
    caches: Caches,
) -> None:
    user(caches)
    create = caches.api.create_user_group
    group = {"UserGroupId": "people", "UserIds": ["app"]}
    assert code(create, Engine="redis", **group) == "DefaultUserRequired"
    assert create(Engine="valkey", **group)["UserIds"] == ["app"]
    twice = code(create, UserGroupId="two", Engine="valkey", UserIds=["app", "none"])
    assert twice == "UserNotFound"


def test_members_of_a_user_group_come_and_go(caches: Caches) -> None:
    user(caches, "own-default", UserName="default")
    user(caches)
    caches.api.create_user_group(UserGroupId="people", Engine="redis", UserIds=["default"])
    change = caches.api.modify_user_group
    refused = code(change, UserGroupId="people", UserIdsToAdd=["own-default"])
    assert refused == "DuplicateUserName"
    change(UserGroupId="people", UserIdsToAdd=["own-default", "app"], UserIdsToRemove=["default"])
    (group,) = caches.api.describe_user_groups()["UserGroups"]
    assert group["UserIds"] == ["own-default", "app"]
    (member,) = caches.api.describe_users(UserId="app")["Users"]
    assert member["UserGroupIds"] == ["people"]
    caches.api.delete_user(UserId="app")
    (group,) = caches.api.describe_user_groups()["UserGroups"]
    assert group["UserIds"] == ["own-default"]
