//! What callers see when something that we need is out.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::Value;

use crate::support::{DEV_ANNA, Options, Proxy, TestApp, file, port_of, show};

/// An application whose way to Postgres can be shut.
async fn behind_a_door() -> (TestApp, Proxy) {
    let rig = terrane_rig::shared().await.unwrap();
    let database = rig.fresh_database().await.unwrap();
    let door = Proxy::open(port_of(&database)).await;
    let options = Options { database_url: Some(door.through(&database)), ..Options::default() };
    (TestApp::start_with(options).await, door)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_postgres_calls_are_answered_503_soon_and_without_a_restart_they_succeed_again() {
    let rig = terrane_rig::Rig::start(terrane_rig::RigOptions::LAZY).await.unwrap();
    let database_url = Some(rig.fresh_database().await.unwrap());
    let app = TestApp::start_with(Options { database_url, ..Options::default() }).await;
    app.created(DEV_ANNA).await;
    rig.postgres().await.unwrap().stop().await.unwrap();
    for (method, path) in
        [(Method::GET, "/api/v1/environments"), (Method::DELETE, "/api/v1/environments/dev-anna")]
    {
        let asked = Instant::now();
        let refused = app.call(method.clone(), path).send().await.unwrap();
        assert_eq!(refused.status(), 503, "{method} {path}");
        assert!(asked.elapsed() < Duration::from_secs(3), "{method} {path} took {:?}", asked.elapsed());
    }
    assert_snapshot!(show(app.create(file("dev-otto")).send().await.unwrap()).await, @r#"
    503 Service Unavailable
    content-type: application/problem+json
    retry-after: 5

    {
      "type": "urn:terrane:problem:unavailable",
      "title": "Temporarily unavailable",
      "status": 503,
      "detail": "The database does not answer at the moment. Try again shortly; with the same Idempotency-Key nothing is done twice.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
    let ready = app.anonymous(Method::GET, "/readyz").send().await.unwrap();
    assert_eq!(ready.status(), 503);
    assert_eq!(ready.json::<Value>().await.unwrap()["postgres"], "down");
    assert_eq!(app.anonymous(Method::GET, "/healthz").send().await.unwrap().status(), 200);

    rig.postgres().await.unwrap().start_again().await.unwrap();
    assert_eq!(app.create(file("dev-otto")).send().await.unwrap().status(), 202);
    assert_eq!(app.json("/api/v1/environments").await["items"].as_array().unwrap().len(), 2);
    app.stop().await;
    rig.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_hangs_is_given_up_as_soon() {
    let (app, door) = behind_a_door().await;
    app.created(DEV_ANNA).await;
    door.stall(true);
    let asked = Instant::now();
    let answers =
        futures::future::join_all((0..20).map(|n| app.create(file(&format!("env-{n}"))).send())).await;
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    assert!(answers.into_iter().all(|answer| answer.unwrap().status() == 503));
    door.stall(false);
    let back = terrane_rig::until("Postgres is back", Duration::from_secs(10), async || {
        (app.create(file("dev-otto")).send().await.unwrap().status() == 202).then_some(())
    });
    back.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_starts_without_postgres_serves_once_it_is_there() {
    let rig = terrane_rig::shared().await.unwrap();
    let database = rig.fresh_database().await.unwrap();
    let door = Proxy::open(port_of(&database)).await;
    let database_url = Some(door.through(&database));
    door.shut();
    let app = TestApp::start_with(Options { database_url, ..Options::default() }).await;
    assert_eq!(app.get("/api/v1/environments").await.status(), 503);
    door.reopen().await;
    app.created(DEV_ANNA).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_calls_succeed_as_fast_and_readiness_says_degraded() {
    let rig = terrane_rig::shared().await.unwrap();
    let redis = rig.fresh_redis().await.unwrap();
    let door = Proxy::open(port_of(&redis)).await;
    let redis_url = Some(door.through(&redis));
    let app = TestApp::start_with(Options { redis_url, ..Options::default() }).await;
    app.created(DEV_ANNA).await;
    door.shut();
    let asked = Instant::now();
    app.created(file("dev-otto")).await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    let ready = app.anonymous(Method::GET, "/readyz").send().await.unwrap();
    assert_snapshot!(show(ready).await, @r#"
    200 OK
    content-type: application/json

    {
      "status": "degraded",
      "postgres": "up",
      "redis": "down",
      "version": "0.1.0"
    }
    "#);
    door.reopen().await;
    let back = terrane_rig::until("Redis is back", Duration::from_secs(10), async || {
        (app.json("/readyz").await["redis"] == "up").then_some(())
    });
    back.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_hangs_delays_no_answer() {
    let rig = terrane_rig::shared().await.unwrap();
    let redis = rig.fresh_redis().await.unwrap();
    let door = Proxy::open(port_of(&redis)).await;
    let redis_url = Some(door.through(&redis));
    let app = TestApp::start_with(Options { redis_url, ..Options::default() }).await;
    app.created(DEV_ANNA).await;
    door.stall(true);
    let asked = Instant::now();
    app.created(file("dev-otto")).await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_our_own_shows_nothing_of_the_inside() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    app.sql("DROP TABLE operations CASCADE").await;
    for call in
        [app.call(Method::GET, "/api/v1/environments"), app.create(file("dev-otto")), app.destroy("dev-anna")]
    {
        let response = call.send().await.unwrap();
        assert_eq!(response.status(), 500);
        let text = response.text().await.unwrap();
        for inside in ["operations", "relation", "diesel", "postgres", "SELECT", "src/"] {
            assert!(!text.contains(inside), "{inside}: {text}");
        }
    }
    assert_snapshot!(show(app.get("/api/v1/environments").await).await, @r#"
    500 Internal Server Error
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:internal",
      "title": "Internal error",
      "status": 500,
      "detail": "Something went wrong on our side. Try again; if it stays, tell the operator the request id.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_hangs_up_ends_the_wait_and_not_the_write() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    // Holds the write up until its caller has gone.
    let (client, connection) =
        tokio_postgres::connect(&app.database_url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("BEGIN; LOCK TABLE environments IN EXCLUSIVE MODE").await.unwrap();
    let call = app.create(file("dev-otto")).timeout(Duration::from_millis(300)).send().await;
    assert!(call.unwrap_err().is_timeout());
    client.batch_execute("COMMIT").await.unwrap();
    let made = terrane_rig::until("the environment is there", Duration::from_secs(10), async || {
        (app.get("/api/v1/environments/dev-otto").await.status() == 200).then_some(())
    });
    made.await.unwrap();
}
