//! The one place where text becomes a string literal.
//!
//! WHY: `hcl-edit` (like `hcl-rs`; they share the code) escapes quotes, backslashes and control characters, but it
//! doubles the sign of `${` and `%{` by looking at two characters at a time and skipping both. In `%${x}` it takes
//! `%$` for a pair, skips the `$`, and leaves `${x}` live. Here a literal is cut in front of every marker, so that the
//! encoder sees at most one in each piece, at its start, where it is right. What comes out (`$${`, `%%{`) is what HCL
//! specifies and what people write by hand. Text in which nothing needs escaping, nearly all of it, is copied.

use std::borrow::Cow;

use hcl_edit::{
    Spanned,
    expr::Expression,
    template::{Element, StringTemplate},
};
use terrane_domain::Key;

/// Text that will be a literal. Our own is borrowed, a user's is owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text(Cow<'static, str>);

impl Text {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Appends more text to it.
    pub(super) fn push(&mut self, more: &str) {
        self.0.to_mut().push_str(more);
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self(Cow::Owned(text.clone()))
    }
}

impl From<&Key> for Text {
    fn from(key: &Key) -> Self {
        Self(Cow::Owned(key.as_str().to_owned()))
    }
}

/// Appends a literal whose value is exactly `text`, with its quotes.
pub(super) fn push_literal(out: &mut String, text: &str) {
    out.push('"');
    push_unquoted(out, text);
    out.push('"');
}

/// Appends `text` as it stands between the quotes of a literal or of a template.
pub(super) fn push_unquoted(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    let written = StringTemplate::from(elements(text));
    let written = Expression::from(written).to_string();
    out.push_str(written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default());
}

/// Whether a literal surely holds `text` as it is. Looks at every byte, so that the compiler can take many at a time.
fn is_plain(text: &str) -> bool {
    let is_special =
        |byte: u8| (byte < 0x20) | (byte == 0x7f) | (byte == b'"') | (byte == b'\\') | (byte == b'{');
    !text.bytes().fold(false, |special, byte| special | is_special(byte))
}

fn elements(text: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut start = 0;
    while let Some(end) = next_marker(text, start + 1) {
        elements.push(element(&text[start..end]));
        start = end;
    }
    if start < text.len() {
        elements.push(element(&text[start..]));
    }
    elements
}

fn element(text: &str) -> Element {
    Element::Literal(Spanned::new(text.to_owned()))
}

/// Where the first `${` or `%{` at or after byte `from` starts.
fn next_marker(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len().saturating_sub(1))
        .find(|&at| matches!(bytes[at], b'$' | b'%') && bytes[at + 1] == b'{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_behind_the_sign_of_another_is_escaped_too() {
        for (text, written) in [
            ("plain", r#""plain""#),
            ("", r#""""#),
            ("{a} $a %a $$ %%", r#""{a} $a %a $$ %%""#),
            ("${a}", r#""$${a}""#),
            ("%${a}", r#""%$${a}""#),
            ("$%{a}", r#""$%%{a}""#),
            ("$${a}", r#""$$${a}""#),
            ("a${b}%${file(\"x\")}", r#""a$${b}%$${file(\"x\")}""#),
            ("$", r#""$""#),
            ("${", r#""$${""#),
            ("é${ü}", r#""é$${ü}""#),
            ("é\u{85}\u{2028}", "\"é\u{85}\u{2028}\""),
            ("\r\n\t\\\"\u{0}\u{7f}", r#""\r\n\t\\\"\u0000\u007f""#),
        ] {
            let mut out = String::new();
            push_literal(&mut out, text);
            assert_eq!(out, written);
        }
    }
}
