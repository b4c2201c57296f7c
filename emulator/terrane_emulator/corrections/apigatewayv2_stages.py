"""API Gateway v2: stages that can be changed, and deployments.

moto has neither. An automatic stage has a deployment of its own from the start.
https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from moto.apigatewayv2.models import Api, Stage
from moto.apigatewayv2.responses import ApiGatewayV2Response
from moto.core.utils import iso_8601_datetime_without_milliseconds, utcnow
from moto.logs.models import logs_backends
from moto.moto_api._internal import mock_random

from terrane_emulator.corrections.apigatewayv2 import bad_request, body, conflict, not_found
from terrane_emulator.corrections.replacing import replaces

Response = ApiGatewayV2Response
Answer = tuple[int, dict[str, str], str]

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def _place(response: Response) -> tuple[Api, list[str]]:
    """The API that a path is about, and the path's segments behind it."""
    segments = unquote(response.path).split("/v2/apis/")[1].split("/")
    return response.apigatewayv2_backend.get_api(segments[0]), segments[1:]


@replaces(Api, "__init__")
def _init(original: Any, api: Api, *args: Any, **kwargs: Any) -> None:
    original(api, *args, **kwargs)
    api.deployments = {}


@replaces(Api, "create_stage")
def _create_stage(original: Any, api: Api, config: dict[str, Any]) -> Stage:
    config = {key: value for key, value in config.items() if value is not None}
    if config["stageName"] in api.stages:
        raise conflict("Stage already exists")
    _check_stage(api, config)
    stage = original(api, config)
    stage.deployment_id = config.get("deploymentId")
    stage.default_route_settings = _route_settings(config.get("defaultRouteSettings") or {})
    stage.auto_deploy = bool(stage.auto_deploy)
    if stage.auto_deploy:
        _deploy(api, "Automatic deployment triggered by changes to the Api configuration", stage)
    return stage


def _route_settings(given: dict[str, Any]) -> dict[str, Any]:
    return {"detailedMetricsEnabled": False} | given


def _check_stage(api: Api, config: dict[str, Any]) -> None:
    deployment = config.get("deploymentId")
    if deployment and deployment not in api.deployments:
        raise not_found(f"Unable to find Deployment by ID {deployment} within Api {api.api_id}")
    if deployment and config.get("autoDeploy"):
        raise bad_request("Deployment ID cannot be set on stages with auto deploy enabled")
    if settings := config.get("accessLogSettings"):
        # AWS takes the ARN with and without the final `:*`.
        arn = settings.get("destinationArn", "").removesuffix(":*")
        name = arn.partition(":log-group:")[2]
        groups = logs_backends[api.backend.account_id][api.backend.region_name].groups
        if ":firehose:" not in arn and name not in groups:
            raise bad_request(f"Invalid ARN specified in the request: {arn}")
        settings["destinationArn"] = arn


@replaces(Stage, "to_json")
def _describe_stage(original: Any, stage: Stage) -> dict[str, Any]:
    answer = original(stage) | {"apiGatewayManaged": False}
    if stage.deployment_id:
        answer["deploymentId"] = stage.deployment_id
    if stage.auto_deploy:
        answer["lastDeploymentStatusMessage"] = (
            f"Successfully deployed stage with deployment ID '{stage.deployment_id}'"
        )
    return answer


def _update_stage(response: Response) -> Answer:
    api, (_, name, *_) = _place(response)
    stage, given = api.get_stage(name), body(response)
    automatic = given.get("autoDeploy", stage.auto_deploy)
    _check_stage(api, given | {"autoDeploy": automatic})
    for member, attribute in (
        ("accessLogSettings", "access_log_settings"),
        ("autoDeploy", "auto_deploy"),
        ("clientCertificateId", "client_certificate_id"),
        ("deploymentId", "deployment_id"),
        ("description", "description"),
    ):
        if member in given:
            setattr(stage, attribute, given[member])
    if "defaultRouteSettings" in given:
        stage.default_route_settings = _route_settings(given["defaultRouteSettings"])
    stage.route_settings = stage.route_settings | given.get("routeSettings", {})
    variables = stage.stage_variables | given.get("stageVariables", {})
    # A variable is deleted by giving it no value.
    stage.stage_variables = {key: value for key, value in variables.items() if value != ""}
    stage.updated = datetime.now()
    if stage.auto_deploy:
        _deploy(api, "Automatic deployment triggered by changes to the Api configuration", stage)
    return 200, {}, json.dumps(stage.to_json())


