//! Repeating a request with its key.

use futures::future::join_all;
use insta::assert_snapshot;
use reqwest::Response;

use crate::support::{DEV_ANNA, GLOBEX, TestApp, TestWorker, file, show};

async fn parts(response: Response) -> (u16, Option<String>, String) {
    let replayed =
        response.headers().get("Idempotent-Replayed").map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), replayed, response.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_request_gets_the_first_answer_word_for_word() {
    let app = TestApp::start().await;
    let create = || app.create(DEV_ANNA).header("Idempotency-Key", "k-1").send();
    let (status, replayed, first) = parts(create().await.unwrap()).await;
    assert_eq!((status, replayed), (202, None));
    let (status, replayed, second) = parts(create().await.unwrap()).await;
    assert_eq!((status, replayed.as_deref()), (202, Some("true")));
    assert_eq!(first, second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_answer_comes_back_even_when_things_have_moved_on() {
    let app = TestApp::start().await;
    let create = || app.create(DEV_ANNA).header("Idempotency-Key", "k-1").send();
    let (_, _, first) = parts(create().await.unwrap()).await;
    let changed = format!("{DEV_ANNA}buckets: {{ uploads: {{}} }}\n");
    assert_eq!(app.update("dev-anna", changed).send().await.unwrap().status(), 202);
    let (status, _, replayed) = parts(create().await.unwrap()).await;
    assert_eq!(status, 202);
    assert_eq!(first, replayed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_destroy_by_name_is_answered_after_the_name_has_gone() {
    let app = TestApp::start().await;
    app.created(DEV_ANNA).await;
    let destroy = || app.destroy("dev-anna").header("Idempotency-Key", "k-1").send();
    let (_, _, first) = parts(destroy().await.unwrap()).await;
    let worker = TestWorker::new(&app).await;
    worker.store.succeed(&worker.claim().await.holder, None).await.unwrap();
    assert_eq!(app.get("/api/v1/environments/dev-anna").await.status(), 404);
    let (status, replayed, second) = parts(destroy().await.unwrap()).await;
    assert_eq!((status, replayed.as_deref()), (202, Some("true")));
    assert_eq!(first, second);
    assert_eq!(app.destroy("dev-anna").send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_good_for_one_request_only() {
    let app = TestApp::start().await;
    app.create(DEV_ANNA).header("Idempotency-Key", "k-1").send().await.unwrap();
    let other = app.create(file("dev-otto")).header("Idempotency-Key", "k-1").send().await.unwrap();
    assert_snapshot!(show(other).await, @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:idempotency-key-reused",
      "title": "The Idempotency-Key was used for another request",
      "status": 422,
      "detail": "This Idempotency-Key was used for a request with another method, path, If-Match or body. Use a new key for a new request.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
    let elsewhere = app.destroy("dev-anna").header("Idempotency-Key", "k-1").send().await.unwrap();
    assert_eq!(elsewhere.status(), 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_belongs_to_its_tenant() {
    let app = TestApp::start().await;
    app.create(DEV_ANNA).header("Idempotency-Key", "k-1").send().await.unwrap();
    let theirs = app
        .anonymous(reqwest::Method::POST, "/api/v1/environments")
        .bearer_auth(GLOBEX)
        .header("Content-Type", "application/yaml")
        .header("Idempotency-Key", "k-1")
        .body(DEV_ANNA)
        .send()
        .await
        .unwrap();
    let (status, replayed, _) = parts(theirs).await;
    assert_eq!((status, replayed), (202, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_requests_at_once_with_one_key_make_one_environment() {
    let app = TestApp::start().await;
    let requests = (0..10).map(|_| app.create(DEV_ANNA).header("Idempotency-Key", "k-1").send());
    let answers = join_all(join_all(requests).await.into_iter().map(|answer| parts(answer.unwrap()))).await;
    let fresh = answers.iter().filter(|(_, replayed, _)| replayed.is_none()).count();
    assert_eq!(fresh, 1);
    assert!(answers.iter().all(|(status, _, body)| *status == 202 && *body == answers[0].2), "{answers:?}");
    let operations = app.json("/api/v1/environments/dev-anna/operations").await;
    assert_eq!(operations["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_requests_at_once_without_a_key_make_one_environment_and_nine_conflicts() {
    let app = TestApp::start().await;
    let answers = join_all((0..10).map(|_| app.create(DEV_ANNA).send())).await;
    let mut statuses: Vec<u16> =
        answers.into_iter().map(|answer| answer.unwrap().status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [[202].as_slice(), &[409; 9]].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_request_does_not_use_its_key_up() {
    let app = TestApp::start().await;
    let update = || app.update("dev-anna", DEV_ANNA).header("Idempotency-Key", "k-1").send();
    assert_eq!(update().await.unwrap().status(), 404);
    app.created(DEV_ANNA).await;
    let (status, replayed, _) = parts(update().await.unwrap()).await;
    assert_eq!((status, replayed), (202, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_no_key_is_refused() {
    let app = TestApp::start().await;
    let response = app.create(DEV_ANNA).header("Idempotency-Key", "two words").send().await.unwrap();
    assert_snapshot!(show(response).await, @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:malformed-request",
      "title": "The request can't be read",
      "status": 400,
      "detail": "Idempotency-Key: send 1 to 255 visible ASCII characters, for example a UUID.",
      "instance": "/api/v1/environments",
      "request_id": "[request id]"
    }
    "#);
    let long = app.create(DEV_ANNA).header("Idempotency-Key", "k".repeat(256)).send().await.unwrap();
    assert_eq!(long.status(), 400);
}
