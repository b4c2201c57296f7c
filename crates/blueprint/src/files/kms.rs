//! `kms.tf`: the environment's own key. Who may use it besides the account's own roles:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html>

use terrane_domain::InfraModel;

use super::{
    data::{CALLER, PARTITION, REGION, arn},
    observability,
    part::Part,
    policies::condition,
};
use crate::{
    hcl::{Block, Expr, File, Object, Reference, Resource, local, template},
    render::RenderError,
};

pub(super) const KEY: Resource = Resource::one("aws_kms_key", "main");
const ALIAS: Resource = Resource::one("aws_kms_alias", "main");
const POLICY: Resource = Resource::data("aws_iam_policy_document", "kms");

/// The address of the environment's key.
pub const ENCRYPTION_KEY_ADDRESS: &str = "aws_kms_key.main";

/// For the checks of other blocks: `wanted_at` is where the model asks for the environment's key, if it does.
pub(super) fn require(model: &InfraModel, wanted_at: Option<String>) -> Result<(), RenderError> {
    match (&model.encryption_key, wanted_at) {
        (None, Some(path)) => Err(RenderError::NoEncryptionKey { path }),
        _ => Ok(()),
    }
}

/// The ARN of the key, if the environment has one.
pub(super) fn arn(model: &InfraModel) -> Option<Reference> {
    model.encryption_key.is_some().then(|| KEY.attr("arn"))
}

/// A policy that lets a role use the key; `through` names the service that asks in the role's name, if only one may.
///
/// Not as a data source: Terraform puts off reading one that refers to something that is about to change, so that new tags
/// of the key would show as a change of each policy.
pub(super) fn policy_to_use(actions: &[&'static str], through: Option<Expr>) -> Expr {
    let statement = Object::new()
        .field("Effect", "Allow")
        .field("Action", Expr::list(actions.iter().copied()))
        .field("Resource", KEY.attr("arn"));
    let statement = match through {
        None => statement,
        Some(service) => {
            let condition =
                Object::new().field("StringEquals", Object::new().entry("kms:ViaService", service));
            statement.field("Condition", condition)
        }
    };
    let document = Object::new().field("Version", "2012-10-17").field("Statement", Expr::list([statement]));
    Expr::call("jsonencode", [document])
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let key = model.encryption_key.as_ref()?;
    let file = File::new("kms.tf", "The key that encrypts what this environment stores.")
        .block(
            Block::of(KEY)
                .arg("description", template!["Encrypts what the environment ", local("name"), " stores"])
                .arg("deletion_window_in_days", key.deletion_window_days)
                .arg("enable_key_rotation", true)
                .arg("policy", POLICY.attr("json"))
                .tags(KEY),
        )
        .block(Block::of(ALIAS).arg("name", &key.alias).arg("target_key_id", KEY.attr("key_id")))
        .block(policy(model));
    let part = Part::default().foundation(file);
    Some(part.output("kms_key_arn", "The environment's own KMS key", KEY.attr("arn")))
}

fn policy(model: &InfraModel) -> Block {
    let policy = Block::of(POLICY).block(administration()).block(log_groups());
    let topic = model.observability.alarms.as_ref().and_then(|alarms| alarms.topic.as_ref());
    if topic.is_some() { policy.block(observability::kms_statement()) } else { policy }
}

fn administration() -> Block {
    Block::new("statement")
        .note(
            "Leaves it to IAM who in the account may use the key (RDS, S3 and ECR act for the caller).\n\
             Without this statement nobody could manage the key any more.",
        )
        .arg("sid", "AccountDecidesThroughIam")
        .arg("actions", Expr::list(["kms:*"]))
        .arg("resources", Expr::list(["*"]))
        .block(Block::new("principals").arg("type", "AWS").arg(
            "identifiers",
            Expr::list([template![
                "arn:",
                PARTITION.attr("partition"),
                ":iam::",
                CALLER.attr("account_id"),
                ":root"
            ]]),
        ))
}

fn log_groups() -> Block {
    let group = arn!["logs", "log-group:*",];
    Block::new("statement")
        .note("CloudWatch Logs uses the key in its own name, but only for log groups of this account.")
        .arg("sid", "CloudWatchLogs")
        .arg(
            "actions",
            Expr::list([
                "kms:Decrypt*",
                "kms:Describe*",
                "kms:Encrypt*",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ]),
        )
        .arg("resources", Expr::list(["*"]))
        .block(
            Block::new("principals")
                .arg("type", "Service")
                .arg("identifiers", Expr::list([template!["logs.", REGION.attr("id"), ".amazonaws.com"]])),
        )
        .block(condition("ArnLike", "kms:EncryptionContext:aws:logs:arn", group))
}
