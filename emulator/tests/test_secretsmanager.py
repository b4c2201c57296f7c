"""Secrets Manager: the names that AWS takes, and secrets that wait for their end."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients
from helpers import code
from shapes import watch


@pytest.fixture
def secrets(aws: Clients) -> Any:
    return watch(aws("secretsmanager"))


@pytest.mark.parametrize("name", ["a b", "a" * 513, "näme"])
def test_a_name_that_aws_refuses_is_refused(secrets: Any, name: str) -> None:
    assert code(secrets.create_secret, Name=name) == "ValidationException"


def test_a_name_is_taken_until_the_recovery_window_is_over(secrets: Any) -> None:
    secrets.create_secret(Name="env/app", SecretString="old")
    secrets.delete_secret(SecretId="env/app", RecoveryWindowInDays=7)
    refused = code(secrets.create_secret, Name="env/app", SecretString="new")
    assert refused == "InvalidRequestException"
    refused = code(secrets.put_secret_value, SecretId="env/app", SecretString="new")
    assert refused == "InvalidRequestException"
    secrets.restore_secret(SecretId="env/app")
    secrets.put_secret_value(SecretId="env/app", SecretString="new")
    assert secrets.get_secret_value(SecretId="env/app")["SecretString"] == "new"


def test_a_name_is_free_after_a_deletion_without_recovery(secrets: Any) -> None:
    secrets.create_secret(Name="env/app")
    secrets.delete_secret(SecretId="env/app", ForceDeleteWithoutRecovery=True)
    secrets.create_secret(Name="env/app")


def test_generated_passwords_differ_and_keep_to_the_rules(secrets: Any) -> None:
    made = {
        secrets.get_random_password(PasswordLength=40, ExcludePunctuation=True)["RandomPassword"]
        for _ in range(2)
    }
    assert len(made) == 2
    assert all(len(password) == 40 and password.isalnum() for password in made)
