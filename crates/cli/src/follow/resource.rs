//! What a log line says about one resource.
//!
//! WHY words: the API passes on the lines that Terraform wrote for people, with the resource's address beside them.
//! They only decide what is drawn while somebody waits; whether an operation went well, and how many resources are
//! done, comes from its state and its progress.

use crate::client::LogLine;

/// What happened to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceEvent<'a> {
    /// Work on it began; what is being done, as `creating`.
    Started(&'static str),
    /// Work on it ended well; the words of the line, as `Creation complete after 2s`.
    Completed(&'a str),
    /// Work on it failed.
    Errored(&'a str),
}

const STARTS: [(&str, &str); 6] = [
    ("Creating...", "creating"),
    ("Modifying...", "changing"),
    ("Destroying...", "destroying"),
    ("Importing...", "importing"),
    ("Reading...", "reading"),
    ("Opening...", "opening"),
];

/// What the line says; `None` for all other lines.
pub fn resource_event(line: &LogLine) -> Option<(&str, ResourceEvent<'_>)> {
    let address = line.resource.as_deref()?;
    let words = line.text.strip_prefix(address).and_then(|rest| rest.strip_prefix(": "))?;
    if let Some((_, verb)) = STARTS.iter().find(|(start, _)| words.starts_with(start)) {
        return Some((address, ResourceEvent::Started(verb)));
    }
    // `[id=vpc-…]` is of no use to somebody who waits.
    let (told, _) = words.split_once(" [").unwrap_or((words, ""));
    if told.contains(" complete after ") {
        return Some((address, ResourceEvent::Completed(told)));
    }
    told.contains(" errored after ").then_some((address, ResourceEvent::Errored(told)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_of(text: &str) -> Option<ResourceEvent<'static>> {
        let line = Box::leak(Box::new(
            serde_json::from_value::<LogLine>(serde_json::json!({
                "at": "2026-01-02T03:04:05Z", "step": "apply", "text": text, "resource": "aws_vpc.main[\"a\"]",
            }))
            .unwrap(),
        ));
        resource_event(line).map(|(_, event)| event)
    }

    #[test]
    fn terraforms_lines_about_a_resource_are_understood() {
        use ResourceEvent::*;
        for (words, expected) in [
            ("Creating...", Some(Started("creating"))),
            ("Modifying... [id=vpc-1]", Some(Started("changing"))),
            ("Destroying... [id=vpc-1]", Some(Started("destroying"))),
            ("Still creating... [10s elapsed]", None),
            ("Refreshing state... [id=vpc-1]", None),
            ("Creation complete after 2s [id=vpc-1]", Some(Completed("Creation complete after 2s"))),
            (
                "Modifications complete after 0s [id=vpc-1]",
                Some(Completed("Modifications complete after 0s")),
            ),
            ("Destruction complete after 1m3s", Some(Completed("Destruction complete after 1m3s"))),
            ("Creation errored after 4s", Some(Errored("Creation errored after 4s"))),
            ("Plan to create", None),
        ] {
            assert_eq!(event_of(&format!("aws_vpc.main[\"a\"]: {words}")), expected, "{words}");
        }
        assert_eq!(event_of("aws_vpc.other: Creating..."), None);
    }
}
