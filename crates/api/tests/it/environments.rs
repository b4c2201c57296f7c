//! Making, reading, listing, changing and destroying environments.

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DEV_ANNA, TestApp, file, show};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_lines_make_an_environment_and_put_its_creation_in_line() {
    let app = TestApp::start().await;
    let response = app.create(DEV_ANNA).send().await.unwrap();
    assert_snapshot!(show(response).await, @r#"
    202 Accepted
    content-type: application/json
    location: /api/v1/operations/op_[1]
    etag: "1"

    {
      "environment": {
        "id": "env_[2]",
        "name": "dev-anna",
        "tenant": "acme",
        "state": "pending",
        "conditions": [],
        "generation": 1,
        "applied_generation": null,
        "labels": {},
        "region": "eu-west-1",
        "pins": {
          "blueprint": 1,
          "aws_provider": "5.100.0",
          "engine": null,
          "engine_version": null
        },
        "error": null,
        "operation": {
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
        },
        "created_at": "[time]",
        "updated_at": "[time]",
        "destroyed_at": null,
        "expires_at": null,
        "spec": {
          "name": "dev-anna",
          "cloud": {
            "region": "eu-west-1"
          }
        },
        "resolved": {
          "identity": {
            "environment_id": "env_[2]",
            "tenant_id": "ten_[3]",
            "name": "dev-anna",
            "name_prefix": "[name prefix]",
            "pins": {
              "blueprint": 1,
              "aws_provider": "5.100.0"
            }
          },
          "cloud": {
            "region": "eu-west-1",
            "account_id": "000000000000",
            "assume_role": null
          },
          "tags": {},
          "encryption_key": null,
          "network": null,
          "kubernetes": null,
          "buckets": {},
          "registries": {},
          "databases": {},
          "ecs": null,
          "apps": {},
          "dns": null,
          "observability": {
            "log_retention_days": 7,
            "alarms": null,
            "dashboard": null
          },
          "caches": {},
          "document_database": null,
          "atlas": null,
          "secrets": {},
          "governance": {
            "permissions_boundary": null,
            "budget": null,
            "backup": null
          },
          "protected": false,
          "state": {
            "bucket": "terrane-state-000000000000-eu-west-1",
            "key": "tenants/ten_[3]/environments/env_[2]/terraform.tfstate",
            "region": "eu-west-1",
            "lock_table": null,
            "kms_key_arn": null
          }
        },
        "reasons": [
          {
            "path": "profile",
            "value": "small",
            "because": "default"
          },
          {
            "path": "lifecycle.deletion_protection",
            "value": "false",
            "because": "profile small"
          },
          {
            "path": "lifecycle.approval",
            "value": "when_destructive",
            "because": "default"
          },
          {
            "path": "lifecycle.on_destroy.data",
            "value": "snapshot",
            "because": "default"
          },
          {
            "path": "state.region",
            "value": "eu-west-1",
            "because": "because cloud.region"
          },
          {
            "path": "state.bucket",
            "value": "terrane-state-000000000000-eu-west-1",
            "because": "because one per account and region"
          },
          {
            "path": "state.lock",
            "value": "s3",
            "because": "default"
          }
        ],
        "outputs": null
      },
      "operation": {
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
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_environment_is_found_by_its_id_and_by_its_name() {
    let app = TestApp::start().await;
    let (id, operation) = app.created(DEV_ANNA).await;
    let by_id = app.json(&format!("/api/v1/environments/{id}")).await;
    let by_name = app.json("/api/v1/environments/dev-anna").await;
    assert_eq!(by_id, by_name);
    assert_eq!(by_id["spec"], json!({"name": "dev-anna", "cloud": {"region": "eu-west-1"}}));
    assert_eq!(by_id["resolved"]["cloud"]["region"], "eu-west-1");
    assert_eq!(by_id["resolved"]["identity"]["environment_id"], id);
    assert_eq!(by_id["operation"]["id"], operation);
    assert_eq!(by_id["tenant"], "acme");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_file_as_json_is_the_same_environment() {
    let app = TestApp::start().await;
    let body = json!({"name": "dev-anna", "cloud": {"region": "eu-west-1"}});
    let response = app.call(Method::POST, "/api/v1/environments").json(&body).send().await.unwrap();
    assert_eq!(response.status(), 202);
    assert_eq!(app.json("/api/v1/environments/dev-anna").await["spec"], body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_taken_while_its_environment_lives() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    let again = app.create(DEV_ANNA).send().await.unwrap();
    assert_snapshot!(show(again).await, @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:name-taken",
      "title": "The name is taken",
      "status": 409,
      "detail": "An environment named \"dev-anna\" exists already (env_[1]). Change it with PUT, or choose another name.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]",
      "environment_id": "env_[1]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_is_paged_newest_first_without_gaps_or_repeats() {
    let app = TestApp::start().await;
    for number in 1..=5 {
        app.created(file(&format!("env-{number}"))).await;
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.json(&format!("/api/v1/environments?limit=2{cursor}")).await;
        seen.extend(names(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["env-5", "env-4", "env-3", "env-2", "env-1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_is_narrowed_down_by_state_label_and_text() {
    let app = TestApp::start().await;
    app.created(file("web-prod") + "labels: { team: platform, stage: production }\n").await;
    app.created(file("web-dev") + "labels: { team: platform, stage: dev }\n").await;
    app.created(file("data-dev") + "labels: { team: data, stage: dev }\n").await;
    let listed = async |query: &str| names(&app.json(&format!("/api/v1/environments?{query}")).await);
    assert_eq!(listed("label=team=platform").await, ["web-dev", "web-prod"]);
    assert_eq!(listed("label=team=platform,stage=dev").await, ["web-dev"]);
    assert_eq!(listed("q=DEV").await, ["data-dev", "web-dev"]);
    assert_eq!(listed("state=pending,failed&q=web").await, ["web-dev", "web-prod"]);
    assert_eq!(listed("state=ready").await, [""; 0]);
    assert_eq!(listed("q=%25").await, [""; 0], "a percent sign is a character, not a wildcard");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listed_environment_shows_its_operation_and_leaves_the_file_out() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let list = app.json("/api/v1/environments").await;
    assert_eq!(list["items"][0]["operation"]["id"], operation);
    assert_eq!(list["items"][0].get("spec"), None);
    assert_eq!(list["next_cursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_file_is_a_new_generation_that_supersedes_the_one_in_line() {
    let app = TestApp::start().await;
    let (id, first) = app.created(DEV_ANNA).await;
    let changed = format!("{DEV_ANNA}buckets: {{ uploads: {{}} }}\n");
    let response = app.update("dev-anna", changed).send().await.unwrap();
    assert_eq!(response.status(), 202);
    assert_eq!(response.headers()["etag"], "\"2\"");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["environment"]["generation"], 2);
    assert_eq!(body["environment"]["spec"]["buckets"], json!({"uploads": {}}));
    let operations = app.json(&format!("/api/v1/environments/{id}/operations")).await;
    assert_eq!(operations["items"][0]["id"], body["operation"]["id"]);
    assert_eq!(
        operations["items"][0]["kind"], "create",
        "nothing was made yet, so there is nothing to update"
    );
    assert_eq!(operations["items"][1]["id"], first);
    assert_eq!(operations["items"][1]["state"], "cancelled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_and_a_region_can_not_be_changed() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    let renamed = app.update("dev-anna", file("dev-otto")).send().await.unwrap();
    assert_snapshot!(show(renamed).await, @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:immutable",
      "title": "This can't be changed",
      "status": 422,
      "detail": "A name can't be changed: the environment is \"dev-anna\", the file says \"dev-otto\". Write \"dev-anna\", or POST the file as a new environment.",
      "instance": "/api/v1/environments/dev-anna",
      "request_id": "[request id]"
    }
    "#);
    let moved = app.update("dev-anna", DEV_ANNA.replace("eu-west-1", "us-east-1")).send().await.unwrap();
    assert_snapshot!(show(moved).await, @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:immutable",
      "title": "This can't be changed",
      "status": 422,
      "detail": "A region can't be changed: that would destroy everything in eu-west-1 and make it anew in us-east-1. POST the file under another name, move the data, and destroy this one.",
      "instance": "/api/v1/environments/dev-anna",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destroy_goes_in_line_once_and_keeps_changes_out() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    let first: Value = app.destroy("dev-anna").send().await.unwrap().json().await.unwrap();
    let second: Value = app.destroy("dev-anna").send().await.unwrap().json().await.unwrap();
    assert_eq!(first["operation"]["kind"], "destroy");
    assert_eq!(first["operation"]["id"], second["operation"]["id"]);
    let late = app.update("dev-anna", DEV_ANNA).send().await.unwrap();
    assert_snapshot!(show(late).await, @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:state-conflict",
      "title": "Not possible in this state",
      "status": 409,
      "detail": "The environment is to be destroyed by op_[1]. Wait until that is over, then POST the file to raise it anew.",
      "instance": "/api/v1/environments/dev-anna",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_protected_environment_is_not_destroyed() {
    let app = TestApp::start().await;
    app.created(format!("{DEV_ANNA}lifecycle: {{ deletion_protection: true }}\n")).await;
    let refused = app.destroy("dev-anna").send().await.unwrap();
    assert_snapshot!(show(refused).await, @r#"
    409 Conflict
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:deletion-protected",
      "title": "The environment is protected against deletion",
      "status": 409,
      "detail": "The environment has lifecycle.deletion_protection. PUT a file without it first, wait until that is applied, then destroy.",
      "instance": "/api/v1/environments/dev-anna",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_no_outputs_before_the_first_apply() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    let outputs = app.json("/api/v1/environments/dev-anna/outputs").await;
    assert_eq!(outputs, json!({"applied_generation": null, "outputs": {}}));
}

fn names(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}
