//! Rendering and validating without a database.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ACME, BOTH, DEV_ANNA, GLOBEX, Options, TestApp, show};

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

async fn with_output(directory: &Path) -> TestApp {
    let database_url = Some("postgres://terrane@127.0.0.1:1/none".to_owned());
    let variables = BTreeMap::from([("TERRANE_RENDER_DIR", directory.display().to_string())]);
    TestApp::start_with(Options { database_url, variables, ..Options::default() }).await
}

fn bucket(properties: Value) -> Value {
    json!({"payload": {"properties": properties}})
}

fn acme_data(acl: &str) -> Value {
    bucket(json!({"aws-region": "eu-west-1", "acl": acl, "bucket-name": "acme-data", "force-destroy": false}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rendered_file_can_be_had_as_an_archive() {
    let app = without_database().await;
    let fetch = || async {
        let call = app.call(Method::POST, "/api/v1/render");
        let call = call.header("Content-Type", "application/yaml").header("Accept", "application/gzip");
        let response = call.body(DEV_ANNA).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"application/gzip".parse().unwrap())
        );
        response.bytes().await.unwrap()
    };
    let packed = fetch().await;
    assert_eq!(packed, fetch().await, "the same file gives another archive");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed.as_ref()));
    let mut names = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut content = String::new();
        entry.read_to_string(&mut content).unwrap();
        hcl::from_str::<hcl::Body>(&content).unwrap();
        names.push(entry.path().unwrap().display().to_string());
    }
    assert!(names.contains(&"dev-anna/versions.tf".to_owned()), "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rendered_files_are_left_in_the_output_directory_and_never_overwritten_unawares() {
    let output = tempfile::tempdir().unwrap();
    let app = with_output(output.path()).await;
    let write = async |query: &str, yaml: String| {
        let call = app.call(Method::POST, &format!("/api/v1/render?{query}"));
        let response = call.header("Content-Type", "application/yaml").body(yaml).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, body) = write("write=true", DEV_ANNA.to_owned()).await;
    assert_eq!((status, &body["directory"]), (201, &json!("acme/dev-anna")), "{body}");
    for (name, content) in body["files"].as_object().unwrap() {
        let left = fs::read_to_string(output.path().join("acme/dev-anna").join(name)).unwrap();
        assert_eq!(left, content.as_str().unwrap());
    }
    assert_eq!(write("write=true", DEV_ANNA.to_owned()).await.0, 200);
    let changed = format!("{DEV_ANNA}registries: {{ api: {{}} }}\n");
    let (status, problem) = write("write=true", changed.clone()).await;
    assert_eq!((status, &problem["type"]), (409, &json!("urn:terrane:problem:file-exists")), "{problem}");
    assert!(!output.path().join("acme/dev-anna/registries.tf").exists());
    assert_eq!(write("write=true&overwrite=true", changed).await.0, 200);
    assert!(output.path().join("acme/dev-anna/registries.tf").exists());

    // The directory of another tenant is another one.
    let call = app.anonymous(Method::POST, "/api/v1/render?write=true").bearer_auth(GLOBEX);
    let response = call.header("Content-Type", "application/yaml").body(DEV_ANNA).send().await.unwrap();
    assert_eq!(response.status(), 201);
    let call = app.anonymous(Method::POST, "/api/v1/render?write=true").bearer_auth(BOTH);
    let response = call.header("Content-Type", "application/yaml").body(DEV_ANNA).send().await.unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_output_directory_nothing_is_left_and_the_caller_is_told_why() {
    let app = without_database().await;
    let response = app.call(Method::POST, "/api/generate").json(&acme_data("private")).send().await.unwrap();
    assert_snapshot!(show(response).await, @r#"
    501 Not Implemented
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:not-configured",
      "title": "Not switched on at this server",
      "status": 501,
      "detail": "This server leaves no files: its operator has set no TERRANE_RENDER_DIR. Take the files out of the answer of POST /api/v1/render instead.",
      "instance": "/api/generate",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_older_form_renders_a_bucket_into_a_file_of_its_name() {
    let output = tempfile::tempdir().unwrap();
    let app = with_output(output.path()).await;
    let generate = async |query: &str, body: Value| {
        let call = app.call(Method::POST, &format!("/api/generate{query}")).json(&body);
        let response = call.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, made) = generate("", acme_data("private")).await;
    assert_eq!((status, &made["path"]), (201, &json!("acme/acme-data.tf")), "{made}");
    let file = output.path().join("acme/acme-data.tf");
    assert_eq!(fs::read_to_string(&file).unwrap(), made["preview"].as_str().unwrap());
    assert!(made["preview"].as_str().unwrap().contains("bucket        = \"acme-data\""), "{made}");

    assert_eq!(generate("", acme_data("private")).await.0, 200);
    let (status, problem) = generate("", acme_data("public-read")).await;
    assert_eq!((status, &problem["type"]), (409, &json!("urn:terrane:problem:file-exists")), "{problem}");
    assert_eq!(fs::read_to_string(&file).unwrap(), made["preview"].as_str().unwrap());
    let (status, replaced) = generate("?overwrite=true", acme_data("public-read")).await;
    assert_eq!(status, 200);
    assert!(fs::read_to_string(&file).unwrap().contains("\"public-read\""), "{replaced}");

    let call = app.anonymous(Method::POST, "/api/generate").json(&acme_data("private"));
    assert_eq!(call.send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_older_form_refuses_paths_wrong_acls_and_missing_fields_by_name() {
    let output = tempfile::tempdir().unwrap();
    let app = with_output(&output.path().join("inside")).await;
    let refused = async |body: Value| {
        let response = app.call(Method::POST, "/api/generate").json(&body).send().await.unwrap();
        assert_eq!(response.status(), 422);
        let problem: Value = response.json().await.unwrap();
        let errors = problem["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|error| {
                format!("{}: {}", error["path"].as_str().unwrap(), error["detail"].as_str().unwrap())
            })
            .collect::<Vec<_>>()
    };
    for name in ["../outside", "../../etc/cron.d/x", "/tmp/x", "a/b", "..", "x\0y"] {
        let errors = refused(bucket(json!({"aws-region": "eu-west-1", "bucket-name": name}))).await;
        assert!(errors[0].starts_with("payload.properties.bucket-name: "), "{name}: {errors:?}");
    }
    assert_eq!(fs::read_dir(output.path()).unwrap().count(), 0);
    assert_eq!(
        refused(acme_data("world")).await,
        [
            "payload.properties.acl: unknown value \"world\"; expected private, public-read, public-read-write, authenticated-read, aws-exec-read, log-delivery-write, bucket-owner-read or bucket-owner-full-control"
        ]
    );
    assert_eq!(
        refused(bucket(json!({}))).await,
        [
            "payload.properties.aws-region: is required, for example eu-west-1",
            "payload.properties.bucket-name: is required, for example acme-data"
        ]
    );
    assert_eq!(refused(json!({"payload": {}})).await.len(), 1);
}
