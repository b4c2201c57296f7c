//! Takes secrets out of a line before it is stored or shown.
//!
//! Terraform hides what it knows to be sensitive; providers, provisioners and error texts don't.
//! What is masked, and where that is written:
//!
//! * what stands behind the name of a secret: `password = "…"`, `"token": "…"` (`named`);
//! * what looks like nothing else: keys of AWS, session tokens, JWTs, tokens of GitHub, GitLab,
//!   Slack and the like (`shapes`);
//! * passwords in URLs, bearer tokens, AWS's encoded authorization messages, private keys (here);
//! * values that somebody said are secret, and private keys over several lines ([`Scrubber`]).
//!
//! Only the value is replaced, so a JSON line stays JSON. A secret that looks like ordinary text and
//! that nobody named can't be recognised: keep it out of Terraform in the first place.

mod named;
mod scrubber;
mod shapes;

use std::borrow::Cow;
use std::ops::Range;

pub use scrubber::{KnownSecrets, Scrubber};

const MASK: &str = "***";

/// Words that announce a secret, which ends at the next blank or quote.
const ANNOUNCEMENTS: &[&str] = &[
    "Bearer ",
    "bearer ",
    "Authorization: Basic ",
    "authorization: Basic ",
    "Encoded authorization failure message: ",
    // Whoever knows the rest of such a URL may write there.
    "hooks.slack.com/services/",
    "discord.com/api/webhooks/",
];

const PEM_BEGIN: &str = "-----BEGIN ";
const PEM_KEY: &str = "PRIVATE KEY";
const PEM_END: &str = "-----END ";

/// The line without its secrets; the same line if it has none. A line of a text of which others may
/// matter is for a [`Scrubber`].
#[must_use]
pub fn scrub(line: &str) -> Cow<'_, str> {
    let mut secrets = Vec::new();
    find(line, &mut secrets);
    mask(line, secrets)
}

fn find(line: &str, secrets: &mut Vec<Range<usize>>) {
    shapes::find(line, secrets);
    named::find(line, secrets);
    passwords_in_urls(line, secrets);
    announced(line, secrets);
    private_keys(line, secrets);
}

fn mask(line: &str, mut secrets: Vec<Range<usize>>) -> Cow<'_, str> {
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

/// `scheme://user:password@host`.
fn passwords_in_urls(line: &str, secrets: &mut Vec<Range<usize>>) {
    for (scheme, separator) in line.match_indices("://") {
        let start = scheme + separator.len();
        let authority = &line[start..];
        let end = authority.find(['/', '?', '#', ' ', '"', '\'', '\\']).unwrap_or(authority.len());
        let Some(at) = authority[..end].rfind('@') else { continue };
        if let Some(colon) = authority[..at].find(':')
            && colon + 1 < at
        {
            secrets.push(start + colon + 1..start + at);
        }
    }
}

fn announced(line: &str, secrets: &mut Vec<Range<usize>>) {
    let bytes = line.as_bytes();
    // All of them end with one of these: one pass, not one for each.
    for (end, _) in bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b' ' | b'/')) {
        let start = end + 1;
        if !ANNOUNCEMENTS.iter().any(|announcement| bytes[..start].ends_with(announcement.as_bytes())) {
            continue;
        }
        let rest = &line[start..];
        let value = &rest[..rest.find([' ', '"', '\'', '\\', ',']).unwrap_or(rest.len())];
        // "the bearer token has expired" is a sentence.
        let word = value.len() < 12 && value.bytes().all(|byte| byte.is_ascii_lowercase());
        if !value.is_empty() && !word {
            secrets.push(start..start + value.len());
        }
    }
}

/// Where the private keys in a line stand; without an end, up to the end of the line or of its text
/// in JSON.
fn private_keys(line: &str, secrets: &mut Vec<Range<usize>>) {
    for (begin, _) in line.match_indices(PEM_BEGIN) {
        let Some(start) = key_after(line, begin) else { continue };
        let rest = &line[start..];
        let length = rest.find(PEM_END).or_else(|| rest.find('"')).unwrap_or(rest.len());
        if length > 0 {
            secrets.push(start..start + length);
        }
    }
}

/// Where the key begins whose PEM header begins at `begin`, if it is a private key's.
fn key_after(line: &str, begin: usize) -> Option<usize> {
    let kind = begin + PEM_BEGIN.len();
    let end = kind + line[kind..].find("-----")?;
    line[kind..end].contains(PEM_KEY).then_some(end + "-----".len())
}

#[cfg(test)]
mod tests;
