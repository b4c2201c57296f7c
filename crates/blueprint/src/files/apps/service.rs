//! How many copies of an app run, and how a new version takes over.
//!
//! WHY four resources for one kind of thing: `ignore_changes` stands in the source and can't depend on an app. Who
//! decides how many copies there are (the file or Application Auto Scaling) and which version serves (ECS or CodeDeploy)
//! differs between apps, and what is ignored for one must not be ignored for another.

use terrane_domain::{App, Ecs, EcsApp, InfraModel, Network};

use super::{
    super::{ecs, network as vpc, observability},
    SECURITY_GROUP, TARGET_GROUP,
    access::EXECUTION_POLICY,
    apps_that, grants, is_blue_green,
    network::{DISCOVERY, MEMBERS, MEMBERS_EGRESS, RULE, SHIFTED_RULE},
    on_ecs,
    task::TASK,
};
use crate::hcl::{Block, Expr, File, Object, Reference, Resource, each_key, each_value};

const FIXED: Resource = Resource::per_key("aws_ecs_service", "fixed");
const SCALED: Resource = Resource::per_key("aws_ecs_service", "scaled");
const BLUE_GREEN: Resource = Resource::per_key("aws_ecs_service", "blue_green");
const BLUE_GREEN_SCALED: Resource = Resource::per_key("aws_ecs_service", "blue_green_scaled");

/// Seconds in which a load balancer's word about a new copy doesn't count.
const GRACE_SECONDS: u8 = 60;

/// Who decides about a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::files) struct Kind {
    /// CodeDeploy decides which version serves; otherwise ECS does.
    pub(in crate::files) by_code_deploy: bool,
    /// Application Auto Scaling decides how many copies there are; otherwise the file does.
    pub(in crate::files) scales: bool,
}

impl Kind {
    const ALL: [Self; 4] = [
        Self { by_code_deploy: false, scales: false },
        Self { by_code_deploy: false, scales: true },
        Self { by_code_deploy: true, scales: false },
        Self { by_code_deploy: true, scales: true },
    ];

    fn of(app: &App, ecs: &EcsApp) -> Self {
        Self { by_code_deploy: is_blue_green(ecs), scales: app.scaling.is_some() }
    }

    pub(in crate::files) const fn resource(self) -> Resource {
        match (self.by_code_deploy, self.scales) {
            (false, false) => FIXED,
            (false, true) => SCALED,
            (true, false) => BLUE_GREEN,
            (true, true) => BLUE_GREEN_SCALED,
        }
    }
}

/// The kinds of service that a model has.
pub(in crate::files) fn present(model: &InfraModel) -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| on_ecs(model).any(|(_, app, ecs)| Kind::of(app, ecs) == *kind))
}

/// The name of the service of each app.
pub(super) fn output(model: &InfraModel) -> Object {
    on_ecs(model).fold(Object::new(), |object, (key, app, ecs)| {
        object.entry(key, Kind::of(app, ecs).resource().at(key, "name"))
    })
}

pub(super) fn add_to(file: File, model: &InfraModel, cluster: &Ecs, network: &Network) -> File {
    let mut file = file;
    for kind in Kind::ALL {
        let is = |app: &App, ecs: &EcsApp| Kind::of(app, ecs) == kind;
        let apps = apps_that(model, is, |field| {
            let deploy = field("deploy").equals(if kind.by_code_deploy { "blue_green" } else { "rolling" });
            let scaling = field("scaling");
            deploy.and(if kind.scales { scaling.differs(Expr::null()) } else { scaling.equals(Expr::null()) })
        });
        if let Some(apps) = apps {
            file = file.block(service(kind, apps, model, cluster, network));
        }
    }
    moves(file, model)
}

fn service(kind: Kind, for_each: Expr, model: &InfraModel, cluster: &Ecs, network: &Network) -> Block {
    let resource = kind.resource();
    let by_code_deploy = kind.by_code_deploy;
    let routed = on_ecs(model).any(|(_, _, ecs)| ecs.route.is_some());
    let ported = on_ecs(model).any(|(_, app, _)| app.port.is_some());
    let block = Block::of(resource)
        .arg("for_each", for_each)
        .arg("name", each_value("name"))
        .arg("cluster", ecs::CLUSTER.attr("arn"))
        .arg("task_definition", TASK.attr("arn"))
        .arg("desired_count", each_value("replicas"));
    let block = if routed {
        let has_route = Expr::from(each_value("load_balancer")).differs(Expr::null());
        block.arg("health_check_grace_period_seconds", Expr::choose(has_route, GRACE_SECONDS, Expr::null()))
    } else {
        block
    };
    let block = block
        .note("Nobody gets a shell in a running task.")
        .arg("enable_execute_command", false)
        .note("Names service and cluster on the bill. Other tags stay off tasks: terrane:address names the service.")
        .arg("enable_ecs_managed_tags", true);
    let block = block.gap();
    let block =
        if by_code_deploy { block.arg("launch_type", "FARGATE") } else { rolling(block, cluster, model) };
    let block = block.block(
        Block::new("network_configuration")
            .arg("subnets", vpc::private_subnet_ids(network))
            .arg("security_groups", Expr::list([MEMBERS.attr("id"), SECURITY_GROUP.attr("id")]))
            .arg("assign_public_ip", false),
    );
    let block = if by_code_deploy {
        block
            .note("Also with two versions side by side, which a deployment leaves behind for a while.")
            .arg("force_delete", true)
            .block(Block::new("deployment_controller").arg("type", "CODE_DEPLOY"))
    } else {
        block
    };
    let block = attachments(block, routed, ported).tags(resource);
    let mut ready = vec![EXECUTION_POLICY.whole(), MEMBERS_EGRESS.whole()];
    ready.extend(vpc::way_out(network).map(Resource::whole));
    if grants::any(model) {
        ready.push(grants::POLICY.whole());
    }
    if !by_code_deploy {
        ready.push(ecs::CAPACITY.whole());
    }
    if has_rule(model, by_code_deploy) {
        ready.push(if by_code_deploy { SHIFTED_RULE } else { RULE }.whole());
    }
    let block = block
        .note(
            "ECS refuses a target group that no listener knows, and tasks need their rights and a way to their image when\n\
             they start.",
        )
        .arg("depends_on", Expr::list(ready));
    ignoring(block, kind)
}

