//! Rendered files name only arguments, blocks and attributes that both provider majors have, and all that they require.
//!
//! The tables in `tests/schemas` were cut out of the providers' schemas by `cut.py` there, at the date that they state.

use std::{collections::BTreeSet, fs, path::Path, sync::LazyLock};

use hcl::{Block, Body, Structure};
use serde_json::{Map, Value};
use terrane_blueprint::RESOURCE_TYPES;

use crate::{corpus, tree};

/// Every table in `tests/schemas`.
static TABLES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files.iter().map(|path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()).collect()
});

/// Terraform's own, in any resource and data source.
const META: [&str; 4] = ["for_each", "depends_on", "lifecycle", "provider"];

/// `terraform_data`, which is part of Terraform.
/// <https://developer.hashicorp.com/terraform/language/resources/terraform-data>
const BUILTIN: &str = r#"{ "input": {}, "triggers_replace": {} }"#;

fn tables() -> impl Iterator<Item = &'static Value> {
    assert!(TABLES.iter().filter(|table| table["provider"] == "hashicorp/aws").count() >= 2, "both majors");
    TABLES.iter()
}

/// The table of a provider of which there is only one version.
pub fn table_of(provider: &str) -> &'static Value {
    tables().find(|table| table["provider"] == provider).unwrap()
}

/// Whether a table is that of the provider to which a type belongs: `aws_vpc` to `hashicorp/aws`.
fn knows(table: &Value, kind: &str) -> bool {
    let provider = table["provider"].as_str().and_then(|provider| provider.split('/').next_back());
    provider.is_some() && provider == kind.split('_').next()
}

#[test]
fn only_arguments_that_both_providers_have_are_used() {
    let builtin: Value = serde_json::from_str(BUILTIN).unwrap();
    let blocks: Vec<(&str, Block)> = corpus::all()
        .flat_map(|case| tree::blocks_of(&case.files).into_iter().map(|block| (case.name.as_str(), block)))
        .collect();
    for table in tables() {
        let version = table["version"].as_str().unwrap();
        for (model, block) in &blocks {
            let (section, place) = match block.identifier() {
                "resource" => ("resources", Place::Resource),
                "data" => ("data", Place::DataSource),
                _ => continue,
            };
            let labels = tree::labels(block);
            let kind = labels[0];
            if kind != "terraform_data" && !knows(table, kind) {
                assert!(tables().any(|other| knows(other, kind)), "no table knows {kind}");
                continue;
            }
            let arguments = match kind {
                "terraform_data" => builtin.as_object(),
                kind => table[section][kind].as_object(),
            };
            let arguments =
                arguments.unwrap_or_else(|| panic!("{} is not in the table of {version}", labels[0]));
            if let Err(problem) = check(block.body(), arguments, place) {
                panic!("{model}, {} {version}, {}: {problem}", table["provider"], labels.join("."));
            }
        }
    }
}

/// Whose body is looked at.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Resource,
    DataSource,
    /// A block inside of either, where `provider` is a name like any other.
    Nested,
}

fn check(body: &Body, arguments: &Map<String, Value>, place: Place) -> Result<(), String> {
    let mut given = BTreeSet::new();
    for structure in body.iter() {
        let name = match structure {
            Structure::Attribute(attribute) => attribute.key(),
            Structure::Block(block) => block_name(block),
        };
        if place != Place::Nested && META.contains(&name) {
            continue;
        }
        given.insert(name);
        let known = arguments.get(name).ok_or_else(|| format!("no argument or block {name}"))?;
        // An optional `id` is in most schemas, but the provider refuses it.
        if place == Place::Resource && name == "id" {
            return Err("id can't be set".to_owned());
        }
        let is_block = known["block"].as_bool() == Some(true);
        match structure {
            Structure::Attribute(_) if is_block => return Err(format!("{name} is a block")),
            Structure::Attribute(_) => {}
            // A list of objects may be written as blocks.
            // https://developer.hashicorp.com/terraform/language/attr-as-blocks
            Structure::Block(_) if !is_block && !known["args"].is_object() => {
                return Err(format!("{name} is no block"));
            }
            Structure::Block(block) => {
                let inner = known["args"].as_object().cloned().unwrap_or_default();
                check(content(block), &inner, Place::Nested)
                    .map_err(|problem| format!("{name}: {problem}"))?;
            }
        }
    }
    match arguments
        .iter()
        .find(|(name, known)| known["req"].as_bool() == Some(true) && !given.contains(name.as_str()))
    {
        Some((name, _)) => Err(format!("{name} is required")),
        None => Ok(()),
    }
}

/// What a block makes: itself, or for `dynamic "rule"` a `rule`.
fn block_name(block: &Block) -> &str {
    if block.identifier() == "dynamic" { block.labels()[0].as_str() } else { block.identifier() }
}

fn content(block: &Block) -> &Body {
    if block.identifier() != "dynamic" {
        return block.body();
    }
    block.body().blocks().find(|inner| inner.identifier() == "content").unwrap().body()
}

