//! Errors and warnings as Terraform reports them, in JSON and, where a run fails before it speaks
//! JSON, in text.

use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The run failed because of it.
    Error,
    /// The run goes on.
    Warning,
    /// A word that this version of Terrane does not know.
    #[serde(other)]
    Unknown,
}

/// One error or warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// One line.
    pub summary: String,
    /// The rest, possibly long, possibly with names and ids of the account.
    #[serde(default)]
    pub detail: String,
    /// The object that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The place in the configuration that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// File, relative to the working directory.
    pub filename: String,
    /// First character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

/// A position in a file, counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Line.
    pub line: u64,
    /// Column in Unicode characters.
    pub column: u64,
}

impl Diagnostic {
    /// An error without place or address.
    #[must_use]
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            address: None,
            range: None,
        }
    }

    /// Whether this made the run fail.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Finds the errors in what was written for people: `Error: summary`, an empty line, detail, with
/// or without the box that Terraform draws around it. A text with no such block becomes one error
/// with the text as its detail; an empty text gives none.
#[must_use]
pub fn from_text(text: &str) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for line in text.lines() {
        let line = line.trim_start_matches(['╷', '╵', '│']).trim();
        if let Some(summary) = line.strip_prefix("Error: ") {
            found.push(Diagnostic::error(summary, ""));
        } else if line.starts_with("Warning: ") {
            found.push(Diagnostic { severity: Severity::Warning, ..Diagnostic::error(line, "") });
        } else if let Some(last) = found.last_mut() {
            last.detail.push_str(line);
            last.detail.push('\n');
        }
    }
    found.retain(Diagnostic::is_error);
    for diagnostic in &mut found {
        diagnostic.detail = diagnostic.detail.trim().to_owned();
    }
    if found.is_empty() && !text.trim().is_empty() {
        found.push(Diagnostic::error("The engine failed without a diagnostic", text.trim()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_found_in_text_with_and_without_a_box() {
        let boxed = "╷\n│ Error: Missing name for resource\n│ \n│   on main.tf line 1\n╵\n";
        let plain = "\nError: Missing name for resource\n\n  on main.tf line 1\n\n";
        for text in [boxed, plain] {
            assert_eq!(
                from_text(text),
                [Diagnostic::error("Missing name for resource", "on main.tf line 1")]
            );
        }
    }

    #[test]
    fn a_warning_is_not_taken_for_the_reason_of_a_failure() {
        let text = "Warning: old syntax\n\nuse the new one\n\nError: no\n\nbecause\n";
        assert_eq!(from_text(text), [Diagnostic::error("no", "because")]);
    }

    #[test]
    fn text_without_an_error_block_is_kept_as_detail() {
        assert_eq!(from_text("  \n"), []);
        assert_eq!(from_text("exec format error")[0].detail, "exec format error");
    }
}
