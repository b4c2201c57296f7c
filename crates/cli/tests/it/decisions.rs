//! Approving, destroying and the like.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::{
    program::{Ended, run_at},
    server::{Answer, Ending, Server},
    world::{ENVIRONMENT, FILE, OPERATION, accepted, environment, file, operation, plan, steps},
};

/// An apply whose plan waits for approval, and goes on when that is given.
fn awaiting(more: &[&str]) -> (Server, Ended) {
    let approved = AtomicBool::new(false);
    let server = Server::start(move |request, _| {
        let state = if approved.load(Ordering::SeqCst) { "succeeded" } else { "awaiting_approval" };
        match request.path.as_str() {
            path if path.ends_with("/approve") => {
                approved.store(true, Ordering::SeqCst);
                accepted()
            }
            path if path.ends_with("/logs") && state == "succeeded" => {
                Answer::Events("event: end\ndata: {}\n\n".into(), Ending::Clean)
            }
            // Until then it says nothing and breaks off, as behind an impatient proxy.
            path if path.ends_with("/logs") => Answer::Events(": hello\n\n".into(), Ending::Clean),
            path if path.ends_with("/steps") => steps("running"),
            path if path.ends_with("/plan") => plan(),
            path if path.contains("/operations/") => Answer::Json(200, operation(state)),
            _ if request.method == "PUT" => accepted(),
            _ => Answer::Json(200, environment("ready")),
        }
    });
    let (_dir, path) = file(FILE);
    let mut args = vec!["apply", "-f", &path, "--wait"];
    args.extend(more);
    let ended = run_at(&server.url, &args);
    (server, ended)
}

#[test]
fn without_a_terminal_a_plan_is_left_waiting_and_what_it_destroys_is_shown() {
    let (server, ended) = awaiting(&[]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    for expected in
        ["waits for approval", "aws_db_instance.main[\"main\"]", "HOLDS DATA", "terrane approve op_"]
    {
        assert!(ended.stderr.contains(expected), "{expected} in\n{}", ended.stderr);
    }
    assert!(!ended.stderr.contains("aws_vpc.main"), "only what is destroyed:\n{}", ended.stderr);
    assert!(server.requests("POST").is_empty());
}

#[test]
fn approval_given_beforehand_names_the_plan_that_was_shown() {
    let (server, ended) = awaiting(&["--approve"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let posts = server.requests("POST");
    assert_eq!(posts.len(), 1, "asked once");
    assert_eq!(posts[0].path, format!("/api/v1/operations/{OPERATION}/approve"));
    assert_eq!(serde_json::from_str::<Value>(&posts[0].body).unwrap(), json!({"digest": "d1"}));
}

#[test]
fn destroying_without_a_terminal_needs_yes_and_asks_nothing_of_the_server() {
    let server = Server::start(|_, _| accepted());
    let refused = run_at(&server.url, &["destroy", "tour"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    assert!(server.requests("").is_empty());
}

#[test]
fn what_is_destroyed_is_the_environment_that_was_seen() {
    let server = Server::start(|request, _| match request.method.as_str() {
        "GET" => Answer::Json(200, environment("ready")),
        _ => accepted(),
    });
    let destroyed = run_at(&server.url, &["destroy", "tour", "--yes", "--data", "delete"]);
    assert_eq!(destroyed.code, Some(0), "{}", destroyed.stderr);
    let delete = &server.requests("DELETE")[0];
    assert_eq!(delete.path, format!("/api/v1/environments/{ENVIRONMENT}?data=delete"));
    assert_eq!(delete.header("if-match"), Some("\"3\""));
    assert!(delete.header("idempotency-key").is_some());
}

#[test]
fn a_decision_about_an_environment_is_about_its_operation() {
    let server = Server::start(|request, _| match request.path.as_str() {
        path if path.ends_with("/plan") => plan(),
        _ if request.method == "POST" => accepted(),
        _ => Answer::Json(200, environment("updating")),
    });
    for decision in ["approve", "discard", "cancel", "retry"] {
        let decided = run_at(&server.url, &[decision, "tour"]);
        assert_eq!(decided.code, Some(0), "{}", decided.stderr);
        assert_eq!(server.requests(&format!("POST /api/v1/operations/{OPERATION}/{decision}")).len(), 1);
    }
}

#[test]
fn outputs_are_shown_all_together_or_one_bare() {
    let server = Server::start(|_, _| {
        let outputs =
            json!({"vpc_id": {"value": "vpc-1", "type": "string", "sensitive": false}, "zones": ["a", "b"]});
        Answer::Json(200, json!({"applied_generation": 3, "outputs": outputs}))
    });
    let all = run_at(&server.url, &["outputs", "tour"]);
    assert_eq!(all.stdout, "vpc_id   vpc-1\nzones    [\"a\",\"b\"]\n");
    assert_eq!(run_at(&server.url, &["outputs", "tour", "vpc_id"]).stdout, "vpc-1\n");
    let unknown = run_at(&server.url, &["outputs", "tour", "vpc"]);
    assert_eq!(unknown.code, Some(3));
    assert!(unknown.stderr.contains("outputs: vpc_id, zones"), "{}", unknown.stderr);
}

#[test]
fn a_plan_and_the_operations_are_tables() {
    let server = Server::start(|request, _| match request.path.as_str() {
        path if path.ends_with("/plan") => plan(),
        path if path.contains("/operations") => {
            Answer::Json(200, json!({"items": [operation("failed")], "next_cursor": null}))
        }
        _ => Answer::Json(200, environment("updating")),
    });
    insta::assert_snapshot!(run_at(&server.url, &["plan", "tour"]).stdout, @r#"
          replace   aws_db_instance.main["main"]   HOLDS DATA   cannot update
          update    aws_vpc.main
        1 to add, 0 to change, 1 to destroy
        "#);
    let operations = run_at(&server.url, &["operations", "tour"]).stdout;
    let rows: Vec<Vec<&str>> =
        operations.lines().map(|row| row.split("   ").map(str::trim).collect()).collect();
    assert_eq!(rows[0].first(), Some(&"ID"));
    assert!(
        ["update", "failed", "1/2", "2m00s", "no more addresses"].iter().all(|cell| rows[1].contains(cell)),
        "{operations}"
    );
}
