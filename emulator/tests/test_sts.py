"""STS: external ids, accounts, and presigned calls."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
from conftest import Clients, Emulated
from helpers import code, trust

from terrane_emulator.corrections.sts import trusts


def test_a_role_that_wants_an_external_id_gets_it_or_refuses(
    emulated: Emulated, account: str, aws: Clients
) -> None:
    document = trust(StringEquals={"sts:ExternalId": "acme"})
    aws("iam").create_role(RoleName="guarded", AssumeRolePolicyDocument=document)
    inside = emulated.assume(account, "guarded", ExternalId="acme")
    assert inside("sts").get_caller_identity()["Account"] == account
    assert code(emulated.assume, account=account, role="guarded") == "AccessDenied"
    wrong = code(emulated.assume, account=account, role="guarded", ExternalId="evil")
    assert wrong == "AccessDenied"


def test_an_assumed_role_acts_in_its_own_account(emulated: Emulated, aws: Clients) -> None:
    aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    elsewhere = emulated.assume("299999999999")("ec2")
    ours = {vpc["VpcId"] for vpc in aws("ec2").describe_vpcs()["Vpcs"]}
    theirs = {vpc["VpcId"] for vpc in elsewhere.describe_vpcs()["Vpcs"]}
    assert len(ours) == 2 and len(theirs) == 1 and not ours & theirs


def test_who_signs_with_an_unknown_key_is_a_user_of_iam(emulated: Emulated) -> None:
    identity = emulated.home("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{identity['Account']}:user/moto"


@pytest.mark.parametrize(
    ("condition", "given", "allowed"),
    [
        ({}, None, True),
        ({"StringEquals": {"sts:ExternalId": ["a", "b"]}}, "b", True),
        ({"StringLike": {"sts:ExternalId": "acme-*"}}, "acme-1", True),
        ({"StringLike": {"sts:ExternalId": "acme-*"}}, None, False),
        ({"StringNotEquals": {"sts:ExternalId": "a"}}, "b", False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, None, True),
    ],
)
def test_conditions_other_than_the_external_id_are_not_judged(
    condition: dict[str, Any], given: str | None, allowed: bool
) -> None:
    policy = {"Statement": {"Effect": "Allow", "Condition": condition}}
    assert trusts(policy, given) is allowed


def test_a_presigned_identity_call_reaches_sts(
    emulated: Emulated, account: str, aws: Clients
) -> None:
    url = aws("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert f"<Account>{account}</Account>" in answer.read().decode()
