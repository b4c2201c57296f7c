"""User groups, which moto lacks: for Redis with a default user, and kept while in use.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUserGroup.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.responses import ElastiCacheResponse

from terrane_emulator.corrections.elasticache import store, users
from terrane_emulator.corrections.elasticache.rules import bad_value, identifier, refused
from terrane_emulator.corrections.replacing import adds


class UserGroup:
    """Users that a replication group lets in."""

    status = "active"

    def __init__(self, backend: Any, name: str, engine: str) -> None:
        self._backend = backend
        self.user_group_id = name
        self.engine = engine
        self.minimum_engine_version = "7.2" if engine == "valkey" else "6.0"
        self.arn = store.arn(backend, "usergroup", name)
        self.user_ids: list[str] = []

    @property
    def replication_groups(self) -> list[str]:
        """The ids of the replication groups that use this group."""
        return [
            group.replication_group_id
            for group in self._backend.replication_groups.values()
            if self.user_group_id in group.user_group_ids
        ]

    def become(self, user_ids: list[str]) -> None:
        """Hold exactly these users; refuses what AWS refuses and then changes nothing."""
        members = [users.find(self._backend, user) for user in user_ids]
        names = [member.name for member in members]
        if self.engine == "redis" and "default" not in names:
            raise refused(
                "DefaultUserRequired",
                "User group needs to contain a user with the user name default.",
            )
        if len(set(names)) != len(names):
            raise refused("DuplicateUserName", "A user group has each user name once only.")
        self.leave()
        self.user_ids = [member.id for member in members]
        for member in members:
            member.user_group_ids.append(self.user_group_id)

    def leave(self) -> None:
        """Let go of every user."""
        for user in self.user_ids:
            self._backend.users[user].user_group_ids.remove(self.user_group_id)
        self.user_ids = []


def find(backend: Any, name: str) -> UserGroup:
    """The group of that id."""
    group = backend.user_groups.get(name.lower())
    if group is None:
        raise refused("UserGroupNotFound", f"UserGroup {name} not found.")
    return group


@adds(ElastiCacheResponse)
def create_user_group(response: Any) -> ActionResult:
    backend, given = response.elasticache_backend, response.params
    name, engine = identifier("UserGroupId", given["UserGroupId"], 40), given["Engine"].lower()
    if engine not in ("redis", "valkey"):
        raise bad_value(f"Unsupported engine: {given['Engine']}")
    if name in backend.user_groups:
        raise refused("UserGroupAlreadyExists", f"UserGroup {name} already exists.")
    group = UserGroup(backend, name, engine)
    group.become(given.get("UserIds", []))
    backend.user_groups[name] = group
    store.tag(backend, group.arn, given.get("Tags"))
    return ActionResult(group)


@adds(ElastiCacheResponse)
def describe_user_groups(response: Any) -> ActionResult:
    backend, name = response.elasticache_backend, response.params.get("UserGroupId")
    groups = [find(backend, name)] if name else list(backend.user_groups.values())
    return ActionResult({"UserGroups": groups})


@adds(ElastiCacheResponse)
def modify_user_group(response: Any) -> ActionResult:
    given = response.params
    group = find(response.elasticache_backend, given["UserGroupId"])
    removed = {user.lower() for user in given.get("UserIdsToRemove", [])}
    kept = [user for user in group.user_ids if user not in removed]
    added = [user.lower() for user in given.get("UserIdsToAdd", []) if user.lower() not in kept]
    if not removed and not added:
        raise bad_value("No modifications were requested")
    group.become([*kept, *added])
    return ActionResult(group)


@adds(ElastiCacheResponse)
def delete_user_group(response: Any) -> ActionResult:
    backend = response.elasticache_backend
    group = find(backend, response.params["UserGroupId"])
    if group.replication_groups:
        raise refused(
            "InvalidUserGroupState",
            f"User group {group.user_group_id} is associated with replication groups.",
        )
    group.leave()
    del backend.user_groups[group.user_group_id]
    store.forget(backend, group.arn)
    group.status = "deleting"
    return ActionResult(group)
