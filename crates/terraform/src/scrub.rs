//! Takes secrets out of a line before it is stored or shown.
//!
//! Terraform hides what it knows to be sensitive; providers, provisioners and error texts don't.
//! What is masked: AWS access key ids, passwords in URLs, values of names that end like a secret's
//! (`password`, `secret_access_key`, `X-Amz-Signature` ...) behind `=` or in JSON, bearer tokens,
//! private keys in PEM on one line, and AWS's encoded authorization messages. Only the value is
//! replaced, so a JSON line stays JSON. A secret that looks like ordinary text can't be recognised:
//! keep it out of Terraform in the first place.

use std::borrow::Cow;
use std::ops::Range;

const MASK: &str = "***";

/// Endings of names whose value is a secret, in lower case with `_` for `-`.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "secret_key",
    "secret_access_key",
    "secret_string",
    "private_key",
    "api_key",
    "token",
    "authorization",
    "x_amz_signature",
    "x_amz_credential",
];

/// Words that announce a secret, which ends at the next blank or quote.
const ANNOUNCEMENTS: &[&str] = &["Bearer ", "Encoded authorization failure message: "];

const PEM_BEGIN: &str = "-----BEGIN ";
const PEM_KEY: &str = "PRIVATE KEY-----";

/// The line without its secrets; the same line if it has none.
#[must_use]
pub fn scrub(line: &str) -> Cow<'_, str> {
    let mut secrets = Vec::new();
    access_key_ids(line, &mut secrets);
    passwords_in_urls(line, &mut secrets);
    named_values(line, &mut secrets);
    announced(line, &mut secrets);
    private_keys(line, &mut secrets);
    if secrets.is_empty() {
        return Cow::Borrowed(line);
    }
    secrets.sort_by_key(|range| range.start);
    let mut clean = String::with_capacity(line.len());
    let mut copied_to = 0;
    for secret in secrets {
        if secret.end <= copied_to {
            continue;
        }
        clean.push_str(&line[copied_to..secret.start.max(copied_to)]);
        if secret.start >= copied_to {
            clean.push_str(MASK);
        }
        copied_to = secret.end;
    }
    clean.push_str(&line[copied_to..]);
    Cow::Owned(clean)
}

/// `AKIA` (long-lived) or `ASIA` (temporary) and sixteen capitals or digits.
fn access_key_ids(line: &str, secrets: &mut Vec<Range<usize>>) {
    const LENGTH: usize = 20;
    let bytes = line.as_bytes();
    for prefix in ["AKIA", "ASIA"] {
        for (start, _) in line.match_indices(prefix) {
            let Some(id) = bytes.get(start..start + LENGTH) else { continue };
            let ends = bytes.get(start + LENGTH).is_none_or(|byte| !byte.is_ascii_alphanumeric());
            let begins = start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
            if begins && ends && id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
                secrets.push(start..start + LENGTH);
            }
        }
    }
}

/// `scheme://user:password@host`.
fn passwords_in_urls(line: &str, secrets: &mut Vec<Range<usize>>) {
    for (scheme, separator) in line.match_indices("://") {
        let start = scheme + separator.len();
        let authority = &line[start..];
        let end = authority.find(['/', '?', '#', ' ', '"', '\'', '\\']).unwrap_or(authority.len());
        let Some(at) = authority[..end].rfind('@') else { continue };
        if let Some(colon) = authority[..at].find(':') {
            secrets.push(start + colon + 1..start + at);
        }
    }
}

