//! docs/ADOPTION.md, made from the table of import ids and compared with it, and the table compared with the arguments
//! that the provider has. `UPDATE_DOCS=1 cargo test -p terrane-blueprint` writes the page.

use std::{collections::BTreeSet, env, fmt::Write as _, fs, path::Path};

use serde_json::Value;
use terrane_blueprint::{IMPORT_RULES, ImportRule, Piece};

const HEAD: &str = "# Adoption

When a worker and its Terraform are killed, the state may lack what AWS has. Before the next plan that is taken back into
the state with `import` blocks. This page says by which id, for each type of resource; it is made from the table in
`crates/blueprint/src/imports`, and a test compares the two. Another (`TERRANE_E2E_TESTS=1 cargo test -p terrane-e2e
adoption`) loses each type in turn and asks the real provider for a plan that adds nothing and replaces nothing; only
MongoDB Atlas, for which nobody answers there, is left out.

How an id is put together:
* `{name}`: an argument of the resource, as the plan knows it. Nothing has to be found for it.
* `{ARN}`: what the tagging API tells of the resource with this address in its tag `terrane:address`. There has to be
  exactly one living: a create that was cut short can leave a second.
* `{id in the journal}`: the id that Terraform told when it had made the resource.
* `{account}`: the account of the environment.

Where several forms stand, the first counts that can be filled. One that can't be filled now may be after the next plan,
because what it refers to has been adopted by then. If the provider finds nothing behind an id, the resource isn't there,
and it is made.

*Slow*: making one takes minutes, and one that is being made is waited for before it is adopted. *Set again*: arguments
that the provider doesn't read back from AWS. The first plan after an adoption sets them in place, to what they are.

| type | import id | from | slow | set again | remark |
|---|---|---|---|---|---|
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for rule in IMPORT_RULES {
        let forms: Vec<String> = rule.ids.iter().map(|form| format!("`{}`", written(form))).collect();
        let id = if rule.is_never() { "never".to_owned() } else { forms.join(" or ") };
        let unread: Vec<String> = rule.unread.iter().map(|name| format!("`{name}`")).collect();
        let slow = if rule.slow { "yes" } else { "" };
        let row =
            [&link(rule), &id.replace('|', "\\|"), &sources(rule), slow, &unread.join(", "), rule.remark];
        writeln!(page, "| {} |", row.join(" | ")).unwrap();
    }
    page
}

fn written(form: &[Piece]) -> String {
    form.iter().map(ToString::to_string).collect()
}

/// The section "Import" of the provider's page, where there is one.
fn link(rule: &ImportRule) -> String {
    if rule.is_never() {
        return format!("`{}`", rule.resource_type);
    }
    let (provider, page) = rule.resource_type.split_once('_').unwrap();
    let at = match provider {
        "aws" => "hashicorp/aws",
        "mongodbatlas" => "mongodb/mongodbatlas",
        _ => return format!("`{}`", rule.resource_type),
    };
    let docs = "https://registry.terraform.io/providers";
    format!("[`{}`]({docs}/{at}/latest/docs/resources/{page}#import)", rule.resource_type)
}

fn sources(rule: &ImportRule) -> String {
    let source = |piece: &Piece| match piece {
        Piece::Text(_) => None,
        Piece::Planned(_) | Piece::PlannedName(_) | Piece::PlannedHost(_) | Piece::Account => Some("plan"),
        Piece::Arn | Piece::ArnPart(..) => Some("tag"),
        Piece::Journal => Some("journal"),
    };
    let mut sources: Vec<&str> = Vec::new();
    for source in rule.ids.iter().copied().flatten().filter_map(source) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources.join(", ")
}

#[test]
fn the_page_on_adoption_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ADOPTION.md");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/ADOPTION.md is out of date: run UPDATE_DOCS=1 cargo test -p terrane-blueprint"
    );
}

/// In both versions: an environment keeps the provider that made it.
#[test]
fn what_a_rule_takes_from_the_plan_the_provider_has() {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    for (prefix, file) in [
        ("aws_", "aws-5.100.0.json"),
        ("aws_", "aws-6.25.0.json"),
        ("mongodbatlas_", "mongodbatlas-1.41.1.json"),
    ] {
        let schema: Value = serde_json::from_str(&fs::read_to_string(schemas.join(file)).unwrap()).unwrap();
        for rule in IMPORT_RULES.iter().filter(|rule| rule.resource_type.starts_with(prefix)) {
            let mut known: BTreeSet<&str> = schema["resources"][rule.resource_type]
                .as_object()
                .unwrap_or_else(|| panic!("{file} lacks {}", rule.resource_type))
                .keys()
                .map(String::as_str)
                .collect();
            let computed = schema["computed"][rule.resource_type].as_array().into_iter().flatten();
            known.extend(computed.filter_map(Value::as_str));
            let planned = rule.ids.iter().copied().flatten().filter_map(|piece| match piece {
                Piece::Planned(name) | Piece::PlannedName(name) | Piece::PlannedHost(name) => Some(*name),
                _ => None,
            });
            for name in planned.chain(rule.unread.iter().copied()) {
                assert!(known.contains(name), "{file}: {} has no {name}", rule.resource_type);
            }
        }
    }
}
