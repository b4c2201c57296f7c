//! `provider.tf`: which account and region, and as whom.

use terrane_domain::InfraModel;

use super::{part::Provider, versions::session_name};
use crate::hcl::{Block, Expr, File};

/// `others` are the providers beside AWS that a block asks for.
pub(super) fn file(model: &InfraModel, others: Vec<Provider>) -> File {
    let cloud = &model.cloud;
    let mut provider = Block::labelled("provider", "aws")
        .arg("region", &cloud.region)
        .note("Credentials of any other account are refused before anything is read or made.")
        .arg("allowed_account_ids", Expr::list([&cloud.account_id]));
    if let Some(role) = &cloud.assume_role {
        provider = provider.block(
            Block::new("assume_role")
                .arg("role_arn", &role.role_arn)
                .arg("external_id", &role.external_id)
                .arg("session_name", session_name(&model.identity)),
        );
    }
    let file = File::new("provider.tf", "The account and region that this module works in.").block(provider);
    others.into_iter().fold(file, |file, other| file.noted(other.note, other.settings))
}
