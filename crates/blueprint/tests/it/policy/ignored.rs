//! docs/POLICY.md lists every `ignore_changes` with its reason, and nothing else.

use std::collections::BTreeSet;

use hcl::{Block, Body};

use crate::{corpus, tree};

const POLICY: &str = include_str!("../../../../../docs/POLICY.md");

#[test]
fn every_argument_whose_changes_are_ignored_is_in_the_policy_with_a_reason() {
    let rendered: BTreeSet<(String, String)> = corpus::all()
        .flat_map(|case| case.files.iter())
        .flat_map(|(name, content)| tree::parse(name, content).into_blocks())
        .flat_map(|block| ignored(&block))
        .collect();
    assert_eq!(documented(POLICY), rendered);
}

/// Resource type and argument of each entry of `ignore_changes`.
fn ignored(block: &Block) -> Vec<(String, String)> {
    let of_lifecycle = |body: &Body| {
        let lifecycles = body.blocks().filter(|inner| inner.identifier() == "lifecycle");
        let lists =
            lifecycles.flat_map(|inner| inner.body().attributes()).filter(|a| a.key() == "ignore_changes");
        lists.map(|list| hcl::format::to_string(list.expr()).unwrap()).collect::<Vec<_>>()
    };
    let kind = tree::labels(block).first().map(|kind| (*kind).to_owned()).unwrap_or_default();
    let mut found = Vec::new();
    for list in of_lifecycle(block.body()) {
        let list = list.trim();
        let items = list.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or(list).split(',');
        let items = items.map(str::trim).filter(|item| !item.is_empty());
        found.extend(items.map(|argument| (kind.clone(), argument.to_owned())));
    }
    found
}

/// The rows of the table whose header begins with `resource type`.
fn documented(policy: &str) -> BTreeSet<(String, String)> {
    let rows = policy.lines().skip_while(|line| !line.starts_with("| resource type |")).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|')).map(|row| {
        let cells: Vec<&str> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        assert!(cells.len() == 3 && cells[2].len() > 20, "a row without a reason: {row}");
        (cells[0].to_owned(), cells[1].to_owned())
    });
    rows.collect()
}

#[test]
fn what_is_ignored_is_seen_and_what_the_table_says_is_read() {
    let text = "resource \"aws_x\" \"y\" {\n  lifecycle {\n    ignore_changes = [\n      desired_count,\n      tags[\"a\"],\n    ]\n  }\n}\n";
    let block = tree::parse("x.tf", text).into_blocks().next().unwrap();
    let seen: BTreeSet<_> = ignored(&block).into_iter().collect();
    let pair = |argument: &str| ("aws_x".to_owned(), argument.to_owned());
    assert_eq!(seen, BTreeSet::from([pair("desired_count"), pair("tags[\"a\"]")]));
    let table = "| resource type | argument | why |\n|---|---|---|\n| `aws_x` | `desired_count` | the autoscaler sets it, not we |\n\n";
    assert_eq!(documented(table), BTreeSet::from([pair("desired_count")]));
}
