//! `If-Match`.

use insta::assert_snapshot;

use crate::support::{DEV_ANNA, TestApp, show};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_based_on_an_older_generation_is_refused() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    let read = app.get("/api/v1/environments/dev-anna").await;
    let etag = read.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(etag, "\"1\"");
    let first = app.update("dev-anna", DEV_ANNA).header("If-Match", &etag).send().await.unwrap();
    assert_eq!(first.status(), 202);
    let second = app.update("dev-anna", DEV_ANNA).header("If-Match", &etag).send().await.unwrap();
    assert_snapshot!(show(second).await, @r#"
    412 Precondition Failed
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:generation-mismatch",
      "title": "The environment has changed",
      "status": 412,
      "detail": "The environment is at generation 2, not 1. Read it again, look at what changed, and send If-Match: \"2\".",
      "instance": "/api/v1/environments/dev-anna",
      "request_id": "[request id]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destroy_based_on_an_older_generation_is_refused() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    let refused = app.destroy("dev-anna").header("If-Match", "\"7\"").send().await.unwrap();
    assert_eq!(refused.status(), 412);
    assert_eq!(app.json("/api/v1/environments/dev-anna").await["operation"]["kind"], "create");
    let done = app.destroy("dev-anna").header("If-Match", "\"1\"").send().await.unwrap();
    assert_eq!(done.status(), 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_star_and_no_header_match_whatever_there_is() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    assert_eq!(app.update("dev-anna", DEV_ANNA).header("If-Match", "*").send().await.unwrap().status(), 202);
    assert_eq!(app.update("dev-anna", DEV_ANNA).send().await.unwrap().status(), 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_that_names_no_generation_is_refused() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    let refused = app.update("dev-anna", DEV_ANNA).header("If-Match", "W/\"1\"").send().await.unwrap();
    assert_snapshot!(show(refused).await, @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:malformed-request",
      "title": "The request can't be read",
      "status": 400,
      "detail": "If-Match: send the ETag of the environment as it was read, for example \"3\", or *.",
      "instance": "/api/v1/environments/dev-anna",
      "request_id": "[request id]"
    }
    "#);
}
