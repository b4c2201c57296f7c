//! docs/EXAMPLES.md, made from the examples and compared with them. `UPDATE_DOCS=1 cargo test -p terrane-blueprint`
//! writes it.

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::Path};

use terrane_blueprint::graph;

use crate::{corpus, unfolded::module};

const HEAD: &str = "# Examples

What each file in `examples/` comes to: how many resources Terraform makes, of which types, and how the parts hang
together (`terrane graph -f FILE`). An arrow leads to what a part stands on. This page is made from the examples, and a
test compares the two.
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (case, example) in corpus::of_examples().iter().zip(terrane_samples::examples().unwrap()) {
        let mut counts = BTreeMap::<String, usize>::new();
        for object in module(case.files.iter()).objects.iter().filter(|object| !object.is_data) {
            *counts.entry(object.kind.clone()).or_default() += 1;
        }
        let about: Vec<&str> = example.text.lines().map_while(|line| line.strip_prefix("# ")).collect();
        let total: usize = counts.values().sum();
        let types: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} `{kind}`")).collect();
        let graph = graph(&case.files);
        writeln!(page, "\n## {}\n{}\n", example.name, about.join("\n")).unwrap();
        writeln!(page, "{total} resources: {}.\n\n```mermaid\n{graph}```", types.join(", ")).unwrap();
    }
    page
}

#[test]
fn the_page_on_examples_says_what_they_come_to() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/EXAMPLES.md");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/EXAMPLES.md is out of date: run UPDATE_DOCS=1 cargo test -p terrane-blueprint"
    );
}
