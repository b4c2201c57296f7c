"""STS: a role's trust policy may demand an external id; a user's ARN is IAM's.

AWS refuses AssumeRole unless a statement of the trust policy allows it; moto never
looks. Only the condition on `sts:ExternalId` is judged here, principals are not. A role
that doesn't exist can still be assumed, which is how an empty account is entered.

Whoever signs with an access key that nobody made is a user that doesn't exist either. AWS
calls users by their ARN in IAM, which is what other services are then told.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import STSBackend

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused


@replaces(STSBackend, "assume_role")
def _assume_role(original: Any, backend: STSBackend, **kwargs: Any) -> Any:
    arn = kwargs["role_arn"]
    policy = _trust_policy(arn, backend.partition)
    if policy is not None and not trusts(policy, kwargs.get("external_id")):
        caller = f"arn:{backend.partition}:iam::{backend.account_id}:root"
        raise Refused(
            "AccessDenied",
            f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            403,
        )
    return original(backend, **kwargs)


@replaces(STSBackend, "get_caller_identity")
def _get_caller_identity(
    original: Any, backend: STSBackend, access_key_id: str, region: str
) -> tuple[str, str, str]:
    user_id, arn, account = original(backend, access_key_id, region)
    if arn.split(":")[5] == "user/moto":
        arn = nobody(backend.partition, account)
    return user_id, arn, account


def nobody(partition: str, account: str) -> str:
    """ARN of whoever signs with an access key that nobody made."""
    return f"arn:{partition}:iam::{account}:user/moto"


def _trust_policy(arn: str, partition: str) -> dict[str, Any] | None:
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    roles = iam_backends[account][partition].roles.values() if account else ()
    document = next((r.assume_role_policy_document for r in roles if r.arn == arn), None)
    return json.loads(document) if document else None


def trusts(policy: dict[str, Any], external_id: str | None) -> bool:
    """Whether some Allow statement's external id condition is met by `external_id`."""
    statements = policy.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    return any(
        statement.get("Effect") == "Allow" and _condition_met(statement, external_id)
        for statement in statements
    )


def _condition_met(statement: dict[str, Any], external_id: str | None) -> bool:
    for operator, keys in statement.get("Condition", {}).items():
        for key, wanted in keys.items():
            if key.lower() != "sts:externalid":
                continue
            values = [wanted] if isinstance(wanted, str) else wanted
            if operator == "StringEquals":
                met = external_id in values
            elif operator == "StringLike":
                met = external_id is not None and any(fnmatchcase(external_id, v) for v in values)
            else:  # an operator that we don't know must not open the door
                met = False
            if not met:
                return False
    return True
