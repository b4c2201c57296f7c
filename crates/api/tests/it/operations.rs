//! Operations: what they show, and what a person decides about them.

use chrono::DateTime;
use insta::assert_snapshot;
use reqwest::Method;
use serde_json::{Value, json};
use terrane_domain::{Remnant, StepName};
use terrane_store::{InventoryItem, StepEnd};

use crate::support::{DEV_ANNA, TestApp, TestWorker, show};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queued_operation_shows_what_it_will_do() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    assert_snapshot!(show(app.get(&format!("/api/v1/operations/{operation}")).await).await, @r#"
    200 OK
    content-type: application/json

    {
      "id": "op_[1]",
      "environment_id": "env_[2]",
      "kind": "create",
      "state": "queued",
      "generation": 1,
      "attempt": 0,
      "failures": 0,
      "progress": {
        "planned": null,
        "done": 0
      },
      "error": null,
      "plan_digest": null,
      "approval_expires_at": null,
      "cancel_requested_at": null,
      "next_attempt_at": null,
      "retry_of": null,
      "request_id": "[request id]",
      "created_at": "[time]",
      "started_at": null,
      "finished_at": null
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_progress_and_the_end_can_be_watched() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let worker = TestWorker::new(&app).await;
    let holder = worker.claim().await.holder;
    worker.store.begin_step(&holder, StepName::Prepare).await.unwrap();
    worker
        .store
        .finish_step(&holder, StepName::Prepare, StepEnd::Succeeded, Some("state bucket made"))
        .await
        .unwrap();
    worker.store.begin_step(&holder, StepName::Render).await.unwrap();
    worker.store.record_progress(&holder, Some(9), 4).await.unwrap();

    let shown = app.json(&format!("/api/v1/operations/{operation}")).await;
    assert_eq!(shown["state"], "running");
    assert_eq!(shown["progress"], json!({"planned": 9, "done": 4}));
    assert_eq!(app.json("/api/v1/environments/dev-anna").await["state"], "provisioning");
    assert_snapshot!(show(app.get(&format!("/api/v1/operations/{operation}/steps")).await).await, @r#"
    200 OK
    content-type: application/json

    {
      "items": [
        {
          "name": "prepare",
          "state": "succeeded",
          "attempt": 1,
          "started_at": "[time]",
          "finished_at": "[time]",
          "detail": "state bucket made"
        },
        {
          "name": "render",
          "state": "running",
          "attempt": 1,
          "started_at": "[time]",
          "finished_at": null,
          "detail": null
        }
      ]
    }
    "#);

    let outputs = json!({"vpc_id": {"value": "vpc-1", "type": "string", "sensitive": false}});
    worker.store.succeed(&holder, Some(&outputs)).await.unwrap();
    let environment = app.json("/api/v1/environments/dev-anna").await;
    assert_eq!((&environment["state"], &environment["applied_generation"]), (&json!("ready"), &json!(1)));
    let shown = app.json("/api/v1/environments/dev-anna/outputs").await;
    assert_eq!(shown, json!({"applied_generation": 1, "outputs": outputs}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_would_destroy_data_is_shown_and_approved_by_its_digest() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let path = format!("/api/v1/operations/{operation}");
    let early = app.get(&format!("{path}/plan")).await;
    assert_snapshot!(show(early).await, @r#"
    404 Not Found
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:not-found",
      "title": "Not found",
      "status": 404,
      "detail": "There is no plan yet. It is stored when the step 'plan' has succeeded.",
      "instance": "/api/v1/operations/op_[1]/plan",
      "request_id": "[request id]"
    }
    "#);
    let worker = TestWorker::new(&app).await;
    let holder = worker.claim().await.holder;
    worker.stop_for_approval(&holder, "digest-1").await;

    let environment = app.json("/api/v1/environments/dev-anna").await;
    assert_eq!(environment["conditions"], json!(["awaiting_approval"]));
    assert_snapshot!(show(app.get(&format!("{path}/plan")).await).await, @r#"
    200 OK
    content-type: application/json

    {
      "digest": "digest-1",
      "add": 1,
      "change": 0,
      "remove": 1,
      "actions": [
        {
          "address": "aws_db_instance.this[\"main\"]",
          "resource_type": "aws_db_instance",
          "action": "replace",
          "reason": "cannot_update",
          "holds_data": true
        }
      ]
    }
    "#);
    let approve = async |body: Value| {
        app.call(Method::POST, &format!("{path}/approve")).json(&body).send().await.unwrap()
    };
    assert_snapshot!(show(approve(json!({"digest": "digest-0"})).await).await, @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:state-conflict",
      "title": "Not possible in this state",
      "status": 409,
      "detail": "The plan has changed since it was shown: its digest is digest-1. Look at it again, then approve that digest.",
      "instance": "/api/v1/operations/op_[1]/approve",
      "request_id": "[request id]"
    }
    "#);
    let approved = approve(json!({"digest": "digest-1"})).await;
    assert_eq!(approved.status(), 202);
    assert_eq!(approved.json::<Value>().await.unwrap()["operation"]["state"], "retrying");
    assert_snapshot!(show(approve(json!({})).await).await, @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:state-conflict",
      "title": "Not possible in this state",
      "status": 409,
      "detail": "The operation is retrying. Only an operation that is awaiting_approval can be approved.",
      "instance": "/api/v1/operations/op_[1]/approve",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discarded_plan_leaves_the_environment_as_it_was() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let worker = TestWorker::new(&app).await;
    let holder = worker.claim().await.holder;
    worker.stop_for_approval(&holder, "digest-1").await;
    let discarded = app.post(&format!("/api/v1/operations/{operation}/discard")).await;
    assert_eq!(discarded.status(), 202);
    let body: Value = discarded.json().await.unwrap();
    assert_eq!(body["operation"]["state"], "cancelled");
    assert_eq!(body["environment"]["state"], "pending");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_ends_what_waits_and_asks_what_runs() {
    let app = TestApp::start().await;
    let (_, waiting) = app.created(DEV_ANNA).await;
    let cancelled = app.post(&format!("/api/v1/operations/{waiting}/cancel")).await;
    assert_eq!(cancelled.json::<Value>().await.unwrap()["operation"]["state"], "cancelled");
    let again = app.post(&format!("/api/v1/operations/{waiting}/cancel")).await;
    assert_snapshot!(show(again).await, @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:state-conflict",
      "title": "Not possible in this state",
      "status": 409,
      "detail": "The operation is cancelled. Only an operation that isn't over can be cancelled.",
      "instance": "/api/v1/operations/op_[1]/cancel",
      "request_id": "[request id]"
    }
    "#);

    let retried = app.post(&format!("/api/v1/operations/{waiting}/retry")).await;
    assert_eq!(retried.status(), 202);
    let retried: Value = retried.json().await.unwrap();
    assert_eq!(retried["operation"]["retry_of"], waiting);
    let running = retried["operation"]["id"].as_str().unwrap();
    TestWorker::new(&app).await.claim().await;
    let asked: Value = app.post(&format!("/api/v1/operations/{running}/cancel")).await.json().await.unwrap();
    assert_eq!(asked["operation"]["state"], "running");
    assert!(asked["operation"]["cancel_requested_at"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_is_shown_with_its_hint_and_only_the_newest_can_be_retried() {
    let app = TestApp::start().await;
    let (_, failed) = app.created(DEV_ANNA).await;
    let worker = TestWorker::new(&app).await;
    worker.fail(&worker.claim().await.holder).await;
    let environment = app.json("/api/v1/environments/dev-anna").await;
    assert_eq!(environment["state"], "failed");
    assert_eq!(environment["error"]["hint"], "Ask AWS to raise vpc/L-F678F1CE.");
    assert_eq!(environment["operation"]["error"]["kind"], "quota");

    let retry = format!("/api/v1/operations/{failed}/retry");
    let first = app.call(Method::POST, &retry).header("Idempotency-Key", "r-1").send().await.unwrap();
    assert_eq!(first.status(), 202);
    let location = first.headers()["location"].to_str().unwrap().to_owned();
    let first: Value = first.json().await.unwrap();
    assert_eq!(location, format!("/api/v1/operations/{}", first["operation"]["id"].as_str().unwrap()));
    let replayed = app.call(Method::POST, &retry).header("Idempotency-Key", "r-1").send().await.unwrap();
    assert_eq!(replayed.json::<Value>().await.unwrap(), first);
    assert_snapshot!(show(app.post(&retry).await).await, @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:state-conflict",
      "title": "Not possible in this state",
      "status": 409,
      "detail": "This operation isn't the environment's newest: op_[1] came after it. Retry that one, or PUT the file again.",
      "instance": "/api/v1/operations/op_[2]/retry",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destroy_shows_what_it_left_and_when_that_goes() {
    let app = TestApp::start().await;
    let (environment, operation) = app.created(DEV_ANNA).await;
    let worker = TestWorker::new(&app).await;
    worker.store.succeed(&worker.claim().await.holder, None).await.unwrap();
    assert!(app.json(&format!("/api/v1/operations/{operation}")).await.get("inventory").is_none());

    let accepted: Value = app.destroy(&environment).send().await.unwrap().json().await.unwrap();
    let path = format!("/api/v1/operations/{}", accepted["operation"]["id"].as_str().unwrap());
    let holder = worker.claim().await.holder;
    let item = InventoryItem {
        arn: "arn:aws:kms:eu-west-1:123456789012:key/1".to_owned(),
        address: Some("aws_kms_key.main".to_owned()),
        remnant: Remnant::Pending,
        until: DateTime::from_timestamp(1_900_000_000, 0),
        status: None,
    };
    worker.store.record_inventory(&holder, &[item]).await.unwrap();
    worker.store.succeed(&holder, None).await.unwrap();
    let expected = json!([{
        "arn": "arn:aws:kms:eu-west-1:123456789012:key/1",
        "address": "aws_kms_key.main",
        "remnant": "pending",
        "until": "2030-03-17T17:46:40Z",
        "status": null,
    }]);
    assert_eq!(app.json(&path).await["inventory"], expected);
}
