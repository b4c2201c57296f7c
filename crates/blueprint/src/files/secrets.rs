//! `secrets.tf`: entries of Secrets Manager with random values.
//!
//! WHY ephemeral: a value that Terraform makes and remembers stands in its state, for everybody who may read that. Here
//! AWS makes it, in a resource that is in no state and no plan, and it goes into Secrets Manager through an argument that
//! is written and never read. Terraform knows the version alone, and writes again when that changes.
//! <https://developer.hashicorp.com/terraform/language/resources/ephemeral>

use terrane_domain::{GeneratedSecret, InfraModel, Key, SecretAlphabet, SecretField};

use super::{
    kms,
    part::{Part, of_each},
};
use crate::hcl::{
    Block, Expr, File, For, Object, Reference, Resource, each_key, each_value, local, template,
};

const SECRET: Resource = Resource::per_key("aws_secretsmanager_secret", "main");
const VERSION: Resource = Resource::per_key("aws_secretsmanager_secret_version", "main");
const MADE: Resource = Resource::ephemeral_per_key("aws_secretsmanager_random_password", "main");

/// What is no digit of base 16.
const NOT_HEX: &str = "ghijklmnopqrstuvwxyz";

/// What a reference to a secret stands for; `None` if there is no such secret, and for its value: an app gets that out of
/// Secrets Manager, by [`SecretField::Arn`].
pub(super) fn field(model: &InfraModel, key: &Key, field: SecretField) -> Option<Expr> {
    model.secrets.get(key)?;
    match field {
        SecretField::Arn => Some(SECRET.at(key, "arn")),
        SecretField::Value => None,
    }
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    if model.secrets.is_empty() {
        return None;
    }
    let file = File::new("secrets.tf", "Random values in Secrets Manager: they are in no plan and no state.")
        .noted(
            "A name that is new every time: Secrets Manager keeps what is deleted for a while, and its name with it.",
            Block::of(SECRET)
                .arg("for_each", local("secrets"))
                .arg("name_prefix", each_value("name_prefix"))
                .arg("description", template!["Random values for ", each_key()])
                .arg_if_some("kms_key_id", kms::arn(model))
                .arg("recovery_window_in_days", each_value("recovery_days"))
                .tags(SECRET),
        )
        .noted(
            "Made in every run and mostly thrown away: what is write-only is sent only when its version changes.",
            Block::of(MADE)
                .arg("for_each", local("secret_values"))
                .arg("password_length", each_value("length"))
                .arg("exclude_characters", each_value("exclude_characters"))
                .arg("exclude_lowercase", each_value("exclude_lowercase"))
                .arg("exclude_uppercase", each_value("exclude_uppercase"))
                .arg("exclude_punctuation", each_value("exclude_punctuation")),
        )
        .block(
            Block::of(VERSION)
                .arg("for_each", local("secrets"))
                .arg("secret_id", SECRET.attr("id"))
                .arg("secret_string_wo", content(model))
                .arg("secret_string_wo_version", each_value("version")),
        );
    let secret = Reference::variable("secret");
    let output = Object::new().field("name", secret.clone().attr("name")).field("arn", secret.attr("arn"));
    let any_keys = any_keys(model);
    let mut entries = Object::new();
    for (key, secret) in &model.secrets {
        entries = entries.entry(key, entry(secret, any_keys));
    }
    let part = Part::of(file).local("secrets", entries).local("secret_values", values(model));
    Some(part.output("secrets", "Entries of Secrets Manager by name", of_each(SECRET, "secret", output)))
}

fn any_keys(model: &InfraModel) -> bool {
    model.secrets.values().any(|secret| !secret.keys.is_empty())
}

fn entry(secret: &GeneratedSecret, any_keys: bool) -> Object {
    let object = Object::new()
        .field("name_prefix", &secret.name_prefix)
        .field("version", secret.version)
        .field("recovery_days", secret.recovery_days);
    if !any_keys {
        return object;
    }
    object.field("keys", (!secret.keys.is_empty()).then(|| Expr::list(&secret.keys)))
}

/// Every value of every secret, by key.
fn values(model: &InfraModel) -> Object {
    let mut values = Object::new();
    for (key, secret) in &model.secrets {
        if secret.keys.is_empty() {
            values = values.entry(key, value(secret));
        }
        for name in &secret.keys {
            // A key of the user has no dot.
            values = values.entry(format!("{key}.{name}"), value(secret));
        }
    }
    values
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html>
fn value(secret: &GeneratedSecret) -> Object {
    use SecretAlphabet::{Digits, Hex, Printable};
    let alphabet = secret.alphabet;
    Object::new()
        .field("length", secret.length)
        .field("exclude_characters", (alphabet == Hex).then_some(NOT_HEX))
        .field("exclude_lowercase", alphabet == Digits)
        .field("exclude_uppercase", matches!(alphabet, Hex | Digits))
        .field("exclude_punctuation", alphabet != Printable)
}

/// The value, or the JSON object of all values of a secret.
fn content(model: &InfraModel) -> Expr {
    let single = || Expr::from(MADE.attr("random_password"));
    if !any_keys(model) {
        return single();
    }
    let name = || Reference::variable("name");
    let value = MADE.whole().at(template![each_key(), ".", name()]).attr("random_password");
    let object = For::keyed("name", each_value("keys"), name(), value);
    let all = Expr::call("jsonencode", [Expr::from(object)]);
    if model.secrets.values().all(|secret| !secret.keys.is_empty()) {
        return all;
    }
    Expr::choose(Expr::from(each_value("keys")).equals(Expr::null()), single(), all)
}
