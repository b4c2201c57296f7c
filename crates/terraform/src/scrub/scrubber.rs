//! Scrubbing a text line by line, with what its reader knows.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::{MASK, PEM_BEGIN, PEM_END, find, key_after, mask, named, passwords_in_urls};

/// A value that is shorter would be found in half of all words.
const SHORTEST: usize = 6;

/// Values that are secret because somebody said so. Cheap to clone.
#[derive(Clone, Default)]
pub struct KnownSecrets(Arc<Vec<String>>);

impl KnownSecrets {
    /// The secrets among these environment variables: values of names like `AWS_SECRET_ACCESS_KEY`, and passwords in
    /// URLs.
    pub fn of_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut known = Self::default();
        for (name, value) in variables {
            if named::is_secret_name(name.as_bytes()) {
                known.add(&value);
            }
            let mut passwords = Vec::new();
            passwords_in_urls(&value, &mut passwords);
            for password in passwords {
                known.add(&value[password]);
            }
        }
        known
    }

    /// Adds a secret, as it is and as it looks in JSON. Of one with several lines each line is a secret. What is shorter
    /// than six bytes is left out.
    pub fn add(&mut self, secret: &str) {
        let values = Arc::make_mut(&mut self.0);
        for line in secret.lines().map(str::trim).filter(|line| line.len() >= SHORTEST) {
            let json = serde_json::Value::from(line).to_string();
            for form in [line, &json[1..json.len() - 1]] {
                if !values.iter().any(|known| known == form) {
                    values.push(form.to_owned());
                }
            }
        }
        // One may be a part of another.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    }

    fn find(&self, line: &str, secrets: &mut Vec<Range<usize>>) {
        for known in self.0.iter() {
            secrets
                .extend(line.match_indices(known.as_str()).map(|(start, found)| start..start + found.len()));
        }
    }
}

/// Shows how many, never which.
impl std::fmt::Debug for KnownSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KnownSecrets({})", self.0.len())
    }
}

/// Takes secrets out of the lines of one stream, in their order: a private key is told by its first line and goes on
/// over the next ones.
#[derive(Debug, Clone, Default)]
pub struct Scrubber {
    known: KnownSecrets,
    in_key: bool,
}

impl Scrubber {
    /// One that knows these secrets beside those that [`scrub`](super::scrub) recognises.
    #[must_use]
    pub const fn new(known: KnownSecrets) -> Self {
        Self { known, in_key: false }
    }

    /// The next line without its secrets.
    pub fn scrub<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        if self.in_key {
            if let Some(end) = line.find(PEM_END) {
                self.in_key = false;
                return Cow::Owned(format!("{MASK}{}", self.text(&line[end..])));
            }
            if may_be_of_key(line) {
                return Cow::Borrowed(if line.trim().is_empty() { "" } else { MASK });
            }
            // A key that was cut off: the rest is to be read.
            self.in_key = false;
        }
        self.in_key = line.rfind(PEM_BEGIN).is_some_and(|begin| {
            key_after(line, begin)
                .is_some_and(|key| !line[key..].contains(PEM_END) && !line[key..].contains('"'))
        });
        self.text(line)
    }

    fn text<'a>(&self, line: &'a str) -> Cow<'a, str> {
        let mut secrets = Vec::new();
        self.known.find(line, &mut secrets);
        find(line, &mut secrets);
        mask(line, secrets)
    }
}

/// Base64 or a header such as `DEK-Info: AES-128-CBC,…`, behind what Terraform draws at the side of its messages.
fn may_be_of_key(line: &str) -> bool {
    let line = line
        .trim_matches(|sign: char| sign.is_whitespace() || matches!(sign, '│' | '|' | '+' | '-' | '~' | '>'));
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\\');
    let header =
        line.starts_with("Proc-Type:") || line.starts_with("DEK-Info:") || line.starts_with("Comment:");
    header || line.bytes().all(base64)
}
