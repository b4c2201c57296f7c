"""API Gateway v2: HTTP APIs with VPC links, stages, deployments and domain names."""

from __future__ import annotations

from typing import Any

import pytest
from apps import balancer, certificate, client, group, listener, targets
from conftest import Clients
from helpers import code, network


@pytest.fixture
def gateway(aws: Clients) -> Any:
    return client(aws, "apigatewayv2")


@pytest.fixture
def api(gateway: Any) -> str:
    return gateway.create_api(Name="users", ProtocolType="HTTP", Tags={"a": "b"})["ApiId"]


def route(gateway: Any, api: str, key: str = "$default") -> dict[str, Any]:
    """A route with an integration of its own."""
    made = gateway.create_integration(
        ApiId=api,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri="https://example.com",
        PayloadFormatVersion="1.0",
    )
    target = f"integrations/{made['IntegrationId']}"
    return gateway.create_route(ApiId=api, RouteKey=key, Target=target)


def test_an_api_comes_back_changes_and_has_tags(gateway: Any, api: str) -> None:
    found = gateway.get_api(ApiId=api)
    assert (found["IpAddressType"], found["ApiGatewayManaged"]) == ("ipv4", False)
    gateway.update_api(ApiId=api, IpAddressType="dualstack", Description="d")
    found = gateway.get_api(ApiId=api)
    assert (found["IpAddressType"], found["Description"]) == ("dualstack", "d")
    arn = f"arn:aws:apigateway:eu-central-1::/apis/{api}"
    gateway.tag_resource(ResourceArn=arn, Tags={"c": "d"})
    gateway.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert gateway.get_api(ApiId=api)["Tags"] == {"c": "d"}
    gateway.delete_api(ApiId=api)
    assert gateway.get_apis()["Items"] == []
    assert code(gateway.get_api, ApiId=api) == "NotFoundException"


def test_a_private_integration_leads_through_a_link(gateway: Any, api: str, aws: Clients) -> None:
    vpc, subnets = network(aws("ec2"))
    elbv2 = aws("elbv2")
    front = listener(elbv2, balancer(elbv2, subnets), 80, targets(elbv2, vpc))
    refused = code(gateway.create_vpc_link, Name="x", SubnetIds=["subnet-0"])
    assert refused == "BadRequestException"
    groups = [group(aws("ec2"), vpc)]
    link = gateway.create_vpc_link(Name="x", SubnetIds=subnets, SecurityGroupIds=groups)
    assert link["VpcLinkStatus"] == "AVAILABLE"
    wanted = {
        "ApiId": api,
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "ANY",
        "IntegrationUri": front,
        "ConnectionType": "VPC_LINK",
        "ConnectionId": link["VpcLinkId"],
        "PayloadFormatVersion": "1.0",
    }
    create = gateway.create_integration
    assert code(create, **wanted | {"ConnectionId": "none"}) == "BadRequestException"
    assert code(create, **wanted | {"IntegrationUri": "https://x"}) == "BadRequestException"
    made = create(**wanted)
    update = {"ApiId": api, "IntegrationId": made["IntegrationId"]}
    gateway.update_integration(TimeoutInMillis=5000, **update)
    assert gateway.get_integration(**update)["TimeoutInMillis"] == 5000


def test_routes_have_one_key_and_lead_somewhere(gateway: Any, api: str) -> None:
    made = route(gateway, api, "GET /users")
    again = {"ApiId": api, "RouteKey": "GET /users"}
    assert code(gateway.create_route, **again) == "ConflictException"
    for wrong in ("get /users", "/users", "GET users"):
        assert code(gateway.create_route, ApiId=api, RouteKey=wrong) == "BadRequestException"
    nowhere = {"ApiId": api, "RouteKey": "GET /x", "Target": "integrations/none"}
    assert code(gateway.create_route, **nowhere) == "NotFoundException"
    integration = made["Target"].partition("/")[2]
    refused = code(gateway.delete_integration, ApiId=api, IntegrationId=integration)
    assert refused == "ConflictException"
    gateway.delete_route(ApiId=api, RouteId=made["RouteId"])
    gateway.delete_integration(ApiId=api, IntegrationId=integration)


