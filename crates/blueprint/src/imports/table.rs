//! The rules, by type. A new type needs a row, and `terrane-e2e`'s `adoption` loses it and takes it back.

use super::rule::{
    ImportRule,
    Piece::{Account, Arn, ArnPart, Journal, Planned, PlannedHost, PlannedName, Text},
};

/// By the ARN itself, which is the provider's id too.
const BY_ARN: &[&[super::Piece]] = &[&[Arn], &[Journal]];
/// By the id that is the end of the ARN: `arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0a1b`.
const BY_END: &[&[super::Piece]] = &[&[ArnPart('/', 0)], &[Journal]];
const NAME: &[&[super::Piece]] = &[&[Planned("name")]];
const IDENTIFIER: &[&[super::Piece]] = &[&[Planned("identifier")]];
const CLUSTER_IDENTIFIER: &[&[super::Piece]] = &[&[Planned("cluster_identifier")]];
/// What is set on a bucket has the bucket's name.
const BUCKET: &[&[super::Piece]] = &[&[Planned("bucket")]];

const ADOPTS_ITSELF: &str =
    "Creating it takes over what the VPC came with and sets it to what the file says, as often as one likes.";

const SHORT_VERSION: &str = "The file names the major version and AWS the minor one too; RDS takes the first for \
     its default of the second, which is what was just made. The key of a secret that RDS keeps is named to it \
     again: it is the one that it has. A password out of a secret of ours is set again to what the secret holds.";

