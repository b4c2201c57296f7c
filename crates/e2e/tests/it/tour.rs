//! The tour in the README, word for word.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use crate::support::is_open;

#[test]
fn the_tour_in_the_readme_works() -> Result<()> {
    if !is_open("the tour") {
        return Ok(());
    }
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    ensure!(!root.join(".dev/env").exists(), "something is up already; end it with `make dev-down`");
    let script = tour(&fs::read_to_string(root.join("README.md"))?)?;

    let place = tempfile::tempdir()?;
    let (script_file, log) = (place.path().join("tour.sh"), place.path().join("log"));
    // Whatever happens on the way, nothing stays.
    let ending = "status=$?; [ ! -e .dev/env ] || make dev-down; rm -rf .dev/tour*; exit $status";
    fs::write(&script_file, format!("set -euxo pipefail\ntrap '{ending}' EXIT\n{script}"))?;
    let status = shell(&root, &script_file, &log)?;
    let said = fs::read_to_string(&log)?;
    ensure!(status, "the tour failed:\n{said}");
    for word in ["ready", "destroyed", "vpc_id"] {
        ensure!(said.contains(word), "the tour never says {word}:\n{said}");
    }
    Ok(())
}

/// The shell blocks between the two marks.
fn tour(readme: &str) -> Result<String> {
    let (_, from) = readme.split_once("<!-- tour").context("README.md has no <!-- tour")?;
    let (tour, _) = from.split_once("<!-- /tour -->").context("README.md has no <!-- /tour -->")?;
    let blocks = tour.split("```sh\n").skip(1);
    let blocks: Option<Vec<_>> = blocks.map(|block| Some(block.split_once("```")?.0)).collect();
    let script = blocks.context("a block of the tour doesn't end")?.concat();
    ensure!(script.contains("terrane apply"), "the tour raises nothing");
    Ok(script)
}

fn shell(root: &Path, script: &Path, log: &Path) -> Result<bool> {
    let log = File::create(log)?;
    let mut bash = Command::new("bash");
    bash.arg(script).current_dir(root).stdin(std::process::Stdio::null());
    bash.stdout(log.try_clone()?).stderr(log);
    // As in a shell of its own: without what cargo tells this test, and without other settings of Terrane.
    for (name, _) in env::vars() {
        let of_cargo =
            name.starts_with("CARGO_") && !["CARGO_TARGET_DIR", "CARGO_HOME"].contains(&name.as_str());
        if of_cargo || name == "TERRANE_URL" || name == "TERRANE_API_KEY" || name == "TERRANE_TENANT" {
            bash.env_remove(name);
        }
    }
    Ok(bash.status()?.success())
}
