"""IAM: AWS's own policies, parsed once for all accounts; boundaries that have to exist.

moto builds 1,500 policies from JSON for every account and partition, which costs each
fresh account most of a second and 27 MB. They can't be changed, only the count of
attachments is an account's own, so a shallow copy per account will do.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.iam.exceptions import NoSuchEntity
from moto.iam.models import AWSManagedPolicy, IAMBackend

from terrane_emulator.corrections.replacing import replaces

_parsed: dict[str, list[AWSManagedPolicy]] = {}


@replaces(IAMBackend, "_init_aws_policies")
def _init_aws_policies(original: Any, backend: IAMBackend) -> list[AWSManagedPolicy]:
    if backend.partition not in _parsed:
        _parsed[backend.partition] = original(backend)
    policies = [copy.copy(policy) for policy in _parsed[backend.partition]]
    for policy in policies:
        policy.account_id = backend.account_id
    return policies


def _ensure_boundary(backend: IAMBackend, arn: str | None) -> None:
    if arn and backend.policy_arn_regex.match(arn) and arn not in backend.managed_policies:
        raise NoSuchEntity(f"Scope ARN: {arn} does not exist or is not attachable.")


@replaces(IAMBackend, "create_role")
def _create_role(
    original: Any,
    backend: IAMBackend,
    role_name: str,
    assume_role_policy_document: str,
    path: str,
    permissions_boundary: str | None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"""
    _ensure_boundary(backend, permissions_boundary)
    trust = assume_role_policy_document
    return original(backend, role_name, trust, path, permissions_boundary, *args, **kwargs)


@replaces(IAMBackend, "put_role_permissions_boundary")
def _put_boundary(
    original: Any, backend: IAMBackend, role_name: str, permissions_boundary: str
) -> None:
    _ensure_boundary(backend, permissions_boundary)
    original(backend, role_name, permissions_boundary)
