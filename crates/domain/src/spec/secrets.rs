//! `secrets`: entries of Secrets Manager whose values nobody writes down.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::{decode::Value, problem::quoted, reading::word, words::words};

/// An entry of Secrets Manager with a random value, which AWS makes: it is in no file, no plan and no state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct GeneratedSecretSpec {
    /// Characters of a value; 40 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 16, max = 1_024))]
    pub length: Option<u16>,
    /// Of which characters; `alphanumeric` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alphabet: Option<SecretAlphabet>,
    /// Makes it a JSON object with a value of its own under each of these keys; without them it is one value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 20), inner(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")))]
    pub keys: Option<Vec<String>>,
    /// Raise it for new values; 1 if not said. Apps get them when they start next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub version: Option<u32>,
    /// Days for which it can be restored after it was deleted: 7 to 30, or 0 to delete it at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 30))]
    pub recovery_days: Option<u8>,
}

words! {
    /// The characters of a random value.
    SecretAlphabet {
        /// Letters and digits, which need quoting nowhere.
        Alphanumeric => "alphanumeric",
        /// Letters, digits and punctuation.
        Printable => "printable",
        /// 0-9 and a-f: two characters are a byte.
        Hex => "hex",
        /// 0-9.
        Digits => "digits",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<GeneratedSecretSpec> {
    let f = value.fields()?;
    let section = GeneratedSecretSpec {
        length: f.get("length", |value| value.integer(16, 1_024)),
        alphabet: f.get("alphabet", word),
        keys: f.get("keys", keys),
        version: f.get("version", |value| value.integer(1, 1_000_000)),
        recovery_days: f.get("recovery_days", recovery_days),
    };
    f.close();
    Some(section)
}

fn keys(value: &Value<'_>) -> Option<Vec<String>> {
    let keys = value.list("a list of keys, such as [access, refresh]", key)?;
    if !(1..=20).contains(&keys.len()) {
        return value.reject(format!(
            "names {} keys; expected 1 to 20, or leave it out for a single value",
            keys.len()
        ));
    }
    let mut folded = BTreeSet::new();
    if let Some(key) = keys.iter().find(|key| !folded.insert(key.to_lowercase())) {
        return value.reject(format!("names {} twice, but for its case; keep one", quoted(key)));
    }
    Some(keys)
}

/// What any shell and any language can name.
fn key(value: &Value<'_>) -> Option<String> {
    let text = value.text("a key of a JSON object")?;
    let well_formed = (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if well_formed {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a key; use 1 to 64 of A-Z, a-z, 0-9 and _, not starting with a digit",
        quoted(text)
    ))
}

/// Source: AWS Secrets Manager API reference, `DeleteSecret`, `RecoveryWindowInDays`.
fn recovery_days(value: &Value<'_>) -> Option<u8> {
    let days: u8 = value.integer(0, 30)?;
    if (1..7).contains(&days) {
        return value
            .reject(format!("AWS keeps what is deleted for 7 to 30 days, or not at all; {days} is neither"));
    }
    Some(days)
}
