use serde_json::json;

use super::*;
use crate::{RESOURCE_TYPES, ResourceType};

fn facts(planned: &Value) -> ImportFacts<'_> {
    ImportFacts { planned: planned.as_object().unwrap(), arn: None, journal_id: None, account: None }
}

fn known(id: &str) -> ImportId {
    ImportId::Known(id.to_owned())
}

#[test]
fn every_type_that_is_rendered_has_a_rule_and_no_other() {
    let rendered: Vec<&str> = RESOURCE_TYPES.iter().map(|kind| kind.name).collect();
    let ruled: Vec<&str> = IMPORT_RULES.iter().map(|rule| rule.resource_type).collect();
    assert_eq!(ruled, rendered, "both are sorted by name");
}

/// Only what carries a tag can be found by it.
#[test]
fn an_arn_is_asked_for_where_there_is_a_tag() {
    let is_taggable = |name: &str| {
        RESOURCE_TYPES.iter().any(|ResourceType { name: other, taggable, .. }| *other == name && *taggable)
    };
    for rule in IMPORT_RULES {
        let asks =
            rule.ids.iter().copied().flatten().any(|piece| matches!(piece, Piece::Arn | Piece::ArnPart(..)));
        assert!(!asks || is_taggable(rule.resource_type), "{}", rule.resource_type);
    }
}

#[test]
fn what_is_never_imported_says_what_happens_instead() {
    for rule in IMPORT_RULES.iter().filter(|rule| rule.is_never()) {
        assert!(rule.remark.len() > 40, "{}", rule.resource_type);
        let never = import_id(rule.resource_type, &facts(&json!({ "name": "a", "id": "b" })));
        assert_eq!(never, ImportId::Never(rule.remark));
    }
    assert!(matches!(import_id("aws_instance", &facts(&json!({}))), ImportId::Never(_)));
}

#[test]
fn an_id_is_put_together_from_what_the_plan_knows() {
    for (kind, planned, id) in [
        ("aws_iam_role", json!({ "name": "a" }), "a"),
        ("aws_iam_role_policy", json!({ "role": "a", "name": "b" }), "a:b"),
        (
            "aws_iam_role_policy_attachment",
            json!({ "role": "a", "policy_arn": "arn:aws:iam::aws:policy/B" }),
            "a/arn:aws:iam::aws:policy/B",
        ),
        ("aws_eks_addon", json!({ "cluster_name": "a", "addon_name": "coredns" }), "a:coredns"),
        (
            "aws_eks_access_policy_association",
            json!({ "cluster_name": "a", "principal_arn": "arn:p", "policy_arn": "arn:q" }),
            "a#arn:p#arn:q",
        ),
        (
            "aws_ecs_service",
            json!({ "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/a", "name": "b" }),
            "a/b",
        ),
        (
            "aws_appautoscaling_policy",
            json!({ "service_namespace": "ecs", "resource_id": "service/a/b",
                "scalable_dimension": "ecs:service:DesiredCount", "name": "cpu" }),
            "ecs/service/a/b/ecs:service:DesiredCount/cpu",
        ),
        (
            "aws_route",
            json!({ "route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0",
                "destination_ipv6_cidr_block": null }),
            "rtb-1_0.0.0.0/0",
        ),
        (
            "aws_route",
            json!({ "route_table_id": "rtb-1", "destination_cidr_block": "",
                "destination_ipv6_cidr_block": "::/0" }),
            "rtb-1_::/0",
        ),
        ("aws_route_table_association", json!({ "subnet_id": "s", "route_table_id": "r" }), "s/r"),
        ("aws_route53_record", json!({ "zone_id": "Z", "name": "a.example", "type": "A" }), "Z_a.example_A"),
        ("aws_s3_bucket_acl", json!({ "bucket": "b", "acl": "private" }), "b,private"),
        ("aws_lb_listener_certificate", json!({ "listener_arn": "l", "certificate_arn": "c" }), "l_c"),
        (
            "mongodbatlas_database_user",
            json!({ "project_id": "1", "username": "arn:u", "auth_database_name": "$external" }),
            "1-arn:u-$external",
        ),
    ] {
        assert_eq!(import_id(kind, &facts(&planned)), known(id), "{kind}");
        for missing in planned.as_object().unwrap().keys().filter(|name| !name.starts_with("destination_")) {
            let mut less = planned.clone();
            less[missing] = Value::Null;
            assert_eq!(import_id(kind, &facts(&less)), ImportId::NotYet, "{kind} without {missing}");
        }
    }
}

#[test]
fn an_id_is_taken_from_an_arn_before_the_journal() {
    let planned = json!({ "cluster_name": "a", "vpc": "vpc-1" });
    for (kind, arn, by_arn, by_journal) in [
        ("aws_vpc", "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1", "vpc-1", "j"),
        (
            "aws_lb",
            "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/a/1",
            "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/a/1",
            "j",
        ),
        ("aws_backup_plan", "arn:aws:backup:r:1:backup-plan:0-1", "0-1", "j"),
        ("aws_eks_node_group", "arn:aws:eks:r:1:nodegroup/a/general-2/0-1", "a:general-2", "j"),
        ("aws_eks_pod_identity_association", "arn:aws:eks:r:1:podidentityassociation/a/a-1", "a,a-1", "a,j"),
        (
            "aws_service_discovery_private_dns_namespace",
            "arn:aws:servicediscovery:r:1:namespace/ns-1",
            "ns-1:vpc-1",
            "j:vpc-1",
        ),
    ] {
        let with = |arn, journal_id| import_id(kind, &ImportFacts { arn, journal_id, ..facts(&planned) });
        assert_eq!(with(Some(arn), Some("j")), known(by_arn), "{kind}");
        assert_eq!(with(None, Some("j")), known(by_journal), "{kind}");
        assert_eq!(with(None, None), ImportId::NotYet, "{kind}");
    }
}

#[test]
fn the_account_fills_what_only_it_can() {
    let planned = json!({ "name": "a-monthly", "url": "https://oidc.eks.eu-west-1.amazonaws.com/id/77" });
    let with = |kind, account| import_id(kind, &ImportFacts { account, ..facts(&planned) });
    assert_eq!(with("aws_budgets_budget", Some("123456789012")), known("123456789012:a-monthly"));
    assert_eq!(
        with("aws_iam_openid_connect_provider", Some("123456789012")),
        known("arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/77")
    );
    assert_eq!(with("aws_budgets_budget", None), ImportId::NotYet);
}

#[test]
fn nothing_is_filled_with_an_empty_text() {
    let planned = json!({ "role": "a", "name": "" });
    assert_eq!(import_id("aws_iam_role_policy", &facts(&planned)), ImportId::NotYet);
    let empty = ImportFacts { arn: Some("arn:aws:ec2:r:1:vpc/"), journal_id: Some(""), ..facts(&planned) };
    assert_eq!(import_id("aws_vpc", &empty), ImportId::NotYet);
}
