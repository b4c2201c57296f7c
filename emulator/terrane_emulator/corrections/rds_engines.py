"""RDS: engines of clusters, their versions and the families of their parameters.

moto doesn't know DocumentDB, whose calls reach RDS's endpoint. Versions as of 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBCluster, DBInstance
from moto.rds.utils import ClusterEngine, DbInstanceEngine

from terrane_emulator.corrections import rds

DOCDB = "docdb"
_DOCDB_PORT = 27017
# https://docs.aws.amazon.com/documentdb/latest/developerguide/release-notes.html
_DOCDB_VERSIONS = ("3.6.0", "4.0.0", "5.0.0", "8.0.0")


def cluster_version(engine: str, version: str | None) -> str:
    """The full version that AWS runs for the asked one, or by default."""
    if engine == "aurora-postgresql":
        return rds.newest_minor(version or "17")
    if engine == DOCDB:
        wanted = version or "5.0.0"
        if wanted not in _DOCDB_VERSIONS:
            raise RDSClientError(
                "InvalidParameterCombination", f"Cannot find version {wanted} for docdb"
            )
        return wanted
    return version or DBCluster.default_engine_version(engine)


def family(engine: str, version: str) -> str:
    """The parameter group family of a version: `aurora-postgresql17`, `docdb5.0`."""
    parts = version.split(".")
    return f"{engine}{'.'.join(parts[:2]) if engine == DOCDB else parts[0]}"


def default_group(engine: str, version: str) -> str:
    """The cluster parameter group that AWS keeps for a version."""
    return f"default.{family(engine, version)}"


def _with_docdb(owner: Any, name: str, value: Any) -> None:
    """Let a lookup by engine, a static method of moto's, know DocumentDB."""
    original = getattr(owner, name)

    def lookup(engine: str, *args: Any, **kwargs: Any) -> Any:
        return value if engine == DOCDB else original(engine, *args, **kwargs)

    setattr(owner, name, staticmethod(lookup))


for _model in (DBCluster, DBInstance):
    _with_docdb(_model, "default_port", _DOCDB_PORT)
for _enumeration, _listing in (
    (ClusterEngine, "list_cluster_engines"),
    (DbInstanceEngine, "valid_db_instance_engine"),
):
    _known = [*getattr(_enumeration, _listing)(), DOCDB]
    setattr(_enumeration, _listing, classmethod(lambda _, known=tuple(_known): list(known)))
