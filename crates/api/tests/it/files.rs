//! Rendering and validating without a database.

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ACME, BOTH, DEV_ANNA, Options, TestApp, show};

async fn without_database() -> TestApp {
    // A port on which nobody listens.
    let database_url = Some("postgres://terrane@127.0.0.1:1/none".to_owned());
    TestApp::start_with(Options { database_url, ..Options::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_rendered_without_a_database() {
    let app = without_database().await;
    let response = app
        .call(Method::POST, "/api/v1/render")
        .header("Content-Type", "application/yaml")
        .body(format!("{DEV_ANNA}buckets: {{ uploads: {{}} }}\n"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.unwrap();
    let files = body["files"].as_object().unwrap();
    assert!(files["versions.tf"].as_str().unwrap().contains("required_version"), "{files:?}");
    assert!(files.values().any(|content| content.as_str().unwrap().contains("uploads")));
    for (name, content) in files {
        let body: hcl::Body =
            hcl::from_str(content.as_str().unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(body.into_iter().count() > 0, "{name} is empty");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_file_is_shown_with_its_defaults_and_their_reasons() {
    let app = without_database().await;
    let response = app.call(Method::POST, "/api/v1/validate").json(&json!({
        "name": "dev-anna", "cloud": {"region": "eu-west-1"}, "databases": {"main": {}}
    }));
    let response = response.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["valid"], true);
    assert_eq!(body["resolved"]["identity"]["name"], "dev-anna");
    let reasons = body["reasons"].as_array().unwrap();
    assert!(
        reasons.iter().any(|reason| reason["path"].as_str().unwrap().starts_with("databases.main.")),
        "{reasons:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_file_is_answered_with_every_problem_at_once() {
    let app = without_database().await;
    let response = app
        .call(Method::POST, "/api/v1/validate")
        .header("Content-Type", "application/yaml")
        .body("name: Dev Anna\ncloud: { region: eu-west-9 }\nnetwork: { nat: one, cidr: 10.0.0.0/29 }\nbuckts: {}\n")
        .send()
        .await
        .unwrap();
    assert_snapshot!(show(response).await, @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:invalid-spec",
      "title": "The environment file is not valid",
      "status": 422,
      "detail": "5 problems; 'errors' says where and what was expected.",
      "instance": "/api/v1/validate",
      "request_id": "[request id]",
      "errors": [
        {
          "pointer": "/name",
          "path": "name",
          "line": 1,
          "detail": "\"Dev Anna\" is not a name; use 2 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"
        },
        {
          "pointer": "/cloud/region",
          "path": "cloud.region",
          "line": 2,
          "detail": "\"eu-west-9\" is not a region of AWS; did you mean \"eu-west-1\"?"
        },
        {
          "pointer": "/network/cidr",
          "path": "network.cidr",
          "line": 3,
          "detail": "10.0.0.0/29 is too small for a VPC; AWS allows /16 to /28"
        },
        {
          "pointer": "/network/nat",
          "path": "network.nat",
          "line": 3,
          "detail": "unknown value \"one\"; expected none, single or per_az"
        },
        {
          "pointer": "/buckts",
          "path": "buckts",
          "line": 4,
          "detail": "unknown key; did you mean \"buckets\"?"
        }
      ]
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_needed_but_no_choice_of_a_tenant() {
    let app = without_database().await;
    let call = |key: Option<&str>| {
        let call = app.anonymous(Method::POST, "/api/v1/validate");
        let call = call.header("Content-Type", "application/yaml").body(DEV_ANNA);
        match key {
            Some(key) => call.header("X-Api-Key", key),
            None => call,
        }
    };
    assert_eq!(call(None).send().await.unwrap().status(), 401);
    assert_eq!(call(Some(ACME)).send().await.unwrap().status(), 200);
    assert_eq!(call(Some(BOTH)).send().await.unwrap().status(), 200);
}
