//! Secrets that look like nothing else, wherever they stand.
//!
//! One pass over the line: a token begins where no letter or digit stands before, and its first
//! bytes say what it is. Anything that isn't told by its beginning needs more: a secret key of AWS
//! has exactly forty characters and the look of chance.

use std::ops::Range;

/// How a token begins, how long it is at least behind that, and of what.
struct Token {
    prefix: &'static str,
    least: usize,
    body: fn(u8) -> bool,
}

const fn token(prefix: &'static str, least: usize, body: fn(u8) -> bool) -> Token {
    Token { prefix, least, body }
}

/// Formats that their issuers publish, so that they can be searched for:
/// <https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>
/// <https://docs.gitlab.com/security/tokens/#token-prefixes> <https://api.slack.com/concepts/token-types>
const TOKENS: &[Token] = &[
    token("ghp_", 30, alphanumeric),
    token("gho_", 30, alphanumeric),
    token("ghu_", 30, alphanumeric),
    token("ghs_", 30, alphanumeric),
    token("ghr_", 30, alphanumeric),
    token("github_pat_", 22, word),
    token("glpat-", 20, dotted),
    token("gldt-", 20, dotted),
    token("glrt-", 20, dotted),
    token("glcbt-", 20, dotted),
    token("glptt-", 20, dotted),
    token("glsoat-", 20, dotted),
    token("gloas-", 20, dotted),
    token("xoxa-", 10, word),
    token("xoxb-", 10, word),
    token("xoxe-", 10, word),
    token("xoxp-", 10, word),
    token("xoxr-", 10, word),
    token("xoxs-", 10, word),
    token("xapp-", 10, word),
    token("sk_live_", 16, alphanumeric),
    token("rk_live_", 16, alphanumeric),
    token("sk-ant-", 20, word),
    token("npm_", 36, alphanumeric),
    token("pypi-AgE", 20, word),
    token("dop_v1_", 32, alphanumeric),
    token("hvs.", 20, word),
    token("hvb.", 20, word),
    token("AIza", 35, word),
    token("ya29.", 20, dotted),
    // What `aws eks get-token` prints, and a password for ECR.
    token("k8s-aws-v1.", 20, word),
    token("eyJwYXlsb2Fk", 100, base64),
    // Session tokens of AWS: nobody promises their beginning, but these are what STS gives.
    token("IQoJb3JpZ2lu", 40, base64),
    token("FwoGZXIvYXdz", 40, base64),
    token("FQoGZXIvYXdz", 40, base64),
];

pub(super) fn find(line: &str, secrets: &mut Vec<Range<usize>>) {
    let bytes = line.as_bytes();
    let mut position = 0;
    while position < bytes.len() {
        if !bytes[position].is_ascii_alphanumeric() {
            // Only a secret key may begin with a sign of base64.
            let key = matches!(bytes[position], b'+' | b'/').then(|| secret_key(bytes, position)).flatten();
            secrets.extend(key.map(|length| position..position + length));
            position += key.unwrap_or(1);
            continue;
        }
        // All of these are ASCII, so their ends are ends of characters.
        if let Some(length) = length_of_secret(bytes, position) {
            secrets.push(position..position + length);
            position += length;
        } else {
            position += run(&bytes[position..], alphanumeric);
        }
    }
}

/// No secret is shorter; most words are.
const SHORTEST: usize = 15;

/// The length of the secret that begins at `start`, where a word does.
fn length_of_secret(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = &bytes[start..];
    if !rest.get(..SHORTEST)?.iter().all(|&byte| base64(byte) || byte == b'.') {
        return None;
    }
    access_key_id(rest)
        .or_else(|| json_web_token(rest))
        .or_else(|| published(rest))
        .or_else(|| secret_key(bytes, start))
}

/// `AKIA` (long-lived) or `ASIA` (temporary) and sixteen capitals or digits.
fn access_key_id(rest: &[u8]) -> Option<usize> {
    const LENGTH: usize = 20;
    let known = rest.starts_with(b"AKIA") || rest.starts_with(b"ASIA");
    let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (known && run(rest, alphanumeric) == LENGTH && run(rest, capital) == LENGTH).then_some(LENGTH)
}

/// Three or five parts, the first an object in base64 (RFC 7519).
fn json_web_token(rest: &[u8]) -> Option<usize> {
    if !rest.starts_with(b"eyJ") {
        return None;
    }
    let length = run(rest, dotted);
    let mut parts = rest[..length].split(|&byte| byte == b'.');
    let long = |part: Option<&[u8]>| part.is_some_and(|part| part.len() >= 8);
    (long(parts.next()) && long(parts.next()) && parts.next().is_some()).then_some(length)
}

fn published(rest: &[u8]) -> Option<usize> {
    let token = TOKENS.iter().find(|token| rest.starts_with(token.prefix.as_bytes()))?;
    let body = run(&rest[token.prefix.len()..], token.body);
    (body >= token.least).then_some(token.prefix.len() + body)
}

/// Forty characters of base64 that are no part of anything longer and look like chance: capitals,
/// small letters and digits that take turns. A path or a name in camel case turns less often, a
/// digest in hexadecimal has no capitals.
fn secret_key(bytes: &[u8], start: usize) -> Option<usize> {
    const LENGTH: usize = 40;
    // Of 39 turns some 25 change the kind of character by chance; less than 14 do in one of 10,000.
    const TURNS: usize = 14;
    let rest = &bytes[start..];
    let inside = |byte: u8| alphanumeric(byte) || matches!(byte, b'+' | b'/');
    if run(rest, inside) != LENGTH {
        return None;
    }
    let before = start.checked_sub(1).map(|position| bytes[position]);
    let goes_on = |byte: u8| {
        alphanumeric(byte) || matches!(byte, b'_' | b'-' | b'.' | b':' | b'@' | b'/' | b'+' | b'%')
    };
    let after = (rest.get(LENGTH), rest.get(LENGTH + 1));
    let sentence_ends = matches!(after, (Some(b'.' | b':'), None | Some(b' ' | b'"' | b'\\')));
    if before.is_some_and(goes_on)
        || after.0.is_some_and(|&byte| (goes_on(byte) && !sentence_ends) || byte == b'=')
    {
        return None;
    }
    let key = &rest[..LENGTH];
    let has = |kind: fn(&u8) -> bool| key.iter().any(kind);
    let turns = key.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    let chance = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    (chance && turns >= TURNS).then_some(LENGTH)
}

const fn kind(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => 0,
        b'a'..=b'z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    }
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|&&byte| belongs(byte)).count()
}

const fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

const fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

const fn dotted(byte: u8) -> bool {
    word(byte) || byte == b'.'
}

const fn base64(byte: u8) -> bool {
    word(byte) || matches!(byte, b'+' | b'/' | b'=')
}
