//! How the parts of a rendered module hang together, as a mermaid diagram.
//!
//! WHY parts and not resources: an environment has a hundred resources, and nobody reads a picture of a hundred boxes. A
//! box is a file, which is a building block; an arrow says that one refers to what another declares, by itself or through
//! an entry of `locals.tf`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use crate::render::RenderedFiles;

/// Files that belong to no block.
const SHARED: [&str; 5] = ["versions.tf", "provider.tf", "locals.tf", "data.tf", "outputs.tf"];

/// A `flowchart` of the blocks: in each box the types that it declares, without the `aws_`, and how many blocks of each
/// (of a part that only looks at something, its data sources); an arrow leads to what a block stands on. It holds no text
/// of a user.
///
/// <https://mermaid.js.org/syntax/flowchart.html>
#[must_use]
pub fn graph(files: &RenderedFiles) -> String {
    let parts: Vec<Part<'_>> = files
        .iter()
        .filter(|(name, _)| !SHARED.contains(name))
        .map(|(name, text)| Part::of(name, text))
        .collect();
    let locals = Locals::of(files.get("locals.tf").unwrap_or_default());
    let mut graph = "flowchart LR\n".to_owned();
    for part in &parts {
        let _ = writeln!(graph, "  {0}[\"<b>{0}</b><br/>{1}\"]", part.name, part.types());
    }
    for part in &parts {
        let said = locals.with_those_of(part.text);
        for other in parts.iter().filter(|other| other.name != part.name) {
            let addresses: Vec<String> = other.declared.iter().map(Declared::address).collect();
            if said.iter().any(|text| addresses.iter().any(|address| refers(text, address))) {
                let _ = writeln!(graph, "  {} --> {}", part.name, other.name);
            }
        }
    }
    graph
}

/// The entries of `locals.tf`, each with its text.
struct Locals<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Locals<'a> {
    /// In a block `locals` as it is written here, an entry begins two spaces in and goes on until the next.
    fn of(text: &'a str) -> Self {
        let mut starts: Vec<(&str, usize)> = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let name =
                line.strip_prefix("  ").and_then(|line| line.split_once(" =")).map(|(name, _)| name.trim());
            let is_name = |name: &&str| !name.is_empty() && name.chars().all(is_part);
            starts.extend(name.filter(is_name).map(|name| (name, at)).filter(|_| !line.starts_with("   ")));
            at += line.len();
        }
        let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([text.len()]);
        Self(starts.iter().zip(ends).map(|((name, start), end)| (*name, &text[*start..end])).collect())
    }

    /// A text, and those of the entries that it refers to, or that these refer to.
    fn with_those_of(&self, text: &'a str) -> Vec<&'a str> {
        let (mut said, mut seen) = (vec![text], BTreeSet::new());
        let mut at = 0;
        while let Some(text) = said.get(at).copied() {
            for (name, entry) in &self.0 {
                if !seen.contains(name) && refers(text, &format!("local.{name}")) {
                    seen.insert(name);
                    said.push(entry);
                }
            }
            at += 1;
        }
        said
    }
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
    text.match_indices(address).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        // `data.aws_vpc.main` is another thing, and a tag says where a resource is in quotes.
        before.is_none_or(|c| !is_part(c) && c != '.' && c != '"') && after.is_none_or(|c| !is_part(c))
    })
}

/// Whether it may stand in a name.
const fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::{Declared, Locals, refers};

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
    fn what_stands_in_locals_is_followed_as_far_as_it_leads() {
        let text = "# local.hidden\nlocals {\n  name = \"dev\"\n\n  # Said above one.\n  urls = {\n    api = \"${local.hosts}:80\"\n    \
                    name = 1\n  }\n\n  hosts  = [aws_lb.main.dns_name, local.urls]\n  hidden = aws_kms_key.main.arn\n}\n";
        let locals = Locals::of(text);
        assert_eq!(
            locals.0.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["name", "urls", "hosts", "hidden"]
        );
        let leads_to = |text: &'static str, address: &str| {
            locals.with_those_of(text).iter().any(|text| refers(text, address))
        };
        assert!(
            leads_to("for_each = local.urls", "aws_lb.main"),
            "through two of them, which name each other"
        );
        assert!(leads_to("[for key, host in local.hosts : host]", "aws_lb.main"));
        assert!(!leads_to("for_each = local.urls", "aws_kms_key.main"));
        for text in ["local.name", "local.urls_of", "local_urls", "\"local.urls\""] {
            assert!(!leads_to(text, "aws_lb.main"), "{text}");
        }
    }

    #[test]
    fn what_is_made_is_told_from_what_is_looked_at() {
        let address = |line: &str| Declared::of(line).map(|one| one.address());
        assert_eq!(address("resource \"aws_vpc\" \"main\" {").as_deref(), Some("aws_vpc.main"));
        assert_eq!(address("data \"aws_vpc\" \"main\" {").as_deref(), Some("data.aws_vpc.main"));
        assert_eq!(address("  value = \"aws_vpc\""), None);
    }
}
