//! No literal that is a password, a token or a secret.
//!
//! Two ways to tell: by what an argument is called, and by what a text looks like wherever it stands.

use std::collections::BTreeSet;

use hcl::Value;
use terrane_domain::Credential;

use crate::unfolded::{Module, is_unknown};

/// How the names of arguments end that hold a secret.
const NAMES: [&str; 10] = [
    "password",
    "passwd",
    "secret",
    "token",
    "secret_string",
    "secret_key",
    "private_key",
    "api_key",
    "password_wo",
    "secret_string_wo",
];
/// How the names of arguments end that only sound so: where something is, or for how long.
const HARMLESS: [&str; 3] = ["http_tokens", "_name", "_arn"];

pub fn literals(module: &Module) -> Vec<String> {
    let mut findings = Vec::new();
    let looked_up = looked_up(module);
    for object in &module.objects {
        object.body.walk(&mut |name, value| look(&object.address(), name, value, &looked_up, &mut findings));
    }
    for (name, value) in &module.locals {
        look("local", name, value, &looked_up, &mut findings);
    }
    findings
}

/// Key and name of each entry of Secrets Manager that the module looks up: a map of such names is no map of secrets, even
/// where the key is that of a variable called `API_KEY`. Both have to agree: the same text under another key, or another
/// text under the same, is a literal like any other.
fn looked_up(module: &Module) -> BTreeSet<(&str, &str)> {
    let entries =
        module.objects.iter().filter(|object| object.is_data && object.kind == "aws_secretsmanager_secret");
    entries.filter_map(|object| Some((object.key.as_deref()?, object.body.text("name")))).collect()
}

fn look(
    place: &str,
    name: &str,
    value: &Value,
    looked_up: &BTreeSet<(&str, &str)>,
    findings: &mut Vec<String>,
) {
    match value {
        Value::String(text) => {
            let lower = name.to_lowercase();
            let sounds = NAMES.iter().any(|end| lower.ends_with(end))
                && !HARMLESS.iter().any(|end| lower.ends_with(end));
            // A reference is no literal, and an ARN says where the secret is.
            let says_where = text.is_empty()
                || text.starts_with("arn:")
                || is_unknown(value)
                || looked_up.contains(&(name, text.as_str()));
            if (sounds && !says_where) || looks_secret(text) {
                findings.push(format!("{place} has a literal as {name}"));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| look(place, name, item, looked_up, findings)),
        Value::Object(object) => {
            let place = format!("{place}.{name}");
            object.iter().for_each(|(key, value)| look(&place, key, value, looked_up, findings));
        }
        _ => {}
    }
}

/// What is a credential whatever it is called. What only the cloud knows (`⟦…⟧`) is none.
fn looks_secret(text: &str) -> bool {
    let parts = text.split('⟦').enumerate();
    let literal: String =
        parts.map(|(index, part)| if index == 0 { part } else { after_unknown(part) }).collect();
    Credential::in_text(&literal).is_some()
}

/// What stands behind something unknown, or inside of which another begins.
fn after_unknown(part: &str) -> &str {
    part.rsplit_once('⟧').map_or("", |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{caught, passes};

    fn resource(body: &str) -> String {
        format!("resource \"x\" \"x\" {{\n{body}\n}}\n")
    }

    #[test]
    fn a_literal_secret_is_caught() {
        for body in [
            "password = \"hunter2\"",
            "auth_token = \"hunter2\"",
            "master_password = \"hunter2\"",
            "block {\n  secret_string = \"hunter2\"\n}",
            "env = [{ name = \"A\", value = \"AKIAIOSFODNN7EXAMPLE\" }]",
            "env = { url = \"postgres://app:hunter2@db.example/app\" }",
            "key = \"-----BEGIN RSA PRIVATE KEY-----\"",
        ] {
            caught(literals, &resource(body), "has a literal");
        }
        caught(
            literals,
            "locals {\n  apps = { a = { db_password = \"hunter2\" } }\n}\n",
            "local.apps.a has a literal",
        );
    }

    #[test]
    fn the_name_of_an_entry_that_is_looked_up_is_no_secret_and_a_literal_beside_it_is() {
        let module = |names: &str, more: &str| {
            format!(
                "locals {{\n  names = {names}\n{more}\n}}\n\
                 data \"aws_secretsmanager_secret\" \"app\" {{\n  for_each = local.names\n  name = each.value\n}}\n"
            )
        };
        let names = "{ \"api/API_KEY\" = \"acme/llm\", \"api/DB_PASSWORD\" = \"acme/db\" }";
        passes(literals, &module(names, ""));
        for more in [
            "other = { \"api/API_KEY\" = \"hunter2\" }",
            "other = { API_KEY = \"acme/llm\" }",
            "other = { \"api/DB_PASSWORD\" = \"acme/llm\" }",
        ] {
            caught(literals, &module(names, more), "local.other has a literal");
        }
        // Nothing looks this one up.
        let unused = "locals {\n  names = { \"api/API_KEY\" = \"acme/llm\" }\n}\n";
        caught(literals, unused, "local.names has a literal as api/API_KEY");
    }

    #[test]
    fn where_a_secret_is_may_be_said() {
        for body in [
            "password = ephemeral.aws_secretsmanager_random_password.x.random_password",
            "password = null",
            "manage_master_user_password = true",
            "secret = \"arn:aws:secretsmanager:eu-west-1:222222222222:secret:x\"",
            "http_tokens = \"required\"",
            "url = \"https://x.example/a@b:c\"",
            "name = \"AKIA\"",
        ] {
            passes(literals, &resource(body));
        }
    }
}
