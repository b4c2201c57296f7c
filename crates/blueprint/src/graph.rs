//! How the parts of a rendered module hang together, as a mermaid diagram.
//!
//! WHY parts and not resources: an environment has a hundred resources, and nobody reads a picture of a hundred boxes. A
//! box is a file, which is a building block; an arrow says that one refers to what another declares.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::render::RenderedFiles;

/// Files that belong to no block.
const SHARED: [&str; 5] = ["versions.tf", "provider.tf", "locals.tf", "data.tf", "outputs.tf"];

/// A `flowchart` of the blocks: in each box the types that it declares, without the `aws_`, and how many blocks of
/// each; an arrow leads to what a block stands on. It holds no text of a user.
///
/// <https://mermaid.js.org/syntax/flowchart.html>
#[must_use]
pub fn graph(files: &RenderedFiles) -> String {
    let parts: Vec<Part<'_>> = files
        .iter()
        .filter(|(name, _)| !SHARED.contains(name))
        .map(|(name, text)| Part::of(name, text))
        .collect();
    let mut graph = "flowchart LR\n".to_owned();
    for part in &parts {
        let _ = writeln!(graph, "  {0}[\"<b>{0}</b><br/>{1}\"]", part.name, part.types());
    }
    for part in &parts {
        for other in parts.iter().filter(|other| other.name != part.name) {
            if other.declared.iter().any(|(kind, name)| refers(part.text, kind, name)) {
                let _ = writeln!(graph, "  {} --> {}", part.name, other.name);
            }
        }
    }
    graph
}

struct Part<'a> {
    name: &'a str,
    text: &'a str,
    /// Type and name of each resource.
    declared: Vec<(&'a str, &'a str)>,
}

impl<'a> Part<'a> {
    fn of(file: &'a str, text: &'a str) -> Self {
        let declared = text.lines().filter_map(|line| {
            let (kind, rest) = line.strip_prefix("resource \"")?.split_once("\" \"")?;
            Some((kind, rest.split_once('"')?.0))
        });
        Self { name: file.trim_end_matches(".tf"), text, declared: declared.collect() }
    }

    fn types(&self) -> String {
        let mut counts = BTreeMap::<&str, usize>::new();
        for (kind, _) in &self.declared {
            *counts.entry(kind.trim_start_matches("aws_")).or_default() += 1;
        }
        let types = counts.into_iter().map(|(kind, count)| match count {
            1 => kind.to_owned(),
            more => format!("{kind} × {more}"),
        });
        types.collect::<Vec<_>>().join("<br/>")
    }
}

/// Whether a text names a resource, and not one whose name only begins like it.
fn refers(text: &str, kind: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let address = format!("{kind}.{name}");
    text.match_indices(&address).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        // `data.aws_vpc.main` is another thing, and a tag says where a resource is in quotes.
        before.is_none_or(|c| !is_part(c) && c != '.' && c != '"') && after.is_none_or(|c| !is_part(c))
    })
}

#[cfg(test)]
mod tests {
    use super::refers;

    #[test]
    fn a_reference_is_told_from_what_only_looks_like_one() {
        for text in ["key = aws_kms_key.main.arn", "[aws_kms_key.main]", "\"${aws_kms_key.main.arn}/*\""] {
            assert!(refers(text, "aws_kms_key", "main"), "{text}");
        }
        for text in
            ["aws_kms_key.mainly", "data.aws_kms_key.main", "my_aws_kms_key.main", "\"aws_kms_key.main\""]
        {
            assert!(!refers(text, "aws_kms_key", "main"), "{text}");
        }
    }
}
