//! Apps on ECS: `apps.tf` (tasks, services and their way in), `apps_iam.tf`, and `apps_scaling.tf`.

mod access;
pub(super) mod grants;
mod network;
mod scaling;
mod service;
mod task;
pub(super) mod variables;

use terrane_domain::{App, Architecture, Deploy, EcsApp, InfraModel, Key, LoadBalancerKind};

use super::{api_gateway, load_balancers, part::Part};
use crate::{
    hcl::{Expr, File, For, Object, Reference, Resource, local},
    render::RenderError,
};

pub(super) use access::{EXECUTION_ROLE, TASK_ROLE};
pub(super) use network::{SECURITY_GROUP, SHIFTED_RULE, listener};
pub(super) use service::present;
pub(super) use task::TASK;

pub(super) const TARGET_GROUP: Resource = Resource::per_key("aws_lb_target_group", "app");
pub(super) const GREEN_TARGET_GROUP: Resource = Resource::per_key("aws_lb_target_group", "green");

/// The header by which the load balancer behind API Gateway tells apps apart.
pub(super) const APP_HEADER: &str = "x-terrane-app";

/// The apps that run on ECS.
pub(super) fn on_ecs(model: &InfraModel) -> impl Iterator<Item = (&Key, &App, &EcsApp)> {
    model.apps.iter().filter_map(|(key, app)| app.on_ecs().map(|ecs| (key, app, ecs)))
}

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    variables::check(model)?;
    network::check(model)
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let ecs = model.ecs.as_ref()?;
    let vpc = model.network.as_ref()?;
    on_ecs(model).next()?;
    let file = File::new("apps.tf", "What runs, in how many copies, and who may talk to it.");
    let file = task::add_to(file, model);
    let file = service::add_to(file, model, ecs, vpc);
    let file = network::add_to(file, model, vpc);
    let part = Part::of(file).file(access::file(model));
    let part = match scaling::file(model) {
        Some(file) => part.file(file),
        None => part,
    };
    let apps =
        on_ecs(model).fold(Object::new(), |object, (key, app, ecs)| object.entry(key, entry(app, ecs)));
    let part = variables::locals(part.local("apps", apps), model);
    let part = grants::locals(part, model);
    let part = part.output("services", "Names of the ECS services by app", service::output(model));
    Some(match urls(model) {
        Some(urls) => part.output("urls", "Where the apps are reached", urls),
        None => part,
    })
}

/// What the other files say about an app with `each.value`.
fn entry(app: &App, ecs: &EcsApp) -> Object {
    let route = ecs.route.as_ref();
    let gateway = route.is_some_and(|route| route.load_balancer == LoadBalancerKind::Gateway);
    // API Gateway says by a header for which app a request is.
    let host = route.filter(|_| !gateway).and_then(|route| route.host.as_ref());
    let scaling = app.scaling;
    Object::new()
        .field("name", &ecs.name)
        .field("cpu_units", ecs.cpu_units)
        .field("memory_mib", ecs.memory_mib)
        .field(
            "architecture",
            match app.architecture {
                Architecture::X86_64 => "X86_64",
                Architecture::Arm64 => "ARM64",
            },
        )
        .field("command", (!app.command.is_empty()).then(|| Expr::list(&app.command)))
        .field("port", app.port)
        .field("health_path", &app.health_path)
        .field("replicas", app.replicas)
        .field(
            "scaling",
            scaling.map(|scaling| {
                Object::new()
                    .field("min", scaling.min)
                    .field("max", scaling.max)
                    .field("cpu_percent", scaling.cpu_percent)
                    .field("memory_percent", scaling.memory_percent)
                    .field("requests_per_target", scaling.requests_per_target)
            }),
        )
        .field("deploy", if is_blue_green(ecs) { "blue_green" } else { "rolling" })
        .field("log_group", &ecs.log_group)
        .field("task_role", &ecs.task_role)
        .field("execution_role", &ecs.execution_role)
        .field("load_balancer", route.map(|route| route.load_balancer.as_str()))
        .field("target_group", route.map(|route| &route.target_group))
        .field("rule_priority", route.map(|route| route.priority))
        .field("only_host", host)
        .field("any_host", route.map(|_| host.is_none() && !gateway))
}

fn is_blue_green(app: &EcsApp) -> bool {
    matches!(app.deploy, Deploy::BlueGreen(_))
}

/// `for_each` over the apps of which something is true: for the model, and in words of Terraform about the variable
/// `app`. `None` if it is true of none, and all of `local.apps` if it is true of all.
pub(super) fn apps_that(
    model: &InfraModel,
    is: impl Fn(&App, &EcsApp) -> bool,
    condition: impl FnOnce(fn(&'static str) -> Expr) -> Expr,
) -> Option<Expr> {
    let count = on_ecs(model).filter(|(_, app, ecs)| is(app, ecs)).count();
    if count == 0 {
        return None;
    }
    if count == on_ecs(model).count() {
        return Some(local("apps").into());
    }
    let field: fn(&'static str) -> Expr = |name| Reference::variable("app").attr(name).into();
    let map = For::map("app", local("apps"), Reference::variable("app")).when(condition(field));
    Some(map.into())
}

/// `for_each` over the apps that listen on a port.
pub(super) fn with_port(model: &InfraModel) -> Option<Expr> {
    apps_that(model, |app, _| app.port.is_some(), |field| field("port").differs(Expr::null()))
}

/// `for_each` over the apps behind a load balancer.
pub(super) fn with_route(model: &InfraModel) -> Option<Expr> {
    apps_that(model, |_, ecs| ecs.route.is_some(), |field| field("load_balancer").differs(Expr::null()))
}

/// `for_each` over the apps that CodeDeploy deploys.
pub(super) fn blue_green(model: &InfraModel) -> Option<Expr> {
    apps_that(model, |_, ecs| is_blue_green(ecs), |field| field("deploy").equals("blue_green"))
}

/// `for_each` over the apps behind API Gateway.
pub(super) fn behind_api_gateway(model: &InfraModel) -> Option<Expr> {
    let gateway = LoadBalancerKind::Gateway;
    let is = |_: &App, ecs: &EcsApp| ecs.route.as_ref().is_some_and(|route| route.load_balancer == gateway);
    apps_that(model, is, |field| field("load_balancer").equals(gateway.as_str()))
}

/// The address of each app that is reached from outside the cluster.
fn urls(model: &InfraModel) -> Option<Object> {
    let cluster = model.ecs.as_ref()?;
    let mut urls = None;
    for (key, _, ecs) in on_ecs(model) {
        let Some(route) = &ecs.route else { continue };
        let certificates =
            cluster.load_balancers.get(&route.load_balancer).map(|balancer| &balancer.certificates);
        let scheme = if certificates.is_some_and(|some| !some.is_empty()) { "https" } else { "http" };
        let url = match (&route.host, route.load_balancer) {
            (Some(host), LoadBalancerKind::Gateway) => Expr::from(format!("https://{host}")),
            (None, LoadBalancerKind::Gateway) => api_gateway::API.at(key, "api_endpoint"),
            (Some(host), _) => Expr::from(format!("{scheme}://{host}")),
            (None, kind) => {
                let name = load_balancers::LOAD_BALANCER.at(kind.as_str(), "dns_name");
                Expr::call("format", [Expr::from(format!("{scheme}://%s")), name])
            }
        };
        urls = Some(urls.unwrap_or_else(Object::new).entry(key, url));
    }
    urls
}
