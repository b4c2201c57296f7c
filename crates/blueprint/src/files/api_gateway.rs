//! `api_gateway.tf`: an HTTP API for each app that asks for one, and the private link to the load balancer behind them.
//!
//! WHY a load balancer of their own: nothing but the link may reach it, and it tells apps apart by a header that API
//! Gateway sets, which callers of another load balancer could set too.

use terrane_domain::{InfraModel, LoadBalancerKind, Network};

use super::{
    apps::{self, APP_HEADER},
    kms, load_balancers, network,
    part::Part,
};
use crate::hcl::{Block, Expr, File, Object, Resource, each_key, local, template};

pub(super) const API: Resource = Resource::per_key("aws_apigatewayv2_api", "app");
const STAGE: Resource = Resource::per_key("aws_apigatewayv2_stage", "app");
const ROUTE: Resource = Resource::per_key("aws_apigatewayv2_route", "app");
const INTEGRATION: Resource = Resource::per_key("aws_apigatewayv2_integration", "app");
const LINK: Resource = Resource::one("aws_apigatewayv2_vpc_link", "main");
const LOG_GROUP: Resource = Resource::per_key("aws_cloudwatch_log_group", "api");
const SECURITY_GROUP: Resource = Resource::one("aws_security_group", "vpc_link");
const EGRESS: Resource = Resource::one("aws_vpc_security_group_egress_rule", "vpc_link");
const INGRESS: Resource = Resource::one("aws_vpc_security_group_ingress_rule", "load_balancer_from_vpc_link");

const GATEWAY: &str = LoadBalancerKind::Gateway.as_str();
const HTTP_PORT: u16 = 80;
/// As long as an HTTP API waits.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
const TIMEOUT_MILLISECONDS: u16 = 30_000;

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let apps = apps::behind_api_gateway(model)?;
    let vpc = model.network.as_ref()?;
    let log_groups = apps::on_ecs(model).fold(Object::new(), |object, (key, _, ecs)| {
        match ecs.route.as_ref().and_then(|route| route.api_log_group.as_ref()) {
            Some(group) => object.entry(key, group),
            None => object,
        }
    });
    let file =
        File::new("api_gateway.tf", "HTTP APIs, and the private link through which they reach their apps.")
            .block(
                Block::of(API)
                    .arg("for_each", apps)
                    .arg("name", template![local("name"), "-", each_key()])
                    .arg("description", template!["App ", each_key(), " of ", local("name")])
                    .arg("protocol_type", "HTTP")
                    .tags(API),
            )
            .block(integration())
            .block(
                Block::of(ROUTE)
                    .arg("for_each", API.whole())
                    .arg("api_id", API.attr("id"))
                    .note("Every request: the app itself knows its paths.")
                    .arg("route_key", "$default")
                    .arg("target", template!["integrations/", INTEGRATION.attr("id")]),
            )
            .block(stage())
            .block(
                Block::of(LOG_GROUP)
                    .arg("for_each", local("api_log_groups"))
                    .arg("name", crate::hcl::Reference::variable("each").attr("value"))
                    .arg("retention_in_days", model.observability.log_retention_days)
                    .arg_if_some("kms_key_id", kms::arn(model))
                    .tags(LOG_GROUP),
            );
    let file = link(file, vpc);
    Some(Part::of(file).local("api_log_groups", log_groups))
}

fn integration() -> Block {
    Block::of(INTEGRATION)
        .arg("for_each", API.whole())
        .arg("api_id", API.attr("id"))
        .arg("integration_type", "HTTP_PROXY")
        .arg("integration_method", "ANY")
        .arg("integration_uri", load_balancers::HTTP.at(GATEWAY, "arn"))
        .arg("connection_type", "VPC_LINK")
        .arg("connection_id", LINK.attr("id"))
        .arg("payload_format_version", "1.0")
        .arg("timeout_milliseconds", TIMEOUT_MILLISECONDS)
        .note("In place of what a caller may have sent under that name.")
        .arg("request_parameters", Object::new().entry(format!("overwrite:header.{APP_HEADER}"), each_key()))
}

fn stage() -> Block {
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
    let format = [
        ("requestId", "$context.requestId"),
        ("time", "$context.requestTime"),
        ("ip", "$context.identity.sourceIp"),
        ("method", "$context.httpMethod"),
        ("path", "$context.path"),
        ("protocol", "$context.protocol"),
        ("status", "$context.status"),
        ("responseLength", "$context.responseLength"),
        ("latency", "$context.responseLatency"),
        ("integrationLatency", "$context.integrationLatency"),
        ("error", "$context.integrationErrorMessage"),
    ];
    let format = format.into_iter().fold(Object::new(), |object, (name, value)| object.field(name, value));
    Block::of(STAGE)
        .arg("for_each", API.whole())
        .arg("api_id", API.attr("id"))
        .note("No path of its own: the address of the API is the address of the app.")
        .arg("name", "$default")
        .arg("auto_deploy", true)
        .block(
            Block::new("access_log_settings")
                .arg("destination_arn", LOG_GROUP.attr("arn"))
                .arg("format", Expr::call("jsonencode", [format])),
        )
        .tags(STAGE)
}

fn link(file: File, vpc: &Network) -> File {
    let balancer = || load_balancers::SECURITY_GROUP.at(GATEWAY, "id");
    let rule = |resource: Resource, group: Expr, description: &'static str, other: Expr| {
        Block::of(resource)
            .arg("security_group_id", group)
            .arg("description", description)
            .arg("referenced_security_group_id", other)
            .arg("ip_protocol", "tcp")
            .arg("from_port", HTTP_PORT)
            .arg("to_port", HTTP_PORT)
            .tags(resource)
    };
    let own = || Expr::from(SECURITY_GROUP.attr("id"));
    file.noted(
        "Plain HTTP from here on, inside the VPC.",
        Block::of(LINK)
            .arg("name", local("name"))
            .arg("subnet_ids", network::private_subnet_ids(vpc))
            .arg("security_group_ids", Expr::list([own()]))
            .tags(LINK),
    )
    .block(
        Block::of(SECURITY_GROUP)
            .arg("name", template![local("name"), "-vpc-link"])
            .arg("description", "Link of API Gateway to the VPC")
            .arg("vpc_id", network::vpc_id(vpc))
            .named_tags(SECURITY_GROUP, template![local("name"), "-vpc-link"]),
    )
    .block(rule(EGRESS, own(), "Load balancer", balancer()))
    .block(rule(INGRESS, balancer(), "API Gateway", own()))
}
