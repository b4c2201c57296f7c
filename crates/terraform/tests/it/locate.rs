//! Finding the engine, and saying what to do when there is none.

use std::path::Path;

use terrane_terraform::{Engine, EngineKind, LocateError, MINIMUM};

use crate::support::{impostor, terraform};

#[tokio::test]
async fn the_engine_of_this_machine_is_found_and_new_enough() {
    let engine = terraform().await;
    assert!(engine.version >= MINIMUM && engine.binary.is_absolute(), "{engine:?}");
    let again = Engine::locate(Some(&engine.binary)).await.unwrap();
    assert_eq!(again, engine);
    if engine.kind == EngineKind::Terraform {
        let by_name = engine.binary.file_name().unwrap();
        assert_eq!(Engine::locate(Some(Path::new(by_name))).await.unwrap().kind, EngineKind::Terraform);
    }
}

#[tokio::test]
async fn a_binary_that_does_not_exist_is_named() {
    let error = Engine::locate(Some(Path::new("/nowhere/terraform"))).await.unwrap_err();
    assert!(matches!(error, LocateError::NotExecutable(_)));
    assert!(error.to_string().contains("TERRANE_TERRAFORM_BIN"), "{error}");
}

/// An old engine and a stranger can't be had here, so a script stands in for them.
#[tokio::test]
async fn an_old_engine_and_a_stranger_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let script = r#"[ "$2" = -json ] && echo '{"terraform_version":"1.5.7"}' || echo 'Terraform v1.5.7'"#;
    let old = impostor(directory.path(), script);
    let error = Engine::locate(Some(&old.binary)).await.unwrap_err();
    assert!(matches!(error, LocateError::TooOld { .. }), "{error:?}");
    assert!(error.to_string().contains("Terraform 1.5.7") && error.to_string().contains("1.11"), "{error}");

    let stranger = impostor(directory.path(), "echo hello");
    let error = Engine::locate(Some(&stranger.binary)).await.unwrap_err();
    assert!(matches!(error, LocateError::NotAnEngine { .. }), "{error:?}");
}
