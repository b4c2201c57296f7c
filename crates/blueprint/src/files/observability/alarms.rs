//! `alarms.tf`: apps, databases, caches and the cluster. What silence means is decided in [`super::watch`], where a
//! threshold comes from in `resolve/observability.rs` of crate `domain`.

use terrane_domain::{Alarms, InfraModel};

use super::{
    app_alarms,
    watch::{Lasts, Limit, Measure, Watch},
    watched::{CACHES, DATABASES, caches_have_alarms, those_with},
};
use crate::{
    files::kubernetes,
    hcl::{Expr, File, Object, Resource, each_key, each_value, local, template},
};

const DATABASE_CPU: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "database_cpu");
const DATABASE_CONNECTIONS: Resource =
    Resource::per_key("aws_cloudwatch_metric_alarm", "database_connections");
const DATABASE_STORAGE: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "database_storage");
const CACHE_CPU: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "cache_cpu");
const CACHE_MEMORY: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "cache_memory");
const CACHE_EVICTIONS: Resource = Resource::per_key("aws_cloudwatch_metric_alarm", "cache_evictions");
const PENDING_PODS: Resource = Resource::one("aws_cloudwatch_metric_alarm", "kubernetes_pending_pods");
const API_ERRORS: Resource = Resource::one("aws_cloudwatch_metric_alarm", "kubernetes_api_errors");

/// Long enough for a node to be bought, to boot and to join.
const NEW_NODE_MINUTES: u8 = 15;

pub(super) fn file(model: &InfraModel, alarms: &Alarms) -> Option<File> {
    let mut watches = app_alarms::watches(model, alarms.thresholds);
    watches.extend(of_databases(model, alarms));
    watches.extend(of_caches(model, alarms));
    watches.extend(of_kubernetes(model, alarms));
    if watches.is_empty() {
        return None;
    }
    let about = "What goes wrong. Who is told stands in locals.tf. Where nothing is counted while nothing happens, no data is good\n\
                 data (notBreaching); a state that AWS tells every minute is unknown without it (missing).";
    let file = File::new("alarms.tf", about);
    Some(watches.into_iter().map(Watch::block).fold(file, File::block))
}

/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html>
fn of_databases(model: &InfraModel, alarms: &Alarms) -> Vec<Watch> {
    if model.databases.is_empty() {
        return Vec::new();
    }
    let watch = |resource, for_each, suffix: &'static str, about: &'static str, metric: &'static str, how| {
        let (measure, limit, lasts) = how;
        Watch {
            resource,
            for_each: Some(for_each),
            name: template![local("name"), "-databases.", each_key(), "-", suffix],
            description: template![about, each_key()],
            namespace: "AWS/RDS",
            metric: metric.into(),
            dimensions: Object::new().field("DBInstanceIdentifier", each_value("identifier")),
            measure,
            limit,
            lasts,
        }
    };
    let limits = || alarms.databases.values();
    let cpu =
        (Measure::Gauge("Average"), Limit::Above(alarms.thresholds.cpu_percent.into()), Lasts::minutes(5));
    let mut watches = vec![watch(
        DATABASE_CPU,
        local(DATABASES).into(),
        "cpu",
        "CPU of the database ",
        "CPUUtilization",
        cpu,
    )];
    if limits().any(|limits| limits.connections.is_some()) {
        let how =
            (Measure::Gauge("Maximum"), Limit::Above(each_value("connections").into()), Lasts::minutes(5));
        let for_each = those_with(DATABASES, "connections");
        let about = "Connections to the database ";
        watches.push(watch(DATABASE_CONNECTIONS, for_each, "connections", about, "DatabaseConnections", how));
    }
    if limits().any(|limits| limits.free_storage_bytes.is_some()) {
        // RDS makes storage larger after five minutes; this tells when it doesn't.
        let how = (
            Measure::Gauge("Minimum"),
            Limit::Below(each_value("free_storage_bytes").into()),
            Lasts { periods: 3, of_seconds: 300 },
        );
        let for_each = those_with(DATABASES, "free_storage_bytes");
        let about = "What is left of the storage of the database ";
        watches.push(watch(DATABASE_STORAGE, for_each, "storage", about, "FreeStorageSpace", how));
    }
    watches
}

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html>
fn of_caches(model: &InfraModel, alarms: &Alarms) -> Vec<Watch> {
    if !caches_have_alarms(model) {
        return Vec::new();
    }
    let watch = |resource, field, suffix: &'static str, about: &'static str, metric: Expr, measure| Watch {
        resource,
        for_each: Some(those_with(CACHES, field)),
        name: template![local("name"), "-caches.", each_key(), "-", suffix],
        description: template![about, each_key()],
        namespace: "AWS/ElastiCache",
        metric,
        // Both have to be given, though a cluster of this kind has one node.
        dimensions: Object::new().field("CacheClusterId", each_value("id")).field("CacheNodeId", "0001"),
        measure,
        limit: Limit::Above(each_value(field).into()),
        lasts: Lasts::minutes(5),
    };
    let average = Measure::Gauge("Average");
    let metric = each_value("cpu_metric").into();
    let mut watches = vec![watch(CACHE_CPU, "cpu_percent", "cpu", "CPU of the cache node ", metric, average)];
    let limits = || alarms.caches.values();
    if limits().any(|limits| limits.memory_percent.is_some()) {
        let (about, metric) = ("Memory of the cache node ", "DatabaseMemoryUsagePercentage".into());
        watches.push(watch(CACHE_MEMORY, "memory_percent", "memory", about, metric, average));
    }
    if limits().any(|limits| limits.evictions_per_minute.is_some()) {
        let about = "Keys that are given up for want of memory in the cache node ";
        let metric = "Evictions".into();
        let field = "evictions_per_minute";
        watches.push(watch(CACHE_EVICTIONS, field, "evictions", about, metric, Measure::Count));
    }
    watches
}

/// What EKS tells of every cluster by itself. Whether nodes are ready is no metric without an agent in the cluster, but a
/// pod that finds no node is.
/// <https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html>
fn of_kubernetes(model: &InfraModel, alarms: &Alarms) -> Vec<Watch> {
    if model.kubernetes.is_none() {
        return Vec::new();
    }
    let watch = |resource, suffix: &'static str, about: &'static str, metric: &'static str, measure| Watch {
        resource,
        for_each: None,
        name: template![local("name"), "-kubernetes.", suffix],
        description: about.into(),
        namespace: "AWS/EKS",
        metric: metric.into(),
        dimensions: Object::new().field("ClusterName", kubernetes::CLUSTER.attr("name")),
        measure,
        limit: Limit::Above(0_u8.into()),
        lasts: Lasts::minutes(NEW_NODE_MINUTES),
    };
    let pending = watch(
        PENDING_PODS,
        "pending-pods",
        "Pods that no node takes: nodes are not ready, or too few",
        "scheduler_pending_pods_UNSCHEDULABLE",
        Measure::Gauge("Maximum"),
    );
    let errors = Watch {
        limit: Limit::Above(alarms.thresholds.errors_per_minute.into()),
        lasts: Lasts::minutes(5),
        ..watch(
            API_ERRORS,
            "api-errors",
            "Answers of 500 and more from the API server",
            "apiserver_request_total_5XX",
            Measure::Count,
        )
    };
    vec![pending, errors]
}
