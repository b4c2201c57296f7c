//! `locals.tf`: everything in which this environment differs from another.

use terrane_domain::InfraModel;

use super::tags;
use crate::hcl::{Block, Expr, File, Object, local};

/// The names and tags that all blocks share, and what each block adds. `others` decides whether somebody wants `name`.
pub(super) fn file(model: &InfraModel, locals: Vec<(&'static str, Expr)>, others: &[File]) -> File {
    let name = local("name");
    let named = others.iter().any(|file| file.mentions(&name))
        || locals.iter().any(|(_, value)| value.mentions(&name));
    let shared = Block::new("locals")
        .arg_if_some("name", named.then_some(&model.identity.name_prefix))
        .note("On everything that can carry tags, beside the address of each resource.")
        .arg("tags", all_tags(model));
    let block = locals.into_iter().fold(shared, |block, (name, value)| block.arg(name, value));
    File::new("locals.tf", "What this environment consists of. The other files say how it is built.")
        .block(block)
}

fn all_tags(model: &InfraModel) -> Object {
    let mut all = model.tags.clone();
    all.insert(tags::ENVIRONMENT.to_owned(), model.identity.environment_id.to_string());
    all.insert(tags::TENANT.to_owned(), model.identity.tenant_id.to_string());
    all.iter().fold(Object::new(), |object, (key, value)| object.entry(key, value))
}
