//! The passwords of instances that have replicas.
//!
//! WHY: RDS does not replicate an instance whose password it manages itself. So here the password is made by Secrets
//! Manager, kept there, and handed to RDS as a write-only argument: it is in no state, no plan and no log.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations>

use super::rds::DATABASES;
use crate::{
    files::{kms, stores::key_if},
    hcl::{Block, Expr, File, For, Object, Reference, Resource, each_value, local, template},
};

pub(super) const SECRET: Resource = Resource::per_key("aws_secretsmanager_secret", "database");
const VERSION: Resource = Resource::per_key("aws_secretsmanager_secret_version", "database");
const MADE: Resource = Resource::ephemeral_per_key("aws_secretsmanager_random_password", "database");
const KEPT: Resource = Resource::ephemeral_per_key("aws_secretsmanager_secret_version", "database");

/// Days for which Secrets Manager keeps what is deleted; its least.
const RECOVERY_DAYS: u8 = 7;
/// Raising it would set a new password; of both the secret and the database.
const PASSWORD_VERSION: u8 = 1;

/// The entry of the map that says so.
pub(super) const OWN_SECRET: &str = "own_secret";

/// The argument by which an instance gets its password: from RDS itself, or from the secret.
pub(super) fn password(block: Block, any: bool, own_key: bool) -> Block {
    let managed_key = || key_if(each_value("own_key"));
    if !any {
        return block
            .note("RDS makes the password, keeps it in Secrets Manager and rotates it: it is in no state and no log.")
            .arg("manage_master_user_password", true)
            .arg_if_some("master_user_secret_kms_key_id", own_key.then(managed_key));
    }
    let own = || Expr::from(each_value(OWN_SECRET));
    let secret = Expr::call("jsondecode", [KEPT.attr("secret_string")]);
    let managed_key = Expr::choose(own(), Expr::null(), managed_key());
    block
        .note(
            "RDS makes the password, keeps it in Secrets Manager and rotates it: it is in no state and no log.\n\
             Except where there are replicas, which RDS then refuses: see the secrets below.",
        )
        .arg("manage_master_user_password", Expr::choose(own(), Expr::null(), true))
        .arg_if_some("master_user_secret_kms_key_id", own_key.then_some(managed_key))
        .arg("password_wo", Expr::choose(own(), secret.attr("password"), Expr::null()))
        .arg("password_wo_version", Expr::choose(own(), PASSWORD_VERSION, Expr::null()))
}

/// ARN of the secret of the database at hand, in an output over instances.
pub(super) fn arn(any: bool, managed: Expr) -> Expr {
    if !any {
        return managed;
    }
    let own = Expr::call("try", [SECRET.via(Reference::variable("key"), "arn").into(), Expr::null()]);
    Expr::call("coalesce", [own, managed])
}

pub(super) fn add_to(file: File, own_key: bool) -> File {
    let database = || Reference::variable("database");
    let with_own_secret =
        || For::map("database", local(DATABASES), database()).when(database().attr(OWN_SECRET));
    let content = Object::new()
        .field("username", each_value("master_username"))
        .field("password", MADE.attr("random_password"));
    file.noted(
        "A name that is new every time: Secrets Manager keeps what is deleted for a while, and its name with it.",
        Block::of(SECRET)
            .arg("for_each", with_own_secret())
            .arg("name_prefix", template![each_value("identifier"), "-"])
            .arg("description", template!["User and password of the database ", each_value("identifier")])
            .arg_if_some("kms_key_id", own_key.then(|| kms::KEY.attr("arn")))
            .arg("recovery_window_in_days", RECOVERY_DAYS)
            .tags(SECRET),
    )
    .noted(
        "Made in every run, and used in the first: what is write-only is sent only when its version changes.",
        Block::of(MADE)
            .arg("for_each", with_own_secret())
            .arg("password_length", 40_u8)
            .arg("exclude_punctuation", true),
    )
    .block(
        Block::of(VERSION)
            .arg("for_each", with_own_secret())
            .arg("secret_id", SECRET.attr("id"))
            .arg("secret_string_wo", Expr::call("jsonencode", [content]))
            .arg("secret_string_wo_version", PASSWORD_VERSION),
    )
    .noted(
        "Read back, so that a run that follows a failed one gives the database the password that the secret holds.",
        Block::of(KEPT).arg("for_each", with_own_secret()).arg("secret_id", VERSION.attr("secret_id")),
    )
}
