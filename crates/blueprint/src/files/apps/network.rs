//! Who may talk to an app, and how it is found: security groups, target groups, rules of listeners, DNS.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html>

use std::collections::BTreeMap;

use terrane_domain::{EcsApp, InfraModel, LoadBalancerKind, Network};

use super::{
    super::{code_deploy, ecs, load_balancers, network as vpc},
    APP_HEADER, GREEN_TARGET_GROUP, TARGET_GROUP, apps_that, blue_green, is_blue_green, on_ecs, with_port,
    with_route,
};
use crate::{
    hcl::{Block, Expr, File, Reference, Resource, each_key, each_value, local, template},
    render::RenderError,
};

/// Every task is a member.
pub(super) const MEMBERS: Resource = Resource::one("aws_security_group", "apps");
pub(super) const MEMBERS_EGRESS: Resource = Resource::one("aws_vpc_security_group_egress_rule", "apps");
const MEMBERS_EGRESS_IPV6: Resource = Resource::one("aws_vpc_security_group_egress_rule", "apps_ipv6");
/// Of one app: by this it is let in, and by this it lets in.
pub(in crate::files) const SECURITY_GROUP: Resource = Resource::per_key("aws_security_group", "app");
const FROM_APPS: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "app_from_apps");
const FROM_BALANCER: Resource =
    Resource::per_key("aws_vpc_security_group_ingress_rule", "app_from_load_balancer");
const BALANCER_EGRESS: Resource =
    Resource::per_key("aws_vpc_security_group_egress_rule", "load_balancer_to_app");
pub(super) const DISCOVERY: Resource = Resource::per_key("aws_service_discovery_service", "app");
pub(super) const RULE: Resource = Resource::per_key("aws_lb_listener_rule", "app");
pub(in crate::files) const SHIFTED_RULE: Resource = Resource::per_key("aws_lb_listener_rule", "blue_green");

/// Whether each route leads through a load balancer that is there, past a rule that no other app has.
pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    let balancers = model.ecs.iter().flat_map(|ecs| ecs.load_balancers.keys()).collect::<Vec<_>>();
    let mut rules = BTreeMap::new();
    for (key, _, app) in on_ecs(model) {
        let path = || format!("apps.{key}");
        let Some(route) = &app.route else {
            if is_blue_green(app) {
                return Err(RenderError::NothingThere { path: path(), what: "expose".to_owned() });
            }
            continue;
        };
        if !balancers.contains(&&route.load_balancer) {
            let what = format!("the load balancer {}", route.load_balancer.as_str());
            return Err(RenderError::NothingThere { path: path(), what });
        }
        if let Some(other) = rules.insert((route.load_balancer, route.priority), key) {
            return Err(RenderError::SameRule { path: path(), other: format!("apps.{other}") });
        }
    }
    Ok(())
}

pub(super) fn add_to(file: File, model: &InfraModel, network: &Network) -> File {
    let file = security_groups(file, model, network);
    let file = target_groups(file, model, network);
    let file = rules(file, model);
    let Some(apps) = with_port(model) else { return file };
    file.noted(
        "Apps find each other as <app>.<zone>; ECS keeps the records.",
        Block::of(DISCOVERY)
            .arg("for_each", apps)
            .arg("name", each_key())
            .note("ECS takes its records out by itself, but not always before the service is deleted.")
            .arg("force_destroy", true)
            .block(
                Block::new("dns_config")
                    .arg("namespace_id", ecs::SERVICE_ZONE.attr("id"))
                    .arg("routing_policy", "MULTIVALUE")
                    .block(Block::new("dns_records").arg("type", "A").arg("ttl", 10_u8)),
            )
            .block(Block::new("health_check_custom_config").arg("failure_threshold", 1_u8))
            .tags(DISCOVERY),
    )
}

