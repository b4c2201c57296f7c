"""API Gateway v2: routes lead to integrations that exist, and what is in use stays.

https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.apigatewayv2.models import Api, Integration, Route

from terrane_emulator.corrections.apigatewayv2 import bad_request, conflict, not_found
from terrane_emulator.corrections.replacing import replaces

_HTTP_KEY = re.compile(r"\$default|(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /\S*")
_PRIVATE = re.compile(r"arn:aws:(elasticloadbalancing:.*:listener/|servicediscovery:.*:service/).+")


@replaces(Api, "create_integration")
def _create_integration(original: Any, api: Api, **given: Any) -> Integration:
    given["connection_type"] = given.get("connection_type") or "INTERNET"
    _check_integration(api, given)
    if api.protocol_type == "HTTP":
        given["payload_format_version"] = given.get("payload_format_version") or "1.0"
    return original(api, **given)


@replaces(Api, "update_integration")
def _update_integration(original: Any, api: Api, integration_id: str, **given: Any) -> Integration:
    integration = api.get_integration(integration_id)
    wanted = {
        member: getattr(integration, member) if given.get(member) is None else given[member]
        for member in ("connection_id", "connection_type", "integration_uri")
    }
    _check_integration(api, wanted)
    return original(api, integration_id, **given)


def _check_integration(api: Api, wanted: dict[str, Any]) -> None:
    if wanted["connection_type"] != "VPC_LINK":
        return
    if wanted.get("connection_id") not in api.backend.vpc_links:
        raise bad_request(f"VPC link {wanted.get('connection_id')} does not exist")
    if api.protocol_type == "HTTP" and not _PRIVATE.fullmatch(wanted["integration_uri"] or ""):
        raise bad_request(
            "Integration URI must be the ARN of a load balancer's listener or of a Cloud Map "
            "service for an HTTP API with a VPC link"
        )


@replaces(Api, "delete_integration")
def _delete_integration(original: Any, api: Api, integration_id: str) -> None:
    api.get_integration(integration_id)
    for route in api.routes.values():
        if route.target == f"integrations/{integration_id}":
            raise conflict(
                f"Cannot delete Integration '{integration_id}'. It is used by the route "
                f"'{route.route_key}'."
            )
    original(api, integration_id)


@replaces(Api, "create_route")
def _create_route(original: Any, api: Api, **given: Any) -> Route:
    _check_route(api, given["route_key"], given.get("target"), given.get("authorizer_id"))
    if any(route.route_key == given["route_key"] for route in api.routes.values()):
        raise conflict(f"Route with key {given['route_key']} already exists for this API")
    given["authorization_type"] = given.get("authorization_type") or "NONE"
    return original(api, **given)


@replaces(Api, "update_route")
def _update_route(original: Any, api: Api, route_id: str, **given: Any) -> Route:
    route = api.get_route(route_id)
    key = given.get("route_key") or route.route_key
    _check_route(api, key, given.get("target"), given.get("authorizer_id"))
    if any(r.route_key == key for r in api.routes.values() if r is not route):
        raise conflict(f"Route with key {key} already exists for this API")
    original(api, route_id, **given)
    # moto takes an empty list for nothing said.
    if given.get("authorization_scopes") is not None:
        route.authorization_scopes = given["authorization_scopes"]
    return route


def _check_route(api: Api, key: str, target: str | None, authorizer: str | None) -> None:
    if api.protocol_type == "HTTP" and not _HTTP_KEY.fullmatch(key):
        raise bad_request(f"The provided route key {key} is not formatted properly for HTTP")
    kind, _, name = (target or "").partition("/")
    if kind == "integrations" and name not in api.integrations:
        raise not_found(f"Unable to find Integration by ID {name} within Api {api.api_id}")
    if authorizer and authorizer not in api.authorizers:
        raise not_found(f"Unable to find Authorizer by ID {authorizer} within Api {api.api_id}")


@replaces(Api, "delete_authorizer")
def _delete_authorizer(original: Any, api: Api, authorizer_id: str) -> None:
    api.get_authorizer(authorizer_id)
    if any(route.authorizer_id == authorizer_id for route in api.routes.values()):
        raise conflict(f"Cannot delete authorizer '{authorizer_id}'. It is used by a route.")
    original(api, authorizer_id)
