//! What a worker shows and how it ends.

use std::path::Path;

use reqwest::StatusCode;
use terrane_domain::{OperationId, OperationState};
use terrane_rig::{Ending, Rig, RigOptions, free_port};

use crate::support::{BIN, FakeTerraform, PATIENCE, World, log, until, until_async, variables};

async fn get(url: &str) -> (StatusCode, String) {
    let answer = reqwest::Client::builder().no_proxy().build().unwrap().get(url).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_worker_answers_and_signs_off_at_sigterm() {
    let mut world = World::new().await;
    world.env.insert("TERRANE_WORKER_SLOTS".to_owned(), "5".to_owned());
    // Returns once the ready file is there, which names the port.
    let worker = world.rig.start_worker(Path::new(BIN), world.env.clone()).await.unwrap();

    let (status, metrics) = get(&worker.metrics_url()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(metrics.contains(r#"terrane_slots{state="total"} 5"#), "{metrics}");
    let at = |path| worker.metrics_url().replace("/metrics", path);
    assert_eq!(get(&at("/healthz")).await, (StatusCode::OK, "ok\n".to_owned()));
    assert_eq!(get(&at("/else")).await.0, StatusCode::NOT_FOUND);
    let listed = world.workers().await;
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].process_id, listed[0].slots), (worker.program().pid(), 5));

    worker.program().terminate().await.unwrap();
    let ending = worker.program().wait(PATIENCE).await.unwrap();
    let log = log(worker.program());
    assert_eq!(ending, Ending::Exited(0), "{log}");
    assert_eq!(world.workers().await, [], "it did not sign off");
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "not JSON: {line}");
    }
    assert!(!log.contains(&world.env["DATABASE_URL"]) && !log.contains(&world.env["REDIS_URL"]), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_operation_left_in_the_work_directory_goes_when_it_is_over_and_is_counted() {
    let world = World::new().await;
    let work = Path::new(&world.env["TERRANE_WORK_DIR"]);
    let (over, unsaved) = (world.queue("over").await, world.queue("unsaved").await);
    world.cancel(over).await;
    world.cancel(unsaved).await;
    let of_another_installation = OperationId::from_uuid(uuid::Uuid::now_v7());
    let attempt = |operation: OperationId| work.join(operation.to_string()).join("1/config");
    for operation in [over, unsaved, of_another_installation] {
        std::fs::create_dir_all(attempt(operation)).unwrap();
    }
    std::fs::write(attempt(unsaved).join("errored.tfstate"), "{}").unwrap();

    let worker = world.rig.start_worker(Path::new(BIN), world.env.clone()).await.unwrap();
    let metrics = async || get(&worker.metrics_url()).await.1;
    until_async("a directory is gone", async || {
        metrics().await.contains(r#"terrane_housekeeping_removed_total{what="work_directory"} 1"#)
    })
    .await;
    assert!(!work.join(over.to_string()).exists());
    assert!(attempt(unsaved).join("errored.tfstate").exists() && attempt(of_another_installation).exists());
    let metrics = metrics().await;
    for expected in [
        r#"terrane_queue_operations{state="due"} 0"#,
        "terrane_queue_oldest_due_seconds 0",
        "terrane_fences_total 0",
        "terrane_start_barriers_total 0",
    ] {
        assert!(metrics.contains(expected), "{expected} in {metrics}");
    }
    worker.program().kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_without_end_is_cut_where_it_is_full_and_holds_no_secret_of_the_worker() {
    let mut world = World::new().await;
    world.env.extend(variables(&[
        ("TERRANE_LOG_OPERATION_LINES", "20"),
        ("TERRANE_LOG_LINE_BYTES", "60"),
        ("MONGODB_ATLAS_PRIVATE_KEY", "plain-words"),
    ]));
    let lines: String = (0..1_000).map(|number| format!("line {number}\n")).collect();
    let long = "so long ".repeat(10);
    world
        .terraform
        .say(&format!("the key is plain-words\n-----BEGIN PRIVATE KEY-----\nMIIE\n{long}\n{lines}"));
    let operation = world.queue("endless").await;
    let worker = world.rig.start_worker(Path::new(BIN), world.env.clone()).await.unwrap();
    world.terraform.until("started").await;
    world.terraform.let_go();
    until_async("the operation has failed", async || {
        world.operation(operation).await.state == OperationState::Failed
    })
    .await;
    let log = world.log(operation).await;
    let at = |beginning: &str| log.iter().position(|text| text.starts_with(beginning));
    assert!(at("the key is ***").is_some() && at("***").is_some() && at("MIIE").is_none(), "{log:?}");
    assert!(log.iter().any(|text| text.contains("so l … [20 bytes left off")), "{log:?}");
    let (first, note) = (at("line 0").unwrap(), at("this log is full (20 lines").expect("a note"));
    assert!(first < note && note <= 22, "{log:?}");
    let left_out = 1_000 - (note - first);
    assert!(at(&format!("{left_out} lines (")).is_some(), "{left_out} of {log:?}");
    assert!(log.len() < 30, "{log:?}");
    worker.program().kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_command_and_the_look_at_the_queue_are_counted() {
    let world = World::new().await;
    let operation = world.queue("failing").await;
    let worker = world.rig.start_worker(Path::new(BIN), world.env.clone()).await.unwrap();
    world.terraform.until("started").await;
    world.terraform.let_go();
    until_async("the operation has failed", async || {
        world.operation(operation).await.state == OperationState::Failed
    })
    .await;
    let (_, metrics) = get(&worker.metrics_url()).await;
    for expected in [
        r#"terrane_terraform_errors_total{kind="unknown"} 1"#,
        r#"terrane_claim_duration_seconds_count{outcome="claimed"} 1"#,
        r#"terrane_step_duration_seconds_count{outcome="failed",step="init"} 1"#,
    ] {
        assert!(metrics.contains(expected), "{expected} in {metrics}");
    }
    worker.program().kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_work_is_found_by_polling() {
    let mut world = World::new().await;
    let nobody = format!("redis://127.0.0.1:{}", free_port().unwrap());
    world.env.extend(variables(&[("REDIS_URL", &nobody), ("TERRANE_WORKER_POLL_SECONDS", "1")]));
    let worker = world.rig.start_worker(Path::new(BIN), world.env.clone()).await.unwrap();
    world.queue("unheard").await;
    world.terraform.until("started").await;
    world.terraform.let_go();
    worker.program().kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_is_not_done_in_the_drain_time_is_interrupted_and_handed_back() {
    let world = World::new().await;
    let operation = world.queue("interrupted").await;
    let worker = world.rig.start_worker(Path::new(BIN), world.env.clone()).await.unwrap();
    world.terraform.until("started").await;
    assert_eq!(world.operation(operation).await.state, OperationState::Running);

    worker.program().terminate().await.unwrap();
    world.terraform.until("interrupted").await;
    assert!(worker.program().ending().is_none(), "it left a Terraform behind");
    world.terraform.let_go();
    let ending = worker.program().wait(PATIENCE).await.unwrap();
    assert_eq!(ending, Ending::Exited(0), "{}", log(worker.program()));
    let operation = world.operation(operation).await;
    assert_eq!((operation.state, operation.failures), (OperationState::Retrying, 0), "{operation:?}");
    assert_eq!(operation.owner, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_waits_for_a_postgres_that_comes_up_later() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let postgres = rig.postgres().await.unwrap();
    let (terraform, place) = (FakeTerraform::new("1.11.4"), tempfile::tempdir().unwrap());
    let ready = place.path().join("ready");
    let env = variables(&[
        ("DATABASE_URL", &postgres.fresh_database().await.unwrap()),
        ("REDIS_URL", "redis://127.0.0.1:1"),
        ("TERRANE_TERRAFORM_BIN", terraform.binary().to_str().unwrap()),
        ("TERRANE_WORK_DIR", place.path().to_str().unwrap()),
        ("TERRANE_METRICS_LISTEN", "127.0.0.1:0"),
        ("TERRANE_READY_FILE", ready.to_str().unwrap()),
    ]);
    postgres.stop().await.unwrap();
    let worker = rig.start_program("terrane-worker", Path::new(BIN), &["run"], env).await.unwrap();
    until("the worker waits for Postgres", || log(&worker).contains("waiting_for_postgres")).await;
    assert!(!ready.exists(), "it said that it was ready");

    postgres.start_again().await.unwrap();
    until("the worker is ready", || ready.exists()).await;
    let content: serde_json::Value = serde_json::from_slice(&std::fs::read(&ready).unwrap()).unwrap();
    assert!(content["metrics"].as_str().unwrap().starts_with("127.0.0.1:"), "{content}");
    worker.terminate().await.unwrap();
    assert_eq!(worker.wait(PATIENCE).await.unwrap(), Ending::Exited(0), "{}", log(&worker));
    rig.stop().await;
}
