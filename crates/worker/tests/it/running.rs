//! What a worker shows and how it ends.

use std::path::Path;

use reqwest::StatusCode;
use terrane_domain::OperationState;
use terrane_rig::{Ending, Rig, RigOptions, free_port};

use crate::support::{BIN, FakeTerraform, PATIENCE, World, log, until, variables};

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
