//! How the parts of a rendered module hang together, as a mermaid diagram.
//!
//! WHY parts and not resources: an environment has a hundred resources, and nobody reads a picture of a hundred boxes. A
//! box is a file, which is a building block; an arrow says that one refers to what another declares.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::render::RenderedFiles;

/// Files that belong to no block.
const SHARED: [&str; 5] = ["versions.tf", "provider.tf", "locals.tf", "data.tf", "outputs.tf"];

/// A `flowchart` of the blocks: in each box the types that it declares, without the `aws_`, and how many blocks of
/// each (of a part that only looks at something, its data sources); an arrow leads to what a block stands on. It holds no text of a user.
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
            if other.declared.iter().any(|one| refers(part.text, &one.address())) {
                let _ = writeln!(graph, "  {} --> {}", part.name, other.name);
            }
        }
    }
    graph
}

struct Part<'a> {
    name: &'a str,
    text: &'a str,
    declared: Vec<Declared<'a>>,
}

/// A resource or a data source.
struct Declared<'a> {
    is_data: bool,
    kind: &'a str,
    name: &'a str,
}

impl<'a> Declared<'a> {
    /// From the first line of its block.
    fn of(line: &'a str) -> Option<Self> {
        let (is_data, rest) = match line.strip_prefix("resource \"") {
            Some(rest) => (false, rest),
            None => (true, line.strip_prefix("data \"")?),
        };
        let (kind, rest) = rest.split_once("\" \"")?;
        Some(Self { is_data, kind, name: rest.split_once('"')?.0 })
    }

    fn address(&self) -> String {
        let Self { is_data, kind, name } = self;
        if *is_data { format!("data.{kind}.{name}") } else { format!("{kind}.{name}") }
    }
}

impl<'a> Part<'a> {
    fn of(file: &'a str, text: &'a str) -> Self {
        let declared = text.lines().filter_map(Declared::of).collect();
        Self { name: file.trim_end_matches(".tf"), text, declared }
    }

    fn types(&self) -> String {
        let only_looks = self.declared.iter().all(|one| one.is_data);
        let mut counts = BTreeMap::<&str, usize>::new();
        for one in self.declared.iter().filter(|one| one.is_data == only_looks) {
            *counts.entry(one.kind.trim_start_matches("aws_")).or_default() += 1;
        }
        let data = if only_looks { "data " } else { "" };
        let types = counts.into_iter().map(|(kind, count)| match count {
            1 => format!("{data}{kind}"),
            more => format!("{data}{kind} × {more}"),
        });
        types.collect::<Vec<_>>().join("<br/>")
    }
}

/// Whether a text names what has an address, and not something whose name only begins like it.
fn refers(text: &str, address: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.match_indices(address).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        // `data.aws_vpc.main` is another thing, and a tag says where a resource is in quotes.
        before.is_none_or(|c| !is_part(c) && c != '.' && c != '"') && after.is_none_or(|c| !is_part(c))
    })
}

#[cfg(test)]
mod tests {
    use super::{Declared, refers};

    #[test]
    fn a_reference_is_told_from_what_only_looks_like_one() {
        for text in ["key = aws_kms_key.main.arn", "[aws_kms_key.main]", "\"${aws_kms_key.main.arn}/*\""] {
            assert!(refers(text, "aws_kms_key.main"), "{text}");
        }
        for text in
            ["aws_kms_key.mainly", "data.aws_kms_key.main", "my_aws_kms_key.main", "\"aws_kms_key.main\""]
        {
            assert!(!refers(text, "aws_kms_key.main"), "{text}");
        }
        assert!(refers("values(data.aws_subnet.private)[*].id", "data.aws_subnet.private"));
    }

    #[test]
    fn what_is_made_is_told_from_what_is_looked_at() {
        let address = |line: &str| Declared::of(line).map(|one| one.address());
        assert_eq!(address("resource \"aws_vpc\" \"main\" {").as_deref(), Some("aws_vpc.main"));
        assert_eq!(address("data \"aws_vpc\" \"main\" {").as_deref(), Some("data.aws_vpc.main"));
        assert_eq!(address("  value = \"aws_vpc\""), None);
    }
}
