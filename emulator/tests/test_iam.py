"""IAM: what a role may be limited to."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients
from helpers import POLICY, code, trust
from shapes import watch


@pytest.fixture
def iam(aws: Clients) -> Any:
    return watch(aws("iam"))


def test_a_boundary_has_to_exist(iam: Any, account: str) -> None:
    role = {"RoleName": "app", "AssumeRolePolicyDocument": trust()}
    missing = f"arn:aws:iam::{account}:policy/Boundary"
    assert code(iam.create_role, **role, PermissionsBoundary=missing) == "NoSuchEntity"
    made = iam.create_policy(PolicyName="Boundary", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.create_role(**role, PermissionsBoundary=made)
    found = iam.get_role(RoleName="app")["Role"]["PermissionsBoundary"]
    assert found["PermissionsBoundaryArn"] == made


def test_a_boundary_can_be_changed_for_one_that_exists(iam: Any, account: str) -> None:
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust())
    put = iam.put_role_permissions_boundary
    missing = f"arn:aws:iam::{account}:policy/Boundary"
    assert code(put, RoleName="app", PermissionsBoundary=missing) == "NoSuchEntity"
    made = iam.create_policy(PolicyName="Boundary", PolicyDocument=POLICY)["Policy"]["Arn"]
    put(RoleName="app", PermissionsBoundary=made)
    iam.delete_role_permissions_boundary(RoleName="app")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="app")["Role"]
