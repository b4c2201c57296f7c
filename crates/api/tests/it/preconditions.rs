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
    assert_snapshot!(show(second).await, @"");
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
    assert_snapshot!(show(refused).await, @"");
}
