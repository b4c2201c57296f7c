//! Logs as pages and as a stream.

use std::time::Duration;

use futures::StreamExt;
use insta::assert_snapshot;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{DEV_ANNA, GLOBEX, Options, TestApp, TestWorker, show};

/// One server-sent event.
#[derive(Debug, Clone, PartialEq)]
struct Event {
    id: Option<String>,
    name: String,
    data: Value,
}

/// Reads the events of a stream as they come.
struct Events {
    body: std::pin::Pin<Box<dyn futures::Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    text: String,
}

impl Events {
    fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: Box::pin(response.bytes_stream()), text: String::new() }
    }

    /// The next event; `None` when the server has closed the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    block.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned())
                };
                if let (Some(name), Some(data)) = (field("event:"), field("data:")) {
                    return Some(Event {
                        id: field("id:"),
                        name,
                        data: serde_json::from_str(&data).unwrap(),
                    });
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.body.next()).await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// Events up to and with the first of this name.
    async fn until(&mut self, name: &str) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            let event =
                self.next().await.unwrap_or_else(|| panic!("the stream ended before {name}: {events:?}"));
            let found = event.name == name;
            events.push(event);
            if found {
                return events;
            }
        }
    }
}

async fn follow(app: &TestApp, operation: &str, last: Option<&str>) -> Response {
    let call = app.call(Method::GET, &format!("/api/v1/operations/{operation}/logs"));
    let call = call.header("Accept", "text/event-stream");
    let call = if let Some(last) = last { call.header("Last-Event-ID", last) } else { call };
    call.send().await.unwrap()
}

