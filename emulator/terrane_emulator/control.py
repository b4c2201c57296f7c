"""The switchboard under `/_terrane/`: for tests and people, not part of AWS."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request, Response

from terrane_emulator import faults, inventory
from terrane_emulator.corrections.eks import api_servers

PREFIX = "/_terrane/"


def answer(request: Request, seen: Counter[tuple[str, str]]) -> Response:
    """Serve one control request; `seen` counts calls by service and action."""
    match request.method, request.path.removeprefix(PREFIX).rstrip("/"):
        case "GET", "health":
            return _json({"status": "ok"})
        case "GET", "calls":
            return _json(_by_service(seen))
        case "GET", "inventory":
            wanted = {k: v for k, v in request.args.items() if k in ("account", "region")}
            return _json(inventory.take(**wanted))
        case "GET", "faults":
            return _json(faults.dump())
        case "PUT", "faults":
            try:
                faults.load(request.get_json(force=True))
            except (TypeError, BadRequest) as error:
                return _json({"error": str(error)}, 400)
            return _json(faults.dump())
        case "DELETE", "faults":
            faults.load({})
            return _json(faults.dump())
        case "GET", "api-servers":
            return _json(api_servers.dump())
        case "PUT", "api-servers":
            try:
                api_servers.load(request.get_json(force=True))
            except (TypeError, BadRequest) as error:
                return _json({"error": str(error)}, 400)
            return _json(api_servers.dump())
        case "DELETE", "api-servers":
            api_servers.load([])
            return _json(api_servers.dump())
        case "POST", "reset":
            faults.load({})
            api_servers.load([])
            seen.clear()
            _forget()
            return _json({"status": "ok"})
    return _json({"error": "no such switch, see the emulator's README.md"}, 404)


def _forget() -> None:
    """Drop the state of every account.

    moto's own reset first builds each backend anew, only to drop it: with the accounts of
    a few hundred tests that takes longer than a client waits. S3 alone remembers
    something outside its backends, whose bucket a name is.
    """
    for backends in BackendDict._instances:
        if backends.service_name == "s3":
            for account in backends.values():
                account.reset()
        backends.clear()
    BackendDict._instances.clear()
    reset_model_data()


def _by_service(seen: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for (service, action), count in sorted(seen.items()):
        counts.setdefault(service, {})[action] = count
    return counts


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document) + "\n", status, content_type="application/json")
