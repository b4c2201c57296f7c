//! Terraform and the real provider accept what is rendered.

use std::fs;

use crate::{models, terraform};

#[test]
fn terraform_validate_accepts_every_model() {
    let Some(terraform) = terraform::Terraform::find("terraform_validate_accepts_every_model") else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let mut root = String::new();
    // As modules of one root: the provider is started once. It costs seconds and half a gigabyte each time.
    for (model, infra) in models::all() {
        root.push_str(&format!("module \"{model}\" {{\n  source = \"./{model}\"\n}}\n"));
        let module = directory.path().join(model);
        fs::create_dir(&module).unwrap();
        for (name, content) in terrane_blueprint::render(&infra).unwrap().iter() {
            fs::write(module.join(name), content).unwrap();
        }
    }
    fs::write(directory.path().join("main.tf"), root).unwrap();
    terraform.succeed(directory.path(), &["init", "-backend=false", "-input=false", "-no-color"]);
    let verdict = terraform.run(directory.path(), &["validate", "-json"]);
    let verdict: serde_json::Value = serde_json::from_slice(&verdict.stdout).unwrap();
    let diagnostics: Vec<_> = verdict["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|diagnostic| !expected(diagnostic))
        .collect();
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
}

/// A backend means nothing in a module that isn't the root, and validating them as modules is this test's doing.
fn expected(diagnostic: &serde_json::Value) -> bool {
    diagnostic["severity"] == "warning" && diagnostic["summary"] == "Backend configuration ignored"
}
