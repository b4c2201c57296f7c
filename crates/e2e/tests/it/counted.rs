//! What the emulator's inventory counts, held against what is rendered.
//!
//! WHY: that nothing is left of an environment is proved by the inventory, and of what it doesn't count it would say so
//! whatever is left. So each type that is rendered is counted under a name, or goes with one that is, or is none of AWS's.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use terrane_blueprint::RESOURCE_TYPES;

/// How the inventory knows of a resource.
enum Counted {
    /// As so much of this service and type.
    As(&'static str),
    /// AWS keeps it inside of another type's resource, and deletes it with that.
    With(&'static str),
    /// Nothing of it can be left in an account.
    Never(&'static str),
}

use Counted::{As, Never, With};

const ADOPTED: Counted = Never("it is AWS's own, which Terraform adopts: it comes and goes with the VPC");
const ATLAS: Counted = Never("it is in MongoDB Atlas, which nothing emulates");

/// By Terraform's type.
const COUNTED: &[(&str, Counted)] = &[
    ("aws_acm_certificate", As("acm/certificate")),
    ("aws_acm_certificate_validation", Never("it only waits for a certificate")),
    ("aws_apigatewayv2_api", As("apigatewayv2/api")),
    ("aws_apigatewayv2_api_mapping", With("aws_apigatewayv2_domain_name")),
    ("aws_apigatewayv2_domain_name", As("apigatewayv2/domain-name")),
    ("aws_apigatewayv2_integration", With("aws_apigatewayv2_api")),
    ("aws_apigatewayv2_route", With("aws_apigatewayv2_api")),
    ("aws_apigatewayv2_stage", As("apigatewayv2/stage")),
    ("aws_apigatewayv2_vpc_link", As("apigatewayv2/vpc-link")),
    ("aws_appautoscaling_policy", As("application-autoscaling/scaling-policy")),
    ("aws_appautoscaling_target", As("application-autoscaling/scalable-target")),
    ("aws_backup_plan", As("backup/plan")),
    ("aws_backup_selection", As("backup/selection")),
    ("aws_backup_vault", As("backup/vault")),
    ("aws_budgets_budget", As("budgets/budget")),
    ("aws_cloudwatch_dashboard", As("cloudwatch/dashboard")),
    ("aws_cloudwatch_log_group", As("logs/log-group")),
    ("aws_cloudwatch_metric_alarm", As("cloudwatch/alarm")),
    ("aws_codedeploy_app", As("codedeploy/application")),
    ("aws_codedeploy_deployment_group", As("codedeploy/deployment-group")),
    ("aws_db_instance", As("rds/db")),
    ("aws_db_parameter_group", As("rds/parameter-group")),
    ("aws_db_subnet_group", As("rds/subnet-group")),
    ("aws_default_network_acl", ADOPTED),
    ("aws_default_route_table", ADOPTED),
    ("aws_default_security_group", ADOPTED),
    // DocumentDB speaks the API of RDS.
    ("aws_docdb_cluster", As("rds/cluster")),
    ("aws_docdb_cluster_instance", As("rds/db")),
    ("aws_docdb_cluster_parameter_group", As("rds/cluster-parameter-group")),
    ("aws_docdb_subnet_group", As("rds/subnet-group")),
    ("aws_ecr_lifecycle_policy", With("aws_ecr_repository")),
    ("aws_ecr_repository", As("ecr/repository")),
    ("aws_ecs_cluster", As("ecs/cluster")),
    ("aws_ecs_cluster_capacity_providers", With("aws_ecs_cluster")),
    ("aws_ecs_service", As("ecs/service")),
    ("aws_ecs_task_definition", As("ecs/task-definition")),
    ("aws_egress_only_internet_gateway", As("ec2/egress-only-internet-gateway")),
    ("aws_eip", As("ec2/elastic-ip")),
    ("aws_eks_access_entry", As("eks/access-entry")),
    ("aws_eks_access_policy_association", With("aws_eks_access_entry")),
    ("aws_eks_addon", As("eks/addon")),
    ("aws_eks_cluster", As("eks/cluster")),
    ("aws_eks_fargate_profile", As("eks/fargate-profile")),
    ("aws_eks_node_group", As("eks/nodegroup")),
    ("aws_eks_pod_identity_association", As("eks/pod-identity-association")),
    ("aws_elasticache_parameter_group", As("elasticache/parameter-group")),
    ("aws_elasticache_replication_group", As("elasticache/replication-group")),
    ("aws_elasticache_subnet_group", As("elasticache/subnet-group")),
    ("aws_elasticache_user", As("elasticache/user")),
    ("aws_elasticache_user_group", As("elasticache/user-group")),
    ("aws_flow_log", As("ec2/flow-log")),
    ("aws_iam_openid_connect_provider", As("iam/oidc-provider")),
    ("aws_iam_role", As("iam/role")),
    ("aws_iam_role_policy", With("aws_iam_role")),
    ("aws_iam_role_policy_attachment", With("aws_iam_role")),
    ("aws_internet_gateway", As("ec2/internet-gateway")),
    ("aws_kms_alias", As("kms/alias")),
    ("aws_kms_key", As("kms/key")),
    ("aws_launch_template", As("ec2/launch-template")),
    ("aws_lb", As("elbv2/load-balancer")),
    ("aws_lb_listener", As("elbv2/listener")),
    ("aws_lb_listener_certificate", With("aws_lb_listener")),
    ("aws_lb_listener_rule", As("elbv2/listener-rule")),
    ("aws_lb_target_group", As("elbv2/target-group")),
    ("aws_nat_gateway", As("ec2/nat-gateway")),
    ("aws_network_acl", As("ec2/network-acl")),
    ("aws_rds_cluster", As("rds/cluster")),
    ("aws_rds_cluster_instance", As("rds/db")),
    ("aws_rds_cluster_parameter_group", As("rds/cluster-parameter-group")),
    ("aws_route", With("aws_route_table")),
    ("aws_route53_record", As("route53/record")),
    ("aws_route53_zone", As("route53/hosted-zone")),
    ("aws_route_table", As("ec2/route-table")),
    ("aws_route_table_association", With("aws_route_table")),
    ("aws_s3_bucket", As("s3/bucket")),
    ("aws_s3_bucket_acl", With("aws_s3_bucket")),
    ("aws_s3_bucket_cors_configuration", With("aws_s3_bucket")),
    ("aws_s3_bucket_lifecycle_configuration", With("aws_s3_bucket")),
    ("aws_s3_bucket_logging", With("aws_s3_bucket")),
    ("aws_s3_bucket_ownership_controls", With("aws_s3_bucket")),
    ("aws_s3_bucket_policy", With("aws_s3_bucket")),
    ("aws_s3_bucket_public_access_block", With("aws_s3_bucket")),
    ("aws_s3_bucket_server_side_encryption_configuration", With("aws_s3_bucket")),
    ("aws_s3_bucket_versioning", With("aws_s3_bucket")),
    ("aws_secretsmanager_secret", As("secretsmanager/secret")),
    ("aws_secretsmanager_secret_version", With("aws_secretsmanager_secret")),
    ("aws_security_group", As("ec2/security-group")),
    ("aws_service_discovery_private_dns_namespace", As("servicediscovery/namespace")),
    ("aws_service_discovery_service", As("servicediscovery/service")),
    ("aws_sns_topic", As("sns/topic")),
    ("aws_sns_topic_policy", With("aws_sns_topic")),
    ("aws_sns_topic_subscription", As("sns/subscription")),
    ("aws_subnet", As("ec2/subnet")),
    ("aws_vpc", As("ec2/vpc")),
    ("aws_vpc_endpoint", As("ec2/vpc-endpoint")),
    ("aws_vpc_security_group_egress_rule", With("aws_security_group")),
    ("aws_vpc_security_group_ingress_rule", With("aws_security_group")),
    ("mongodbatlas_advanced_cluster", ATLAS),
    ("mongodbatlas_cloud_backup_schedule", ATLAS),
    ("mongodbatlas_database_user", ATLAS),
    ("mongodbatlas_project", ATLAS),
    ("mongodbatlas_project_ip_access_list", ATLAS),
    ("terraform_data", Never("it stands for nothing in the cloud")),
];

#[test]
fn every_type_that_is_rendered_is_counted_or_is_said_not_to_be() -> Result<()> {
    let table: BTreeMap<&str, &Counted> = COUNTED.iter().map(|(name, counted)| (*name, counted)).collect();
    let readers = readers()?;
    for known in RESOURCE_TYPES {
        let counted = table.get(known.name).with_context(|| {
            format!(
                "{} is rendered: have the emulator's inventory count it, and add a row to COUNTED",
                known.name
            )
        })?;
        match counted {
            As(what) => {
                let (service, kind) = what.split_once('/').context("service/type")?;
                let reader = readers.get(service).with_context(|| format!("nothing reads {service}"))?;
                ensure!(reader.contains(&format!("\"{kind}\"")), "the reader of {service} counts no {kind}");
            }
            With(parent) => {
                ensure!(matches!(table.get(parent), Some(As(_))), "{}: {parent} isn't counted", known.name);
            }
            Never(reason) => {
                ensure!(
                    !known.name.starts_with("aws_") || !known.holds_data,
                    "{} holds data: {reason}",
                    known.name
                );
            }
        }
    }
    for name in table.keys() {
        ensure!(RESOURCE_TYPES.iter().any(|known| known.name == *name), "{name} isn't rendered any more");
    }
    Ok(())
}

/// The source of the reader of each service in the inventory.
fn readers() -> Result<BTreeMap<String, String>> {
    let emulator = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../emulator/terrane_emulator");
    let mut readers = BTreeMap::new();
    for file in ["inventory.py", "inventory_apps.py"] {
        let source = fs::read_to_string(emulator.join(file)).context(file)?;
        for line in source.lines() {
            // A row of the table of readers: `    "ec2": _ec2,`
            let row = line.strip_prefix("    \"").and_then(|row| row.strip_suffix(',')?.split_once("\": _"));
            let Some((service, reader)) = row else { continue };
            let body = source.split(&format!("\ndef _{reader}(")).nth(1);
            let body = body.with_context(|| format!("{file} has no function _{reader}"))?;
            let body = body.split("\n\n\n").next().unwrap_or_default().to_owned();
            ensure!(readers.insert(service.to_owned(), body).is_none(), "two readers of {service}");
        }
    }
    // It goes over what can be tagged.
    let tagged = fs::read_to_string(emulator.join("corrections/eks/tags.py"))?;
    let eks =
        readers.get_mut("eks").filter(|reader| reader.contains("eks_tags.everything(")).context("eks")?;
    eks.push_str(&tagged);
    ensure!(readers.len() > 20, "{:?}", readers.keys());
    Ok(readers)
}
