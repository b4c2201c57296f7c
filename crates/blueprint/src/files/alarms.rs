//! `alarms.tf`: what apps use and how they answer.
//!
//! The thresholds are where a person wants to look: high enough that autoscaling has had its chance, and over so many
//! minutes that a single slow one tells nobody. No data is good data: an app without requests has no errors.

use terrane_domain::{Alarms, InfraModel};

use super::{
    apps::{self, GREEN_TARGET_GROUP, TARGET_GROUP},
    ecs, load_balancers,
    part::Part,
};
use crate::hcl::{Block, Expr, File, Object, Resource, each_key, each_value, local, template};

const CPU: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_cpu");
const MEMORY: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_memory");
pub(super) const ERRORS: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_errors");
pub(super) const LATENCY: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_latency");
const GREEN_ERRORS: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_green_errors");
const GREEN_LATENCY: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "app_green_latency");

/// Percent.
const USE: u16 = 85;
/// Answers of 500 and more, each minute.
const ERRORS_PER_MINUTE: u16 = 10;
/// Seconds that one request in twenty takes longer than.
const LATENCY_SECONDS: u16 = 2;
const PERIOD_SECONDS: u8 = 60;

/// An alarm: what it is called after the app, what it looks at, and when it goes off.
struct Watch {
    resource: Resource,
    suffix: &'static str,
    description: &'static str,
    metric: &'static str,
    statistic: Statistic,
    threshold: u16,
    minutes: u8,
}

enum Statistic {
    Plain(&'static str),
    Percentile(&'static str),
}

/// The names of the alarms on how an app answers; `both` for both of its target groups.
pub(super) fn traffic_alarm_names(both: bool) -> Expr {
    let name = |suffix: &'static str| template![local("name"), "-", each_key(), "-", suffix];
    let suffixes: &[&'static str] =
        if both { &["errors", "latency", "green-errors", "green-latency"] } else { &["errors", "latency"] };
    Expr::list(suffixes.iter().copied().map(name))
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let alarms = model.observability.alarms.as_ref().filter(|_| apps::on_ecs(model).next().is_some())?;
    let file = File::new("alarms.tf", "What apps use and how they answer. Who is told stands in locals.tf.");
    let file = [
        Watch::of_use(CPU, "cpu", "CPUUtilization", "CPU of the app "),
        Watch::of_use(MEMORY, "memory", "MemoryUtilization", "Memory of the app "),
    ]
    .into_iter()
    .fold(file, |file, watch| file.block(watch.alarm(local("apps").into(), "AWS/ECS", of_service())));
    let answers = |file: File, for_each: Option<Expr>, group: Resource, watches: [Watch; 2]| match for_each {
        None => file,
        Some(for_each) => watches.into_iter().fold(file, |file, watch| {
            file.block(watch.alarm(for_each.clone(), "AWS/ApplicationELB", of_target_group(group)))
        }),
    };
    let file = answers(
        file,
        apps::with_route(model),
        TARGET_GROUP,
        [Watch::errors(ERRORS, "errors"), Watch::latency(LATENCY, "latency")],
    );
    let file = answers(
        file,
        apps::blue_green(model),
        GREEN_TARGET_GROUP,
        [Watch::errors(GREEN_ERRORS, "green-errors"), Watch::latency(GREEN_LATENCY, "green-latency")],
    );
    let Alarms { actions } = alarms;
    Some(Part::of(file).local("alarm_actions", Expr::list(actions)))
}

impl Watch {
    fn of_use(
        resource: Resource,
        suffix: &'static str,
        metric: &'static str,
        description: &'static str,
    ) -> Self {
        let statistic = Statistic::Plain("Average");
        Self { resource, suffix, description, metric, statistic, threshold: USE, minutes: 5 }
    }

    fn errors(resource: Resource, suffix: &'static str) -> Self {
        Self {
            resource,
            suffix,
            description: "Answers of 500 and more from the app ",
            metric: "HTTPCode_Target_5XX_Count",
            statistic: Statistic::Plain("Sum"),
            threshold: ERRORS_PER_MINUTE,
            minutes: 2,
        }
    }

    fn latency(resource: Resource, suffix: &'static str) -> Self {
        Self {
            resource,
            suffix,
            description: "Seconds for all but the slowest answers of the app ",
            metric: "TargetResponseTime",
            statistic: Statistic::Percentile("p95"),
            threshold: LATENCY_SECONDS,
            minutes: 5,
        }
    }

    fn alarm(self, for_each: Expr, namespace: &'static str, dimensions: Object) -> Block {
        let block = Block::of(self.resource)
            .arg("for_each", for_each)
            .arg("alarm_name", template![local("name"), "-", each_key(), "-", self.suffix])
            .arg("alarm_description", template![self.description, each_key()])
            .gap()
            .arg("namespace", namespace)
            .arg("metric_name", self.metric)
            .arg("dimensions", dimensions);
        let block = match self.statistic {
            Statistic::Plain(name) => block.arg("statistic", name),
            Statistic::Percentile(name) => block.arg("extended_statistic", name),
        };
        block
            .arg("comparison_operator", "GreaterThanThreshold")
            .arg("threshold", self.threshold)
            .arg("period", PERIOD_SECONDS)
            .arg("evaluation_periods", self.minutes)
            .arg("treat_missing_data", "notBreaching")
            .gap()
            .arg("alarm_actions", local("alarm_actions"))
            .arg("ok_actions", local("alarm_actions"))
            .tags(self.resource)
    }
}

fn of_service() -> Object {
    Object::new().field("ClusterName", ecs::CLUSTER.attr("name")).field("ServiceName", each_value("name"))
}

fn of_target_group(group: Resource) -> Object {
    Object::new()
        .field("LoadBalancer", load_balancers::LOAD_BALANCER.via(each_value("load_balancer"), "arn_suffix"))
        .field("TargetGroup", group.attr("arn_suffix"))
}
