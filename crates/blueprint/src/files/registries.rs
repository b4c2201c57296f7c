//! `registries.tf`: ECR repositories that scan what they get and forget what is old.

use terrane_domain::InfraModel;

use super::kms;
use crate::hcl::{Block, Expr, File, Object, Resource, each_value, local};

pub(super) const REPOSITORY: Resource = Resource::per_key("aws_ecr_repository", "main");
const LIFECYCLE: Resource = Resource::per_key("aws_ecr_lifecycle_policy", "main");

pub(super) fn file(model: &InfraModel) -> Option<File> {
    if model.registries.is_empty() {
        return None;
    }
    let file = File::new("registries.tf", "ECR repositories that scan what they get and forget what is old.")
        .block(repository(model.encryption_key.is_some()))
        .block(
            Block::of(LIFECYCLE)
                .arg("for_each", local("registries"))
                .arg("repository", REPOSITORY.attr("name"))
                .arg("policy", Expr::call("jsonencode", [lifecycle_policy()])),
        );
    Some(file)
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

fn lifecycle_policy() -> Expr {
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
    Object::new().field("rules", Expr::list(rules)).into()
}
