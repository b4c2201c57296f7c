//! An error answer of the API (RFC 9457), read tolerantly: a proxy in between may answer with anything.

use std::fmt;

use serde::Deserialize;

use crate::exit::Exit;

/// An answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// What kind it is, for programs; empty when the answer wasn't a problem.
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// What happened and what to do about it.
    pub detail: String,
    /// What to quote to the operator.
    pub request_id: Option<String>,
    /// Where the file is wrong, all places at once.
    pub errors: Vec<FieldProblem>,
}

/// One place where a file is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FieldProblem {
    /// Such as `network.nat`; empty for the file as a whole.
    #[serde(default)]
    pub path: String,
    /// From 1, where it is known.
    pub line: Option<u32>,
    /// What is wrong and what was expected.
    #[serde(default)]
    pub detail: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type", default)]
    kind: String,
    title: String,
    #[serde(default)]
    detail: String,
    request_id: Option<String>,
    #[serde(default)]
    errors: Vec<FieldProblem>,
}

impl Problem {
    /// Reads the body of an answer with this status. `request_id` is that of the header, for bodies that have none.
    pub fn read(status: u16, request_id: Option<String>, body: &[u8]) -> Self {
        match serde_json::from_slice::<Wire>(body) {
            Ok(wire) => Self {
                status,
                kind: wire.kind,
                title: wire.title,
                detail: wire.detail,
                request_id: wire.request_id.or(request_id),
                errors: wire.errors,
            },
            Err(_) => Self {
                status,
                kind: String::new(),
                title: format!("The server answered {status}"),
                detail: "The answer is not one of Terrane's. Check TERRANE_URL, and what stands between here and there."
                    .to_owned(),
                request_id,
                errors: Vec::new(),
            },
        }
    }

    /// Whether the API itself says that the object isn't there: a 404 of a proxy or of another server doesn't count.
    pub fn is_not_found(&self) -> bool {
        self.status == 404 && self.kind.ends_with(":not-found")
    }

    /// What the process ends with.
    pub fn exit(&self) -> Exit {
        match self.status {
            401 | 403 => Exit::Forbidden,
            404 => Exit::NotFound,
            409 | 412 => Exit::Refused,
            // Of the 422s only a wrong file has places; the others refuse a file that is well formed.
            422 if self.errors.is_empty() => Exit::Refused,
            429 | 500.. => Exit::Unavailable,
            _ => Exit::Usage,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_read_and_unknown_fields_are_ignored() {
        let body = br#"{"type":"urn:terrane:problem:invalid-spec","title":"T","status":422,"detail":"D","new":1,
            "request_id":"r-1","errors":[{"pointer":"/network/nat","path":"network.nat","line":3,"detail":"wrong"}]}"#;
        let problem = Problem::read(422, Some("header".into()), body);
        assert_eq!(problem.request_id.as_deref(), Some("r-1"));
        assert_eq!(problem.errors[0].path, "network.nat");
        assert_eq!(problem.exit(), Exit::Usage);
    }

    #[test]
    fn a_404_of_something_else_is_not_taken_for_an_absent_object() {
        let proxy = Problem::read(404, None, b"<html>nope</html>");
        assert!(!proxy.is_not_found());
        assert!(proxy.detail.contains("TERRANE_URL"));
        let ours = br#"{"type":"urn:terrane:problem:not-found","title":"Not found"}"#;
        assert!(Problem::read(404, None, ours).is_not_found());
    }

    #[test]
    fn each_status_has_its_exit_code() {
        let exit = |status| Problem::read(status, None, b"").exit();
        for (status, expected) in [
            (400, Exit::Usage),
            (401, Exit::Forbidden),
            (403, Exit::Forbidden),
            (404, Exit::NotFound),
            (409, Exit::Refused),
            (412, Exit::Refused),
            (413, Exit::Usage),
            (422, Exit::Refused),
            (429, Exit::Unavailable),
            (500, Exit::Unavailable),
            (503, Exit::Unavailable),
        ] {
            assert_eq!(exit(status), expected, "{status}");
        }
    }
}
