"""API Gateway v2: domain names that alias records can point to, and mappings that change.

https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname.html
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.acm.models import acm_backends
from moto.apigatewayv2.models import ApiGatewayV2Backend, ApiMapping, DomainName
from moto.apigatewayv2.responses import ApiGatewayV2Response
from moto.moto_api._internal import mock_random

from terrane_emulator.corrections.apigatewayv2 import bad_request, body, conflict, not_found
from terrane_emulator.corrections.replacing import replaces

Backend = ApiGatewayV2Backend
Answer = tuple[int, dict[str, str], str]

# Zone of regional domains' own names: https://docs.aws.amazon.com/general/latest/gr/apigateway.html
_HOSTED_ZONES = {
    "ap-northeast-1": "Z1YSHQZHG15GKL",
    "ap-southeast-1": "ZL327KTPIQFUL",
    "ap-southeast-2": "Z2RPCDW04V8134",
    "eu-central-1": "Z1U9ULNL0V5AJ3",
    "eu-west-1": "ZLY8HYME6SFDD",
    "eu-west-2": "ZJ5UAJN8Y3Z2Q",
    "us-east-1": "Z1UJRXOUMOOFQ8",
    "us-east-2": "ZOJJZC49E0EPZ",
    "us-west-2": "Z2OJLYMUO9EFXC",
}


@replaces(Backend, "create_domain_name")
def _create(original: Any, backend: Backend, domain_name: str, **given: Any) -> DomainName:
    for configuration in given["domain_name_configurations"]:
        _check_certificate(backend, domain_name, configuration)
        configuration |= {
            "endpointType": configuration.get("endpointType") or "REGIONAL",
            "securityPolicy": configuration.get("securityPolicy") or "TLS_1_2",
            "ipAddressType": configuration.get("ipAddressType") or "ipv4",
            "domainNameStatus": "AVAILABLE",
            "hostedZoneId": _HOSTED_ZONES.get(backend.region_name, "Z1UJRXOUMOOFQ8"),
            "apiGatewayDomainName": f"d-{mock_random.get_random_hex(10)}.execute-api."
            f"{backend.region_name}.amazonaws.com",
        }
    return original(backend, domain_name=domain_name, **given)


def _check_certificate(backend: Backend, name: str, configuration: dict[str, Any]) -> None:
    """The certificate is issued and covers the name."""
    arn = configuration.get("certificateArn") or ""
    bundle = acm_backends[backend.account_id][backend.region_name]._certificates.get(arn)
    if bundle is None:
        raise bad_request(f"The certificate {arn} does not exist in this region")
    bundle.check()
    covered = {name, "*." + name.partition(".")[2]}
    names = bundle.describe()["Certificate"]["SubjectAlternativeNames"]
    if bundle.status != "ISSUED" or not covered & set(names):
        raise bad_request(f"The certificate {arn} isn't issued for {name}")


@replaces(DomainName, "to_json")
def _describe(original: Any, domain: DomainName) -> dict[str, Any]:
    answer = original(domain) | {"routingMode": "API_MAPPING_ONLY"}
    if not answer["mutualTlsAuthentication"]:
        del answer["mutualTlsAuthentication"]
    return answer


def _update(response: ApiGatewayV2Response) -> Answer:
    backend = response.apigatewayv2_backend
    domain, given = backend.get_domain_name(response.path.split("/")[-1]), body(response)
    for old, new in zip(
        domain.domain_name_configurations, given.get("domainNameConfigurations", []), strict=False
    ):
        _check_certificate(backend, domain.domain_name, old | new)
        old.update({key: value for key, value in new.items() if value is not None})
    if "mutualTlsAuthentication" in given:
        domain.mutual_tls_authentication = given["mutualTlsAuthentication"]
    return 200, {}, json.dumps(domain.to_json())


@replaces(Backend, "delete_domain_name")
def _delete(_: Any, backend: Backend, domain_name: str) -> None:
    domain = backend.get_domain_name(domain_name)
    for key in [k for k, m in backend.api_mappings.items() if m.domain_name == domain_name]:
        del backend.api_mappings[key]
    del backend.domain_names[domain_name]
    backend.tagger.delete_all_tags_for_resource(domain.domain_name_arn)


@replaces(Backend, "create_api_mapping")
def _create_mapping(original: Any, backend: Backend, **given: Any) -> ApiMapping:
    _check_stage(backend, given["api_id"], given["stage"])
    for other in backend.api_mappings.values():
        if (other.domain_name, other.api_mapping_key) == (
            given["domain_name"],
            given["api_mapping_key"],
        ):
            raise conflict("ApiMapping key already exists for this domain name")
    return original(backend, **given)


def _check_stage(backend: Backend, api_id: str, stage: str) -> None:
    if stage not in backend.get_api(api_id).stages:
        raise not_found(f"Invalid stage identifier specified: {stage}")


@replaces(ApiMapping, "to_json")
def _describe_mapping(original: Any, mapping: ApiMapping) -> dict[str, Any]:
    return {key: value for key, value in original(mapping).items() if key != "domainName"}


def _update_mapping(response: ApiGatewayV2Response) -> Answer:
    backend, given = response.apigatewayv2_backend, body(response)
    *_, domain, _, identifier = unquote(response.path).split("/")
    mapping = backend.get_api_mapping(identifier, domain)
    api_id, stage = given.get("apiId", mapping.api_id), given.get("stage", mapping.stage)
    _check_stage(backend, api_id, stage)
    mapping.api_id, mapping.stage = api_id, stage
    mapping.api_mapping_key = given.get("apiMappingKey", mapping.api_mapping_key)
    return 200, {}, json.dumps(mapping.to_json())


ApiGatewayV2Response.update_domain_name = _update
ApiGatewayV2Response.update_api_mapping = _update_mapping
