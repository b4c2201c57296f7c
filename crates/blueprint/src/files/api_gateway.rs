//! `api_gateway.tf`: an HTTP API for each app that asks for one, and the private link to the load balancer behind them.
//!
//! WHY a load balancer of their own: nothing but the link may reach it, and it tells apps apart by a header that API
//! Gateway sets, which callers of another load balancer could set too.

use terrane_domain::{Certificate, InfraModel, Key, LoadBalancerKind, Network, Route};

use super::{
    apps::{self, APP_HEADER},
    dns, kms, load_balancers, network,
    part::{Part, of_each},
};
use crate::hcl::{Block, Expr, File, Object, Reference, Resource, each_key, local, template};

pub(super) const API: Resource = Resource::per_key("aws_apigatewayv2_api", "app");
const STAGE: Resource = Resource::per_key("aws_apigatewayv2_stage", "app");
const ROUTE: Resource = Resource::per_key("aws_apigatewayv2_route", "app");
const INTEGRATION: Resource = Resource::per_key("aws_apigatewayv2_integration", "app");
const LINK: Resource = Resource::one("aws_apigatewayv2_vpc_link", "main");
const LOG_GROUP: Resource = Resource::per_key("aws_cloudwatch_log_group", "api");
const DOMAIN: Resource = Resource::per_key("aws_apigatewayv2_domain_name", "app");
const MAPPING: Resource = Resource::per_key("aws_apigatewayv2_api_mapping", "app");
const SECURITY_GROUP: Resource = Resource::one("aws_security_group", "vpc_link");
const EGRESS: Resource = Resource::one("aws_vpc_security_group_egress_rule", "vpc_link");
const INGRESS: Resource = Resource::one("aws_vpc_security_group_ingress_rule", "load_balancer_from_vpc_link");

/// Names of their own, by app.
const DOMAINS: &str = "api_domains";
const CERTIFICATES: &str = "api_certificates";
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
            .block(api(model, apps))
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
                    .arg("name", Reference::variable("each").attr("value"))
                    .arg("retention_in_days", model.observability.log_retention_days)
                    .arg_if_some("kms_key_id", kms::arn(model))
                    .tags(LOG_GROUP),
            );
    let named = named(model).next().is_some();
    let file = if named { domains(file) } else { file };
    let part = Part::of(link(file, vpc)).local("api_log_groups", log_groups);
    if !named {
        return Some(part);
    }
    let hosts = named_with(model, |host, _| host.into());
    let certificates = named_with(model, |_, certificate| dns::certificate_arn(certificate));
    let part = part.local(DOMAINS, hosts).local(CERTIFICATES, certificates);
    let elsewhere = self::named(model).any(|(_, route)| !route.record);
    Some(match elsewhere {
        false => part,
        true => {
            let target = target_of(Reference::variable("domain")).attr("target_domain_name");
            let about = "Where the names of APIs have to lead, for those whose records somebody else keeps";
            part.output("api_targets", about, of_each(DOMAIN, "domain", target))
        }
    })
}

/// The apps whose API has a name of its own.
fn named(model: &InfraModel) -> impl Iterator<Item = (&Key, &Route)> {
    let is_named = |(_, route): &(&Key, &Route)| {
        route.load_balancer == LoadBalancerKind::Gateway && route.host.is_some()
    };
    apps::on_ecs(model).filter_map(|(key, _, ecs)| Some((key, ecs.route.as_ref()?))).filter(is_named)
}

fn named_with(model: &InfraModel, value: impl Fn(&String, &Certificate) -> Expr) -> Object {
    named(model).fold(Object::new(), |object, (key, route)| match (&route.host, &route.certificate) {
        (Some(host), Some(certificate)) => object.entry(key, value(host, certificate)),
        _ => object,
    })
}

fn api(model: &InfraModel, apps: Expr) -> Block {
    let block = Block::of(API)
        .arg("for_each", apps)
        .arg("name", template![local("name"), "-", each_key()])
        .arg("description", template!["App ", each_key(), " of ", local("name")])
        .arg("protocol_type", "HTTP");
    let block = match named(model).next() {
        None => block,
        Some(_) => {
            let names = Expr::call("keys", [local(DOMAINS)]);
            let has_name = Expr::call("contains", [names, each_key().into()]);
            block
                .note("What has a name of its own answers under no other.")
                .arg("disable_execute_api_endpoint", has_name)
        }
    };
    block.tags(API)
}

/// What the provider shows of the address to which a name has to lead; of the app with a key.
pub(super) fn target(key: Reference) -> Reference {
    target_of(DOMAIN.whole().at(key))
}

fn target_of(domain: Reference) -> Reference {
    domain.attr("domain_name_configuration").nth(0)
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html>
fn domains(file: File) -> File {
    file.block(
        Block::of(DOMAIN)
            .arg("for_each", local(DOMAINS))
            .arg("domain_name", Reference::variable("each").attr("value"))
            .block(
                Block::new("domain_name_configuration")
                    .arg("certificate_arn", local(CERTIFICATES).at(each_key()))
                    .arg("endpoint_type", "REGIONAL")
                    .arg("security_policy", "TLS_1_2"),
            )
            .tags(DOMAIN),
    )
    .block(
        Block::of(MAPPING)
            .arg("for_each", local(DOMAINS))
            .arg("api_id", API.attr("id"))
            .arg("domain_name", DOMAIN.attr("id"))
            .arg("stage", STAGE.attr("id")),
    )
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
