"""Shards and nodes: how many there are, what they are called, where they stand.

Without cluster mode there is one shard and nodes are `cache-001`, `cache-002`; with it
they are `cache-0001-001`, and the 16384 hash slots are shared out evenly. The first node
of a shard is its primary. Zones are handed out in turn, unless the caller has wishes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_SLOTS = 16384


@dataclass
class Shard:
    """A primary and its replicas, each in a zone."""

    number: int
    zones: list[str] = field(default_factory=list)
    """One per node, the primary's first."""
    wished_slots: str | None = None

    @property
    def id(self) -> str:
        """AWS's name of the shard."""
        return f"{self.number:04}"

    @property
    def replicas(self) -> int:
        """How many nodes are not the primary."""
        return len(self.zones) - 1

    def resize(self, replicas: int, zones: list[str], wished: list[str] | None = None) -> None:
        """Have that many replicas; new nodes go to wished zones first, then to `zones` in turn."""
        del self.zones[replicas + 1 :]
        wishes = list(wished or [])[len(self.zones) :]
        while len(self.zones) < replicas + 1:
            place = (self.number - 1 + len(self.zones)) % len(zones)
            self.zones.append(wishes.pop(0) if wishes else zones[place])

    def node_ids(self, group: str, clustered: bool) -> list[str]:
        """The ids of the shard's nodes, the primary's first."""
        stem = f"{group}-{self.id}" if clustered else group
        return [f"{stem}-{number:03}" for number in range(1, len(self.zones) + 1)]


def slots(shards: list[Shard]) -> dict[int, str]:
    """The range of hash slots that each shard, by number, serves."""
    count = len(shards)
    bounds = [_SLOTS * place // count for place in range(count + 1)]
    return {
        shard.number: shard.wished_slots or f"{bounds[place]}-{bounds[place + 1] - 1}"
        for place, shard in enumerate(shards)
    }
