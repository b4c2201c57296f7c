"""The record that EKS keeps of every change: DescribeUpdate and ListUpdates.

A change answers with an id, and callers ask for it until it says Successful. Changes are
done at once here, so the records begin with that.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.eks.exceptions import ResourceNotFoundException
from moto.eks.models import Cluster, EKSBackend

from terrane_emulator.corrections.eks.routing import Given, answers, page


@dataclass
class Update:
    """One change of a cluster, or of a node group or addon of it."""

    type: str
    params: list[dict[str, str]]
    of: tuple[str, str]
    """The member that names the changed thing, and its name; empty for the cluster."""
    status: str = "Successful"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: datetime = field(default_factory=utcnow)
    errors: list[Any] = field(default_factory=list)


def record(
    cluster: Cluster, kind: str, changes: dict[str, Any], of: tuple[str, str] = ("", "")
) -> dict[str, Any]:
    """Note a change that was made; returns the answer to the call that asked for it."""
    params = [
        {"type": name, "value": value if isinstance(value, str) else json.dumps(value)}
        for name, value in changes.items()
    ]
    update = Update(kind, params, of)
    cluster.updates[update.id] = update
    return {"update": update}


@answers
def describe_update(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """DescribeUpdate: a change of a node group or addon is found only together with its name."""
    updates = backend.describe_cluster(given["name"]).updates
    update = updates.get(given["updateId"])
    if update is None or update.of != _named(given):
        raise ResourceNotFoundException(message=f"No update found for id: {given['updateId']}")
    return {"update": update}


@answers
def list_updates(backend: EKSBackend, given: Given) -> dict[str, Any]:
    """ListUpdates."""
    updates = backend.describe_cluster(given["name"]).updates
    ids, token = page([u.id for u in updates.values() if u.of == _named(given)], given)
    return {"updateIds": ids, "nextToken": token}


def _named(given: Given) -> tuple[str, str]:
    for member in ("nodegroupName", "addonName"):
        if given.get(member):
            return member, given[member]
    return "", ""
