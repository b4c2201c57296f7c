//! Terraform and the real provider accept what is rendered: every model, every example and 300 random specs.
//!
//! As modules of one root, because starting the provider costs seconds and half a gigabyte each time. Terraform starts
//! it once for each `provider` block, so only the models bring theirs, which have it in all its forms; examples and
//! random specs share one of the root, and theirs lies beside them for `terraform fmt`.
//!
//! The provider of AWS is the real one. That of MongoDB Atlas is a stand-in with its schema: see
//! [`crate::atlas_provider`].

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    corpus::{self, Case},
    terraform::{self, Terraform},
};

/// Modules of one run of `terraform validate`: enough that few runs do, few enough for a small machine.
const MODULES: usize = 160;

/// Everything that is rendered, written to roots of many modules each.
struct Roots {
    directory: TempDir,
    roots: Vec<PathBuf>,
}

fn roots() -> &'static Roots {
    static ROOTS: OnceLock<Roots> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let mut roots = vec![directory.path().join("models")];
        write(&roots[0], corpus::models().iter(), "");
        let cases: Vec<&Case> = corpus::validated().collect();
        for (number, cases) in cases.chunks(MODULES).enumerate() {
            let root = directory.path().join(number.to_string());
            write(&root, cases.iter().copied(), "provider \"aws\" {\n  region = \"eu-west-1\"\n}\n");
            roots.push(root);
        }
        Roots { directory, roots }
    })
}

/// Writes a root of modules; without their `provider.tf` if the root has a provider for them.
fn write<'a>(root: &Path, cases: impl Iterator<Item = &'a Case>, provider: &str) {
    let mut modules = provider.to_owned();
    for case in cases {
        writeln!(modules, "\nmodule \"{0}\" {{\n  source = \"./{0}\"\n}}", case.name).unwrap();
        let module = root.join(&case.name);
        let aside = module.join("aside");
        fs::create_dir_all(&aside).unwrap();
        for (name, content) in case.files.iter() {
            let is_shared = name == "provider.tf" && !provider.is_empty();
            fs::write(if is_shared { &aside } else { &module }.join(name), content).unwrap();
        }
    }
    fs::write(root.join("main.tf"), modules.trim_start()).unwrap();
}

#[test]
fn terraform_fmt_finds_nothing_to_change() {
    let Some(terraform) = Terraform::find("terraform_fmt_finds_nothing_to_change") else { return };
    let output = terraform.run(roots().directory.path(), &["fmt", "-check", "-diff", "-recursive"]);
    let said = terraform::text(&output);
    assert!(output.status.success(), "{}", said.chars().take(4_000).collect::<String>());
}

#[test]
fn terraform_validate_accepts_every_model_every_example_and_300_random_specs() {
    let Some(terraform) = Terraform::find("terraform_validate_accepts_what_is_rendered") else { return };
    let looked_at = corpus::models().len() + corpus::validated().count();
    corpus::tell(&format!("terraform validate looks at {looked_at} modules"));
    for root in &roots().roots {
        terraform.succeed(root, &["init", "-backend=false", "-input=false", "-no-color"]);
        let verdict = terraform.run(root, &["validate", "-json"]);
        let verdict: Value = serde_json::from_slice(&verdict.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", terraform::text(&verdict)));
        let diagnostics: Vec<_> = verdict["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|diagnostic| !expected(diagnostic))
            .collect();
        let some = &diagnostics[..diagnostics.len().min(5)];
        assert!(diagnostics.is_empty(), "{} diagnostics, such as {some:#?}", diagnostics.len());
    }
}

/// What a module may not have that isn't the root: validating them as modules is this test's doing.
fn expected(diagnostic: &Value) -> bool {
    let of_roots = ["Backend configuration ignored", "Redundant empty provider block"];
    diagnostic["severity"] == "warning" && of_roots.iter().any(|summary| diagnostic["summary"] == *summary)
}