#[test]
fn the_check_refuses_what_a_provider_does_not_have() {
    let table = tables().next().unwrap();
    let check = |kind: &str, text: &str| {
        let arguments = table["resources"][kind].as_object().unwrap();
        check(&hcl::parse(text).unwrap(), arguments, Place::Resource)
    };
    assert_eq!(check("aws_eip", "domain = 1"), Ok(()));
    assert_eq!(check("aws_eip", "region = 1"), Err("no argument or block region".to_owned()));
    assert_eq!(check("aws_eip", "id = 1"), Err("id can't be set".to_owned()));
    assert_eq!(check("aws_eip", "domain {}"), Err("domain is no block".to_owned()));
    let acl = |rule: &str| check("aws_network_acl", &format!("vpc_id = 1\ningress {{\n {rule} = 1\n}}"));
    assert_eq!(acl("rule_no"), Ok(()));
    assert_eq!(acl("number"), Err("ingress: no argument or block number".to_owned()));
    assert_eq!(check("aws_kms_alias", "name = 1"), Err("target_key_id is required".to_owned()));
    let rule = |text| check("aws_s3_bucket_ownership_controls", &format!("bucket = 1\n{text}"));
    assert_eq!(rule("rule {\n object_ownership = 1\n}"), Ok(()));
    assert_eq!(
        rule("dynamic \"rule\" {\n content {\n object_owner = 1\n}\n}"),
        Err("rule: no argument or block object_owner".to_owned())
    );
    assert_eq!(rule("rule = []"), Err("rule is a block".to_owned()));
    assert_eq!(
        rule("provider = 1\nrule {\n object_ownership = 1\n provider = 1\n}"),
        Err("rule: no argument or block provider".to_owned())
    );
}

#[test]
fn only_attributes_that_both_providers_have_are_read() {
    let mut read: BTreeSet<(String, String)> = BTreeSet::new();
    for (_, content) in corpus::all().flat_map(|case| case.files.iter()) {
        read.extend(attributes_read(content));
    }
    assert!(read.contains(&("aws_vpc".to_owned(), "id".to_owned())), "nothing was found");
    for table in tables() {
        for (kind, attribute) in read.iter().filter(|(kind, _)| knows(table, kind)) {
            let has = !table["resources"][kind][attribute].is_null()
                || table["computed"][kind].as_array().unwrap().iter().any(|name| name == attribute);
            assert!(has, "{kind} has no attribute {attribute} in {}", table["version"]);
        }
    }
}

/// Every `type.name.attribute` and `type.name[key].attribute` of a resource, as type and attribute.
fn attributes_read(text: &str) -> impl Iterator<Item = (String, String)> {
    let is_of_word = |character: char| character.is_alphanumeric() || character == '_';
    let kinds = RESOURCE_TYPES.iter().map(|known| known.name);
    kinds.flat_map(move |kind| {
        text.match_indices(kind).filter_map(move |(at, _)| {
            // Neither `data.aws_vpc.main` nor the end of a longer word.
            if text[..at].ends_with(|before| is_of_word(before) || before == '.') {
                return None;
            }
            let rest = text[at + kind.len()..].strip_prefix('.')?.trim_start_matches(is_of_word);
            let rest = match rest.strip_prefix('[') {
                Some(key) => key.split_once(']')?.1,
                None => rest,
            };
            let attribute = rest.strip_prefix('.')?.split(|character| !is_of_word(character)).next()?;
            Some((kind.to_owned(), attribute.to_owned()))
        })
    })
}

#[test]
fn what_is_read_is_told_from_what_only_looks_like_it() {
    let found =
        |text: &str| attributes_read(text).map(|(kind, name)| format!("{kind} {name}")).collect::<Vec<_>>();
    assert_eq!(found("a = [aws_vpc.main.id]"), ["aws_vpc id"]);
    assert_eq!(found("\"${aws_eip.nat[each.key].public_ip}/32\""), ["aws_eip public_ip"]);
    for nothing in
        ["aws_vpc.main", "data.aws_vpc.main.id", "resource \"aws_vpc\" \"main\" {", "aws_vpc_endpoint"]
    {
        assert_eq!(found(nothing), [""; 0], "{nothing}");
    }
}

#[test]
fn the_table_of_types_knows_which_can_carry_tags() {
    for table in tables() {
        // Elsewhere a tag may not be called as ours are: Atlas takes no colon.
        let is_aws = table["provider"] == "hashicorp/aws";
        for known in RESOURCE_TYPES.iter().filter(|known| knows(table, known.name)) {
            let tags = table["resources"][known.name].get("tags").filter(|_| is_aws);
            assert_eq!(tags.is_some(), known.taggable, "{} in {}", known.name, table["version"]);
        }
    }
}

#[test]
fn every_data_source_and_local_that_is_declared_is_used() {
    for case in corpus::all() {
        let name = &case.name;
        let text: String = case.files.iter().map(|(_, content)| content).collect();
        // An environment with nothing in it still has tags.
        for block in tree::blocks_of(&case.files).iter().filter(|_| text.contains("resource \"")) {
            let references: Vec<String> = match block.identifier() {
                "data" => vec![format!("data.{}", tree::labels(block).join("."))],
                "locals" => block.body().attributes().map(|local| format!("local.{}", local.key())).collect(),
                _ => continue,
            };
            for reference in references {
                assert!(text.contains(&reference), "{name}: {reference} is declared for nothing");
            }
        }
    }
}
