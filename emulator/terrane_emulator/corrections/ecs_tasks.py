"""ECS task definitions: AWS's defaults, and what Fargate refuses.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.utils import utcnow
from moto.ecs.exceptions import EcsClientException, TaskDefinitionNotFoundException
from moto.ecs.models import EC2ContainerServiceBackend, TaskDefinition
from moto.ecs.responses import EC2ContainerServiceResponse

from terrane_emulator.corrections.replacing import replaces

_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}
"""CPU units of a Fargate task -> MiB of memory that go with them."""


@replaces(EC2ContainerServiceResponse, "register_task_definition")
def _register(original: Any, response: EC2ContainerServiceResponse) -> Any:
    params = response.params
    for refusal in _refusals(params):
        raise EcsClientException(refusal)
    answer = original(response)
    definition = answer.result["taskDefinition"]
    definition.enable_fault_injection = bool(params.get("enableFaultInjection"))
    definition.registered_at = utcnow()
    definition.registered_by = f"arn:aws:iam::{response.current_account}:root"
    for container in definition.container_definitions:
        container.setdefault("systemControls", [])
        for mapping in container["portMappings"]:
            mapping.setdefault("protocol", "tcp")
            if definition.network_mode == "awsvpc":
                mapping.setdefault("hostPort", mapping["containerPort"])
    # AWS answers with the tags beside the definition.
    answer.result["tags"] = definition.tags
    return answer


def _refusals(params: dict[str, Any]) -> Iterator[str]:
    """Why AWS would refuse to register this."""
    containers = params["containerDefinitions"]
    if "FARGATE" in (params.get("requiresCompatibilities") or ()):
        yield from _fargate(params)
    if not params.get("executionRoleArn") and any(c.get("secrets") for c in containers):
        yield (
            "When you are specifying container secrets, you must also specify a value for "
            "'executionRoleArn'."
        )
    if params.get("networkMode") == "awsvpc":
        for mapping in (m for c in containers for m in c.get("portMappings") or ()):
            if mapping.get("hostPort") not in (None, 0, mapping["containerPort"]):
                yield (
                    "When networkMode=awsvpc, the host ports and container ports in port "
                    "mappings must match."
                )
    volumes = {volume["name"] for volume in params.get("volumes") or ()}
    for mount in (m for c in containers for m in c.get("mountPoints") or ()):
        if mount["sourceVolume"] not in volumes:
            yield f"Unknown volume '{mount['sourceVolume']}'."
    if all(c.get("essential") is False for c in containers):
        yield "At least one container in the task definition must be essential."


def _fargate(params: dict[str, Any]) -> Iterator[str]:
    cpu, memory = params.get("cpu"), params.get("memory")
    if not cpu or not memory:
        yield "Fargate requires that 'cpu' and 'memory' be defined at the task level."
    elif int(memory) not in _MEMORY.get(int(cpu), ()):
        yield f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."
    if params.get("networkMode") != "awsvpc":
        yield "Fargate only supports network mode 'awsvpc'."
    if not params.get("executionRoleArn"):
        for container in params["containerDefinitions"]:
            if (container.get("logConfiguration") or {}).get("logDriver") == "awslogs":
                yield (
                    "Fargate requires task definition to have execution role ARN to support "
                    "log driver awslogs."
                )
            if ".dkr.ecr." in container["image"]:
                yield (
                    "Fargate requires task definition to have execution role ARN to support "
                    "ECR images."
                )
    storage = (params.get("ephemeralStorage") or {}).get("sizeInGiB", 21)
    if not 21 <= storage <= 200:
        yield f"Invalid ephemeral storage size {storage}: it must be between 21 and 200 GiB."


@replaces(EC2ContainerServiceBackend, "describe_task_definition")
def _describe(original: Any, backend: Any, task_definition_str: str) -> TaskDefinition:
    """A family's name stands for its newest active revision; moto takes the newest of all."""
    name = task_definition_str.split("/")[-1]
    if ":" in name:
        return original(backend, task_definition_str)
    revisions = backend.task_definitions.get(name, {})
    active = [revision for revision, d in revisions.items() if d.status == "ACTIVE"]
    if not active:
        raise TaskDefinitionNotFoundException
    return revisions[max(active)]


@replaces(EC2ContainerServiceBackend, "deregister_task_definition")
def _deregister(original: Any, backend: Any, task_definition_str: str) -> TaskDefinition:
    definition = original(backend, task_definition_str)
    definition.deregistered_at = utcnow()
    return definition


@replaces(EC2ContainerServiceBackend, "list_task_definition_families")
def _families(original: Any, backend: Any, family_prefix: str | None = None) -> Iterator[str]:
    for family in original(backend, family_prefix):
        if any(d.status == "ACTIVE" for d in backend.task_definitions[family].values()):
            yield family
