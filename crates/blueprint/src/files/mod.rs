//! One module per rendered file. Each starts with the resources that it declares, as constants, so that a reference
//! from another file can't name something that doesn't exist.
//!
//! What differs between environments stands in `locals.tf`, in maps keyed by the user's own names; the other files
//! are the same code for everybody and iterate over those maps. That keeps user text in one place, and adding a bucket
//! is a diff of one entry.

mod buckets;
mod data;
mod databases;
mod endpoints;
mod flow_logs;
mod kms;
mod locals;
mod network;
mod outputs;
mod provider;
mod registries;
mod tags;
mod versions;

use terrane_domain::InfraModel;

use crate::hcl::{Block, Expr, File};

/// The files of a model, in the order in which a person would read them. Only files with something in them.
pub(crate) fn all(model: &InfraModel) -> Vec<File> {
    let mut files = vec![versions::file(model), provider::file(model), locals::file(model)];
    files.extend(data::file(model));
    files.extend(kms::file(model));
    if let Some(network) = &model.network {
        files.push(network::file(network));
        files.extend(endpoints::file(network));
        files.extend(flow_logs::file(network, model.encryption_key.is_some()));
    }
    files.extend(buckets::file(model));
    files.extend(registries::file(model));
    files.extend(databases::file(model));
    files.extend(outputs::file(model));
    files
}

/// A `statement` that lets a service of AWS assume a role, and only on behalf of one kind of thing in this account and
/// region: without the conditions another customer could make the service use the role (confused deputy).
fn service_trust(service: &'static str, source_arn: Expr) -> Block {
    Block::new("statement")
        .arg("actions", Expr::list(["sts:AssumeRole"]))
        .block(Block::new("principals").arg("type", "Service").arg("identifiers", Expr::list([service])))
        .block(condition("StringEquals", "aws:SourceAccount", Expr::from(data::CALLER.attr("account_id"))))
        .block(condition("ArnLike", "aws:SourceArn", source_arn))
}

fn condition(test: &'static str, variable: &'static str, value: Expr) -> Block {
    Block::new("condition").arg("test", test).arg("variable", variable).arg("values", Expr::list([value]))
}
