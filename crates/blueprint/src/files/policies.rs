//! Pieces of IAM policy documents that several blocks need.

use super::data;
use crate::hcl::{Block, Expr};

/// A `statement` that lets a service of AWS assume a role, and only on behalf of one kind of thing in this account and
/// region: without the conditions another customer could make the service use the role (confused deputy).
pub(super) fn service_trust(service: &'static str, source_arn: Expr) -> Block {
    Block::new("statement")
        .arg("actions", Expr::list(["sts:AssumeRole"]))
        .block(Block::new("principals").arg("type", "Service").arg("identifiers", Expr::list([service])))
        .block(condition("StringEquals", "aws:SourceAccount", Expr::from(data::CALLER.attr("account_id"))))
        .block(condition("ArnLike", "aws:SourceArn", source_arn))
}

/// A `condition` of a statement, with one value.
pub(super) fn condition(test: &'static str, variable: &'static str, value: Expr) -> Block {
    Block::new("condition").arg("test", test).arg("variable", variable).arg("values", Expr::list([value]))
}