fn security_groups(file: File, model: &InfraModel, network: &Network) -> File {
    let file = file
        .noted(
            "Every task is a member: what an app lets in from other apps, it lets in from here.",
            Block::of(MEMBERS)
                .arg("name", template![local("name"), "-apps"])
                .arg("description", "Tasks of all apps")
                .arg("vpc_id", vpc::vpc_id(network))
                .named_tags(MEMBERS, template![local("name"), "-apps"]),
        )
        .noted(
            "Out to anywhere: images, AWS, databases, and whatever else an app calls.",
            Block::of(MEMBERS_EGRESS)
                .arg("security_group_id", MEMBERS.attr("id"))
                .arg("description", "Anywhere")
                .arg("cidr_ipv4", vpc::ANYWHERE)
                .arg("ip_protocol", "-1")
                .tags(MEMBERS_EGRESS),
        );
    let file = vpc::out_over_ipv6(file, network, MEMBERS_EGRESS_IPV6, MEMBERS);
    let file = file.noted(
        "Of one app: databases know it by this, and load balancers come in by it.",
        Block::of(SECURITY_GROUP)
            .arg("for_each", local("apps"))
            .arg("name", template![local("name"), "-app-", each_key()])
            .arg("description", template!["App ", each_key()])
            .arg("vpc_id", vpc::vpc_id(network))
            .named_tags(SECURITY_GROUP, template![local("name"), "-app-", each_key()]),
    );
    let Some(apps) = with_port(model) else { return file };
    let rule = |resource: Resource,
                for_each: Expr,
                group: Reference,
                description: &'static str,
                other: Reference| {
        Block::of(resource)
            .arg("for_each", for_each)
            .arg("security_group_id", group)
            .arg("description", description)
            .arg("referenced_security_group_id", other)
            .arg("ip_protocol", "tcp")
            .arg("from_port", each_value("port"))
            .arg("to_port", each_value("port"))
            .tags(resource)
    };
    let own = || SECURITY_GROUP.attr("id");
    let file = file.block(rule(FROM_APPS, apps, own(), "Other apps", MEMBERS.attr("id")));
    let Some(routed) = with_route(model) else { return file };
    let balancer = || load_balancers::SECURITY_GROUP.via(each_value("load_balancer"), "id");
    file.block(rule(FROM_BALANCER, routed.clone(), own(), "Load balancer", balancer())).block(rule(
        BALANCER_EGRESS,
        routed,
        balancer(),
        "Apps",
        own(),
    ))
}

fn target_groups(file: File, model: &InfraModel, network: &Network) -> File {
    let group = |resource: Resource, for_each: Expr, name: Expr| {
        Block::of(resource)
            .arg("for_each", for_each)
            .arg("name", name)
            .arg("target_type", "ip")
            .arg("vpc_id", vpc::vpc_id(network))
            .note("Each task is registered with its own port. This one is for nobody, and changing it would replace the group.")
            .arg("port", 80_u16)
            .arg("protocol", "HTTP")
            .note("For requests that are being answered when a task is to go.")
            .arg("deregistration_delay", 30_u8)
            .block(
                Block::new("health_check")
                    .arg("path", each_value("health_path"))
                    .arg("port", "traffic-port")
                    .arg("protocol", "HTTP")
                    .arg("matcher", "200")
                    .arg("interval", 15_u8)
                    .arg("timeout", 5_u8)
                    .arg("healthy_threshold", 2_u8)
                    .arg("unhealthy_threshold", 3_u8),
            )
            .tags(resource)
    };
    let file = match with_route(model) {
        Some(routed) => file.block(group(TARGET_GROUP, routed, each_value("target_group").into())),
        None => file,
    };
    match blue_green(model) {
        Some(apps) => file.noted(
            "The other half: CodeDeploy starts a new version here when the old one is there, and the other way round.",
            group(GREEN_TARGET_GROUP, apps, code_deploy::setting("green_target_group").into()),
        ),
        None => file,
    }
}

