//! `versions.tf`: what the module needs to run, and where its state is.

use terrane_domain::{Identity, InfraModel};

use super::part::Provider;
use crate::hcl::{Block, Expr, File, Object};

/// `others` are the providers beside AWS that a block asks for.
pub(super) fn file(model: &InfraModel, others: &[Provider]) -> File {
    let requirement =
        |source: &'static str, version: Expr| Object::new().field("source", source).field("version", version);
    let providers = Block::new("required_providers")
        .note("Exact: a new provider comes with a plan of its own.")
        .arg("aws", requirement("hashicorp/aws", (&model.identity.pins.aws_provider).into()));
    let providers = others.iter().fold(providers, |block, other| {
        block.arg(other.name, requirement(other.source, other.version.into()))
    });
    File::new("versions.tf", "What this module needs to run, and where it keeps its state.").block(
        Block::new("terraform")
            .note("The first in which a lock in S3 itself (use_lockfile) is no experiment.")
            .arg("required_version", ">= 1.11.0")
            .block(providers)
            .block(backend(model)),
    )
}

fn backend(model: &InfraModel) -> Block {
    let state = &model.state;
    let backend = Block::labelled("backend", "s3")
        .arg("bucket", &state.bucket)
        .arg("key", &state.key)
        .arg("region", &state.region)
        .arg("encrypt", true)
        .arg("use_lockfile", true);
    match &model.cloud.assume_role {
        None => backend,
        Some(role) => backend
            .note("Assumed by Terraform itself, which renews the session: a long apply doesn't outlive its credentials.")
            .arg(
                "assume_role",
                Object::new()
                    .field("role_arn", &role.role_arn)
                    .field("external_id", &role.external_id)
                    .field("session_name", session_name(&model.identity)),
            ),
    }
}

/// What CloudTrail shows for calls made with the role. At most 64 of `\w+=,.@-` (STS AssumeRole).
pub(super) fn session_name(identity: &Identity) -> String {
    format!("terrane-{}", identity.environment_id)
}
