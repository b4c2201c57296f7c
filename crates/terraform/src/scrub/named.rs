//! Secrets that stand behind a name which says what they are.

use std::ops::Range;

/// Endings of names whose value is a secret, in lower case with `_` for `-`, and whether other letters may stand right
/// before: `db_password` and `dbpassword`, but not `nosecret`.
const SECRET_NAMES: &[(&str, bool)] = &[
    ("password", true),
    ("passwd", false),
    ("passphrase", false),
    ("secret", false),
    ("secret_key", false),
    ("secret_access_key", false),
    ("secret_string", false),
    ("private_key", false),
    ("client_key_data", false),
    ("account_key", false),
    ("api_key", false),
    ("apikey", false),
    ("token", true),
    ("authorization", false),
    ("x_amz_signature", false),
    ("x_amz_credential", false),
];

/// Beginnings of what stands in a secret's place where there is none to hide, or only where it is.
const NO_SECRETS: &[&[u8]] = &[b"(sensitive", b"(known", b"arn:aws"];

pub(super) fn find(line: &str, secrets: &mut Vec<Range<usize>>) {
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
        let name = &bytes[start..position];
        if has_value(bytes, position, name)
            && is_secret_name(name)
            && let Some(value) = value_after(bytes, position, name)
            && !is_no_secret(&bytes[value.clone()])
        {
            position = value.end;
            secrets.push(value);
        }
    }
}

/// Whether a value may stand behind a name: what most words have not, and quicker to see than what they mean.
fn has_value(bytes: &[u8], position: usize, name: &[u8]) -> bool {
    let next = bytes[position..].iter().find(|byte| !matches!(byte, b'\\' | b'"' | b' '));
    matches!(next, Some(b'=' | b':')) || name.starts_with(b"--")
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Whether what this names is a secret.
pub(super) fn is_secret_name(name: &[u8]) -> bool {
    SECRET_NAMES.iter().any(|(ending, within_words)| {
        before(name, ending)
            .is_some_and(|rest| rest.last().is_none_or(|byte| matches!(byte, b'_' | b'-') || *within_words))
    })
}

fn is_no_secret(value: &[u8]) -> bool {
    matches!(value, b"null" | b"true" | b"false") || NO_SECRETS.iter().any(|text| value.starts_with(text))
}

/// What stands before an ending.
fn before<'a>(name: &'a [u8], ending: &str) -> Option<&'a [u8]> {
    let (rest, end) = name.split_at(name.len().checked_sub(ending.len())?);
    let same = |(byte, wanted): (&u8, u8)| match byte {
        b'-' => wanted == b'_',
        byte => byte.to_ascii_lowercase() == wanted,
    };
    // From behind: most names differ in their last letter.
    end.iter().zip(ending.bytes()).rev().all(same).then_some(rest)
}

/// The value that stands behind a name that ends at `position`: `= value`, `= "value"` or, for a
/// name in quotes, `: "value"`; in lines that are no JSON also `--name value` and, at the end of a line,
/// `name: value`.
fn value_after(bytes: &[u8], mut position: usize, name: &[u8]) -> Option<Range<usize>> {
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
    let json = bytes.first() == Some(&b'{');
    let separator = at(position)?;
    if !(separator == b'=' || separator == b':') {
        // An option of a command line.
        let option = name.starts_with(b"--") && position > after_name && separator != b'-';
        let value = position..end_of_bare(bytes, position);
        return (option && !value.is_empty()).then_some(value);
    }
    // `secret:main` is a part of an ARN.
    let blank = at(position + 1) == Some(b' ');
    position = skip_blanks(position + 1);
    let escapes = bytes[position..].iter().take_while(|&&byte| byte == b'\\').count();
    // In a line of JSON a quote that is not escaped ends the text that the name stands in.
    let opens_here = quoted_name || escapes % 2 == 1 || !json;
    if at(position + escapes) == Some(b'"') && opens_here {
        let start = position + escapes + 1;
        let value = start..end_of_quoted(bytes, start, escapes);
        return (!value.is_empty()).then_some(value);
    }
    if at(position) == Some(b'\'') {
        let start = position + 1;
        let end = bytes[start..]
            .iter()
            .position(|byte| matches!(byte, b'\'' | b'"' | b'\n') || (json && *byte == b'\\'));
        let value = start..end.map_or(bytes.len(), |length| start + length);
        return (!value.is_empty()).then_some(value);
    }
    let value = position..end_of_bare(bytes, position);
    // `"token": null` must stay JSON, and `token: expected }` or `password: must be longer` is a sentence.
    let last_in_line = matches!(at(value.end), None | Some(b'\n' | b'\r'));
    let told = separator == b'=' || (blank && !json && !quoted_name && last_in_line);
    (told && !value.is_empty()).then_some(value)
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
