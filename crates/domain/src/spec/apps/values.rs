//! What the single values of an app may look like, with the source of each rule.

use std::collections::BTreeMap;

use super::super::{Mebibytes, Millicores, decode::Value, node::Kind, problem::quoted};
use crate::{Credential, credentials::TypedArgument};

/// Most variables of one app. A whole task definition may have 64 KiB.
/// Source: Amazon ECS developer guide, "Amazon ECS service quotas".
const MAX_VARIABLES: usize = 100;
const MAX_VARIABLE_BYTES: usize = 4_096;

/// A path of the app. Source: Elastic Load Balancing API reference, `CreateTargetGroup`, `HealthCheckPath`.
pub(super) fn health(value: &Value<'_>) -> Option<String> {
    let text = value.text("a path such as /health")?;
    if text.starts_with('/') && text.len() <= 1_024 && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a path; start with / and use up to 1024 visible ASCII characters",
        quoted(text)
    ))
}

pub(super) fn command(value: &Value<'_>) -> Option<Vec<String>> {
    let Kind::List(nodes) = &value.node.kind else {
        return value.expected("a list of arguments, such as [serve, --verbose]");
    };
    if nodes.is_empty() {
        return value.reject("is empty; leave it out to run what the image says");
    }
    // Unlike other lists, the same argument may stand twice.
    let arguments = value.items(|value| value.text("an argument").map(str::to_owned))?;
    for TypedArgument { at, credential, name } in TypedArgument::all_in(&arguments) {
        // As of a variable, the message shows nothing of the value.
        let name = name.unwrap_or_else(|| "SECRET".to_owned());
        let message = format!(
            "holds {credential}, which everybody reads who may see the task definition or the state; put it into Secrets \
             Manager, let the app read it from a variable, and write secrets: {{ {name}: {{ secret: acme/api, key: {} }} }} \
             with the name of the entry and its key",
            name.to_ascii_lowercase()
        );
        value.reject_item(at, message);
    }
    Some(arguments)
}

pub(super) fn env(value: &Value<'_>) -> BTreeMap<String, String> {
    let variables = variables(value, |value| {
        let text = value.text("text")?;
        if text.len() > MAX_VARIABLE_BYTES {
            return value.reject(format!(
                "{} bytes are too long for a variable; at most {MAX_VARIABLE_BYTES}",
                text.len()
            ));
        }
        if text.contains('\0') {
            return value.reject("holds a zero byte, which no environment variable can");
        }
        Some(text.to_owned())
    });
    for (name, text) in &variables {
        // The message shows nothing of the value: it is printed and logged.
        if let Some(credential) = Credential::in_variable(name, text) {
            let message = format!(
                "holds {credential}, which everybody reads who may see the task definition or the state; put it into \
                 Secrets Manager, and write secrets: {{ {name}: {{ secret: acme/api, key: {} }} }} with the name of the \
                 entry and its key",
                name.to_ascii_lowercase()
            );
            value.reject_key(name, message);
        }
    }
    variables
}

/// A mapping of environment variables. Source of the names: POSIX, "Environment Variables".
pub(super) fn variables<T>(value: &Value<'_>, decode: fn(&Value<'_>) -> Option<T>) -> BTreeMap<String, T> {
    let check = |name: &str| {
        let well_formed = (1..=128).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if well_formed {
            Ok(name.to_owned())
        } else {
            Err(format!(
                "{} is not the name of a variable; use 1 to 128 of A-Z, a-z, 0-9 and _, not starting with a digit",
                quoted(name)
            ))
        }
    };
    let variables = value.pairs("a mapping of variables", check, decode);
    if variables.len() > MAX_VARIABLES {
        value.complain(format!("{} variables are too many; at most {MAX_VARIABLES}", variables.len()));
    }
    variables
}

pub(super) fn cpu(value: &Value<'_>) -> Option<Millicores> {
    let what = "an amount of CPU in thousandths of a vCPU, such as 250m or 2000m";
    let Kind::Text(text) = &value.node.kind else { return value.expected(what) };
    match Millicores::parse(text) {
        Some(amount) if (1..=16_000).contains(&amount.0) => Some(amount),
        Some(_) => value.reject(format!("{} is out of range; expected 1m to 16000m", quoted(text))),
        None => value.expected(what),
    }
}

pub(super) fn memory(value: &Value<'_>) -> Option<Mebibytes> {
    let what = "an amount of memory, such as 512Mi or 2Gi";
    let Kind::Text(text) = &value.node.kind else { return value.expected(what) };
    match Mebibytes::parse(text) {
        Some(amount) if (1..=120 * 1_024).contains(&amount.0) => Some(amount),
        Some(_) => value.reject(format!("{} is out of range; expected 1Mi to 120Gi", quoted(text))),
        None => value.expected(what),
    }
}

/// Source: AWS Secrets Manager API reference, `CreateSecret`, `Name`. A name that looks as if it ended in the six
/// characters that AWS adds to an ARN is ambiguous, and AWS advises against it; it is left to AWS.
pub(super) fn secret_name(value: &Value<'_>) -> Option<String> {
    let text = value.text("the name of an entry in Secrets Manager")?;
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b);
    if text.starts_with("arn:") {
        let message = "is an ARN; give the name of the entry, which stands behind :secret: and ends before the last hyphen";
        return value.reject(message);
    }
    if (1..=512).contains(&text.len()) && text.bytes().all(is_name) {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the name of a secret; use 1 to 512 of a-z, A-Z, 0-9 and / _ + = . @ -",
        quoted(text)
    ))
}

/// A key of a JSON object. ECS separates the parts of a reference with colons.
/// Source: Amazon ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS environment variables".
pub(super) fn secret_key(value: &Value<'_>) -> Option<String> {
    let text = value.text("a key of the secret's JSON object")?;
    if (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a key that ECS can name; use 1 to 128 visible ASCII characters without a colon",
        quoted(text)
    ))
}

/// Source: Elastic Load Balancing API reference, `HostHeaderConditionConfig`; no wildcards, because two apps could then
/// claim one name.
pub(super) fn host(value: &Value<'_>) -> Option<String> {
    let text = value.text("a host name such as api.acme.example")?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if text.len() <= 128 && text.contains('.') && text.split('.').all(is_label) {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a host name; expected one in lower case such as api.acme.example",
        quoted(text)
    ))
}

/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Certificate Manager".
pub(super) fn certificate_arn(value: &Value<'_>) -> Option<String> {
    let text = value.text("the ARN of a certificate")?;
    let is_certificate = || {
        let parts: Vec<&str> = text.split(':').collect();
        let ["arn", "aws", "acm", region, account, resource] = parts.as_slice() else { return false };
        let id = resource.strip_prefix("certificate/").unwrap_or_default();
        !region.is_empty()
            && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if is_certificate() {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the ARN of a certificate; expected arn:aws:acm:<region>:<account id>:certificate/<id>",
        quoted(text)
    ))
}
