//! Every name keeps to the length and the alphabet of its service.
//!
//! A name that AWS would refuse is found here and not after half an hour of applying. What depends on the cloud (`⟦…⟧`)
//! is left out of the text before it is judged.

use crate::unfolded::{Module, Object};

/// Characters that a name may have.
#[derive(Debug, Clone, Copy)]
enum Alphabet {
    /// a-z, 0-9 and these; starts with a letter, ends with neither of these, none of them doubled.
    Lower(&'static str),
    /// Letters, digits and these, in any order.
    Letters(&'static str),
    /// Letters, digits and hyphens; neither first nor last a hyphen.
    Hyphens,
    /// Anything: it is no name but a word of AWS, or free text.
    Any,
}

use Alphabet::{Any, Hyphens, Letters, Lower};

/// Arguments that name what a resource makes.
const NAMING: [&str; 14] = [
    "alias",
    "app_name",
    "bucket",
    "cluster_identifier",
    "cluster_name",
    "deployment_group_name",
    "domain_name",
    "family",
    "identifier",
    "name",
    "name_prefix",
    "replication_group_id",
    "user_group_id",
    "user_id",
];

/// Type, argument, longest name, alphabet. Each from the API reference of the service, read in November 2026.
#[rustfmt::skip]
const NAMES: &[(&str, &str, usize, Alphabet)] = &[
    ("aws_acm_certificate", "domain_name", 253, Letters(".-*")),
    ("aws_alb", "name", 32, Hyphens),
    ("aws_apigatewayv2_api", "name", 128, Any),
    ("aws_apigatewayv2_domain_name", "domain_name", 512, Letters(".-*")),
    ("aws_apigatewayv2_stage", "name", 128, Letters("-_$")),
    ("aws_apigatewayv2_vpc_link", "name", 128, Any),
    ("aws_appautoscaling_policy", "name", 256, Any),
    ("aws_backup_plan", "name", 50, Letters("-_.")),
    ("aws_backup_selection", "name", 50, Letters("-_.")),
    ("aws_backup_vault", "name", 50, Letters("-_")),
    ("aws_budgets_budget", "name", 100, Letters(" -_.")),
    ("aws_cloudwatch_dashboard", "dashboard_name", 255, Letters("-_")),
    ("aws_cloudwatch_event_rule", "name", 64, Letters("-_.")),
    ("aws_cloudwatch_log_group", "name", 512, Letters("_-/.#")),
    ("aws_cloudwatch_log_resource_policy", "policy_name", 512, Letters("-_/.")),
    ("aws_cloudwatch_metric_alarm", "alarm_name", 255, Any),
    ("aws_codedeploy_app", "name", 100, Letters("-_.+=,@")),
    ("aws_codedeploy_deployment_config", "deployment_config_name", 100, Letters("-_.+=,@")),
    ("aws_codedeploy_deployment_group", "app_name", 100, Letters("-_.+=,@")),
    ("aws_codedeploy_deployment_group", "deployment_group_name", 100, Letters("-_.+=,@")),
    ("aws_db_instance", "identifier", 63, Lower("-")),
    ("aws_db_option_group", "name", 255, Lower("-")),
    ("aws_db_parameter_group", "family", 64, Any),
    ("aws_db_parameter_group", "name", 255, Lower("-.")),
    ("aws_db_subnet_group", "name", 255, Lower("-._ ")),
    ("aws_docdb_cluster", "cluster_identifier", 63, Lower("-")),
    ("aws_docdb_cluster_instance", "identifier", 63, Lower("-")),
    ("aws_docdb_cluster_parameter_group", "family", 64, Any),
    ("aws_docdb_cluster_parameter_group", "name", 255, Lower("-.")),
    ("aws_docdb_subnet_group", "name", 255, Lower("-._ ")),
    ("aws_dynamodb_table", "name", 255, Letters("-_.")),
    ("aws_ecr_repository", "name", 256, Lower("-/._")),
    ("aws_ecs_cluster", "name", 255, Letters("-_")),
    ("aws_ecs_cluster_capacity_providers", "cluster_name", 255, Letters("-_")),
    ("aws_ecs_service", "name", 255, Letters("-_")),
    ("aws_ecs_task_definition", "family", 255, Letters("-_")),
    ("aws_eks_addon", "cluster_name", 100, Letters("-_")),
    ("aws_eks_cluster", "name", 100, Letters("-_")),
    ("aws_eks_fargate_profile", "fargate_profile_name", 63, Letters("-_")),
    ("aws_eks_node_group", "node_group_name", 63, Letters("-_")),
    ("aws_elasticache_parameter_group", "family", 64, Any),
    ("aws_elasticache_parameter_group", "name", 255, Lower("-")),
    ("aws_elasticache_replication_group", "replication_group_id", 40, Lower("-")),
    ("aws_elasticache_serverless_cache", "name", 40, Lower("-")),
    ("aws_elasticache_subnet_group", "name", 255, Lower("-")),
    ("aws_elasticache_user", "user_id", 40, Lower("-")),
    ("aws_elasticache_user_group", "user_group_id", 40, Lower("-")),
    ("aws_iam_instance_profile", "name", 128, Letters("_+=,.@-")),
    ("aws_iam_policy", "name", 128, Letters("_+=,.@-")),
    ("aws_iam_role", "name", 64, Letters("_+=,.@-")),
    // The service adds 26 characters of its own.
    ("aws_iam_role", "name_prefix", 38, Letters("_+=,.@-")),
    ("aws_iam_role_policy", "name", 128, Letters("_+=,.@-")),
    ("aws_iam_user", "name", 64, Letters("_+=,.@-")),
    ("aws_kms_alias", "name", 256, Letters("/_-")),
    ("aws_launch_template", "name", 128, Letters("().-/_")),
    ("aws_launch_template", "name_prefix", 99, Letters("().-/_")),
    ("aws_lb", "name", 32, Hyphens),
    ("aws_lb_target_group", "name", 32, Hyphens),
    ("aws_lb_target_group", "name_prefix", 6, Hyphens),
    ("aws_rds_cluster", "cluster_identifier", 63, Lower("-")),
    ("aws_rds_cluster_instance", "identifier", 63, Lower("-")),
    ("aws_rds_cluster_parameter_group", "family", 64, Any),
    ("aws_rds_cluster_parameter_group", "name", 255, Lower("-.")),
    ("aws_route53_record", "name", 253, Any),
    ("aws_route53_zone", "name", 253, Letters(".-")),
    ("aws_s3_bucket", "bucket", 63, Lower("-")),
    ("aws_scheduler_schedule", "name", 64, Letters("-_.")),
    ("aws_secretsmanager_secret", "name", 512, Letters("/_+=.@-")),
    // Secrets Manager adds a hyphen and 6 characters to each ARN; a name that ends like that can't be told from one.
    ("aws_secretsmanager_secret", "name_prefix", 486, Letters("/_+=.@-")),
    ("aws_security_group", "description", 255, Letters(" ._-:/()#,@[]+=&;{}!$*")),
    ("aws_security_group", "name", 255, Letters(" ._-:/()#,@[]+=&;{}!$*")),
    ("aws_security_group", "name_prefix", 100, Letters(" ._-:/()#,@[]+=&;{}!$*")),
    ("aws_service_discovery_http_namespace", "name", 1024, Letters("-_.")),
    ("aws_service_discovery_private_dns_namespace", "name", 253, Letters("-.")),
    ("aws_service_discovery_service", "name", 127, Letters("-_.")),
    ("aws_sns_topic", "name", 256, Letters("-_")),
    ("aws_sqs_queue", "name", 80, Letters("-_")),
    ("aws_ssm_parameter", "name", 1011, Letters("-_./")),
    ("aws_vpc_security_group_egress_rule", "description", 255, Letters(" ._-:/()#,@[]+=&;{}!$*")),
    ("aws_vpc_security_group_ingress_rule", "description", 255, Letters(" ._-:/()#,@[]+=&;{}!$*")),
];

pub fn names(module: &Module) -> Vec<String> {
    let mut findings = Vec::new();
    for object in module.objects.iter().filter(|object| !object.is_data) {
        let rows: Vec<_> = NAMES.iter().filter(|(kind, ..)| *kind == object.kind).collect();
        for (_, argument, longest, alphabet) in &rows {
            let name = own_text(object, argument);
            if !name.is_empty() && !keeps(&name, *longest, *alphabet, &object.kind) {
                findings.push(format!("{} is refused: {argument} = {name:?}", object.address()));
            }
        }
        // MongoDB Atlas is not AWS; its names are checked where the file is read.
        for argument in NAMING.iter().filter(|_| object.kind.starts_with("aws_")) {
            if !own_text(object, argument).is_empty() && !rows.iter().any(|(_, known, ..)| known == argument)
            {
                findings.push(format!("{}.{argument} has no line in NAMES", object.kind));
            }
        }
    }
    findings
}

/// An argument without what depends on the cloud.
fn own_text(object: &Object, argument: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_u32;
    for c in object.body.text(argument).chars() {
        match c {
            '⟦' => depth += 1,
            '⟧' => depth = depth.saturating_sub(1),
            _ if depth == 0 => text.push(c),
            _ => {}
        }
    }
    text
}

fn keeps(name: &str, longest: usize, alphabet: Alphabet, kind: &str) -> bool {
    let reserved = match kind {
        "aws_lb" | "aws_alb" => name.starts_with("internal-"),
        "aws_kms_alias" => !name.starts_with("alias/") || name.starts_with("alias/aws/"),
        "aws_security_group" => name.starts_with("sg-"),
        "aws_s3_bucket" => name.len() < 3 || name.starts_with("xn--"),
        _ => false,
    };
    let of = |extra: &str, c: char| c.is_ascii_alphanumeric() || extra.contains(c);
    let ends = |c: char| c.is_ascii_alphanumeric();
    let follows = match alphabet {
        Any => true,
        Letters(extra) => name.chars().all(|c| of(extra, c)),
        Hyphens => name.starts_with(ends) && name.ends_with(ends) && name.chars().all(|c| of("-", c)),
        Lower(extra) => {
            let doubled =
                name.as_bytes().windows(2).any(|pair| pair.iter().all(|b| extra.as_bytes().contains(b)));
            name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.ends_with(ends)
                && !doubled
                && name.chars().all(|c| of(extra, c) && !c.is_ascii_uppercase())
        }
    };
    !reserved && follows && name.chars().count() <= longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{caught, passes};

    #[test]
    fn a_name_that_aws_refuses_is_caught() {
        let named = |kind: &str, argument: &str, name: &str| {
            format!("resource \"{kind}\" \"x\" {{\n  {argument} = \"{name}\"\n}}\n")
        };
        for (kind, argument, bad) in [
            ("aws_lb", "name", "a-name-of-33-characters-for-a-bal"),
            ("aws_lb", "name", "internal-api"),
            ("aws_lb_target_group", "name", "api-"),
            ("aws_db_instance", "identifier", "main--db"),
            ("aws_db_instance", "identifier", "1st"),
            ("aws_db_instance", "identifier", "Main"),
            ("aws_s3_bucket", "bucket", "my_bucket"),
            ("aws_kms_alias", "name", "alias/aws/x"),
            ("aws_iam_role", "name", "a b"),
            ("aws_elasticache_replication_group", "replication_group_id", "sessions-"),
        ] {
            caught(names, &named(kind, argument, bad), "is refused");
        }
        caught(names, &named("aws_iam_role", "name", &"a".repeat(65)), "is refused");
        caught(names, &named("aws_unheard_of", "name", "a"), "has no line");
        for (kind, argument, good) in [
            ("aws_lb", "name", "a-name-of-32-characters-for-a-ba"),
            ("aws_db_instance", "identifier", "dev-anna-main"),
            ("aws_cloudwatch_log_group", "name", "/aws/eks/${aws_eks_cluster.x.name}/cluster"),
            ("aws_kms_alias", "name", "alias/terrane/dev"),
        ] {
            passes(names, &named(kind, argument, good));
        }
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(NAMES.is_sorted_by_key(|(kind, argument, ..)| (*kind, *argument)));
    }
}