fn rules(file: File, model: &InfraModel) -> File {
    let rolling = apps_that(
        model,
        |_, ecs| ecs.route.is_some() && !is_blue_green(ecs),
        |field| field("load_balancer").differs(Expr::null()).and(field("deploy").equals("rolling")),
    );
    let file = match rolling {
        Some(apps) => file.block(rule(RULE, apps, model)),
        None => file,
    };
    let Some(apps) = blue_green(model) else { return file };
    let owned = Block::new("lifecycle")
        .note("CodeDeploy turns the rule from one target group to the other.")
        .arg("ignore_changes", Expr::list([Reference::variable("action")]));
    file.block(
        rule(SHIFTED_RULE, apps, model)
            .note("CodeDeploy may have turned it to this one, which then can't be deleted before the rule.")
            .arg("depends_on", Expr::list([GREEN_TARGET_GROUP.whole()]))
            .block(owned),
    )
}

fn rule(resource: Resource, for_each: Expr, model: &InfraModel) -> Block {
    let value = || Reference::variable("condition").attr("value");
    let condition = |kind: &'static str, body: fn(Block) -> Block| {
        Block::new("condition").block(body(Block::new(kind)).arg("values", Expr::list([value()])))
    };
    let block = Block::of(resource)
        .arg("for_each", for_each)
        .arg("listener_arn", listener(model))
        .arg("priority", each_value("rule_priority"))
        .block(Block::new("action").arg("type", "forward").arg("target_group_arn", TARGET_GROUP.attr("arn")));
    let routes = || on_ecs(model).filter_map(|(_, _, ecs)| ecs.route.as_ref());
    let gateway = LoadBalancerKind::Gateway;
    let hosts = routes().any(|route| route.host.is_some() && route.load_balancer != gateway);
    let gateways = routes().any(|route| route.load_balancer == gateway);
    let others = routes().any(|route| route.host.is_none() && route.load_balancer != gateway);
    let block = if hosts {
        block.block(Block::dynamic(each_value("only_host").splat(), condition("host_header", |b| b)))
    } else {
        block
    };
    let none = || Expr::list::<Expr>([]);
    let block = if gateways {
        let is_gateway = Expr::from(each_value("load_balancer")).equals(gateway.as_str());
        let header = condition("http_header", |block| block.arg("http_header_name", APP_HEADER));
        let apps = Expr::choose(is_gateway, Expr::list([each_key()]), none());
        block.note("API Gateway says for which app a request is.").block(Block::dynamic(apps, header))
    } else {
        block
    };
    let block = if others {
        let paths = Expr::choose(Expr::from(each_value("any_host")), Expr::list(["/*"]), none());
        block
            .note("What no other app asks for.")
            .block(Block::dynamic(paths, condition("path_pattern", |b| b)))
    } else {
        block
    };
    block.tags(resource)
}

/// The listener in which the rule of an app stands: that on 443 where there is a certificate.
pub(in crate::files) fn listener(model: &InfraModel) -> Expr {
    let has_tls = |ecs: &EcsApp| {
        let route = ecs.route.as_ref();
        let balancers = model.ecs.as_ref().map(|ecs| &ecs.load_balancers);
        route
            .zip(balancers)
            .and_then(|(route, balancers)| balancers.get(&route.load_balancer))
            .is_some_and(|balancer| !balancer.certificates.is_empty())
    };
    let routed = || on_ecs(model).map(|(_, _, ecs)| ecs).filter(|ecs| ecs.route.is_some());
    let plain = || load_balancers::HTTP.via(each_value("load_balancer"), "arn");
    let tls = || load_balancers::HTTPS.via(each_value("load_balancer"), "arn");
    match (routed().any(has_tls), routed().all(has_tls)) {
        (false, _) => plain().into(),
        (true, true) => tls().into(),
        (true, false) => {
            let balancers = Expr::call("keys", [load_balancers::HTTPS.whole()]);
            let is_tls = Expr::call("contains", [balancers, each_value("load_balancer").into()]);
            Expr::choose(is_tls, tls(), plain())
        }
    }
}
