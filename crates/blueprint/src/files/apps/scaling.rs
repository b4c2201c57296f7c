//! `apps_scaling.tf`: more copies under load, fewer without.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>

use terrane_domain::{App, EcsApp, InfraModel, Scaling};

use super::{
    super::{ecs, load_balancers},
    TARGET_GROUP, apps_that, service,
};
use crate::hcl::{Block, Expr, File, Reference, Resource, each_value, template};

const TARGET: Resource = Resource::per_key("aws_appautoscaling_target", "app");

/// Growing is done at once and undone with care.
const OUT_COOLDOWN_SECONDS: u16 = 60;
const IN_COOLDOWN_SECONDS: u16 = 300;

pub(super) fn file(model: &InfraModel) -> Option<File> {
    let scaling = |name: &'static str| each_value("scaling").attr(name);
    let scaled =
        apps_that(model, |app, _| app.scaling.is_some(), |field| field("scaling").differs(Expr::null()))?;
    let services: Vec<Reference> =
        service::present(model).filter(|kind| kind.scales).map(|kind| kind.resource().whole()).collect();
    let file = File::new("apps_scaling.tf", "More copies under load, fewer without.").block(
        Block::of(TARGET)
            .arg("for_each", scaled)
            .arg("service_namespace", "ecs")
            .arg("scalable_dimension", "ecs:service:DesiredCount")
            .arg("resource_id", template!["service/", ecs::CLUSTER.attr("name"), "/", each_value("name")])
            .arg("min_capacity", scaling("min"))
            .arg("max_capacity", scaling("max"))
            .tags(TARGET)
            .arg("depends_on", Expr::list(services)),
    );
    let file = Aim::ALL.iter().fold(file, |file, aim| match with_target(model, aim) {
        Some(apps) => file.block(policy(aim, apps)),
        None => file,
    });
    Some(file)
}

/// Something to keep at a level.
struct Aim {
    resource: Resource,
    /// The field of `scaling` that says the level.
    field: &'static str,
    level: fn(&Scaling) -> Option<u32>,
    /// Name of the predefined metric.
    metric: &'static str,
    /// The metric is that of a target group.
    of_target_group: bool,
}

impl Aim {
    const ALL: [Self; 3] = [
        Self {
            resource: Resource::per_key("aws_appautoscaling_policy", "cpu"),
            field: "cpu_percent",
            level: |scaling| scaling.cpu_percent.map(u32::from),
            metric: "ECSServiceAverageCPUUtilization",
            of_target_group: false,
        },
        Self {
            resource: Resource::per_key("aws_appautoscaling_policy", "memory"),
            field: "memory_percent",
            level: |scaling| scaling.memory_percent.map(u32::from),
            metric: "ECSServiceAverageMemoryUtilization",
            of_target_group: false,
        },
        Self {
            resource: Resource::per_key("aws_appautoscaling_policy", "requests"),
            field: "requests_per_target",
            level: |scaling| scaling.requests_per_target,
            metric: "ALBRequestCountPerTarget",
            of_target_group: true,
        },
    ];
}

/// The apps that aim at something.
fn with_target(model: &InfraModel, aim: &Aim) -> Option<Expr> {
    let aims = |app: &App, _: &EcsApp| app.scaling.as_ref().and_then(aim.level).is_some();
    // `try`, because an app without scaling has no field to ask.
    apps_that(model, aims, |_| {
        let asked = Reference::variable("app").attr("scaling").attr(aim.field);
        Expr::call("try", [Expr::from(asked), Expr::null()]).differs(Expr::null())
    })
}

fn policy(aim: &Aim, for_each: Expr) -> Block {
    let predefined = Block::new("predefined_metric_specification").arg("predefined_metric_type", aim.metric);
    let predefined = if aim.of_target_group {
        predefined.arg(
            "resource_label",
            template![
                load_balancers::LOAD_BALANCER.via(each_value("load_balancer"), "arn_suffix"),
                "/",
                TARGET_GROUP.attr("arn_suffix")
            ],
        )
    } else {
        predefined
    };
    Block::of(aim.resource)
        .arg("for_each", for_each)
        .arg("name", aim.field.replace('_', "-"))
        .arg("policy_type", "TargetTrackingScaling")
        .arg("service_namespace", TARGET.attr("service_namespace"))
        .arg("scalable_dimension", TARGET.attr("scalable_dimension"))
        .arg("resource_id", TARGET.attr("resource_id"))
        .block(
            Block::new("target_tracking_scaling_policy_configuration")
                .arg("target_value", each_value("scaling").attr(aim.field))
                .arg("scale_out_cooldown", OUT_COOLDOWN_SECONDS)
                .arg("scale_in_cooldown", IN_COOLDOWN_SECONDS)
                .block(predefined),
        )
}
