//! Who may see what. The routes come from the OpenAPI document, so a new one is tried without anybody thinking of it.

use insta::assert_snapshot;
use reqwest::{Method, Response};
use serde_json::Value;

use crate::support::{ACME, BOTH, DEV_ANNA, GLOBEX, TestApp, show};

/// Every documented operation that needs a key: method and path with the ids of this environment filled in.
async fn keyed_routes(app: &TestApp, environment: &str, operation: &str) -> Vec<(Method, String)> {
    let document = app.json("/openapi.json").await;
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, documented) in item.as_object().unwrap() {
            if documented.get("security").is_none() {
                continue;
            }
            let id = if path.contains("/operations/{id}") { operation } else { environment };
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            routes.push((method, path.replace("{id}", id)));
        }
    }
    assert!(routes.len() >= 17, "{routes:?}");
    routes
}

async fn call(app: &TestApp, method: &Method, path: &str, key: Option<&str>) -> Response {
    let call = app.anonymous(method.clone(), path);
    let takes_a_file = *method != Method::GET && *method != Method::DELETE && !path.contains("/operations/");
    let call =
        if takes_a_file { call.header("Content-Type", "application/yaml").body(DEV_ANNA) } else { call };
    match key {
        Some(key) => call.bearer_auth(key),
        None => call,
    }
    .send()
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_answers_without_a_key_or_with_one_that_nobody_knows() {
    let app = TestApp::start().await;
    let (environment, operation) = app.created(DEV_ANNA).await;
    for (method, path) in keyed_routes(&app, &environment, &operation).await {
        for key in [None, Some("key_unknown"), Some("")] {
            let response = call(&app, &method, &path, key).await;
            assert_eq!(response.status(), 401, "{method} {path} with {key:?}");
            assert_eq!(
                response.headers()["www-authenticate"],
                r#"Bearer realm="terrane""#,
                "{method} {path}"
            );
        }
    }
    assert_snapshot!(show(call(&app, &Method::GET, "/api/v1/environments", None).await).await, @r#"
    401 Unauthorized
    content-type: application/problem+json
    www-authenticate: Bearer realm="terrane"

    {
      "type": "urn:terrane:problem:unauthorized",
      "title": "A valid API key is needed",
      "status": 401,
      "detail": "Send an API key: 'Authorization: Bearer <key>' or 'X-Api-Key: <key>'.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_tenants_objects_are_not_found_on_any_route() {
    let app = TestApp::start().await;
    let (environment, operation) = app.created(DEV_ANNA).await;
    let mut tried = 0;
    for (method, path) in keyed_routes(&app, &environment, &operation).await {
        if !path.contains(&environment) && !path.contains(&operation) {
            continue;
        }
        let theirs = call(&app, &method, &path, Some(GLOBEX)).await;
        let status = theirs.status();
        let text = theirs.text().await.unwrap();
        assert_eq!(status, 404, "{method} {path}: {text}");
        // The very same answer as for an object that nobody has.
        let ids = [
            (&environment, "env_0193a5c0dead7eef8badf00dcafe0001"),
            (&operation, "op_0193a5c0dead7eef8badf00dcafe0001"),
        ];
        let elsewhere = |text: &str| {
            ids.iter().fold(text.to_owned(), |text, (ours, nobodys)| text.replace(*ours, nobodys))
        };
        let nobodys =
            call(&app, &method, &elsewhere(&path), Some(GLOBEX)).await.json::<Value>().await.unwrap();
        let theirs: Value = serde_json::from_str(&elsewhere(&text)).unwrap();
        for member in ["type", "title", "status", "detail", "instance", "errors"] {
            assert_eq!(theirs[member], nobodys[member], "{method} {path}");
        }
        assert!(!text.contains("dev-anna") && !text.contains("acme"), "{method} {path}: {text}");
        tried += 1;
    }
    assert!(tried >= 13, "{tried}");
    let untouched = app.json(&format!("/api/v1/environments/{environment}")).await;
    assert_eq!(untouched["generation"], 1);
    assert_eq!(untouched["operation"]["id"], operation);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tenants_can_use_one_name_and_see_their_own() {
    let app = TestApp::start().await;
    let (ours, _) = app.created(DEV_ANNA).await;
    assert_eq!(call(&app, &Method::POST, "/api/v1/environments", Some(GLOBEX)).await.status(), 202);
    let list: Value =
        call(&app, &Method::GET, "/api/v1/environments", Some(GLOBEX)).await.json().await.unwrap();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_ne!(list["items"][0]["id"], ours);
    assert_eq!(list["items"][0]["tenant"], "globex");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_several_tenants_names_one() {
    let app = TestApp::start().await;
    let list = async |tenant: Option<&str>, key: &str| {
        let call = app.anonymous(Method::GET, "/api/v1/environments").header("X-Api-Key", key);
        let call = if let Some(tenant) = tenant { call.header("X-Terrane-Tenant", tenant) } else { call };
        call.send().await.unwrap()
    };
    assert_eq!(list(Some("globex"), BOTH).await.status(), 200);
    assert_snapshot!(show(list(None, BOTH).await).await, @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:tenant-needed",
      "title": "Name a tenant",
      "status": 400,
      "detail": "The key serves several tenants: acme, globex. Name one in the X-Terrane-Tenant header.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
    assert_snapshot!(show(list(Some("globex"), ACME).await).await, @r#"
    403 Forbidden
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:tenant-forbidden",
      "title": "The key does not serve this tenant",
      "status": 403,
      "detail": "The key does not serve the tenant in X-Terrane-Tenant. Leave the header out, or use a key of that tenant.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
    let existing = list(Some("globex"), ACME).await.json::<Value>().await.unwrap();
    let imaginary = list(Some("nobody"), ACME).await.json::<Value>().await.unwrap();
    assert_eq!(existing["detail"], imaginary["detail"], "whether a tenant exists is not told");
}