fn texts(events: &[Event]) -> Vec<&str> {
    events.iter().filter(|it| it.name == "line").map(|it| it.data["text"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_follow_each_other_and_say_when_nothing_more_will_come() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let mut worker = TestWorker::new(&app).await;
    let holder = worker.claim().await.holder;
    worker.write(&holder, &["one", "two", "three"]).await;
    let path = format!("/api/v1/operations/{operation}/logs");
    assert_snapshot!(show(app.get(&format!("{path}?limit=2")).await).await, @r#"
    200 OK
    content-type: application/json

    {
      "items": [
        {
          "cursor": "1.0",
          "at": "[time]",
          "step": "apply",
          "attempt": 1,
          "stream": "stdout",
          "level": "info",
          "text": "one",
          "resource": null
        },
        {
          "cursor": "1.1",
          "at": "[time]",
          "step": "apply",
          "attempt": 1,
          "stream": "stdout",
          "level": "info",
          "text": "two",
          "resource": null
        }
      ],
      "next_cursor": "1.1",
      "complete": false,
      "note": null
    }
    "#);
    let first = app.json(&format!("{path}?limit=2")).await;
    let after = first["next_cursor"].as_str().unwrap();
    let second = app.json(&format!("{path}?limit=2&after={after}")).await;
    assert_eq!(second["items"][0]["text"], "three");
    assert_eq!(second["complete"], false, "the operation still runs");

    worker.write(&holder, &["four"]).await;
    worker.fail(&holder).await;
    let after = second["next_cursor"].as_str().unwrap();
    let third = app.json(&format!("{path}?after={after}")).await;
    assert_eq!((third["items"][0]["text"].as_str(), &third["complete"]), (Some("four"), &json!(true)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_shows_lines_progress_and_states_as_they_come_and_ends_with_the_operation() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let mut events = Events::of(follow(&app, &operation, None).await);
    let beginning = events.until("progress").await;
    assert_eq!((beginning[0].name.as_str(), &beginning[0].data["state"]), ("state", &json!("queued")));

    let mut worker = TestWorker::new(&app).await;
    let holder = worker.claim().await.holder;
    assert_eq!(events.until("state").await.last().unwrap().data["state"], "running");
    worker.write(&holder, &["aws_vpc.this: Creating...", "a \"quoted\"\nbreak and ü"]).await;
    let mut seen = events.until("line").await;
    seen.extend(events.until("line").await);
    assert_eq!(texts(&seen), ["aws_vpc.this: Creating...", "a \"quoted\"\nbreak and ü"]);
    assert_eq!(seen.last().unwrap().id.as_deref(), seen.last().unwrap().data["cursor"].as_str());
    worker.store.record_progress(&holder, Some(3), 1).await.unwrap();
    assert_eq!(events.until("progress").await.last().unwrap().data, json!({"planned": 3, "done": 1}));

    worker.write(&holder, &["the last words"]).await;
    worker.store.succeed(&holder, None).await.unwrap();
    let rest = events.until("end").await;
    assert_eq!(texts(&rest), ["the last words"]);
    assert_eq!(rest.last().unwrap().data["state"], "succeeded");
    assert_eq!(events.next().await, None, "the server closes the stream");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_goes_on_where_it_broke_off() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let mut worker = TestWorker::new(&app).await;
    let holder = worker.claim().await.holder;
    worker.write(&holder, &["one", "two", "three"]).await;
    let mut first = Events::of(follow(&app, &operation, None).await);
    first.until("line").await;
    let second_line = first.until("line").await.pop().unwrap();
    drop(first);

    worker.write(&holder, &["four"]).await;
    worker.fail(&holder).await;
    let mut resumed = Events::of(follow(&app, &operation, second_line.id.as_deref()).await);
    assert_eq!(texts(&resumed.until("end").await), ["three", "four"]);
    let after = format!("/api/v1/operations/{operation}/logs?after={}", second_line.id.unwrap());
    let by_query = app.call(Method::GET, &after).header("Accept", "text/event-stream").send().await.unwrap();
    assert_eq!(texts(&Events::of(by_query).until("end").await), ["three", "four"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_comes_whole_and_in_order() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let mut worker = TestWorker::new(&app).await;
    let holder = worker.claim().await.holder;
    let lines: Vec<String> = (0..1700).map(|number| format!("line {number}")).collect();
    for batch in lines.chunks(170) {
        worker.write(&holder, &batch.iter().map(String::as_str).collect::<Vec<_>>()).await;
    }
    worker.fail(&holder).await;
    let mut events = Events::of(follow(&app, &operation, None).await);
    assert_eq!(texts(&events.until("end").await), lines);
}

/// Whoever takes nothing off its connection, or is gone, holds one page in this process and nothing else: the worker only
/// ever talks to Postgres.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_stop_reading_slow_neither_the_worker_nor_other_readers() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let mut worker = TestWorker::new(&app).await;
    let holder = worker.claim().await.holder;
    let stuck = follow(&app, &operation, None).await;
    drop(follow(&app, &operation, None).await);

    // More than the buffers of a connection hold.
    let line = |number: usize| format!("{number} {}", "x".repeat(8 * 1024));
    let writing = async {
        for batch in 0..300 {
            let lines: Vec<_> = (0..5).map(|number| line(5 * batch + number)).collect();
            worker.write(&holder, &lines.iter().map(String::as_str).collect::<Vec<_>>()).await;
        }
        worker.fail(&holder).await;
    };
    tokio::time::timeout(Duration::from_secs(60), writing).await.expect("the worker was held up");
    let expected: Vec<_> = (0..1500).map(line).collect();
    let quick = Events::of(follow(&app, &operation, None).await).until("end").await;
    assert!(texts(&quick) == expected, "another reader missed a line");
    let late = Events::of(stuck).until("end").await;
    assert!(texts(&late) == expected, "the late reader missed a line");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_was_removed_is_empty_and_says_so() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let mut worker = TestWorker::new(&app).await;
    let holder = worker.claim().await.holder;
    worker.write(&holder, &["one"]).await;
    worker.fail(&holder).await;
    let path = format!("/api/v1/operations/{operation}/logs");
    assert_eq!(app.json(&path).await["note"], Value::Null);
    app.sql("DELETE FROM log_batches").await;
    assert_snapshot!(show(app.get(&path).await).await, @r#"
    200 OK
    content-type: application/json

    {
      "items": [],
      "next_cursor": null,
      "complete": true,
      "note": "the lines of this operation were removed: they had been kept for as long as logs are kept"
    }
    "#);
    let events = Events::of(follow(&app, &operation, None).await).until("end").await;
    let note = events.iter().find(|event| event.name == "note").expect("a note");
    assert!(note.data.as_str().unwrap().contains("were removed"), "{note:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_can_not_begin_is_a_problem() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    assert_snapshot!(show(follow(&app, &operation, Some("abc")).await).await, @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "urn:terrane:problem:malformed-request",
      "title": "The request can't be read",
      "status": 400,
      "detail": "The query can't be read: after: send the 'cursor' of a line, as it is (also as Last-Event-ID).",
      "instance": "/api/v1/operations/op_[1]/logs",
      "request_id": "[request id]"
    }
    "#);
    let path = format!("/api/v1/operations/{operation}/logs");
    let theirs = app.anonymous(Method::GET, &path).bearer_auth(GLOBEX).header("Accept", "text/event-stream");
    assert_eq!(theirs.send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_are_limited_and_a_closed_one_makes_room() {
    let variables = [("TERRANE_API_LOG_STREAMS", "1".to_owned())].into();
    let app = TestApp::start_with(Options { variables, ..Options::default() }).await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let mut first = Events::of(follow(&app, &operation, None).await);
    first.until("state").await;
    assert_snapshot!(show(follow(&app, &operation, None).await).await, @r#"
    429 Too Many Requests
    content-type: application/problem+json
    retry-after: 5

    {
      "type": "urn:terrane:problem:too-many-streams",
      "title": "Too many log streams are open",
      "status": 429,
      "detail": "1 log streams are open already. Close one, or read the pages of this route with 'Accept: application/json'.",
      "instance": "/api/v1/operations/op_[1]/logs",
      "request_id": "[request id]"
    }
    "#);
    let metrics = app.client.get(&app.metrics_url).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("terrane_log_streams 1"), "{metrics}");
    drop(first);
    let room = terrane_rig::until("there is room", Duration::from_secs(10), async || {
        let response = follow(&app, &operation, None).await;
        (response.status() == 200).then_some(())
    });
    room.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_open_streams_at_once() {
    let app = TestApp::start().await;
    let (_, operation) = app.created(DEV_ANNA).await;
    let mut events = Events::of(follow(&app, &operation, None).await);
    events.until("progress").await;
    let ((), rest) = tokio::join!(app.stop(), events.next());
    assert_eq!(rest, None);
}