const fn rule(resource_type: &'static str, ids: &'static [&'static [super::Piece]]) -> ImportRule {
    ImportRule::new(resource_type, ids)
}

const fn never(resource_type: &'static str, remark: &'static str) -> ImportRule {
    ImportRule::never(resource_type, remark)
}

/// How each type of [`RESOURCE_TYPES`](crate::RESOURCE_TYPES) is adopted, by name.
pub const IMPORT_RULES: &[ImportRule] = &[
    rule("aws_acm_certificate", BY_ARN),
    never(
        "aws_acm_certificate_validation",
        "It stands for nothing in AWS: creating it waits until the certificate is issued, which \
         it is.",
    ),
    rule("aws_apigatewayv2_api", BY_END),
    rule("aws_apigatewayv2_api_mapping", &[&[Journal, Text("/"), Planned("domain_name")]]),
    rule("aws_apigatewayv2_domain_name", &[&[Planned("domain_name")]]),
    rule("aws_apigatewayv2_integration", &[&[Planned("api_id"), Text("/"), Journal]]),
    rule("aws_apigatewayv2_route", &[&[Planned("api_id"), Text("/"), Journal]]),
    rule("aws_apigatewayv2_stage", &[&[Planned("api_id"), Text("/"), Planned("name")]]),
    rule("aws_apigatewayv2_vpc_link", BY_END).slow(),
    rule(
        "aws_appautoscaling_policy",
        &[&[
            Planned("service_namespace"),
            Text("/"),
            Planned("resource_id"),
            Text("/"),
            Planned("scalable_dimension"),
            Text("/"),
            Planned("name"),
        ]],
    ),
    rule(
        "aws_appautoscaling_target",
        &[&[
            Planned("service_namespace"),
            Text("/"),
            Planned("resource_id"),
            Text("/"),
            Planned("scalable_dimension"),
        ]],
    ),
    rule("aws_backup_plan", &[&[ArnPart(':', 0)], &[Journal]]),
    rule("aws_backup_selection", &[&[Planned("plan_id"), Text("|"), Journal]]),
    rule("aws_backup_vault", NAME),
    rule("aws_budgets_budget", &[&[Account, Text(":"), Planned("name")]]),
    rule("aws_cloudwatch_dashboard", &[&[Planned("dashboard_name")]]),
    rule("aws_cloudwatch_log_group", NAME),
    rule("aws_cloudwatch_metric_alarm", &[&[Planned("alarm_name")]]),
    rule("aws_codedeploy_app", NAME),
    rule(
        "aws_codedeploy_deployment_group",
        &[&[Planned("app_name"), Text(":"), Planned("deployment_group_name")]],
    ),
    rule("aws_db_instance", IDENTIFIER)
        .slow()
        .unread(&[
            "allow_major_version_upgrade",
            "apply_immediately",
            "engine_version",
            "final_snapshot_identifier",
            "manage_master_user_password",
            "master_user_secret_kms_key_id",
            "password_wo_version",
            "skip_final_snapshot",
        ])
        .remark(SHORT_VERSION),
    rule("aws_db_parameter_group", NAME),
    rule("aws_db_subnet_group", NAME),
    never("aws_default_network_acl", ADOPTS_ITSELF),
    never("aws_default_route_table", ADOPTS_ITSELF),
    never("aws_default_security_group", ADOPTS_ITSELF),
    rule("aws_docdb_cluster", CLUSTER_IDENTIFIER).slow().unread(&[
        "allow_major_version_upgrade",
        "apply_immediately",
        "final_snapshot_identifier",
        "manage_master_user_password",
        "skip_final_snapshot",
    ]),
    rule("aws_docdb_cluster_instance", IDENTIFIER).slow().unread(&["apply_immediately"]),
    rule("aws_docdb_cluster_parameter_group", NAME),
    rule("aws_docdb_subnet_group", NAME),
    rule("aws_ecr_lifecycle_policy", &[&[Planned("repository")]]),
    rule("aws_ecr_repository", NAME),
    rule("aws_ecs_cluster", NAME),
    rule("aws_ecs_cluster_capacity_providers", &[&[Planned("cluster_name")]]),
    rule("aws_ecs_service", &[&[PlannedName("cluster"), Text("/"), Planned("name")]])
        .unread(&["force_new_deployment", "task_definition", "wait_for_steady_state"])
        .remark(
            "What it runs reads back without its ARN, so the first plan deploys the same once more. \
             It is ready as soon as it is there: nobody waits for its tasks.",
        ),
    rule("aws_ecs_task_definition", &[&[Arn]]).unread(&["skip_destroy"]).remark(
        "Its id is the family, so the journal doesn't help; of several revisions the newest \
         active one counts.",
    ),
    rule("aws_egress_only_internet_gateway", BY_END),
    rule("aws_eip", BY_END),
    rule("aws_eks_access_entry", &[&[Planned("cluster_name"), Text(":"), Planned("principal_arn")]]),
    rule(
        "aws_eks_access_policy_association",
        &[&[Planned("cluster_name"), Text("#"), Planned("principal_arn"), Text("#"), Planned("policy_arn")]],
    ),
    rule("aws_eks_addon", &[&[Planned("cluster_name"), Text(":"), Planned("addon_name")]])
        .slow()
        .unread(&["resolve_conflicts_on_create", "resolve_conflicts_on_update"]),
    rule("aws_eks_cluster", NAME).slow(),
    rule(
        "aws_eks_fargate_profile",
        &[&[Planned("cluster_name"), Text(":"), Planned("fargate_profile_name")]],
    )
    .slow(),
    rule("aws_eks_node_group", &[&[Planned("cluster_name"), Text(":"), ArnPart('/', 1)], &[Journal]])
        .slow()
        .remark(
            "Its name is new every time. The ARN ends in it and a UUID: \
             `nodegroup/<cluster>/<name>/<uuid>`.",
        ),
    rule(
        "aws_eks_pod_identity_association",
        &[
            &[Planned("cluster_name"), Text(","), ArnPart('/', 0)],
            &[Planned("cluster_name"), Text(","), Journal],
        ],
    ),
    rule("aws_elasticache_parameter_group", NAME),
    rule("aws_elasticache_replication_group", &[&[Planned("replication_group_id")]])
        .slow()
        .unread(&["apply_immediately", "auth_token_update_strategy", "final_snapshot_identifier"])
        .remark("Its members carry its tags too."),
    rule("aws_elasticache_subnet_group", NAME),
    rule("aws_elasticache_user", &[&[Planned("user_id")]]).slow(),
    rule("aws_elasticache_user_group", &[&[Planned("user_group_id")]]).slow(),
    rule("aws_flow_log", BY_END),
    rule(
        "aws_iam_openid_connect_provider",
        &[&[Text("arn:aws:iam::"), Account, Text(":oidc-provider/"), PlannedHost("url")]],
    ),
    rule("aws_iam_role", NAME),
    rule("aws_iam_role_policy", &[&[Planned("role"), Text(":"), Planned("name")]]),
    rule("aws_iam_role_policy_attachment", &[&[Planned("role"), Text("/"), Planned("policy_arn")]]),
    rule("aws_internet_gateway", BY_END),
    rule("aws_kms_alias", NAME),
    rule("aws_kms_key", BY_END).unread(&["bypass_policy_lockout_safety_check", "deletion_window_in_days"]),
    rule("aws_launch_template", BY_END).unread(&["default_version", "update_default_version"]),
    rule("aws_lb", BY_ARN).slow(),
    rule("aws_lb_listener", BY_ARN),
    rule("aws_lb_listener_certificate", &[&[Planned("listener_arn"), Text("_"), Planned("certificate_arn")]]),
    rule("aws_lb_listener_rule", BY_ARN),
    rule("aws_lb_target_group", BY_ARN),
    rule("aws_nat_gateway", BY_END).slow().remark(
        "The tagging API lists a deleted one for an hour: only one that is pending or available \
         counts.",
    ),
    rule("aws_network_acl", BY_END),
    rule("aws_rds_cluster", CLUSTER_IDENTIFIER)
        .slow()
        .unread(&[
            "allow_major_version_upgrade",
            "apply_immediately",
            "db_instance_parameter_group_name",
            "enable_global_write_forwarding",
            "enable_local_write_forwarding",
            "engine_version",
            "final_snapshot_identifier",
            "manage_master_user_password",
            "master_user_secret_kms_key_id",
            "skip_final_snapshot",
        ])
        .remark(SHORT_VERSION),
    rule("aws_rds_cluster_instance", IDENTIFIER).slow().unread(&["apply_immediately", "force_destroy"]),
    rule("aws_rds_cluster_parameter_group", NAME),
    rule(
        "aws_route",
        &[
            &[Planned("route_table_id"), Text("_"), Planned("destination_cidr_block")],
            &[Planned("route_table_id"), Text("_"), Planned("destination_ipv6_cidr_block")],
        ],
    ),
    rule(
        "aws_route53_record",
        &[&[Planned("zone_id"), Text("_"), Planned("name"), Text("_"), Planned("type")]],
    )
    .unread(&["allow_overwrite"]),
    rule("aws_route53_zone", BY_END).remark("The tagging API tells of it in us-east-1 only."),
    rule("aws_route_table", BY_END),
    rule("aws_route_table_association", &[&[Planned("subnet_id"), Text("/"), Planned("route_table_id")]]),
    rule("aws_s3_bucket", BUCKET).unread(&["force_destroy"]),
    rule("aws_s3_bucket_acl", &[&[Planned("bucket"), Text(","), Planned("acl")]]),
    rule("aws_s3_bucket_cors_configuration", BUCKET),
    rule("aws_s3_bucket_lifecycle_configuration", BUCKET),
    rule("aws_s3_bucket_logging", BUCKET),
    rule("aws_s3_bucket_ownership_controls", BUCKET),
    rule("aws_s3_bucket_policy", BUCKET),
    rule("aws_s3_bucket_public_access_block", BUCKET),
    rule("aws_s3_bucket_server_side_encryption_configuration", BUCKET),
    rule("aws_s3_bucket_versioning", BUCKET),
    rule("aws_secretsmanager_secret", BY_ARN)
        .unread(&["force_overwrite_replica_secret", "recovery_window_in_days"]),
    never(
        "aws_secretsmanager_secret_version",
        "An import reads the value into the state, and the next plan replaces it all the same, \
         because the version of what is write-only isn't read back. Creating it puts a new value \
         over one that nobody has been told; a database that takes its password from it is given \
         the new one when it is adopted in the same run.",
    ),
    rule("aws_security_group", BY_END),
    rule(
        "aws_service_discovery_private_dns_namespace",
        &[&[ArnPart('/', 0), Text(":"), Planned("vpc")], &[Journal, Text(":"), Planned("vpc")]],
    )
    .slow(),
    rule("aws_service_discovery_service", BY_END).unread(&["force_destroy"]),
    rule("aws_sns_topic", BY_ARN),
    rule("aws_sns_topic_policy", &[&[Planned("arn")]]),
    rule("aws_sns_topic_subscription", &[&[Journal]])
        .unread(&["confirmation_timeout_in_minutes", "endpoint_auto_confirms"])
        .remark("Without the journal it is created: SNS then answers with the subscription that is there."),
    rule("aws_subnet", BY_END),
    rule("aws_vpc", BY_END),
    rule("aws_vpc_endpoint", BY_END).slow(),
    rule("aws_vpc_security_group_egress_rule", BY_END),
    rule("aws_vpc_security_group_ingress_rule", BY_END),
    rule("mongodbatlas_advanced_cluster", &[&[Planned("project_id"), Text("-"), Planned("name")]]).slow(),
    rule(
        "mongodbatlas_cloud_backup_schedule",
        &[&[Planned("project_id"), Text("-"), Planned("cluster_name")]],
    ),
    rule(
        "mongodbatlas_database_user",
        &[&[Planned("project_id"), Text("-"), Planned("username"), Text("-"), Planned("auth_database_name")]],
    ),
    rule("mongodbatlas_project", &[&[Journal]]).remark(
        "A name is unique in an organisation: without the journal creating it is refused, not \
         doubled.",
    ),
    rule(
        "mongodbatlas_project_ip_access_list",
        &[&[Planned("project_id"), Text("-"), Planned("ip_address")]],
    ),
    never(
        "terraform_data",
        "It stands for nothing in the cloud. Creating it gives a new id, and the last snapshot \
         that is named by it a new name, in place.",
    ),
];