def test_a_stage_can_be_changed_and_taken_apart(gateway: Any, api: str, aws: Clients) -> None:
    aws("logs").create_log_group(logGroupName="/api")
    arn = aws("logs").describe_log_groups()["logGroups"][0]["arn"]
    logs = {"DestinationArn": arn, "Format": "$context.requestId"}
    stage = {"ApiId": api, "StageName": "$default"}
    wrong = {"DestinationArn": arn.replace("/api", "/none"), "Format": "x"}
    refused = code(gateway.create_stage, AccessLogSettings=wrong, **stage)
    assert refused == "BadRequestException"
    route(gateway, api, "GET /a")
    limits = {"ThrottlingBurstLimit": 10, "ThrottlingRateLimit": 5.0}
    gateway.create_stage(
        AutoDeploy=True,
        AccessLogSettings=logs,
        DefaultRouteSettings=limits,
        RouteSettings={"GET /a": limits},
        StageVariables={"a": "1", "b": "2"},
        Tags={"a": "b"},
        **stage,
    )
    assert code(gateway.create_stage, **stage) == "ConflictException"
    found = gateway.get_stage(**stage)
    assert found["AccessLogSettings"]["DestinationArn"] == arn.removesuffix(":*")
    assert found["DefaultRouteSettings"] == limits | {"DetailedMetricsEnabled": False}
    assert gateway.get_deployment(ApiId=api, DeploymentId=found["DeploymentId"])["AutoDeployed"]
    gateway.update_stage(
        DefaultRouteSettings=limits | {"ThrottlingBurstLimit": 20},
        StageVariables={"b": "", "c": "3"},
        **stage,
    )
    gateway.delete_access_log_settings(**stage)
    gateway.delete_route_settings(RouteKey="GET /a", **stage)
    found = gateway.get_stage(**stage)
    assert found["DefaultRouteSettings"]["ThrottlingBurstLimit"] == 20
    assert found["StageVariables"] == {"a": "1", "c": "3"}
    assert ("AccessLogSettings" in found, found["RouteSettings"]) == (False, {})
    place = f"arn:aws:apigateway:eu-central-1::/apis/{api}/stages/$default"
    gateway.tag_resource(ResourceArn=place, Tags={"c": "d"})
    assert gateway.get_stage(**stage)["Tags"] == {"a": "b", "c": "d"}
    gateway.delete_stage(**stage)
    assert gateway.get_tags(ResourceArn=place)["Tags"] == {}


def test_bad_tags_of_a_stage_are_refused(gateway: Any, api: str) -> None:
    gateway.create_stage(ApiId=api, StageName="v1")
    place = f"arn:aws:apigateway:eu-central-1::/apis/{api}/stages/v1"
    refused = code(gateway.tag_resource, ResourceArn=place, Tags={"a": "[b]"})
    assert refused == "BadRequestException"
    assert gateway.get_stage(ApiId=api, StageName="v1")["Tags"] == {}


def test_a_deployment_needs_a_route_and_stays_while_it_serves(gateway: Any, api: str) -> None:
    assert code(gateway.create_deployment, ApiId=api) == "BadRequestException"
    route(gateway, api)
    made = gateway.create_deployment(ApiId=api, Description="one")
    deployment = {"ApiId": api, "DeploymentId": made["DeploymentId"]}
    assert made["DeploymentStatus"] == "DEPLOYED"
    gateway.create_stage(StageName="v1", **deployment)
    gateway.update_deployment(Description="two", **deployment)
    assert gateway.get_deployment(**deployment)["Description"] == "two"
    assert code(gateway.delete_deployment, **deployment) == "BadRequestException"
    gateway.delete_stage(ApiId=api, StageName="v1")
    gateway.delete_deployment(**deployment)
    assert gateway.get_deployments(ApiId=api)["Items"] == []


def test_a_domain_name_needs_its_certificate_and_keeps_its_api(
    gateway: Any, api: str, aws: Clients
) -> None:
    arn = certificate(aws, "api.example.com")
    create = gateway.create_domain_name
    wrong = {"DomainNameConfigurations": [{"CertificateArn": arn, "EndpointType": "REGIONAL"}]}
    assert code(create, DomainName="api.example.org", **wrong) == "BadRequestException"
    made = create(DomainName="api.example.com", Tags={"a": "b"}, **wrong)
    (configuration,) = made["DomainNameConfigurations"]
    assert configuration["HostedZoneId"] == "Z1U9ULNL0V5AJ3"
    assert configuration["ApiGatewayDomainName"].endswith(".amazonaws.com")
    in_use = aws("acm").describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"]
    assert in_use == [made["DomainNameArn"]]
    place = {"ApiId": api, "DomainName": "api.example.com", "Stage": "v1"}
    assert code(gateway.create_api_mapping, **place) == "NotFoundException"
    gateway.create_stage(ApiId=api, StageName="v1")
    mapping = gateway.create_api_mapping(**place)
    assert code(gateway.create_api_mapping, **place) == "ConflictException"
    assert code(gateway.delete_api, ApiId=api) == "BadRequestException"
    gateway.create_stage(ApiId=api, StageName="v2")
    named = {"ApiMappingId": mapping["ApiMappingId"], "DomainName": "api.example.com"}
    gateway.update_api_mapping(**named, ApiId=api, Stage="v2")
    assert gateway.get_api_mapping(**named)["Stage"] == "v2"
    gateway.delete_domain_name(DomainName="api.example.com")
    gateway.delete_api(ApiId=api)
    aws("acm").delete_certificate(CertificateArn=arn)
