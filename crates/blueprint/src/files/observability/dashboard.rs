//! `dashboard.tf`: one row for each kind of thing that there is.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>

use terrane_domain::InfraModel;

use super::watched::{CACHES, DATABASES};
use crate::{
    files::{apps, data::REGION, ecs, kubernetes, load_balancers::LOAD_BALANCER},
    hcl::{Block, Expr, File, For, Object, Reference, Resource, local},
};

const DASHBOARD: Resource = Resource::one("aws_cloudwatch_dashboard", "main");

/// The grid has 24 columns.
const COLUMNS: u8 = 24;
const TITLE_HEIGHT: u8 = 1;
const HEIGHT: u8 = 6;
const PERIOD_SECONDS: u8 = 60;

struct Row {
    title: &'static str,
    widgets: Vec<Widget>,
}

/// A diagram with a line for each thing.
struct Widget {
    title: &'static str,
    statistic: &'static str,
    lines: Expr,
}

pub(super) fn file(model: &InfraModel) -> Option<File> {
    let name = model.observability.dashboard.as_ref()?;
    let rows = rows(model);
    if rows.is_empty() {
        return None;
    }
    let mut widgets = Vec::new();
    let mut y = 0_u16;
    for row in rows {
        widgets.push(title(row.title, y));
        y += u16::from(TITLE_HEIGHT);
        // At most four in a row.
        let width = COLUMNS / u8::try_from(row.widgets.len().max(1)).unwrap_or(COLUMNS);
        widgets.extend((0..).zip(row.widgets).map(|(at, widget)| widget.at(at * width, y, width)));
        y += u16::from(HEIGHT);
    }
    let body = Object::new().field("widgets", Expr::list(widgets));
    let dashboard = Block::of(DASHBOARD).arg("dashboard_name", name).arg("dashboard_body", Expr::json(body));
    Some(File::new("dashboard.tf", "What is watched, at a glance.").block(dashboard))
}

fn title(text: &'static str, y: u16) -> Object {
    placed("text", 0, y, COLUMNS, TITLE_HEIGHT)
        .field("properties", Object::new().field("markdown", format!("## {text}")))
}

fn placed(kind: &'static str, x: u8, y: u16, width: u8, height: u8) -> Object {
    Object::new()
        .field("type", kind)
        .field("x", x)
        .field("y", y)
        .field("width", width)
        .field("height", height)
}

impl Widget {
    fn at(self, x: u8, y: u16, width: u8) -> Object {
        let properties = Object::new()
            .field("title", self.title)
            .field("region", REGION.attr("id"))
            .field("view", "timeSeries")
            .field("stat", self.statistic)
            .field("period", PERIOD_SECONDS)
            .field("metrics", self.lines);
        placed("metric", x, y, width, HEIGHT).field("properties", properties)
    }
}

fn rows(model: &InfraModel) -> Vec<Row> {
    let mut rows = Vec::new();
    if apps::on_ecs(model).next().is_some() {
        rows.push(Row { title: "Apps", widgets: of_apps() });
        if apps::with_route(model).is_some() {
            rows.push(Row { title: "Load balancers", widgets: of_balancers() });
        }
    }
    if model.kubernetes.is_some() {
        rows.push(Row { title: "Kubernetes", widgets: of_kubernetes() });
    }
    if !model.databases.is_empty() {
        rows.push(Row { title: "Databases", widgets: of_databases() });
    }
    if !model.caches.is_empty() {
        rows.push(Row { title: "Caches", widgets: of_caches() });
    }
    rows
}

/// A line for each entry of a map of `locals.tf`; `dimensions` says what a metric of one of them is found by.
fn lines(
    map: &'static str,
    namespace: &'static str,
    metric: &'static str,
    dimensions: impl FnOnce(Reference) -> Vec<Expr>,
) -> Expr {
    let mut line = vec![namespace.into(), metric.into()];
    line.extend(dimensions(Reference::variable("one")));
    line.push(Object::new().field("label", Reference::variable("key")).into());
    For::list("one", local(map), Expr::list(line)).with_key().into()
}

fn of_apps() -> Vec<Widget> {
    let of = |title, metric| Widget {
        title,
        statistic: "Average",
        lines: lines("apps", "AWS/ECS", metric, |app| {
            let cluster = ecs::CLUSTER.attr("name").into();
            vec!["ClusterName".into(), cluster, "ServiceName".into(), app.attr("name").into()]
        }),
    };
    vec![of("CPU, percent", "CPUUtilization"), of("Memory, percent", "MemoryUtilization")]
}

fn of_balancers() -> Vec<Widget> {
    let of = |title, metric, statistic| Widget {
        title,
        statistic,
        lines: lines("load_balancers", "AWS/ApplicationELB", metric, |_| {
            let suffix = LOAD_BALANCER.via(Reference::variable("key"), "arn_suffix").into();
            vec!["LoadBalancer".into(), suffix]
        }),
    };
    vec![
        of("Requests, per minute", "RequestCount", "Sum"),
        of("Answers of 500 and more from apps", "HTTPCode_Target_5XX_Count", "Sum"),
        of("Answers of 500 and more for apps", "HTTPCode_ELB_5XX_Count", "Sum"),
        of("Seconds for 19 of 20 answers", "TargetResponseTime", "p95"),
    ]
}

fn of_kubernetes() -> Vec<Widget> {
    let of = |title, statistic, metrics: &[&'static str]| {
        let line = |metric: &&'static str| -> Expr {
            let cluster = Expr::from(kubernetes::CLUSTER.attr("name"));
            Expr::list(["AWS/EKS".into(), (*metric).into(), "ClusterName".into(), cluster])
        };
        Widget { title, statistic, lines: Expr::list(metrics.iter().map(line)) }
    };
    vec![
        of(
            "Pods that wait for a node",
            "Maximum",
            &["scheduler_pending_pods", "scheduler_pending_pods_UNSCHEDULABLE"],
        ),
        of(
            "Answers of the API server",
            "Sum",
            &["apiserver_request_total_4XX", "apiserver_request_total_429", "apiserver_request_total_5XX"],
        ),
    ]
}

fn of_databases() -> Vec<Widget> {
    let of = |title, metric, statistic| Widget {
        title,
        statistic,
        lines: lines(DATABASES, "AWS/RDS", metric, |instance| {
            vec!["DBInstanceIdentifier".into(), instance.attr("identifier").into()]
        }),
    };
    vec![
        of("CPU, percent", "CPUUtilization", "Average"),
        of("Connections", "DatabaseConnections", "Maximum"),
        of("Memory that is free, bytes", "FreeableMemory", "Minimum"),
        // Not of Aurora, whose storage has no end that matters.
        of("Storage that is free, bytes", "FreeStorageSpace", "Minimum"),
    ]
}

fn of_caches() -> Vec<Widget> {
    let of = |title, metric, statistic| Widget {
        title,
        statistic,
        lines: lines(CACHES, "AWS/ElastiCache", metric, |node| {
            vec!["CacheClusterId".into(), node.attr("id").into(), "CacheNodeId".into(), "0001".into()]
        }),
    };
    vec![
        of("CPU of the engine, percent", "EngineCPUUtilization", "Average"),
        of("Memory, percent", "DatabaseMemoryUsagePercentage", "Average"),
        of("Evictions, per minute", "Evictions", "Sum"),
        of("Connections", "CurrConnections", "Maximum"),
    ]
}