/// Whether there is a rule for an app that CodeDeploy deploys, or for one that ECS deploys.
fn has_rule(model: &InfraModel, by_code_deploy: bool) -> bool {
    on_ecs(model).any(|(_, _, ecs)| ecs.route.is_some() && is_blue_green(ecs) == by_code_deploy)
}

/// ECS deploys: no copy fewer than asked for, and back if the new ones don't become well.
fn rolling(block: Block, cluster: &Ecs, model: &InfraModel) -> Block {
    let block = block
        .note("Moves copies when a zone has come back.")
        .arg("availability_zone_rebalancing", "ENABLED")
        .arg("deployment_minimum_healthy_percent", 100_u8)
        .arg("deployment_maximum_percent", 200_u8)
        .note("Without it, another share of capacity would replace the service.")
        .arg("force_new_deployment", true);
    let block = ecs::strategies(cluster).into_iter().fold(block, |block, (provider, base, weight)| {
        block.block(
            Block::new("capacity_provider_strategy")
                .arg("capacity_provider", provider)
                .arg_if_some("base", base)
                .arg("weight", weight),
        )
    });
    let block =
        block.block(Block::new("deployment_circuit_breaker").arg("enable", true).arg("rollback", true));
    if model.observability.alarms.is_none() || !has_rule(model, false) {
        return block;
    }
    let alarms = Block::new("alarms")
        .arg("enable", true)
        .arg("rollback", true)
        .arg("alarm_names", observability::traffic_alarm_names(false));
    block
        .note("Also back if the new ones answer with errors or too slowly.")
        .block(Block::dynamic(each_value("load_balancer").splat(), alarms))
}

fn attachments(block: Block, routed: bool, ported: bool) -> Block {
    let block = if routed {
        let content = Block::new("load_balancer")
            .arg("target_group_arn", TARGET_GROUP.attr("arn"))
            .arg("container_name", each_key())
            .arg("container_port", each_value("port"));
        block
            .note("[*] makes a list of none or one.")
            .block(Block::dynamic(each_value("load_balancer").splat(), content))
    } else {
        block
    };
    if !ported {
        return block;
    }
    let content = Block::new("service_registries").arg("registry_arn", DISCOVERY.attr("arn"));
    block.block(Block::dynamic(each_value("port").splat(), content))
}

/// What CodeDeploy sets can't be set through the service any more, its network among it.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
fn ignoring(block: Block, kind: Kind) -> Block {
    let (why, ignored): (_, &[&'static str]) = match kind {
        Kind { by_code_deploy: false, scales: false } => return block,
        Kind { by_code_deploy: false, scales: true } => {
            ("Application Auto Scaling decides how many there are.", &["desired_count"])
        }
        Kind { by_code_deploy: true, scales: false } => (
            "CodeDeploy decides which version serves, from which target group, and in which network.",
            &["task_definition", "load_balancer", "network_configuration"],
        ),
        Kind { by_code_deploy: true, scales: true } => (
            "CodeDeploy decides which version serves, from which target group, and in which network; Application\n\
             Auto Scaling decides how many there are.",
            &["task_definition", "load_balancer", "network_configuration", "desired_count"],
        ),
    };
    let ignored = ignored.iter().copied().map(Reference::variable);
    block.block(Block::lifecycle().note(why).ignore_changes(ignored))
}

/// An app that begins or ends to scale goes from one resource to another and must stay the same service. Where there is
/// nothing to move, a `moved` block does nothing, so it can say of each app where it may have been.
fn moves(file: File, model: &InfraModel) -> File {
    let mut comment = Some("An app that begins or ends to scale keeps its service.");
    on_ecs(model).fold(file, |file, (key, app, ecs)| {
        let kind = Kind::of(app, ecs);
        let before = Kind { scales: !kind.scales, ..kind };
        let block = Block::new("moved")
            .arg("from", before.resource().whole().at(key))
            .arg("to", kind.resource().whole().at(key));
        match comment.take() {
            Some(comment) => file.noted(comment, block),
            None => file.block(block),
        }
    })
}
