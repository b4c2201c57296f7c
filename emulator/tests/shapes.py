"""Is an answer what AWS's model of the call allows? Compared as it is on the wire.

SDKs drop members that they don't know, so a test through boto3 alone would never see a
misspelt one. `watch` checks every answer that a client gets; `check` checks one.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

_NUMBERS = ("integer", "long", "float", "double")


def watch(client: Any) -> Any:
    """Let the client fail on an answer that doesn't fit its model; returns the client."""
    client.meta.events.register("before-parse", _on_answer)
    return client


def _on_answer(operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] < 300:
        faults = _faults(operation_model, response_dict["body"])
        assert not faults, f"{operation_model.name}: {'; '.join(faults)}"


def check(service: str, operation: str, body: bytes | str | dict[str, Any]) -> None:
    """Fail if `body`, the answer to a call, has a member or a type that the model hasn't."""
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    faults = _faults(model, body)
    assert not faults, f"{operation}: {'; '.join(faults)}"


def _faults(model: OperationModel, body: Any) -> list[str]:
    shape = model.output_shape
    if shape is None or not body:
        return []
    if model.service_model.protocol in ("query", "ec2"):
        root = ElementTree.fromstring(body)
        if (wrapper := shape.serialization.get("resultWrapper")) is not None:
            found = next((child for child in root if _name(child) == wrapper), None)
            return [f"no {wrapper}"] if found is None else _xml(shape, found, "")
        return _xml(shape, root, "")
    document = json.loads(body) if isinstance(body, bytes | str) else body
    return _json(shape, document, "")


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _xml(shape: Shape, element: ElementTree.Element, path: str) -> list[str]:
    if isinstance(shape, StructureShape):
        members = {m.serialization.get("name", n): m for n, m in shape.members.items()}
        flat = {
            m.member.serialization.get("name", n): m.member
            for n, m in shape.members.items()
            if isinstance(m, ListShape) and m.serialization.get("flattened")
        }
        faults = []
        for child in element:
            name = _name(child)
            if name in ("ResponseMetadata", "requestId", "RequestId"):
                continue
            member = flat.get(name) or members.get(name)
            place = f"{path}.{name}"
            faults += [f"{place} is unknown"] if member is None else _xml(member, child, place)
        return faults
    if isinstance(shape, ListShape):
        wanted = shape.member.serialization.get("name", "member")
        faults = [f"{path} has {_name(c)}" for c in element if _name(c) != wanted]
        return faults + [f for c in element for f in _xml(shape.member, c, f"{path}[]")]
    if isinstance(shape, MapShape):
        return []
    return [] if _fits(shape, element.text or "") else [f"{path} is {element.text!r}"]


def _fits(shape: Shape, text: str) -> bool:
    """Whether the text of an element is of the shape's type."""
    try:
        if shape.type_name in ("integer", "long"):
            int(text)
        elif shape.type_name in ("float", "double"):
            float(text)
        elif shape.type_name == "boolean":
            return text in ("true", "false")
        elif shape.type_name == "timestamp":
            datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def _json(shape: Shape, value: Any, path: str) -> list[str]:
    if value is None:
        return []
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            return [f"{path} is {value!r}"]
        members = {m.serialization.get("name", n): m for n, m in shape.members.items()}
        faults = [f"{path}.{name} is unknown" for name in value.keys() - members.keys()]
        known = [(name, value[name]) for name in value.keys() & members.keys()]
        return faults + [f for n, v in known for f in _json(members[n], v, f"{path}.{n}")]
    if isinstance(shape, ListShape):
        if not isinstance(value, list):
            return [f"{path} is {value!r}"]
        return [f for item in value for f in _json(shape.member, item, f"{path}[]")]
    if isinstance(shape, MapShape):
        if not isinstance(value, dict):
            return [f"{path} is {value!r}"]
        return [f for k, v in value.items() for f in _json(shape.value, v, f"{path}.{k}")]
    wanted: Any = str
    if shape.type_name == "boolean":
        wanted = bool
    elif shape.type_name in _NUMBERS:
        wanted = (int, float)
    elif shape.type_name == "timestamp":
        # In JSON a number, unless the model says another format.
        wanted = str if shape.serialization.get("timestampFormat") else (int, float)
    is_number = isinstance(value, bool) and wanted is not bool
    return [] if isinstance(value, wanted) and not is_number else [f"{path} is {value!r}"]
