//! OpenTofu takes the same arguments and prints the same messages; a provider mirror made for
//! Terraform serves it too.

use std::path::PathBuf;

use terrane_terraform::{Command, Engine, EngineKind, MirrorSearch, ProviderMirror, Workspace};

use crate::ordinary::{TWO, whole_life};
use crate::support::{Attempt, guard, options, terraform, to_the_end};

/// The engine that `TERRANE_TEST_TOFU` names. Without one the test says so and passes.
async fn tofu() -> Option<Engine> {
    let Some(binary) = std::env::var_os("TERRANE_TEST_TOFU").map(PathBuf::from) else {
        eprintln!("SKIPPED: set TERRANE_TEST_TOFU to a tofu binary to test OpenTofu");
        return None;
    };
    let engine = Engine::locate(Some(&binary)).await.unwrap();
    assert_eq!(engine.kind, EngineKind::OpenTofu);
    Some(engine)
}

#[tokio::test]
async fn opentofu_lives_the_same_life() {
    let Some(engine) = tofu().await else { return };
    whole_life(&Attempt::new(&engine, TWO)).await;
}

#[tokio::test]
async fn opentofu_is_interrupted_once_and_saves_its_state() {
    let Some(engine) = tofu().await else { return };
    let (attempt, mut run) = Attempt::with_engine_in_the_middle_of_an_apply(&engine, &options()).await;
    run.cancel();
    let (exit, _) = to_the_end(&mut run).await;
    assert_eq!(exit.outcome, terrane_terraform::Outcome::Interrupted);
    assert_eq!(attempt.resources_in_state(), ["first", "slow"]);
}

/// Needs a mirror on the machine; says so and passes without one.
#[tokio::test]
async fn init_takes_the_aws_provider_from_the_mirror_that_is_found() {
    let configured = std::env::var_os("TERRANE_PROVIDER_MIRROR").map(PathBuf::from);
    let search = MirrorSearch::of_this_machine(configured.as_deref());
    let Some(mirror) = ProviderMirror::find(&search).unwrap() else {
        eprintln!("SKIPPED: there is no provider mirror on this machine");
        return;
    };
    let newest = mirror.versions_of("hashicorp/aws").pop().unwrap();
    let configuration = format!(
        "terraform {{\n  required_providers {{\n    aws = {{ source = \"hashicorp/aws\", version = \"{newest}\" }}\n  }}\n}}\n"
    );
    for engine in [Some(terraform().await), tofu().await].into_iter().flatten() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::prepare(directory.path(), &engine, Some(&mirror), []).unwrap();
        std::fs::write(workspace.config_dir().join("main.tf"), &configuration).unwrap();
        let mut run = workspace.start(&Command::init(), &options(), &guard()).unwrap();
        let (exit, lines) = to_the_end(&mut run).await;
        assert!(exit.succeeded(), "{:?}: {exit:#?}\n{lines:#?}", engine.kind);
    }
}
