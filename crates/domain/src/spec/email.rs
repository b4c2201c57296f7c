//! Addresses of mail: one reader and one schema, which say the same.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{decode::Value, problem::quoted};

/// Longest address. Source: RFC 5321, section 4.5.3.1.3, without the brackets around a path.
const MAX_LENGTH: usize = 254;
/// Longest part before the `@`. Source: RFC 5321, section 4.5.3.1.1.
const MAX_LOCAL: usize = 64;
/// What [`read`] takes, but for the lengths; `tests/it/texts.rs` compares the two.
const PATTERN: &str = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$";

/// What AWS can write to at all; whether somebody reads it is shown by the first mail.
/// Source: RFC 5321, section 4.1.2, without quoted local parts and addresses in brackets.
pub(super) fn read(value: &Value<'_>) -> Option<String> {
    let text = value.text("an e-mail address")?;
    if is_address(text) {
        return Some(text.to_owned());
    }
    value.reject(format!("{} is not an e-mail address; expected one such as ops@acme.example", quoted(text)))
}

fn is_address(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b))
    };
    text.len() <= MAX_LENGTH
        && text.split_once('@').is_some_and(|(local, domain)| {
            local.len() <= MAX_LOCAL
                && local.split('.').all(is_atom)
                && domain.contains('.')
                && domain.split('.').all(is_label)
        })
}

/// The schema of an address.
pub(super) struct Email;

impl JsonSchema for Email {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Email".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // A second pattern, because one alone can't count the local part without looking ahead, which not every reader
        // of schemas can.
        json_schema!({
            "type": "string",
            "maxLength": MAX_LENGTH,
            "pattern": PATTERN,
            "allOf": [{ "pattern": format!("^[^@]{{1,{MAX_LOCAL}}}@") }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_or_not() {
        let local = |length: usize| format!("{}@acme.example", "a".repeat(length));
        for text in ["team@mail.acme.co.uk", "Ops+Night@Acme.example", "a@b.c", "x_y.z@3.4", &local(64)] {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "",
            "ops",
            "ops@acme",
            "a..b@acme.example",
            "a@-x-.com",
            "a@x-.com",
            "a@b@c.d",
            "a b@c.d",
            &local(65),
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
