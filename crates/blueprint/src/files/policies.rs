//! Pieces of IAM policy documents that several blocks need.

use super::data;
use crate::hcl::{Block, Expr, Resource, template};

/// A `statement` that lets a service of AWS assume a role, and only on behalf of one kind of thing in this account and
/// region: without the conditions another customer could make the service use the role (confused deputy).
pub(super) fn service_trust(service: &'static str, source_arn: Expr) -> Block {
    trust(service, Expr::list(["sts:AssumeRole"]), source_arn)
}

fn trust(service: &'static str, actions: Expr, source_arn: Expr) -> Block {
    Block::new("statement")
        .arg("actions", actions)
        .block(Block::new("principals").arg("type", "Service").arg("identifiers", Expr::list([service])))
        .block(condition("StringEquals", "aws:SourceAccount", Expr::from(data::CALLER.attr("account_id"))))
        .block(condition("ArnLike", "aws:SourceArn", source_arn))
}

/// The same for one thing, whose sessions the service also tags.
pub(super) fn tagging_service_trust(service: &'static str, source_arn: Expr) -> Block {
    trust(service, Expr::list(["sts:AssumeRole", "sts:TagSession"]), source_arn)
}

/// A `statement` that allows some actions on some things.
pub(super) fn allow(actions: &[&'static str], resources: Expr) -> Block {
    Block::new("statement").arg("actions", Expr::list(actions.iter().copied())).arg("resources", resources)
}

/// A `statement` that refuses whoever comes to a bucket over plain HTTP.
pub(crate) fn deny_plain_http(bucket: Resource) -> Block {
    let arn = || bucket.attr("arn");
    Block::new("statement")
        .arg("sid", "DenyPlainHttp")
        .arg("effect", "Deny")
        .arg("actions", Expr::list(["s3:*"]))
        .arg("resources", Expr::list([Expr::from(arn()), template![arn(), "/*"]]))
        .block(Block::new("principals").arg("type", "*").arg("identifiers", Expr::list(["*"])))
        .block(condition("Bool", "aws:SecureTransport", Expr::from("false")))
}

/// A `condition` of a statement, with one value.
pub(super) fn condition(test: &'static str, variable: &'static str, value: Expr) -> Block {
    Block::new("condition").arg("test", test).arg("variable", variable).arg("values", Expr::list([value]))
}
