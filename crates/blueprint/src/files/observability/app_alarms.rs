//! What apps use and how they answer, and the load balancers in front of them.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>
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

const CPU: AppAlarm = AppAlarm::named("app_cpu", "cpu");
const MEMORY: AppAlarm = AppAlarm::named("app_memory", "memory");
/// How the tasks in the first target group answer, and in the second one of an app that CodeDeploy deploys. No key has an
/// underscore: what is green of `api` is called otherwise than what `api-green` has.
const BLUE: Traffic = Traffic {
    errors: AppAlarm::named("app_errors", "errors"),
    latency: AppAlarm::named("app_latency", "latency"),
    unhealthy: AppAlarm::named("app_unhealthy", "unhealthy"),
    group: TARGET_GROUP,
};
const GREEN: Traffic = Traffic {
    errors: AppAlarm::named("app_green_errors", "green_errors"),
    latency: AppAlarm::named("app_green_latency", "green_latency"),
    unhealthy: AppAlarm::named("app_green_unhealthy", "green_unhealthy"),
    group: GREEN_TARGET_GROUP,
};
const BALANCER_ERRORS: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "load_balancer_errors");

/// An alarm that each of some apps has.
#[derive(Clone, Copy)]
struct AppAlarm {
    resource: Resource,
    /// How its name ends, behind that of the app.
    suffix: &'static str,
}

impl AppAlarm {
    const fn named(resource: &'static str, suffix: &'static str) -> Self {
        Self { resource: Resource::per_key("aws_cloudwatch_metric_alarm", resource), suffix }
    }

    fn name(self) -> Expr {
        template![local("name"), "-", each_key(), "-", self.suffix]
    }
}

/// The alarms on a target group.
struct Traffic {
    errors: AppAlarm,
    latency: AppAlarm,
    unhealthy: AppAlarm,
    group: Resource,
}

/// The names of the alarms that end a deployment of the app that `each` is about; `both` for those of both target groups.
/// As references: whoever deploys knows an alarm only once it is there. Tasks that aren't well yet are none of them: new
/// ones never are at first.
pub(in crate::files) fn traffic_alarm_names(both: bool) -> Expr {
    let groups = [BLUE].into_iter().chain(both.then_some(GREEN));
    let alarms = groups.flat_map(|group| [group.errors, group.latency]);
    Expr::list(alarms.map(|alarm| alarm.resource.attr("alarm_name")))
}

pub(super) fn watches(model: &InfraModel, thresholds: Thresholds) -> Vec<Watch> {
    if apps::on_ecs(model).next().is_none() {
        return Vec::new();
    }
    let mut watches = vec![
        of_use(CPU, "CPU of the app ", "CPUUtilization", thresholds.cpu_percent),
        of_use(MEMORY, "Memory of the app ", "MemoryUtilization", thresholds.memory_percent),
    ];
    if let Some(apps) = apps::with_route(model) {
        watches.extend(BLUE.watches(&apps, thresholds));
        watches.push(of_balancers(thresholds));
    }
    if let Some(apps) = apps::blue_green(model) {
        watches.extend(GREEN.watches(&apps, thresholds));
    }
    watches
}

fn of_use(alarm: AppAlarm, about: &'static str, metric: &'static str, percent: u8) -> Watch {
    Watch {
        resource: alarm.resource,
        for_each: Some(local("apps").into()),
        name: alarm.name(),
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

impl Traffic {
    fn watches(&self, apps: &Expr, thresholds: Thresholds) -> [Watch; 3] {
        let watch =
            |alarm: AppAlarm, description, metric: &'static str, measure, limit: Expr, minutes| Watch {
                resource: alarm.resource,
                for_each: Some(apps.clone()),
                name: alarm.name(),
                description,
                namespace: "AWS/ApplicationELB",
                metric: metric.into(),
                dimensions: Object::new()
                    .field("LoadBalancer", LOAD_BALANCER.via(each_value("load_balancer"), "arn_suffix"))
                    .field("TargetGroup", self.group.attr("arn_suffix")),
                measure,
                limit: Limit::Above(limit),
                lasts: Lasts::minutes(minutes),
            };
        [
            watch(
                self.errors,
                template!["Answers of 500 and more from the app ", each_key()],
                "HTTPCode_Target_5XX_Count",
                Measure::Count,
                thresholds.errors_per_minute.into(),
                2,
            ),
            watch(
                self.latency,
                template!["Seconds for all but the slowest answers of the app ", each_key()],
                "TargetResponseTime",
                Measure::Percentile("p95"),
                thresholds.latency_seconds.into(),
                5,
            ),
            watch(
                self.unhealthy,
                template!["Tasks that don't answer as they should while the app ", each_key(), " is well"],
                "UnHealthyHostCount",
                Measure::Gauge("Maximum"),
                0_u8.into(),
                5,
            ),
        ]
    }
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
