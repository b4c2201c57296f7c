//! The one place where text becomes a string literal.
//!
//! WHY: `hcl-edit` (like `hcl-rs`; they share the code) escapes quotes, backslashes and control characters, but it
//! doubles the sign of `${` and `%{` by looking at two characters at a time and skipping both. In `%${x}` it takes
//! `%$` for a pair, skips the `$`, and leaves `${x}` live. Here a literal is cut in front of every marker, so that the
//! encoder sees at most one in each piece, at its start, where it is right. What comes out (`$${`, `%%{`) is what HCL
//! specifies and what people write by hand.

use hcl_edit::{
    Spanned,
    expr::Expression,
    template::{Element, StringTemplate},
};

/// A literal whose value is exactly `text`.
pub(super) fn literal(text: &str) -> Expression {
    if next_marker(text, 0).is_none() {
        return Expression::from(text);
    }
    let mut elements = Vec::new();
    push_elements(&mut elements, text);
    Expression::from(StringTemplate::from(elements))
}

/// Appends `text` to a template, as text.
pub(super) fn push_elements(elements: &mut Vec<Element>, text: &str) {
    let mut start = 0;
    while let Some(end) = next_marker(text, start + 1) {
        elements.push(element(&text[start..end]));
        start = end;
    }
    if start < text.len() {
        elements.push(element(&text[start..]));
    }
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
            ("${a}", r#""$${a}""#),
            ("%${a}", r#""%$${a}""#),
            ("$%{a}", r#""$%%{a}""#),
            ("$${a}", r#""$$${a}""#),
            ("a${b}%${file(\"x\")}", r#""a$${b}%$${file(\"x\")}""#),
            ("$", r#""$""#),
            ("${", r#""$${""#),
            ("é${ü}", r#""é$${ü}""#),
            ("\r\n\t\\\"\u{0}\u{7f}", r#""\r\n\t\\\"\u0000\u007f""#),
        ] {
            assert_eq!(literal(text).to_string(), written);
        }
    }
}
