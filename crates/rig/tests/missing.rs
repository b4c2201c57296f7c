//! What a person reads when something isn't there.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::process::{Command, Output};

fn up(directory: &tempfile::TempDir, setting: (&str, &str)) -> Output {
    Command::new(env!("CARGO_BIN_EXE_terrane-rig"))
        .args(["up", "--env-file"])
        .arg(directory.path().join("env"))
        .env(setting.0, setting.1)
        .output()
        .unwrap()
}

#[test]
fn without_python_the_error_says_what_to_install() {
    let directory = tempfile::tempdir().unwrap();
    let failed = up(&directory, ("PATH", ""));
    assert_eq!(failed.status.code(), Some(1));
    let said = String::from_utf8(failed.stderr).unwrap();
    assert!(said.contains("python3 was not found on PATH"), "{said}");
    assert!(said.contains("apt install python3 python3-venv"), "{said}");
}

#[test]
fn a_program_that_was_not_built_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let failed = Command::new(env!("CARGO_BIN_EXE_terrane-rig"))
        .args(["up", "--api-bin", "/nowhere/terrane-api", "--env-file"])
        .arg(directory.path().join("env"))
        .output()
        .unwrap();
    assert_eq!(failed.status.code(), Some(1));
    let said = String::from_utf8(failed.stderr).unwrap();
    assert!(said.contains("/nowhere/terrane-api isn't there; build it first"), "{said}");
}
