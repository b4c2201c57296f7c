//! docs/PROFILES.md, made from the table and compared with it. `UPDATE_DOCS=1 cargo test -p terrane-domain` writes it.

use std::{env, fmt, fmt::Write as _, fs, path::Path};

use super::rows;

const HEAD: &str = "# Profiles

What `profile: small`, `medium` and `large` fill in where the file says nothing; `small` if it names no profile. A
setting in the file always wins. Small is for trying things: the cheapest of everything, nothing that has to be
switched off before it can be deleted. Large is what a reviewer of a production account asks for. What an environment
came to, and why, stands in its `resolved` form.

This page is made from the table in `crates/domain/src/profile.rs`, and a test compares the two.

| setting | small | medium | large | |
|---|---|---|---|---|
";

/// A value as a person would write it: `PerAz` is `per_az`, `Some(30)` is `30`, `None` is `off`.
pub(super) fn spell(value: &dyn fmt::Debug) -> String {
    let text = format!("{value:?}");
    match text.as_str() {
        "None" => return "off".to_owned(),
        "true" => return "yes".to_owned(),
        "false" => return "no".to_owned(),
        _ => {}
    }
    let inside =
        |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')').map(str::to_owned);
    if let Some(inner) = inside("Some") {
        return inner;
    }
    for (name, unit) in [("Gibibytes", " GiB"), ("Mebibytes", "Mi"), ("Millicores", "m")] {
        if let Some(count) = inside(name) {
            return count + unit;
        }
    }
    let mut spelled = String::new();
    let mut before = ' ';
    for c in text.chars().filter(|c| !['[', ']', '"'].contains(c)) {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            spelled.push('_');
        }
        spelled.push(c.to_ascii_lowercase());
        before = c;
    }
    spelled
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (setting, note, values) in rows() {
        assert!(
            values.iter().all(|value| !value.contains('(')),
            "{setting} is spelled as in Rust: {values:?}"
        );
        let [small, medium, large] = values;
        // For the reader of the code; here it says "off".
        let note = note.trim().trim_end_matches("`None` is off.").trim_end().trim_end_matches(';');
        let _ = writeln!(page, "| `{setting}` | {small} | {medium} | {large} | {note} |");
    }
    page
}

#[test]
fn the_page_on_profiles_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/PROFILES.md");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, page()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/PROFILES.md is out of date: run UPDATE_DOCS=1 cargo test -p terrane-domain"
    );
}

#[test]
fn values_are_spelled_as_in_a_file() {
    use crate::{
        Nat,
        spec::{Endpoint, Gibibytes, Mebibytes, Millicores},
    };
    let spelled = |value: &dyn fmt::Debug| spell(value);
    assert_eq!(spelled(&Nat::PerAz), "per_az");
    assert_eq!(spelled(&Some(30)), "30");
    assert_eq!(spelled(&None::<u8>), "off");
    assert_eq!(spelled(&[Endpoint::S3, Endpoint::Ecr]), "s3, ecr");
    assert_eq!(spelled(&Gibibytes(20)), "20 GiB");
    assert_eq!((spelled(&Millicores(250)), spelled(&Mebibytes(512))), ("250m".into(), "512Mi".into()));
    assert_eq!((spelled(&true), spelled(&"m7i.large")), ("yes".to_owned(), "m7i.large".to_owned()));
}