def _delete_access_log_settings(response: Response) -> Answer:
    api, (_, name, *_) = _place(response)
    api.get_stage(name).access_log_settings = None
    return 204, {}, ""


def _delete_route_settings(response: Response) -> Answer:
    api, (_, name, _, *key) = _place(response)
    api.get_stage(name).route_settings.pop("/".join(key), None)
    return 204, {}, ""


@replaces(Api, "delete_stage")
def _delete_stage(original: Any, api: Api, stage_name: str) -> None:
    stage = api.get_stage(stage_name)
    if any(
        (m.api_id, m.stage) == (api.api_id, stage_name) for m in api.backend.api_mappings.values()
    ):
        raise bad_request(f"Cannot delete stage {stage_name}: an API mapping leads to it")
    original(api, stage_name)
    api.backend.tagger.delete_all_tags_for_resource(stage.arn)


def _deploy(api: Api, description: str | None, stage: Stage | None) -> dict[str, Any]:
    """Record a deployment and let the stage, if there is one, serve it."""
    identifier = "".join(mock_random.choice(_LETTERS) for _ in range(6))
    api.deployments[identifier] = {
        "deploymentId": identifier,
        "autoDeployed": bool(stage and stage.auto_deploy),
        "createdDate": iso_8601_datetime_without_milliseconds(utcnow()),
        "deploymentStatus": "DEPLOYED",
        "description": description or "",
    }
    if stage is not None:
        previous = api.deployments.get(stage.deployment_id or "")
        if previous and previous["autoDeployed"]:
            del api.deployments[stage.deployment_id]
        stage.deployment_id = identifier
    return api.deployments[identifier]


def _create_deployment(response: Response) -> Answer:
    api, _ = _place(response)
    given = body(response)
    if not api.routes:
        raise bad_request("At least one route is required before deploying the Api.")
    stage = api.get_stage(given["stageName"]) if given.get("stageName") else None
    return 201, {}, json.dumps(_deploy(api, given.get("description"), stage))


def _deployment(response: Response) -> tuple[Api, dict[str, Any]]:
    api, (_, identifier) = _place(response)
    if identifier not in api.deployments:
        raise not_found(f"Unable to find Deployment by ID {identifier} within Api {api.api_id}")
    return api, api.deployments[identifier]


def _get_deployment(response: Response) -> Answer:
    return 200, {}, json.dumps(_deployment(response)[1])


def _get_deployments(response: Response) -> Answer:
    api, _ = _place(response)
    return 200, {}, json.dumps({"items": list(api.deployments.values())})


def _update_deployment(response: Response) -> Answer:
    _, deployment = _deployment(response)
    deployment["description"] = body(response).get("description", deployment["description"])
    return 200, {}, json.dumps(deployment)


def _delete_deployment(response: Response) -> Answer:
    api, deployment = _deployment(response)
    if any(s.deployment_id == deployment["deploymentId"] for s in api.stages.values()):
        raise bad_request(
            "Active stages pointing to this deployment must be moved or deleted before deleting "
            "this deployment"
        )
    del api.deployments[deployment["deploymentId"]]
    return 204, {}, ""


Response.update_stage = _update_stage
Response.delete_access_log_settings = _delete_access_log_settings
Response.delete_route_settings = _delete_route_settings
Response.create_deployment = _create_deployment
Response.get_deployment = _get_deployment
Response.get_deployments = _get_deployments
Response.update_deployment = _update_deployment
Response.delete_deployment = _delete_deployment
