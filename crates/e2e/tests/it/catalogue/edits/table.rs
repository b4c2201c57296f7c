//! The edits. A new block needs a row.

use serde_json::{Value, json};

/// An edit of a block.
pub struct Edit {
    /// The section that is edited, or whose edit it is though it stands in another.
    pub block: &'static str,
    /// Another section that the file has to have.
    pub with: Option<&'static str>,
    /// Where, from the root of the file. `*` is the first of things with names of the user's own; what has a `?` is made if
    /// it isn't there.
    pub path: &'static str,
    /// What is set there, in this file: nothing that a profile sets and no example has.
    pub value: fn(&Value) -> Value,
    /// The resources of which at least one has to change, and none other may: patterns of [`super::super::address`], in
    /// which `{}` is the name of what is edited.
    pub changes: &'static [&'static str],
}

const fn edit(
    block: &'static str,
    path: &'static str,
    value: fn(&Value) -> Value,
    changes: &'static [&'static str],
) -> Edit {
    Edit { block, with: None, path, value, changes }
}

impl Edit {
    const fn with(self, section: &'static str) -> Self {
        Self { with: Some(section), ..self }
    }
}

pub const EDITS: &[Edit] = &[
    edit(
        "network",
        "network.flow_logs",
        |_| json!({ "retention_days": 3 }),
        &[
            "aws_cloudwatch_log_group.flow_logs",
            "aws_flow_log.main",
            "aws_iam_role.flow_logs",
            "aws_iam_role_policy.flow_logs",
        ],
    ),
    edit(
        "network",
        "network.ipv6",
        |_| json!(true),
        &[
            "aws_egress_only_internet_gateway.main",
            "aws_lb.main/public",
            "aws_network_acl.main",
            "aws_route.*_ipv6*",
            "aws_subnet.*",
            "aws_vpc.main",
            "aws_vpc_security_group_egress_rule.*_ipv6",
            "aws_vpc_security_group_ingress_rule.*_ipv6",
        ],
    ),
    edit(
        "kubernetes",
        "kubernetes.logs?.retention_days",
        |_| json!(3),
        &["aws_cloudwatch_log_group.kubernetes"],
    ),
    edit("kubernetes", "kubernetes.node_groups.*.max", |_| json!(17), &["aws_eks_node_group.main/{}"]),
    edit(
        "ecs",
        "ecs.container_insights",
        |_| json!("enabled"),
        // What CodeDeploy may do names the cluster, and Terraform reads that document again when the cluster has changed.
        &[
            "aws_cloudwatch_log_group.container_insights",
            "aws_ecs_cluster.main",
            "aws_iam_role_policy.code_deploy/*",
        ],
    ),
    edit(
        "apps",
        "apps.*.env?.EDITED",
        |_| json!("once"),
        &["aws_ecs_service.*/{}", "aws_ecs_task_definition.app/{}"],
    )
    .with("ecs"),
    // On Kubernetes variables are the workload's own, and only the role changes. The entry is prepared.
    edit(
        "apps",
        "apps.*.secrets?.EDITED",
        |_| json!({ "secret": "edited/once" }),
        &["aws_iam_role_policy.app_pod/{}"],
    )
    .with("kubernetes"),
    // The zone itself stays: another name of an app in it.
    edit("dns", "apps.*.expose.load_balancer.host", another_host, ANOTHER_HOST).with("dns"),
    edit("dns", "apps.*.expose.api_gateway.host", another_host, ANOTHER_HOST).with("dns"),
    edit(
        "buckets",
        "buckets.*.lifecycle?.abort_uploads_after_days",
        |_| json!(3),
        &["aws_s3_bucket_lifecycle_configuration.main/{}"],
    ),
    edit("registries", "registries.*.keep_last", |_| json!(7), &["aws_ecr_lifecycle_policy.main/{}"]),
    edit(
        "databases",
        "databases.*.backup_retention_days",
        |_| json!(3),
        &["aws_db_instance.main/{}", "aws_rds_cluster.main/{}"],
    ),
    edit(
        "caches",
        "caches.*.snapshot_retention_days",
        |_| json!(3),
        // The first snapshot needs a name for the last.
        &["aws_elasticache_replication_group.main/{}", "terraform_data.cache/{}"],
    ),
    edit(
        "document_database",
        "document_database.backup_retention_days",
        |_| json!(3),
        &["aws_docdb_cluster.main"],
    ),
    edit(
        "observability",
        "observability.alarms.thresholds",
        |_| json!({ "cpu_percent": 77 }),
        &["aws_cloudwatch_metric_alarm.*_cpu/*"],
    ),
    edit("secrets", "secrets.*.version", |_| json!(7), &["aws_secretsmanager_secret_version.main/{}"]),
    edit("governance", "governance.backup.retention_days", |_| json!(777), &["aws_backup_plan.main"]),
];

fn another_host(file: &Value) -> Value {
    let zone = file["dns"]["zone"].as_str().unwrap_or_default();
    json!(format!("edited.{zone}"))
}

const ANOTHER_HOST: &[&str] = &[
    "aws_acm_certificate.app/{}",
    "aws_acm_certificate_validation.app/{}",
    "aws_apigatewayv2_api_mapping.app/{}",
    "aws_apigatewayv2_domain_name.app/{}",
    "aws_lb_listener.https/*",
    "aws_lb_listener_certificate.further/* {}",
    "aws_lb_listener_rule.*/{}",
    "aws_route53_record.*/{}",
];
