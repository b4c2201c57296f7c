//! `versions.tf`: what the module needs to run, and where its state is.

use terrane_domain::{Identity, InfraModel};

use super::part::Provider;
use crate::hcl::{Block, Expr, File, Object};

/// `others` are the providers beside AWS that a block asks for.
pub(super) fn file(model: &InfraModel, others: &[Provider]) -> File {
    File::new("versions.tf", "What this module needs to run, and where it keeps its state.").block(
        Block::new("terraform")
            .note("The first in which a lock in S3 itself (use_lockfile) is no experiment.")
            .arg("required_version", ">= 1.11.0")
            .block(providers(&model.identity.pins.aws_provider, others))
            .block(backend(model)),
    )
}

fn providers(aws: &str, others: &[Provider]) -> Block {
    let requirement =
        |source: &'static str, version: Expr| Object::new().field("source", source).field("version", version);
    let block = Block::new("required_providers")
        .note("Exact: a new provider comes with a plan of its own.")
        .arg("aws", requirement("hashicorp/aws", aws.to_owned().into()));
    others
        .iter()
        .fold(block, |block, other| block.arg(other.name, requirement(other.source, other.version.into())))
}

fn backend(model: &InfraModel) -> Block {
    let state = &model.state;
    let backend = Block::labelled("backend", "s3")
        .arg("bucket", &state.bucket)
        .arg("key", &state.key)
        .arg("region", &state.region)
        .arg("encrypt", true)
        .arg_if_some("kms_key_id", state.kms_key_arn.as_ref())
        .arg("use_lockfile", true);
    let backend = match &state.lock_table {
        None => backend,
        Some(table) => backend
            .note("For tools that know only this lock; Terraform takes both.")
            .arg("dynamodb_table", table),
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_beside_aws_is_required_at_an_exact_version() {
        let atlas = Provider {
            name: "mongodbatlas",
            source: "mongodb/mongodbatlas",
            version: "1.41.1",
            note: "",
            settings: Block::labelled("provider", "mongodbatlas"),
        };
        let block = providers("5.100.0", &[atlas]);
        let (_, text) = File::new("versions.tf", "About.").block(block).write();
        let expected =
            "  mongodbatlas = {\n    source  = \"mongodb/mongodbatlas\"\n    version = \"1.41.1\"\n  }\n}\n";
        assert!(text.ends_with(expected), "{text}");
    }
}