fn named_values(line: &str, secrets: &mut Vec<Range<usize>>) {
    let bytes = line.as_bytes();
    let mut position = 0;
    while position < bytes.len() {
        if !is_name_byte(bytes[position]) {
            position += 1;
            continue;
        }
        let start = position;
        while position < bytes.len() && is_name_byte(bytes[position]) {
            position += 1;
        }
        if is_secret_name(&line[start..position])
            && let Some(value) = value_after(bytes, position)
        {
            position = value.end;
            secrets.push(value);
        }
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    SECRET_NAMES.iter().any(|ending| {
        name.strip_suffix(ending).is_some_and(|rest| {
            // `db_password` and `dbpassword`, but not `nosecret` and the like for short words.
            rest.is_empty() || rest.ends_with('_') || matches!(*ending, "password" | "token")
        })
    })
}

/// The value that stands behind a name that ends at `position`: `= value`, `= "value"` or, for a
/// name in quotes, `: "value"`.
fn value_after(bytes: &[u8], mut position: usize) -> Option<Range<usize>> {
    let at = |position: usize| bytes.get(position).copied();
    let after_name = position;
    while at(position) == Some(b'\\') {
        position += 1;
    }
    let quoted_name = at(position) == Some(b'"');
    position = if quoted_name { position + 1 } else { after_name };
    let skip_blanks = |mut position: usize| {
        while at(position) == Some(b' ') {
            position += 1;
        }
        position
    };
    position = skip_blanks(position);
    let separator = at(position)?;
    if !(separator == b'=' || separator == b':') {
        return None;
    }
    position = skip_blanks(position + 1);
    let escapes = bytes[position..].iter().take_while(|&&byte| byte == b'\\').count();
    // In a line of JSON a quote that is not escaped ends the text that the name stands in.
    let opens_here = quoted_name || escapes % 2 == 1 || bytes.first() != Some(&b'{');
    if at(position + escapes) == Some(b'"') && opens_here {
        let start = position + escapes + 1;
        let value = start..end_of_quoted(bytes, start, escapes);
        return (!value.is_empty()).then_some(value);
    }
    // `"token": null` must stay JSON, and `token: expected }` is a sentence.
    if separator == b':' {
        return None;
    }
    let value = position..end_of_bare(bytes, position);
    (!value.is_empty()).then_some(value)
}

/// Where a value without quotes ends. Escaped quotes and backslashes are taken as part of it.
fn end_of_bare(bytes: &[u8], mut position: usize) -> usize {
    while let Some(&byte) = bytes.get(position) {
        position += match byte {
            b'\\' if matches!(bytes.get(position + 1), Some(b'"' | b'\\')) => 2,
            b'\\' | b'"' | b'\'' | b',' | b';' | b'&' | b')' | b'}' | b']' => break,
            _ if byte.is_ascii_whitespace() => break,
            _ => 1,
        };
    }
    position
}

/// Where a value ends whose opening quote has this many backslashes. Each level of JSON in JSON
/// doubles the backslashes of the content, so the closing quote is told by their number: with none
/// at the opening, an even number is content and a quote that closes; with one, it is one more than
/// a multiple of four. A quote that closes an outer level closes this one too.
fn end_of_quoted(bytes: &[u8], start: usize, escapes: usize) -> usize {
    let mut position = start;
    while position < bytes.len() {
        let run = bytes[position..].iter().take_while(|&&byte| byte == b'\\').count();
        if bytes.get(position + run) == Some(&b'"') {
            if run % (2 * (escapes + 1)) == escapes {
                return position + run - escapes;
            }
            if run % 2 == 0 {
                return position + run;
            }
        }
        position += run + 1;
    }
    bytes.len()
}

fn announced(line: &str, secrets: &mut Vec<Range<usize>>) {
    for announcement in ANNOUNCEMENTS {
        for (start, found) in line.match_indices(announcement) {
            let start = start + found.len();
            let rest = &line[start..];
            let length = rest.find([' ', '"', '\'', '\\', ',']).unwrap_or(rest.len());
            if length > 0 {
                secrets.push(start..start + length);
            }
        }
    }
}

fn private_keys(line: &str, secrets: &mut Vec<Range<usize>>) {
    for (begin, _) in line.match_indices(PEM_BEGIN) {
        let Some(key) = line[begin..].find(PEM_KEY) else { continue };
        let start = begin + key + PEM_KEY.len();
        let end = line[start..].find("-----END").map_or(line.len(), |length| start + length);
        let end = if end == line.len() {
            line[start..].find('"').map_or(end, |length| start + length)
        } else {
            end
        };
        if end > start {
            secrets.push(start..end);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_are_masked_and_the_rest_stays() {
        let cases = [
            ("key AKIAIOSFODNN7EXAMPLE used", "key *** used"),
            ("aws_secret_access_key=wJalr/XUtn+FEMI rest", "aws_secret_access_key=*** rest"),
            (r#"password = "hunter \" 2" x"#, r#"password = "***" x"#),
            ("postgres://app:p@ss@db:5432/x?y=1", "postgres://app:***@db:5432/x?y=1"),
            (
                "https://s3/x?X-Amz-Credential=a&X-Amz-Signature=b1&z=1",
                "https://s3/x?X-Amz-Credential=***&X-Amz-Signature=***&z=1",
            ),
            ("Authorization: Bearer abc.def end", "Authorization: Bearer *** end"),
            (r#"{"db_password":"x","n":1}"#, r#"{"db_password":"***","n":1}"#),
            (r#"{"@message":"password=abc"}"#, r#"{"@message":"password=***"}"#),
            (r#"{"m":"{\"token\":\"abc\"}"}"#, r#"{"m":"{\"token\":\"***\"}"}"#),
            (
                r#"{"m":"-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n"}"#,
                r#"{"m":"-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\n"}"#,
            ),
            (
                "Encoded authorization failure message: Zm9v-bar_x done",
                "Encoded authorization failure message: *** done",
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(scrub(line), expected);
        }
    }

    #[test]
    fn what_is_no_secret_is_not_touched() {
        for line in [
            r#"{"token":null,"password":{"sensitive":true}}"#,
            "aws_secretsmanager_secret.main: Creating...",
            "Error: unexpected token: expected }",
            "MAKIAIOSFODNN7EXAMPLE",
            "https://registry.terraform.io/v1: 200",
            "secret",
            r#"{"@message":"password="}"#,
        ] {
            assert!(matches!(scrub(line), Cow::Borrowed(_)), "{line} -> {}", scrub(line));
        }
    }

    proptest! {
        #[test]
        fn no_line_panics_and_a_json_line_stays_json(
            name in "[a-z_]{0,6}(password|token|secret|x)",
            value in ".{0,40}",
        ) {
            drop(scrub(&value));
            let line = serde_json::json!({ &name: &value, "@message": format!("{name}={value}") }).to_string();
            let scrubbed: Result<serde_json::Value, _> = serde_json::from_str(&scrub(&line));
            prop_assert!(scrubbed.is_ok(), "{} -> {}", line, scrub(&line));
        }

        #[test]
        fn a_quoted_secret_never_shows(value in "[a-zA-Z0-9\"\\\\ /+=]{8,40}") {
            let line = serde_json::json!({ "master_password": &value }).to_string();
            prop_assert_eq!(scrub(&line), r#"{"master_password":"***"}"#);
        }
    }
}
