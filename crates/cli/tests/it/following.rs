//! Logs and operations that are followed.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    program::{ended, run_at, terrane},
    server::{Answer, Ending, Request, Server},
    world::{
        FILE, OPERATION, accepted, environment, file, line, line_event, not_found, operation, problem, steps,
    },
};

fn is_stream(request: &Request) -> bool {
    request.header("accept") == Some("text/event-stream")
}

#[test]
fn a_stream_that_breaks_off_goes_on_behind_the_last_whole_line() {
    let server = Server::start(|_, before| {
        let half = format!("{}id: 3\nevent: line\ndata: {{\"at\"", line_event(2, "two"));
        match before {
            0 => Answer::Events(line_event(1, "one"), Ending::Clean),
            1 => Answer::Nothing,
            2 => Answer::Events(half, Ending::Cut),
            _ => {
                Answer::Events(format!("{}event: end\ndata: {{}}\n\n", line_event(3, "three")), Ending::Clean)
            }
        }
    });
    let followed = run_at(&server.url, &["logs", "-f", OPERATION]);
    assert_eq!((followed.code, followed.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(followed.stdout, @"
        2026-01-02T03:05:00.000Z apply     one
        2026-01-02T03:05:00.000Z apply     two
        2026-01-02T03:05:00.000Z apply     three
        ");
    let resumed: Vec<Option<String>> = server
        .requests("GET")
        .iter()
        .map(|request| request.header("last-event-id").map(str::to_owned))
        .collect();
    assert_eq!(resumed, [None, Some("1".into()), Some("1".into()), Some("2".into())]);
}

#[test]
fn a_stream_that_is_refused_for_good_ends() {
    let server = Server::start(|_, _| not_found());
    assert_eq!(run_at(&server.url, &["logs", "-f", OPERATION]).code, Some(3));
    assert_eq!(server.requests("GET").len(), 1);
}

#[test]
fn a_log_is_read_page_by_page() {
    let server = Server::start(|request, _| {
        let (cursor, complete) = if request.path.ends_with("after=1") { (2, true) } else { (1, false) };
        let items = [line(cursor, "some \u{1b}[2Jwords")];
        Answer::Json(200, json!({"items": items, "next_cursor": cursor.to_string(), "complete": complete}))
    });
    let read = run_at(&server.url, &["logs", OPERATION]);
    assert_eq!(read.code, Some(0), "{}", read.stderr);
    assert_eq!(read.stdout.lines().count(), 2);
    assert!(!read.stdout.contains('\u{1b}'), "{:?}", read.stdout);
    let json = run_at(&server.url, &["logs", OPERATION, "-o", "json"]);
    let cursors: Vec<Value> = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["cursor"].clone())
        .collect();
    assert_eq!(cursors, ["1", "2"]);
}

/// An apply whose operation ends like this, once its stream was opened.
fn applied(state: &'static str) -> crate::program::Ended {
    let opened = AtomicBool::new(false);
    let server = Server::start(move |request, _| {
        let is_open = opened.load(Ordering::SeqCst);
        let (operation_state, step) = match (is_open, state) {
            (false, _) => ("running", "running"),
            (true, "succeeded") => (state, "succeeded"),
            (true, _) => (state, "failed"),
        };
        match request.path.as_str() {
            path if path.ends_with("/logs") && is_stream(request) => {
                opened.store(true, Ordering::SeqCst);
                let text = [
                    line_event(1, "aws_vpc.main: Creating..."),
                    line_event(2, "aws_vpc.main: Creation complete after 2s [id=vpc-1]"),
                    "event: progress\ndata: {\"planned\":2,\"done\":2}\n\n".to_owned(),
                    line_event(3, "aws_eip.nat: Creation complete after 1s [id=e-1]"),
                    "event: end\ndata: {}\n\n".to_owned(),
                ];
                Answer::Events(text.concat(), Ending::Clean)
            }
            path if path.ends_with("/steps") => steps(step),
            path if path.contains("/operations/") => Answer::Json(200, operation(operation_state)),
            _ if request.method == "PUT" => accepted(),
            _ => Answer::Json(200, environment("ready")),
        }
    });
    let (_dir, path) = file(FILE);
    run_at(&server.url, &["apply", "-f", &path, "--wait", "-o", "json"])
}

#[test]
fn an_operation_is_followed_to_its_end_line_by_line() {
    let ended = applied("succeeded");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let result: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(result["operation"]["state"], "succeeded", "stdout holds the result alone");
    for expected in [
        "tour: plan succeeded after 10s: 2 to add",
        "tour: apply started",
        "tour: aws_vpc.main: Creation complete after 2s (1 of 2)",
        "tour: aws_eip.nat: Creation complete after 1s (2 of 2)",
        "tour: apply succeeded after 1m43s",
        "[ 2m00s] tour: update succeeded",
        "tour: update succeeded after 2m00s",
    ] {
        let count = ended.stderr.lines().filter(|line| line.ends_with(expected)).count();
        assert_eq!(count, 1, "{expected} in\n{}", ended.stderr);
    }
}

#[test]
fn a_failed_operation_says_why_and_what_to_do() {
    let ended = applied("failed");
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    for expected in ["error: no more addresses", "ask AWS for more", "terrane retry tour"] {
        assert!(ended.stderr.contains(expected), "{expected} in\n{}", ended.stderr);
    }
}

#[test]
fn a_cancelled_operation_has_an_exit_code_of_its_own() {
    assert_eq!(applied("cancelled").code, Some(8));
}

#[test]
fn without_a_stream_the_end_is_still_seen() {
    let server = Server::start(|request, _| match request.path.as_str() {
        path if path.ends_with("/logs") => problem(500, "internal", "No streams today."),
        path if path.ends_with("/steps") => steps("succeeded"),
        path if path.contains("/operations/") => Answer::Json(200, operation("succeeded")),
        _ if request.method == "PUT" => accepted(),
        _ => Answer::Json(200, environment("ready")),
    });
    let (_dir, path) = file(FILE);
    assert_eq!(run_at(&server.url, &["apply", "-f", &path, "--wait"]).code, Some(0));
}

#[test]
fn ctrl_c_leaves_the_operation_running_and_says_how_to_go_on() {
    let server = Server::start(|request, _| match request.path.as_str() {
        path if path.ends_with("/logs") => Answer::Events(line_event(1, "a"), Ending::Held),
        path if path.ends_with("/steps") => steps("running"),
        path if path.contains("/operations/") => Answer::Json(200, operation("running")),
        _ if request.method == "PUT" => accepted(),
        _ => Answer::Json(200, environment("ready")),
    });
    let (_dir, path) = file(FILE);
    let child = terrane(&["apply", "-f", &path, "--wait", "--url", &server.url]).spawn().unwrap();
    // Once it asks for steps it has long begun to listen for signals.
    let deadline = Instant::now() + Duration::from_secs(30);
    while server.requests(&format!("GET /api/v1/operations/{OPERATION}/steps")).is_empty() {
        assert!(Instant::now() < deadline, "it never began to follow");
        std::thread::yield_now();
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    let ended = ended(child);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(130), ""), "{}", ended.stderr);
    for expected in ["The update of tour goes on", "terrane logs -f op_", "terrane cancel op_"] {
        assert!(ended.stderr.contains(expected), "{expected} in\n{}", ended.stderr);
    }
    assert!(server.requests("POST").is_empty(), "nothing was cancelled");
}
