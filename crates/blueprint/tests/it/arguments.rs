//! Rendered files name only arguments, blocks and attributes that both provider majors have, and all that they require.
//!
//! The tables in `tests/schemas` were cut out of the providers' schemas by `cut.py` there, at the date that they state.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::LazyLock,
};

use hcl::{Block, Body, Structure};
use serde_json::{Map, Value};
use terrane_blueprint::RESOURCE_TYPES;

use crate::{
    attributes::{Read, Section, read_in},
    corpus, tree,
};

/// Every table in `tests/schemas`.
static TABLES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files.iter().map(|path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()).collect()
});

/// Terraform's own, in anything that is declared.
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
            let Some(section) = Section::of(block) else { continue };
            let place = match section {
                Section::Resources => Place::Resource,
                Section::Data | Section::Ephemeral => Place::Read,
            };
            let labels = tree::labels(block);
            let kind = labels[0];
            if kind != "terraform_data" && !knows(table, kind) {
                assert!(tables().any(|other| knows(other, kind)), "no table knows {kind}");
                continue;
            }
            let arguments = match kind {
                "terraform_data" => builtin.as_object(),
                kind => table[section.name()][kind].as_object(),
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
    /// A data source or an ephemeral resource.
    Read,
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
    let check_in = |section: Section, kind: &str, text: &str, place| {
        let arguments = table[section.name()][kind].as_object().unwrap();
        check(&hcl::parse(text).unwrap(), arguments, place)
    };
    let check = |kind: &str, text: &str| check_in(Section::Resources, kind, text, Place::Resource);
    let ephemeral =
        |text: &str| check_in(Section::Ephemeral, "aws_secretsmanager_secret_version", text, Place::Read);
    assert_eq!(ephemeral("secret_id = 1"), Ok(()));
    assert_eq!(ephemeral("version_id = 1"), Err("secret_id is required".to_owned()));
    assert_eq!(ephemeral("secret_id = 1\nkind = 1"), Err("no argument or block kind".to_owned()));
    let data = |text: &str| check_in(Section::Data, "aws_vpc", text, Place::Read);
    assert_eq!(data("id = 1"), Ok(()));
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
    let mut read: BTreeMap<Read, &str> = BTreeMap::new();
    for case in corpus::all() {
        for (name, content) in case.files.iter() {
            read.extend(
                read_in(&tree::parse(name, content)).into_iter().map(|one| (one, case.name.as_str())),
            );
        }
    }
    for (section, kind, attribute) in [
        (Section::Resources, "aws_vpc", "id"),
        (Section::Data, "aws_iam_policy_document", "json"),
        (Section::Data, "aws_subnet", "availability_zone"),
        (Section::Ephemeral, "aws_secretsmanager_random_password", "random_password"),
    ] {
        let one = Read { section, kind: kind.to_owned(), attribute: attribute.to_owned() };
        assert!(read.contains_key(&one), "{one:?} was not found");
    }
    for table in tables() {
        for (Read { section, kind, attribute }, model) in
            read.iter().filter(|(one, _)| knows(table, &one.kind))
        {
            let (section, version) = (section.name(), table["version"].as_str().unwrap());
            let computed = table["computed"][section][kind].as_array();
            let computed = computed.unwrap_or_else(|| panic!("{section} of {version} have no {kind}"));
            let has =
                !table[section][kind][attribute].is_null() || computed.iter().any(|name| name == attribute);
            assert!(has, "{model}: {kind} of {section} has no attribute {attribute} in {version}");
        }
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
fn every_data_source_ephemeral_resource_and_local_that_is_declared_is_used() {
    for case in corpus::all() {
        let name = &case.name;
        let text: String = case.files.iter().map(|(_, content)| content).collect();
        // An environment with nothing in it still has tags.
        for block in tree::blocks_of(&case.files).iter().filter(|_| text.contains("resource \"")) {
            let references: Vec<String> = match block.identifier() {
                mode @ ("data" | "ephemeral") => vec![format!("{mode}.{}", tree::labels(block).join("."))],
                "locals" => block.body().attributes().map(|local| format!("local.{}", local.key())).collect(),
                _ => continue,
            };
            for reference in references {
                assert!(text.contains(&reference), "{name}: {reference} is declared for nothing");
            }
        }
    }
}
