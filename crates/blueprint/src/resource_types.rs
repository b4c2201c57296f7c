//! The resource types that are rendered, and what matters about them elsewhere.

/// A resource type that [`render`](crate::render) writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceType {
    /// For example `aws_db_instance`.
    pub name: &'static str,
    /// Deleting it loses something that Terraform can't make again, so a plan that does stops and asks.
    pub holds_data: bool,
    /// It can carry Terrane's tags, and so it does.
    pub taggable: bool,
}

/// All types that are rendered, by name.
pub const RESOURCE_TYPES: &[ResourceType] = &[
    plain("aws_acm_certificate"),
    untagged("aws_acm_certificate_validation"),
    plain("aws_apigatewayv2_api"),
    untagged("aws_apigatewayv2_api_mapping"),
    plain("aws_apigatewayv2_domain_name"),
    untagged("aws_apigatewayv2_integration"),
    untagged("aws_apigatewayv2_route"),
    plain("aws_apigatewayv2_stage"),
    plain("aws_apigatewayv2_vpc_link"),
    untagged("aws_appautoscaling_policy"),
    plain("aws_appautoscaling_target"),
    plain("aws_backup_plan"),
    untagged("aws_backup_selection"),
    data("aws_backup_vault"),
    plain("aws_budgets_budget"),
    untagged("aws_cloudwatch_dashboard"),
    plain("aws_cloudwatch_log_group"),
    plain("aws_cloudwatch_metric_alarm"),
    plain("aws_codedeploy_app"),
    plain("aws_codedeploy_deployment_group"),
    data("aws_db_instance"),
    plain("aws_db_parameter_group"),
    plain("aws_db_subnet_group"),
    plain("aws_default_network_acl"),
    plain("aws_default_route_table"),
    plain("aws_default_security_group"),
    data("aws_docdb_cluster"),
    plain("aws_docdb_cluster_instance"),
    plain("aws_docdb_cluster_parameter_group"),
    plain("aws_docdb_subnet_group"),
    untagged("aws_ecr_lifecycle_policy"),
    data("aws_ecr_repository"),
    plain("aws_ecs_cluster"),
    untagged("aws_ecs_cluster_capacity_providers"),
    plain("aws_ecs_service"),
    plain("aws_ecs_task_definition"),
    plain("aws_egress_only_internet_gateway"),
    plain("aws_eip"),
    plain("aws_eks_access_entry"),
    untagged("aws_eks_access_policy_association"),
    plain("aws_eks_addon"),
    // What runs in it was put there by others, and isn't in any state.
    data("aws_eks_cluster"),
    plain("aws_eks_fargate_profile"),
    plain("aws_eks_node_group"),
    plain("aws_eks_pod_identity_association"),
    plain("aws_elasticache_parameter_group"),
    // A cache can be filled again, but sessions and queues live in one too.
    data("aws_elasticache_replication_group"),
    plain("aws_elasticache_subnet_group"),
    plain("aws_elasticache_user"),
    plain("aws_elasticache_user_group"),
    plain("aws_flow_log"),
    plain("aws_iam_openid_connect_provider"),
    plain("aws_iam_role"),
    untagged("aws_iam_role_policy"),
    untagged("aws_iam_role_policy_attachment"),
    plain("aws_internet_gateway"),
    untagged("aws_kms_alias"),
    // It holds no data itself, but what it encrypted can't be read without it.
    data("aws_kms_key"),
    plain("aws_launch_template"),
    plain("aws_lb"),
    plain("aws_lb_listener"),
    untagged("aws_lb_listener_certificate"),
    plain("aws_lb_listener_rule"),
    plain("aws_lb_target_group"),
    plain("aws_nat_gateway"),
    plain("aws_network_acl"),
    data("aws_rds_cluster"),
    plain("aws_rds_cluster_instance"),
    plain("aws_rds_cluster_parameter_group"),
    untagged("aws_route"),
    untagged("aws_route53_record"),
    // Others may have entered records, and one that is made again has other name servers.
    data("aws_route53_zone"),
    plain("aws_route_table"),
    untagged("aws_route_table_association"),
    data("aws_s3_bucket"),
    untagged("aws_s3_bucket_acl"),
    untagged("aws_s3_bucket_cors_configuration"),
    untagged("aws_s3_bucket_lifecycle_configuration"),
    untagged("aws_s3_bucket_logging"),
    untagged("aws_s3_bucket_ownership_controls"),
    untagged("aws_s3_bucket_policy"),
    untagged("aws_s3_bucket_public_access_block"),
    untagged("aws_s3_bucket_server_side_encryption_configuration"),
    untagged("aws_s3_bucket_versioning"),
    // Nobody knows its value, so nobody can make it again.
    data("aws_secretsmanager_secret"),
    untagged("aws_secretsmanager_secret_version"),
    plain("aws_security_group"),
    plain("aws_service_discovery_private_dns_namespace"),
    plain("aws_service_discovery_service"),
    plain("aws_sns_topic"),
    untagged("aws_sns_topic_policy"),
    untagged("aws_sns_topic_subscription"),
    plain("aws_subnet"),
    plain("aws_vpc"),
    plain("aws_vpc_endpoint"),
    plain("aws_vpc_security_group_egress_rule"),
    plain("aws_vpc_security_group_ingress_rule"),
    // Tags of Atlas take no colon, so it can't carry ours.
    ResourceType { taggable: false, ..data("mongodbatlas_advanced_cluster") },
    untagged("mongodbatlas_cloud_backup_schedule"),
    untagged("mongodbatlas_database_user"),
    untagged("mongodbatlas_project"),
    untagged("mongodbatlas_project_ip_access_list"),
    // Terraform's own: it stands for nothing in the cloud.
    untagged("terraform_data"),
];

/// Whether deleting a resource of this type loses something that Terraform can't make again. A type that isn't
/// rendered holds none of our data.
#[must_use]
pub fn holds_data(resource_type: &str) -> bool {
    RESOURCE_TYPES.iter().any(|known| known.name == resource_type && known.holds_data)
}

/// Whether AWS may refuse to delete a resource of this type until an update has taken its protection off.
#[must_use]
pub fn refuses_deletion(resource_type: &str) -> bool {
    holds_data(resource_type) || resource_type == "aws_lb"
}

const fn plain(name: &'static str) -> ResourceType {
    ResourceType { name, holds_data: false, taggable: true }
}

const fn data(name: &'static str) -> ResourceType {
    ResourceType { name, holds_data: true, taggable: true }
}

const fn untagged(name: &'static str) -> ResourceType {
    ResourceType { name, holds_data: false, taggable: false }
}
