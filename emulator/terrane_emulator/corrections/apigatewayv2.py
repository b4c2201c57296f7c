"""API Gateway v2: reached at all, and its APIs, links and tags as AWS keeps them.

Both versions of API Gateway are signed alike. moto loads version 1 for either, which needs
packages that the emulator leaves out; only paths tell them apart, and version 2 is enough.
https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html
"""

from __future__ import annotations

import json
from typing import Any

from moto.apigatewayv2 import urls
from moto.apigatewayv2.models import Api, ApiGatewayV2Backend, DomainName, Stage, VpcLink
from moto.apigatewayv2.responses import ApiGatewayV2Response
from moto.ec2.models import ec2_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

Backend = ApiGatewayV2Backend
Response = ApiGatewayV2Response

for _path in (
    # ARNs of stages and domain names, which moto's own patterns leave out.
    "tags/(?P<resource_arn>.+)",
    "apis/(?P<api_id>[^/]+)/deployments",
    "apis/(?P<api_id>[^/]+)/deployments/(?P<deployment_id>[^/]+)",
    "apis/(?P<api_id>[^/]+)/stages/(?P<stage_name>[^/]+)/accesslogsettings",
    "apis/(?P<api_id>[^/]+)/stages/(?P<stage_name>[^/]+)/routesettings/(?P<route_key>.+)",
):
    urls.url_paths["{0}/v2/" + _path + "$"] = Response.dispatch


@replaces(DomainDispatcherApplication, "infer_service_region_host")
def _infer_host(original: Any, app: Any, environ: dict[str, Any], path: str) -> str | None:
    signed_for = "/apigateway/aws4_request" in environ.get("HTTP_AUTHORIZATION", "")
    if signed_for and path.startswith("/v2/"):
        return "apigatewayv2"
    return original(app, environ, path)


def body(response: Response) -> dict[str, Any]:
    """The members of a request, null ones left out."""
    members = json.loads(response.body or "{}")
    return {key: value for key, value in members.items() if value is not None}


def bad_request(message: str) -> Refused:
    """The answer to a request that can't be right."""
    return Refused("BadRequestException", message)


def conflict(message: str) -> Refused:
    """The answer to a name that is taken, or to deleting what is in use."""
    return Refused("ConflictException", message, 409)


def not_found(message: str) -> Refused:
    """The answer to an id that doesn't exist."""
    return Refused("NotFoundException", message, 404)


@replaces(Response, "create_api")
def _create_api(original: Any, response: Response) -> Any:
    return _with_address_type(original, response, "ipv4")


@replaces(Response, "update_api")
def _update_api(original: Any, response: Response) -> Any:
    return _with_address_type(original, response, None)


def _with_address_type(original: Any, response: Response, default: str | None) -> Any:
    """Run moto's create or update, and keep the address type, which it drops."""
    answer = original(response)
    api = response.apigatewayv2_backend.get_api(json.loads(answer[2])["apiId"])
    api.ip_address_type = body(response).get("ipAddressType") or default or api.ip_address_type
    return *answer[:2], json.dumps(api.to_json())


@replaces(Api, "to_json")
def _describe_api(original: Any, api: Api) -> dict[str, Any]:
    return original(api) | {
        "apiGatewayManaged": False,
        "ipAddressType": getattr(api, "ip_address_type", "ipv4"),
    }


@replaces(Backend, "delete_api")
def _delete_api(original: Any, backend: Backend, api_id: str) -> None:
    api = backend.get_api(api_id)
    if domains := [m.domain_name for m in backend.api_mappings.values() if m.api_id == api_id]:
        raise bad_request(
            f"Deleting API {api_id} failed. Please remove all base path mappings related to "
            f"the API in your domains: {domains}"
        )
    original(backend, api_id)
    for arn in [a for a in backend.tagger.tags if a == api.arn or a.startswith(f"{api.arn}/")]:
        backend.tagger.delete_all_tags_for_resource(arn)


@replaces(Backend, "create_vpc_link")
def _create_link(
    original: Any, backend: Backend, name: str, sg_ids: Any, subnet_ids: list[str], tags: Any
) -> VpcLink:
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnets = {subnet for zone in ec2.subnets.values() for subnet in zone}
    if not subnet_ids or not subnets.issuperset(subnet_ids):
        raise bad_request(f"The subnets {subnet_ids} don't exist")
    for group in sg_ids or ():
        if ec2.get_security_group_from_id(group) is None:
            raise bad_request(f"The security group {group} doesn't exist")
    return original(backend, name, sg_ids or [], subnet_ids, tags)


@replaces(Backend, "delete_vpc_link")
def _delete_link(original: Any, backend: Backend, vpc_link_id: str) -> None:
    link = backend.get_vpc_link(vpc_link_id)
    original(backend, vpc_link_id)
    backend.tagger.delete_all_tags_for_resource(link.arn)


def _tagged(arn_of: Any) -> property:
    """Tags read from the one place where the tag calls write them."""

    def get(resource: Any) -> dict[str, str]:
        return resource.backend.get_tags(arn_of(resource))

    def put(resource: Any, tags: dict[str, str] | None) -> None:
        resource.backend.tag_resource(arn_of(resource), tags or {})

    return property(get, put)


@replaces(Stage, "__init__")
def _init_stage(original: Any, stage: Stage, api: Api, config: dict[str, Any]) -> None:
    stage.backend = api.backend
    stage.arn = f"{api.arn}/stages/{config['stageName']}"
    original(stage, api, config)


@replaces(DomainName, "__init__")
def _init_domain(original: Any, domain: DomainName, **given: Any) -> None:
    region = given["backend"].region_name
    domain.backend = given["backend"]
    domain.domain_name_arn = f"arn:aws:apigateway:{region}::/domainnames/{given['domain_name']}"
    original(domain, **given)


Stage.tags = _tagged(lambda stage: stage.arn)
DomainName.tags = _tagged(lambda domain: domain.domain_name_arn)
