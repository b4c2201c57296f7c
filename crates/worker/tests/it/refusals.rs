//! A worker that couldn't work doesn't start, and says what to do.

use std::net::TcpListener;

use terrane_rig::Ending;

use crate::support::{FakeTerraform, PATIENCE, Variables, run, until, variables};

/// Settings on which nothing is wrong but what a test adds. Nobody listens at these addresses: a worker that waits for
/// Postgres instead of refusing doesn't end, and the test says so.
fn settings(terraform: &FakeTerraform, work_dir: &str) -> Variables {
    variables(&[
        ("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/x"),
        ("REDIS_URL", "redis://:hunter2@127.0.0.1:1"),
        ("TERRANE_TERRAFORM_BIN", terraform.binary().to_str().unwrap()),
        ("TERRANE_WORK_DIR", work_dir),
        ("TERRANE_METRICS_LISTEN", "127.0.0.1:0"),
    ])
}

#[tokio::test]
async fn a_worker_that_could_not_work_refuses_to_start_and_says_why() {
    let terraform = FakeTerraform::new("1.11.4");
    let old = FakeTerraform::new("1.5.7");
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "").unwrap();
    let below_a_file = file.join("work").display().to_string();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let old = old.binary().display().to_string();

    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("DATABASE_URL", "")], "DATABASE_URL is not set; .env.example shows every variable"),
        (&[("REDIS_URL", "")], "REDIS_URL is not set"),
        (&[("REDIS_URL", "localhost")], "REDIS_URL is not a Redis URL; expected redis://host:port"),
        (
            &[("DATABASE_URL", "nonsense:hunter2")],
            "the URL of the database can't be read; expected postgres://",
        ),
        (&[("TERRANE_WORKER_SLOTS", "many")], "TERRANE_WORKER_SLOTS: expected a number from 1 to 64"),
        (&[("TERRANE_DRAIN_TIMEOUT", "0")], "TERRANE_DRAIN_TIMEOUT: expected seconds, 1 or more"),
        (
            &[("TERRANE_START_BARRIER_SECONDS", "60")],
            "the lease (30 s) has to be longer than the start barrier (60 s)",
        ),
        (&[("TERRANE_LOG_FORMAT", "xml")], "TERRANE_LOG_FORMAT: unknown format \"xml\""),
        (&[("TERRANE_LOG", "a=b=c")], "TERRANE_LOG: not a log filter"),
        (&[("TERRANE_METRICS_LISTEN", "9091")], "TERRANE_METRICS_LISTEN: expected an address and a port"),
        (&[("TERRANE_METRICS_LISTEN", &taken)], "could not set up the listener of TERRANE_METRICS_LISTEN"),
        (
            &[("TERRANE_TERRAFORM_BIN", ""), ("PATH", "/nowhere")],
            "neither terraform nor tofu is on the PATH; install Terraform (https://developer.hashicorp.com/terraform/install)",
        ),
        (
            &[("TERRANE_TERRAFORM_BIN", "/nowhere/terraform")],
            "/nowhere/terraform is not an executable file; correct TERRANE_TERRAFORM_BIN",
        ),
        (&[("TERRANE_TERRAFORM_BIN", "/bin/true")], "like neither Terraform nor OpenTofu"),
        (&[("TERRANE_TERRAFORM_BIN", &old)], "Terraform 1.5.7; Terrane needs"),
        (&[("TERRANE_PROVIDER_MIRROR", "/nowhere")], "the provider mirror /nowhere is not a directory"),
        (&[("TERRANE_WORK_DIR", &below_a_file)], "TERRANE_WORK_DIR: "),
        (
            &[("TERRANE_TERRAFORM_OVERRIDE_FILE", "/nowhere/x.tf")],
            "TERRANE_TERRAFORM_OVERRIDE_FILE: /nowhere/x.tf can't be read",
        ),
    ];
    for (changes, expected) in cases {
        let mut env = settings(&terraform, place.path().to_str().unwrap());
        env.extend(variables(changes));
        let (ending, log) = run(&["run"], env).await;
        assert_eq!(ending, Ending::Exited(1), "{changes:?}: {log}");
        assert!(log.contains(expected), "{changes:?}: {expected:?} is not in {log}");
        assert!(!log.contains("hunter2"), "{changes:?}: a password is in {log}");
    }
}

#[tokio::test]
async fn a_database_without_the_schema_is_refused_with_the_command_to_run() {
    let rig = terrane_rig::shared().await.unwrap();
    let (terraform, place) = (FakeTerraform::new("1.11.4"), tempfile::tempdir().unwrap());
    let mut env = settings(&terraform, place.path().to_str().unwrap());
    env.insert("DATABASE_URL".to_owned(), rig.postgres().await.unwrap().empty_database().await.unwrap());
    let (ending, log) = run(&[], env).await;
    assert_eq!(ending, Ending::Exited(1), "{log}");
    assert!(log.contains("has `terrane-api migrate` been run?"), "{log}");
}

#[tokio::test]
async fn a_word_that_is_no_command_is_refused_with_the_usage() {
    let (ending, log) = run(&["wrok"], Variables::new()).await;
    assert_eq!(ending, Ending::Exited(2), "{log}");
    assert!(log.contains("Usage: terrane-worker"), "{log}");
}

/// Plan files hold values in clear.
#[tokio::test]
async fn the_work_directory_is_made_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (terraform, place) = (FakeTerraform::new("1.11.4"), tempfile::tempdir().unwrap());
    let work = place.path().join("not/yet/there");
    let rig = terrane_rig::shared().await.unwrap();
    let env = settings(&terraform, work.to_str().unwrap());
    let program =
        rig.start_program("terrane-worker", crate::support::BIN.as_ref(), &["run"], env).await.unwrap();
    // It waits for Postgres, so it has passed this point.
    until("the worker waits for Postgres", || crate::support::log(&program).contains("waiting_for_postgres"))
        .await;
    assert_eq!(std::fs::metadata(&work).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(std::fs::read_dir(&work).unwrap().count(), 0, "the probe was left behind");
    program.kill().await.unwrap();
    program.wait(PATIENCE).await.unwrap();
}
