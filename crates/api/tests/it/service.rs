//! Health, readiness, metrics, documents, ids and headers.

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DEV_ANNA, TestApp, show};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_and_readiness_need_no_key() {
    let app = TestApp::start().await;
    for (path, status) in [("/healthz", "ok"), ("/readyz", "ready"), ("/api/v1/health", "ready")] {
        let response = app.anonymous(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.json::<Value>().await.unwrap()["status"], status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documents_are_open_and_the_browsable_one_needs_nothing_from_elsewhere() {
    let app = TestApp::start().await;
    let open = async |path: &str| app.anonymous(Method::GET, path).send().await.unwrap();
    let schema: Value = open("/api/v1/schema").await.json().await.unwrap();
    assert_eq!(schema["title"], "Terrane environment");
    let document: Value = open("/openapi.json").await.json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document, open("/api/v1/openapi.json").await.json::<Value>().await.unwrap());
    let page = open("/docs").await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("swagger-ui"), "{page}");
    assert!(!page.contains("https://"), "{page}");
    assert!(open("/docs/swagger-initializer.js").await.text().await.unwrap().contains("/openapi.json"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_on_a_port_of_their_own_and_count_by_route_not_by_id() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    app.get("/api/v1/environments/dev-anna").await;
    app.get("/api/v1/environments/nobody").await;
    assert_eq!(app.get("/metrics").await.status(), 404, "not on the public port");
    let text = app.client.get(&app.metrics_url).send().await.unwrap().text().await.unwrap();
    for line in [
        r#"terrane_http_requests_total{method="POST",route="/api/v1/environments",status="2xx"} 1"#,
        r#"terrane_http_requests_total{method="GET",route="/api/v1/environments/{id}",status="2xx"} 1"#,
        r#"terrane_http_requests_total{method="GET",route="/api/v1/environments/{id}",status="4xx"} 1"#,
        r#"terrane_open_operations{state="queued"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(text.contains("process_resident_memory_bytes"));
    assert!(!text.contains("dev-anna"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_id_is_taken_over_when_it_is_safe_and_made_when_not() {
    let app = TestApp::start().await;
    let sent = app.create(DEV_ANNA).header("X-Request-Id", "build-17.a").send().await.unwrap();
    assert_eq!(sent.headers()["x-request-id"], "build-17.a");
    assert_eq!(sent.json::<Value>().await.unwrap()["operation"]["request_id"], "build-17.a");
    for unsafe_id in ["two words", "<script>", &"x".repeat(129)] {
        let response = app.call(Method::GET, "/api/v1/environments").header("X-Request-Id", unsafe_id);
        let made = response.send().await.unwrap().headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_ne!(made, unsafe_id);
        assert_eq!(made.len(), 32, "{made}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_goes_with_the_operation() {
    let app = TestApp::start().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let response = app.create(DEV_ANNA).header("traceparent", trace).send().await.unwrap();
    assert_eq!(response.headers()["traceparent"], trace);
    let body: Value = response.json().await.unwrap();
    let store = app.store();
    let tenant = store.ensure_tenant("acme").await.unwrap();
    let id = body["operation"]["id"].as_str().unwrap().parse().unwrap();
    let operation = store.get_operation(tenant.id, id).await.unwrap().unwrap();
    assert_eq!(operation.traceparent.as_deref(), Some(trace));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_neither_cached_nor_guessed_at_nor_open_to_other_origins() {
    let app = TestApp::start().await;
    for path in ["/api/v1/environments", "/api/v1/environments/nobody", "/nowhere"] {
        let call = app.call(Method::GET, path).header("Origin", "https://elsewhere.example");
        let response = call.send().await.unwrap();
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        assert_eq!(response.headers().get("access-control-allow-origin"), None, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_says_what_is_up() {
    let app = TestApp::start().await;
    assert_snapshot!(show(app.anonymous(Method::GET, "/readyz").send().await.unwrap()).await, @r#"
    200 OK
    content-type: application/json

    {
      "status": "ready",
      "postgres": "up",
      "redis": "up",
      "version": "0.1.0"
    }
    "#);
    assert_eq!(app.json("/api/v1/environments").await, json!({"items": [], "next_cursor": null}));
}
