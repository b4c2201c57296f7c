//! `apps_scaling.tf`: more copies under load, fewer without.

use terrane_domain::{App, EcsApp, InfraModel};

use super::{
    super::{ecs, load_balancers},
    TARGET_GROUP, apps_that, service,
};
use crate::hcl::{Block, Expr, File, Reference, Resource, each_value, template};

const TARGET: Resource = Resource::per_key("aws_appautoscaling_target", "app");
const CPU: Resource = Resource::per_key("aws_appautoscaling_policy", "cpu");
const MEMORY: Resource = Resource::per_key("aws_appautoscaling_policy", "memory");
const REQUESTS: Resource = Resource::per_key("aws_appautoscaling_policy", "requests");

/// Growing is done at once and undone with care.
const OUT_COOLDOWN_SECONDS: u16 = 60;
const IN_COOLDOWN_SECONDS: u16 = 300;

pub(super) fn file(model: &InfraModel) -> Option<File> {
    let scaling = |name: &'static str| each_value("scaling").attr(name);
    let scaled =
        apps_that(model, |app, _| app.scaling.is_some(), |field| field("scaling").differs(Expr::null()))?;
    let services: Vec<Reference> = service::present(model)
        .filter(|(_, scales, _)| *scales)
        .map(|(_, _, resource)| resource.whole())
        .collect();
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
    let policies = [
        (CPU, "cpu_percent", "ECSServiceAverageCPUUtilization"),
        (MEMORY, "memory_percent", "ECSServiceAverageMemoryUtilization"),
        (REQUESTS, "requests_per_target", "ALBRequestCountPerTarget"),
    ];
    let file =
        policies.into_iter().fold(file, |file, (resource, field, metric)| match with_target(model, field) {
            Some(apps) => file.block(policy(resource, apps, field, metric)),
            None => file,
        });
    Some(file)
}

/// The apps that aim at something.
fn with_target(model: &InfraModel, field: &'static str) -> Option<Expr> {
    let aims = |app: &App, _: &EcsApp| {
        app.scaling.is_some_and(|scaling| match field {
            "cpu_percent" => scaling.cpu_percent.is_some(),
            "memory_percent" => scaling.memory_percent.is_some(),
            _ => scaling.requests_per_target.is_some(),
        })
    };
    // `try`, because an app without scaling has no field to ask.
    apps_that(model, aims, |_| {
        let asked = Reference::variable("app").attr("scaling").attr(field);
        Expr::call("try", [Expr::from(asked), Expr::null()]).differs(Expr::null())
    })
}

fn policy(resource: Resource, for_each: Expr, field: &'static str, metric: &'static str) -> Block {
    let predefined = Block::new("predefined_metric_specification").arg("predefined_metric_type", metric);
    let predefined = if metric == "ALBRequestCountPerTarget" {
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
    Block::of(resource)
        .arg("for_each", for_each)
        .arg("name", field.replace('_', "-"))
        .arg("policy_type", "TargetTrackingScaling")
        .arg("service_namespace", TARGET.attr("service_namespace"))
        .arg("scalable_dimension", TARGET.attr("scalable_dimension"))
        .arg("resource_id", TARGET.attr("resource_id"))
        .block(
            Block::new("target_tracking_scaling_policy_configuration")
                .arg("target_value", each_value("scaling").attr(field))
                .arg("scale_out_cooldown", OUT_COOLDOWN_SECONDS)
                .arg("scale_in_cooldown", IN_COOLDOWN_SECONDS)
                .block(predefined),
        )
}
