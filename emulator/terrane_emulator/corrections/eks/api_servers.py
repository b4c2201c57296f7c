"""Real API servers that stand in for clusters, set through `/_terrane/api-servers`.

A test that has a Kubernetes on loopback names it here; DescribeCluster then answers with its
address and authority in place of the cluster's own, from the next call on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class ApiServer:
    """The API server of every cluster whose ARN matches a glob."""

    endpoint: str
    authority: str
    """A certificate in PEM, in base64: `certificateAuthority.data`."""
    cluster: str = "*"

    @property
    def certificate_authority(self) -> dict[str, str]:
        """The authority as DescribeCluster shows it."""
        return {"data": self.authority}


_current: list[ApiServer] = []


def load(document: list[dict[str, Any]]) -> None:
    """Replace the settings; raises TypeError for a member that doesn't exist."""
    global _current
    _current = [ApiServer(**entry) for entry in document]


def dump() -> list[dict[str, Any]]:
    """The settings as JSON."""
    return [asdict(server) for server in _current]


def serving(arn: str) -> ApiServer | None:
    """What answers for the cluster with that ARN; the first that matches."""
    return next((s for s in _current if fnmatchcase(arn, s.cluster)), None)
