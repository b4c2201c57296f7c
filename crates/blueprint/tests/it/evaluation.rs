//! Terraform's own word on what the nastiest texts mean.

use std::{collections::BTreeMap, fs};

use serde_json::Value;
use terrane_blueprint::render;

use crate::{hostile_text::NASTY, models, terraform};

#[test]
fn terraform_evaluates_the_nastiest_fifty_to_themselves() {
    let Some(terraform) = terraform::Terraform::find("terraform_evaluates_the_nastiest_fifty_to_themselves")
    else {
        return;
    };
    let mut model = models::minimal();
    // As values, and inside of keys. All are in normal form C, to which Terraform brings every string.
    model.tags = NASTY
        .iter()
        .enumerate()
        .map(|(at, nasty)| (format!("{at:02}{nasty}"), (*nasty).to_owned()))
        .collect();
    let files = render(&model).unwrap();

    // locals.tf alone: it refers to nothing, so no provider is needed to evaluate it.
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("locals.tf"), files.get("locals.tf").unwrap()).unwrap();
    fs::write(directory.path().join("outputs.tf"), "output \"tags\" {\n  value = local.tags\n}\n").unwrap();
    terraform.succeed(directory.path(), &["init", "-input=false", "-no-color"]);
    terraform.succeed(directory.path(), &["apply", "-auto-approve", "-input=false", "-no-color"]);
    let outputs = terraform.succeed(directory.path(), &["output", "-json"]);

    let outputs: Value = serde_json::from_str(&outputs).unwrap();
    let mut evaluated: BTreeMap<String, String> =
        serde_json::from_value(outputs["tags"]["value"].clone()).unwrap();
    evaluated.retain(|key, _| !key.starts_with("terrane:"));
    assert_eq!(evaluated, model.tags);
}
