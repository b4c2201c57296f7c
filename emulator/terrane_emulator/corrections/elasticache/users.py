"""Users of role based access control: created, changed and gone as asked.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
Passwords are kept to be counted, AWS never shows them either.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.models import User
from moto.elasticache.responses import ElastiCacheResponse

from terrane_emulator.corrections.elasticache import store
from terrane_emulator.corrections.elasticache.rules import (
    bad_combination,
    bad_value,
    identifier,
    refused,
)
from terrane_emulator.corrections.replacing import adds, replaces

# What a request says -> what an answer says.
_TYPES = {"iam": "iam", "password": "password", "no-password-required": "no-password"}


def _authentication(given: dict[str, Any]) -> tuple[str, list[str]] | None:
    """Type and passwords that a request asks for, in either of its two forms; None if none."""
    mode = given.get("AuthenticationMode") or {}
    passwords = list(mode.get("Passwords") or given.get("Passwords") or [])
    if mode:
        kind = mode.get("Type", "")
    elif given.get("NoPasswordRequired"):
        kind = "no-password-required"
    elif passwords:
        kind = "password"
    else:
        return None
    if kind not in _TYPES:
        raise bad_value(f"Input Authentication type: {kind} is not in the allowed list.")
    if kind != "password" and passwords:
        raise bad_combination(f"Password field is not allowed with authentication type: {kind}")
    if kind == "password" and not 1 <= len(passwords) <= 2:
        raise bad_combination("A user with authentication by password has one or two passwords.")
    if any(not 16 <= len(password) <= 128 for password in passwords):
        raise bad_value("Passwords length must be between 16-128 characters.")
    return kind, passwords


def _describe(user: User) -> dict[str, Any]:
    kind = _TYPES[user.authentication_type or "no-password-required"]
    return {"Type": kind, "PasswordCount": len(user.passwords)}


User.authentication = property(_describe)


def find(backend: Any, user_id: str) -> User:
    """The user of that id."""
    user = backend.users.get(user_id.lower())
    if user is None:
        raise refused("UserNotFound", f"User {user_id} not found.")
    return user


@replaces(ElastiCacheResponse, "create_user")
def _create_user(_: Any, response: Any) -> ActionResult:
    backend, given = response.elasticache_backend, response.params
    name, engine = identifier("UserId", given["UserId"], 40), given["Engine"].lower()
    if engine not in ("redis", "valkey"):
        raise bad_value(f"Unsupported engine: {given['Engine']}")
    if name in backend.users:
        raise refused("UserAlreadyExists", f"User {name} already exists.")
    authentication = _authentication(given)
    if authentication is None:
        raise bad_value(
            "No password was provided. If you want to create/update the user without password, "
            "please use the NoPasswordRequired flag."
        )
    kind, passwords = authentication
    if kind == "iam" and name != given["UserName"]:
        raise bad_combination("User Id and User name must be same for authentication type: iam")
    user = User(
        account_id=backend.account_id,
        region=backend.region_name,
        user_id=name,
        user_name=given["UserName"],
        access_string=given["AccessString"],
        engine=engine,
        no_password_required=kind == "no-password-required",
        passwords=passwords,
        authentication_type=kind,
    )
    user.minimum_engine_version = "7.2" if engine == "valkey" else "7.0" if kind == "iam" else "6.0"
    backend.users[name] = user
    store.tag(backend, user.arn, given.get("Tags"))
    return ActionResult(user)


@replaces(ElastiCacheResponse, "describe_users")
def _describe_users(_: Any, response: Any) -> ActionResult:
    backend, name = response.elasticache_backend, response.params.get("UserId")
    return ActionResult({"Users": [find(backend, name)] if name else list(backend.users.values())})


@adds(ElastiCacheResponse)
def modify_user(response: Any) -> ActionResult:
    given = response.params
    user = find(response.elasticache_backend, given["UserId"])
    _ensure_not_aws_own(user)
    if (authentication := _authentication(given)) is not None:
        user.authentication_type, user.passwords = authentication
    if access := given.get("AccessString"):
        user.access_string = access
    if more := given.get("AppendAccessString"):
        user.access_string = f"{user.access_string} {more}"
    if engine := given.get("Engine"):
        user.engine = engine.lower()
    return ActionResult(user)


@replaces(ElastiCacheResponse, "delete_user")
def _delete_user(_: Any, response: Any) -> ActionResult:
    """AWS takes the user out of its groups, unless a group needs it."""
    backend = response.elasticache_backend
    user = find(backend, response.params["UserId"])
    _ensure_not_aws_own(user)
    if user.name == "default" and user.user_group_ids:
        raise refused(
            "DefaultUserAssociatedToUserGroup",
            f"Default user {user.id} is associated to one or more user groups.",
        )
    for group in user.user_group_ids:
        backend.user_groups[group].user_ids.remove(user.id)
    del backend.users[user.id]
    store.forget(backend, user.arn)
    user.status = "deleting"
    return ActionResult(user)


def _ensure_not_aws_own(user: User) -> None:
    if user.id == "default":
        raise bad_value("The user default is not allowed to be modified or deleted.")
