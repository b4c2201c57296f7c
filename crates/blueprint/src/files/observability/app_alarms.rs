//! What apps use and how they answer, and the load balancers in front of them.
//!
//! The names of alarms on apps have no dot: those of everything else have one, so that none is taken twice.

use terrane_domain::{InfraModel, Thresholds};

use super::watch::{Lasts, Limit, Measure, Watch};
use crate::{
    files::{
        apps::{self, GREEN_TARGET_GROUP, TARGET_GROUP},
        ecs,
        load_balancers::LOAD_BALANCER,
    },
    hcl::{Expr, Object, Resource, each_key, each_value, local, template},
};

const CPU: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_cpu");
const MEMORY: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_memory");
const ERRORS: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_errors");
const LATENCY: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_latency");
const UNHEALTHY: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_unhealthy");
const GREEN_ERRORS: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_green_errors");
const GREEN_LATENCY: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_green_latency");
const GREEN_UNHEALTHY: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_green_unhealthy");
const BALANCER_ERRORS: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "load_balancer_errors");

/// The names of the alarms on how an app answers; `both` for both of its target groups.
pub(in crate::files) fn traffic_alarm_names(both: bool) -> Expr {
    let suffixes: &[&'static str] =
        if both { &["errors", "latency", "green_errors", "green_latency"] } else { &["errors", "latency"] };
    Expr::list(suffixes.iter().copied().map(name))
}

/// No key has an underscore: what is green of `api` is called otherwise than what `api-green` has.
fn name(suffix: &'static str) -> Expr {
    template![local("name"), "-", each_key(), "-", suffix]
}

pub(super) fn watches(model: &InfraModel, thresholds: Thresholds) -> Vec<Watch> {
    if apps::on_ecs(model).next().is_none() {
        return Vec::new();
    }
    let mut watches = vec![
        of_use(CPU, "cpu", "CPU of the app ", "CPUUtilization", thresholds.cpu_percent),
        of_use(MEMORY, "memory", "Memory of the app ", "MemoryUtilization", thresholds.memory_percent),
    ];
    if let Some(apps) = apps::with_route(model) {
        let resources = [ERRORS, LATENCY, UNHEALTHY];
        watches.extend(traffic(
            &apps,
            resources,
            ["errors", "latency", "unhealthy"],
            TARGET_GROUP,
            thresholds,
        ));
        watches.push(of_balancers(thresholds));
    }
    if let Some(apps) = apps::blue_green(model) {
        let resources = [GREEN_ERRORS, GREEN_LATENCY, GREEN_UNHEALTHY];
        let suffixes = ["green_errors", "green_latency", "green_unhealthy"];
        watches.extend(traffic(&apps, resources, suffixes, GREEN_TARGET_GROUP, thresholds));
    }
    watches
}

fn of_use(
    resource: Resource,
    suffix: &'static str,
    about: &'static str,
    metric: &'static str,
    percent: u8,
) -> Watch {
    Watch {
        resource,
        for_each: Some(local("apps").into()),
        name: name(suffix),
        description: template![about, each_key()],
        namespace: "AWS/ECS",
        metric: metric.into(),
        dimensions: Object::new()
            .field("ClusterName", ecs::CLUSTER.attr("name"))
            .field("ServiceName", each_value("name")),
        measure: Measure::Gauge("Average"),
        limit: Limit::Above(percent.into()),
        lasts: Lasts::minutes(5),
    }
}

/// How the tasks in a target group answer.
fn traffic(
    apps: &Expr,
    [errors, latency, unhealthy]: [Resource; 3],
    [errors_suffix, latency_suffix, unhealthy_suffix]: [&'static str; 3],
    group: Resource,
    thresholds: Thresholds,
) -> [Watch; 3] {
    let watch = |resource, suffix, description, metric: &'static str, measure, limit: Expr, minutes| Watch {
        resource,
        for_each: Some(apps.clone()),
        name: name(suffix),
        description,
        namespace: "AWS/ApplicationELB",
        metric: metric.into(),
        dimensions: Object::new()
            .field("LoadBalancer", LOAD_BALANCER.via(each_value("load_balancer"), "arn_suffix"))
            .field("TargetGroup", group.attr("arn_suffix")),
        measure,
        limit: Limit::Above(limit),
        lasts: Lasts::minutes(minutes),
    };
    [
        watch(
            errors,
            errors_suffix,
            template!["Answers of 500 and more from the app ", each_key()],
            "HTTPCode_Target_5XX_Count",
            Measure::Count,
            thresholds.errors_per_minute.into(),
            2,
        ),
        watch(
            latency,
            latency_suffix,
            template!["Seconds for all but the slowest answers of the app ", each_key()],
            "TargetResponseTime",
            Measure::Percentile("p95"),
            thresholds.latency_seconds.into(),
            5,
        ),
        watch(
            unhealthy,
            unhealthy_suffix,
            template!["Tasks that don't answer as they should while the app ", each_key(), " is well"],
            "UnHealthyHostCount",
            Measure::Gauge("Maximum"),
            0_u8.into(),
            5,
        ),
    ]
}

/// What a load balancer answers in the place of an app that doesn't.
fn of_balancers(thresholds: Thresholds) -> Watch {
    Watch {
        resource: BALANCER_ERRORS,
        for_each: Some(local("load_balancers").into()),
        name: template![local("name"), "-load-balancers.", each_key(), "-errors"],
        description: template![
            "Answers of 500 and more that the load balancer ",
            each_key(),
            " gives for apps"
        ],
        namespace: "AWS/ApplicationELB",
        metric: "HTTPCode_ELB_5XX_Count".into(),
        dimensions: Object::new().field("LoadBalancer", LOAD_BALANCER.attr("arn_suffix")),
        measure: Measure::Count,
        limit: Limit::Above(thresholds.errors_per_minute.into()),
        lasts: Lasts::minutes(2),
    }
}
