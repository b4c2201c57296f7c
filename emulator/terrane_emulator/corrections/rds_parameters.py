"""RDS: parameter groups of instances and of clusters come back as they were set.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
and its neighbours. Only what somebody set is listed, not the engines' defaults (`GAPS.md`).
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBClusterParameterGroup, DBParameterGroup, RDSBackend
from moto.rds.responses import RDSResponse

from terrane_emulator.corrections.replacing import adds, replaces


@replaces(DBParameterGroup, "update_parameters")
def _update_parameters(original: Any, group: DBParameterGroup, parameters: Any) -> None:
    original(group, _as_users(parameters))


@replaces(DBClusterParameterGroup, "update_cluster_parameters")
def _update_cluster_parameters(original: Any, group: Any, parameters: Any) -> None:
    original(group, _as_users(parameters))


def _as_users(parameters: Any) -> list[dict[str, Any]]:
    """Without a source the provider takes a parameter for an engine default."""
    return [{"Source": "user", "IsModifiable": True, **parameter} for parameter in parameters]


@adds(RDSResponse)
def reset_db_parameter_group(response: Any) -> ActionResult:
    """Parameters go back to the engine's default; moto lacks the call."""
    name = response.params["DBParameterGroupName"]
    found = response.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
    return _reset(response, name, found[0] if found else None, "DBParameterGroupName")


@adds(RDSResponse)
def reset_db_cluster_parameter_group(response: Any) -> ActionResult:
    """The same for the parameters of a cluster."""
    name = response.params["DBClusterParameterGroupName"]
    group = response.backend.db_cluster_parameter_groups.get(name)
    return _reset(response, name, group, "DBClusterParameterGroupName")


def _reset(response: Any, name: str, group: Any, member: str) -> ActionResult:
    if group is None:
        raise RDSClientError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    if response.params.get("ResetAllParameters"):
        group.parameters.clear()
    for parameter in response.params.get("Parameters", []):
        group.parameters.pop(parameter["ParameterName"], None)
    return ActionResult({member: name})


@replaces(RDSBackend, "delete_db_parameter_group")
def _delete(original: Any, backend: RDSBackend, name: str) -> Any:
    _ensure_unused(name, (i.db_parameter_group_name for i in backend.databases.values()))
    return original(backend, name)


@replaces(RDSBackend, "delete_db_cluster_parameter_group")
def _delete_of_cluster(
    original: Any, backend: RDSBackend, db_cluster_parameter_group_name: str
) -> Any:
    name = db_cluster_parameter_group_name
    _ensure_unused(name, (c.parameter_group for c in backend.clusters.values()))
    return original(backend, name)


def _ensure_unused(name: str, used: Any) -> None:
    if name in used:
        raise RDSClientError(
            "InvalidDBParameterGroupState",
            f"One or more database instances are still members of this parameter group {name}",
        )
