//! `registries.tf`: ECR repositories that scan what they get and forget what is old.
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html>

use terrane_domain::{InfraModel, Key, Registry, RegistryField};

use super::{
    kms,
    part::{Part, by_key, first_path, of_each},
};
use crate::{
    hcl::{Block, Expr, File, Object, Reference, Resource, each_value, local},
    render::RenderError,
};

const REPOSITORY: Resource = Resource::per_key("aws_ecr_repository", "main");
const LIFECYCLE: Resource = Resource::per_key("aws_ecr_lifecycle_policy", "main");

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    kms::require(model, first_path("registries", &model.registries, |registry| registry.environment_key))
}

/// What a reference to a registry stands for; `None` if there is no such registry.
pub(super) fn field(model: &InfraModel, key: &Key, field: RegistryField) -> Option<Expr> {
    model.registries.get(key)?;
    Some(match field {
        RegistryField::Url => REPOSITORY.at(key, "repository_url"),
        RegistryField::Arn => REPOSITORY.at(key, "arn"),
    })
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    if model.registries.is_empty() {
        return None;
    }
    let file = File::new("registries.tf", "ECR repositories that scan what they get and forget what is old.")
        .block(repository(model.encryption_key.is_some()))
        .block(
            Block::of(LIFECYCLE)
                .arg("for_each", local("registries"))
                .arg("repository", REPOSITORY.attr("name"))
                .arg("policy", Expr::json(lifecycle_policy())),
        );
    let registry = Reference::variable("registry");
    let output = Object::new()
        .field("url", registry.clone().attr("repository_url"))
        .field("arn", registry.attr("arn"));
    let part = Part::of(file).local("registries", by_key(&model.registries, entry)).output(
        "registries",
        "ECR repositories by name",
        of_each(REPOSITORY, "registry", output),
    );
    Some(part)
}

fn entry(registry: &Registry) -> Object {
    Object::new()
        .field("name", &registry.name)
        .field("keep_last", registry.keep_last)
        .field("expire_untagged_after_days", registry.expire_untagged_after_days)
        .field("immutable_tags", registry.immutable_tags)
        .field("scan_on_push", registry.scan_on_push)
        .field("encryption_type", if registry.environment_key { "KMS" } else { "AES256" })
        .field("force_delete", registry.force_delete)
}

fn repository(own_key: bool) -> Block {
    let encryption =
        Block::new("encryption_configuration").arg("encryption_type", each_value("encryption_type"));
    let encryption = if own_key {
        let uses_kms = Expr::from(each_value("encryption_type")).equals("KMS");
        encryption.arg("kms_key", Expr::choose(uses_kms, kms::KEY.attr("arn"), Expr::null()))
    } else {
        encryption
    };
    Block::of(REPOSITORY)
        .arg("for_each", local("registries"))
        .arg("name", each_value("name"))
        .arg(
            "image_tag_mutability",
            Expr::choose(Expr::from(each_value("immutable_tags")), "IMMUTABLE", "MUTABLE"),
        )
        .arg("force_delete", each_value("force_delete"))
        .block(Block::new("image_scanning_configuration").arg("scan_on_push", each_value("scan_on_push")))
        .note("Can't be changed later: AWS makes a new repository instead.")
        .block(encryption)
        .tags(REPOSITORY)
}

fn lifecycle_policy() -> Object {
    let untagged = Object::new()
        .field("tagStatus", "untagged")
        .field("countType", "sinceImagePushed")
        .field("countUnit", "days")
        .field("countNumber", each_value("expire_untagged_after_days"));
    // ECR wants the rule for any image to have the highest number.
    let newest = Object::new()
        .field("tagStatus", "any")
        .field("countType", "imageCountMoreThan")
        .field("countNumber", each_value("keep_last"));
    let rules = [(1_u8, "Expire untagged images", untagged), (2, "Keep the newest images", newest)];
    let rules = rules.map(|(priority, description, selection)| {
        Object::new()
            .field("rulePriority", priority)
            .field("description", description)
            .field("selection", selection)
            .field("action", Object::new().field("type", "expire"))
    });
    Object::new().field("rules", Expr::list(rules))
}
