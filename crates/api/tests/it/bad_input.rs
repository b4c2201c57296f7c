//! What a caller can send wrong: each is a 4xx problem that names the place and the remedy, never a 500 and never a
//! hang.

use std::time::Duration;

use insta::assert_snapshot;
use reqwest::{Method, Response};
use serde_json::Value;

use crate::support::{DEV_ANNA, TestApp, show};

const YAML: &str = "application/yaml";

async fn post(app: &TestApp, media_type: &str, body: impl Into<reqwest::Body>) -> Response {
    let call = app.call(Method::POST, "/api/v1/environments").header("Content-Type", media_type).body(body);
    call.timeout(Duration::from_secs(10)).send().await.unwrap()
}

/// Status and the paths of `errors`, after a check that it is a complete problem.
async fn problem(response: Response) -> (u16, Vec<String>, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let request_id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status);
    assert_eq!(body["request_id"], request_id.as_str());
    assert!(body["type"].as_str().unwrap().starts_with("urn:terrane:problem:"), "{body}");
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    let paths = errors.iter().map(|error| error["path"].as_str().unwrap().to_owned()).collect();
    (status, paths, body["detail"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_wrong_file_is_refused_with_its_place() {
    let app = TestApp::start().await;
    let head = DEV_ANNA;
    let wrong: &[(&str, String, &str)] = &[
        ("an unknown key", format!("{head}buckts: {{}}\n"), "buckts"),
        ("a wrong type", format!("{head}labels: [a]\n"), "labels"),
        ("too small a network", format!("{head}network: {{ cidr: 10.0.0.0/28 }}\n"), "network.cidr"),
        ("a public network", format!("{head}network: {{ cidr: 8.8.0.0/16 }}\n"), "network.cidr"),
        ("a name that AWS would refuse", head.replace("dev-anna", "Dev_Anna"), "name"),
        ("a region that doesn't exist", head.replace("eu-west-1", "eu-west-9"), "cloud.region"),
        ("a duplicate key", format!("{head}name: dev-otto\n"), "name"),
        (
            "an unquoted version",
            format!("{head}databases: {{ main: {{ version: 17 }} }}\n"),
            "databases.main.version",
        ),
    ];
    for (what, text, path) in wrong {
        let (status, paths, _) = problem(post(&app, YAML, text.clone()).await).await;
        assert_eq!((status, paths.first().map(String::as_str)), (422, Some(*path)), "{what}: {paths:?}");
    }
    assert_eq!(app.json("/api/v1/environments").await["items"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_problems_of_a_file_come_at_once_with_lines_and_pointers() {
    let app = TestApp::start().await;
    let response =
        post(&app, YAML, "name: dev-anna\ncloud:\n  region: eu-west-1\nnetwork:\n  nat: one\nbuckts: {}\n")
            .await;
    assert_snapshot!(show(response).await, @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:invalid-spec",
      "title": "The environment file is not valid",
      "status": 422,
      "detail": "2 problems; 'errors' says where and what was expected.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]",
      "errors": [
        {
          "pointer": "/network/nat",
          "path": "network.nat",
          "line": 5,
          "detail": "unknown value \"one\"; expected none, single or per_az"
        },
        {
          "pointer": "/buckts",
          "path": "buckts",
          "line": 6,
          "detail": "unknown key; did you mean \"buckets\"?"
        }
      ]
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_is_not_yaml_not_json_or_not_utf_8_is_refused() {
    let app = TestApp::start().await;
    let bodies: &[(&str, &str, &[u8])] = &[
        ("broken YAML", YAML, b"name: [dev\n"),
        ("broken JSON", "application/json", b"{\"name\": \"dev-anna\","),
        ("a list", YAML, b"- dev-anna\n"),
        ("not UTF-8", YAML, b"name: dev-\xff\xfe\n"),
        ("not UTF-8 as JSON", "application/json", b"{\"name\": \"dev-\xff\"}"),
        ("NUL bytes", YAML, b"name: dev\0anna\n"),
        (
            "duplicate keys in JSON",
            "application/json",
            br#"{"name":"a1","name":"a2","cloud":{"region":"eu-west-1"}}"#,
        ),
        ("two documents", YAML, b"name: dev-anna\n---\nname: dev-otto\n"),
        ("an unknown tag", YAML, b"name: !!python/object:os.system dev\n"),
    ];
    for (what, media_type, body) in bodies {
        let (status, _, _) = problem(post(&app, media_type, body.to_vec()).await).await;
        assert_eq!(status, 422, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_are_refused_before_they_unfold() {
    let app = TestApp::start().await;
    let mut aliases = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let previous = format!("*a{}, ", level - 1).repeat(10);
        aliases.push_str(&format!("a{level}: &a{level} [{previous}]\n"));
    }
    let deep_yaml = "[".repeat(100_000);
    let deep_json = "{\"a\":".repeat(40_000);
    let bombs: &[(&str, &str, String)] = &[
        ("aliases", YAML, format!("{DEV_ANNA}{aliases}")),
        ("a merge key", YAML, format!("base: &base {{ a: 1 }}\n{DEV_ANNA}labels: {{ <<: *base }}\n")),
        ("deep YAML", YAML, deep_yaml),
        ("deep JSON", "application/json", deep_json),
        ("a long number", "application/json", format!("{{\"name\": {}}}", "9".repeat(200_000))),
        ("many keys", YAML, (0..30_000).map(|n| format!("k{n}: 1\n")).collect()),
    ];
    for (what, media_type, body) in bombs {
        let (status, _, _) = problem(post(&app, media_type, body.clone()).await).await;
        assert_eq!(status, 422, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_megabyte_of_yaml_is_read_and_refused_and_more_is_not_read() {
    let app = TestApp::start().await;
    let megabyte = format!("{DEV_ANNA}# {}\n", "x".repeat(1024 * 1024 - DEV_ANNA.len() - 3));
    assert_eq!(megabyte.len(), 1024 * 1024);
    let (status, _, _) = problem(post(&app, YAML, megabyte.clone()).await).await;
    assert_eq!(status, 422);
    let over = post(&app, YAML, megabyte.clone() + "x").await;
    assert_snapshot!(show(over).await, @r#"
    413 Payload Too Large
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:body-too-large",
      "title": "The body is too large",
      "status": 413,
      "detail": "The body is larger than 1048576 bytes. An environment file is rarely larger than a few thousand.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
    // Without a declared length the limit holds all the same.
    let chunks: Vec<Result<Vec<u8>, std::io::Error>> = vec![Ok(megabyte.into_bytes()), Ok(vec![b'x'; 4096])];
    let streamed = post(&app, YAML, reqwest::Body::wrap_stream(futures::stream::iter(chunks))).await;
    assert_eq!(problem(streamed).await.0, 413);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_media_type_that_is_not_read_is_named() {
    let app = TestApp::start().await;
    let response = post(&app, "text/html", DEV_ANNA).await;
    assert_snapshot!(show(response).await, @r#"
    415 Unsupported Media Type
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:unsupported-media-type",
      "title": "Unsupported media type",
      "status": 415,
      "detail": "The body's Content-Type must be application/yaml or application/json.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
    let none = app.call(Method::POST, "/api/v1/environments").body(DEV_ANNA).send().await.unwrap();
    assert_eq!(none.status(), 415);
    for accepted in ["application/yaml; charset=utf-8", "Application/YAML", "text/yaml"] {
        assert_ne!(post(&app, accepted, DEV_ANNA).await.status(), 415, "{accepted}");
    }
    let (status, _, _) = problem(post(&app, YAML, "").await).await;
    assert_eq!(status, 400, "an empty body");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_and_names_that_nobody_has_are_not_found() {
    let app = TestApp::start().await;
    let unknown = "env_0193a5c0dead7eef8badf00dcafe0001";
    for path in [
        format!("/api/v1/environments/{unknown}"),
        "/api/v1/environments/nobody".to_owned(),
        "/api/v1/environments/ENV_0193".to_owned(),
        "/api/v1/environments/%00".to_owned(),
        "/api/v1/environments/..%2F..%2Fetc".to_owned(),
        format!("/api/v1/environments/{}", "x".repeat(2000)),
        "/api/v1/operations/op_0193a5c0dead7eef8badf00dcafe0001".to_owned(),
    ] {
        let (status, _, _) = problem(app.get(&path).await).await;
        assert_eq!(status, 404, "{path}");
    }
    assert_snapshot!(show(app.get("/api/v1/operations/env_0193a5c0dead7eef8badf00dcafe0001").await).await, @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:malformed-request",
      "title": "The request can't be read",
      "status": 400,
      "detail": "\"env_[1]\" is not an operation's id; write op_ and 32 hexadecimal digits, as 'operation.id' shows it.",
      "instance": "/api/v1/operations/env_[1]",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_that_make_no_sense_are_refused_with_what_would() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    for path in [
        "/api/v1/environments?state=redy".to_owned(),
        "/api/v1/environments?stat=ready".to_owned(),
        "/api/v1/environments?limit=0".to_owned(),
        "/api/v1/environments?limit=100000".to_owned(),
        "/api/v1/environments?limit=-1".to_owned(),
        "/api/v1/environments?cursor=abc".to_owned(),
        "/api/v1/environments?label=team".to_owned(),
        "/api/v1/environments/dev-anna/operations?cursor=abc".to_owned(),
        format!("/api/v1/operations/{operation}/logs?after=abc"),
        format!("/api/v1/operations/{operation}/logs?limit=5000"),
    ] {
        let (status, _, detail) = problem(app.get(&path).await).await;
        assert_eq!(status, 400, "{path}: {detail}");
    }
    assert_snapshot!(show(app.get("/api/v1/environments?stat=ready").await).await, @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:malformed-request",
      "title": "The request can't be read",
      "status": 400,
      "detail": "The query can't be read: unknown field `stat`, expected one of `state`, `label`, `q`, `limit`, `cursor`.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
    let choice = app.call(Method::DELETE, "/api/v1/environments/dev-anna?data=keep").send().await.unwrap();
    assert_snapshot!(show(choice).await, @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:malformed-request",
      "title": "The request can't be read",
      "status": 400,
      "detail": "The query can't be read: unknown variant `keep`, expected `snapshot` or `delete`.",
      "instance": "/api/v1/environments/dev-anna",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_routes_and_methods_are_problems_too() {
    let app = TestApp::start().await;
    assert_snapshot!(show(app.get("/api/v1/enviroments").await).await, @r#"
    404 Not Found
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:not-found",
      "title": "Not found",
      "status": 404,
      "detail": "There is no such route. /docs lists those that there are.",
      "instance": "/api/v1/enviroments",
      "request_id": "[request id]"
    }
    "#);
    let patched = app.call(Method::PATCH, "/api/v1/environments/dev-anna").send().await.unwrap();
    assert_snapshot!(show(patched).await, @r#"
    405 Method Not Allowed
    content-type: application/problem+json
    allow: DELETE, GET, PUT

    {
      "type": "urn:terrane:problem:method-not-allowed",
      "title": "Method not allowed",
      "status": 405,
      "detail": "This route answers DELETE, GET, PUT only.",
      "instance": "/api/v1/environments/dev-anna",
      "request_id": "[request id]"
    }
    "#);
    assert_eq!(problem(app.get("/nowhere").await).await.0, 404);
    assert_eq!(problem(app.post("/healthz").await).await.0, 405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_that_is_not_json_is_refused() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    for body in ["{", "[]", r#"{"digst": "x"}"#, r#"{"digest": 7}"#] {
        let call = app.call(Method::POST, &format!("/api/v1/operations/{operation}/approve")).body(body);
        let (status, _, detail) = problem(call.send().await.unwrap()).await;
        assert_eq!(status, 400, "{body}: {detail}");
    }
}
