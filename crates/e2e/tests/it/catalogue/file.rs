//! An example as a file for one account, and what it becomes.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use terrane_domain::{Format, ResolveContext, Resolved, parse, parse_value, resolve};
use terrane_samples::Example;

use crate::support::text;

/// Sections that are no block, and why neither an edit nor a drift is asked of them.
pub const NO_BLOCKS: [(&str, &str); 7] = [
    ("name", "another name is another environment"),
    ("profile", "what it fills in stands in the sections"),
    ("labels", "Terrane's own: AWS doesn't see them"),
    ("tags", "on everything; edited where a file has nothing else"),
    ("cloud", "another account or region is another environment"),
    ("state", "where Terraform keeps what it knows, and none of its resources"),
    ("lifecycle", "edited when the example is taken down: protection goes first"),
];

/// The example in the account of this role. Named like the example, because two examples may use one name.
pub fn in_account(example: &Example, role_arn: &str) -> Result<Value> {
    let mut file = parse(example.text.as_bytes(), Format::Yaml)?.to_json();
    file["name"] = json!(example.name);
    let cloud = file["cloud"].as_object_mut().context("a section cloud")?;
    cloud.remove("account_id");
    cloud.insert("role_arn".to_owned(), json!(role_arn));
    without_atlas(&mut file);
    Ok(file)
}

/// Takes MongoDB Atlas out, and what refers to it: there is nobody here to answer in its place.
fn without_atlas(file: &mut Value) {
    if file["document_database"]["engine"] != "mongodb_atlas" {
        return;
    }
    let Some(sections) = file.as_object_mut() else { return };
    sections.remove("document_database");
    let refers = |secret: &Value| text(secret, "from").starts_with("document_database.");
    let apps = sections.get_mut("apps").and_then(Value::as_object_mut);
    for app in apps.into_iter().flat_map(|apps| apps.values_mut()) {
        if let Some(secrets) = app.get_mut("secrets").and_then(Value::as_object_mut) {
            secrets.retain(|_, secret| !refers(secret));
        }
    }
}

pub fn resolved(file: &Value) -> Result<Resolved> {
    let spec = parse_value(file)?;
    let preview = ResolveContext::preview(&spec, terrane_blueprint::current_pins());
    Ok(resolve(&spec, &preview)?)
}

/// The resources that the file becomes, as `type.name`.
pub fn resources(file: &Value) -> Result<BTreeSet<String>> {
    let rendered = terrane_blueprint::render(&resolved(file)?.model)?;
    let lines = rendered.iter().flat_map(|(_, content)| content.lines());
    let resource = |line: &str| {
        let (kind, rest) = line.strip_prefix("resource \"")?.split_once("\" \"")?;
        Some(format!("{kind}.{}", rest.split('"').next()?))
    };
    Ok(lines.filter_map(resource).collect())
}

/// The sections of a file that are blocks.
pub fn blocks(file: &Value) -> impl Iterator<Item = &str> {
    let sections = file.as_object().into_iter().flat_map(|sections| sections.keys());
    sections.map(String::as_str).filter(|section| NO_BLOCKS.iter().all(|(other, _)| other != section))
}

/// Every example, in an account that isn't there.
#[cfg(test)]
pub fn all() -> Result<Vec<(String, Value)>> {
    let examples = terrane_samples::examples()?.into_iter();
    let role = "arn:aws:iam::222222222222:role/TerraneProvisioner";
    examples.map(|example| Ok((example.name.clone(), in_account(&example, role)?))).collect()
}

#[test]
fn every_block_of_the_schema_is_in_an_example_that_is_applied() -> Result<()> {
    let schema = terrane_domain::json_schema();
    let mut missing: BTreeSet<&str> = blocks(&schema["properties"]).collect();
    assert!(missing.len() > 10, "the schema was not understood: {missing:?}");
    let examples = all()?;
    missing.retain(|block| examples.iter().all(|(_, file)| file.get(*block).is_none()));
    assert!(missing.is_empty(), "in no example: {missing:?}");
    let known = |section: &str| schema["properties"].get(section).is_some();
    assert!(NO_BLOCKS.iter().all(|(section, _)| known(section)), "NO_BLOCKS has what no file can have");
    Ok(())
}

/// Not the sections alone: a bucket without CORS says nothing of one with it.
#[test]
fn every_type_of_resource_is_made_by_an_example_or_its_edit() -> Result<()> {
    let mut made = BTreeSet::new();
    for (name, file) in all()? {
        let edited = super::edits::edit(&file).file;
        for file in [file, edited] {
            made.extend(resources(&file).with_context(|| name.clone())?);
        }
    }
    let is_made = |kind: &str| made.iter().any(|resource| resource.split('.').next() == Some(kind));
    let missing: Vec<_> = terrane_blueprint::RESOURCE_TYPES
        .iter()
        .map(|kind| kind.name)
        // There is nobody here to answer in the place of MongoDB Atlas.
        .filter(|kind| !kind.starts_with("mongodbatlas_") && !is_made(kind))
        .collect();
    assert!(missing.is_empty(), "no example is applied with {missing:?}");
    Ok(())
}
