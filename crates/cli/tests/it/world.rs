//! Objects as the API shows them.

use serde_json::{Value, json};

use crate::server::Answer;

pub const ENVIRONMENT: &str = "env_0193a5c0dead7eef8badf00dcafe0001";
pub const OPERATION: &str = "op_0193a5c0dead7eef8badf00dcafe0002";

pub const FILE: &str = "name: tour\ncloud:\n  region: eu-west-1\n";

pub fn environment(state: &str) -> Value {
    json!({
        "id": ENVIRONMENT, "name": "tour", "tenant": "acme", "state": state, "conditions": [], "generation": 3,
        "applied_generation": 2, "labels": {"team": "platform"}, "region": "eu-west-1", "error": null,
        "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z", "destroyed_at": null,
        "operation": operation("running"),
    })
}

pub fn operation(state: &str) -> Value {
    let over = matches!(state, "succeeded" | "failed" | "cancelled");
    json!({
        "id": OPERATION, "environment_id": ENVIRONMENT, "kind": "update", "state": state, "generation": 3,
        "attempt": 1, "failures": 0, "progress": {"planned": 2, "done": 1}, "plan_digest": "d1",
        "error": (state == "failed").then(|| json!({
            "kind": "quota", "message": "no more addresses", "hint": "ask AWS for more", "retryable": false, "step": "apply",
        })),
        "created_at": "2026-01-02T03:04:05Z", "started_at": "2026-01-02T03:04:06Z",
        "finished_at": over.then_some("2026-01-02T03:06:06Z"),
    })
}

pub fn accepted() -> Answer {
    Answer::Json(202, json!({"environment": environment("updating"), "operation": operation("queued")}))
}

pub fn steps(state: &str) -> Answer {
    let ended = (state != "running").then_some("2026-01-02T03:06:00Z");
    Answer::Json(
        200,
        json!({"items": [
            {"name": "plan", "state": "succeeded", "attempt": 1, "started_at": "2026-01-02T03:04:07Z",
             "finished_at": "2026-01-02T03:04:17Z", "detail": "2 to add"},
            {"name": "apply", "state": state, "attempt": 1, "started_at": "2026-01-02T03:04:17Z",
             "finished_at": ended, "detail": null},
        ]}),
    )
}

pub fn plan() -> Answer {
    Answer::Json(
        200,
        json!({"digest": "d1", "add": 1, "change": 0, "remove": 1, "actions": [
            {"address": "aws_db_instance.main[\"main\"]", "resource_type": "aws_db_instance", "action": "replace",
             "reason": "cannot_update", "holds_data": true},
            {"address": "aws_vpc.main", "resource_type": "aws_vpc", "action": "update", "reason": null, "holds_data": false},
        ]}),
    )
}

pub fn line(cursor: u32, text: &str) -> Value {
    json!({
        "cursor": cursor.to_string(), "at": "2026-01-02T03:05:00Z", "step": "apply", "attempt": 1, "stream": "stdout",
        "level": "info", "text": text, "resource": text.split_once(": ").map(|(address, _)| address),
    })
}

pub fn line_event(cursor: u32, text: &str) -> String {
    format!("id: {cursor}\nevent: line\ndata: {}\n\n", line(cursor, text))
}

pub fn problem(status: u16, slug: &str, detail: &str) -> Answer {
    Answer::Json(
        status,
        json!({
            "type": format!("urn:terrane:problem:{slug}"), "title": "It is not to be", "status": status,
            "detail": detail, "request_id": "r-1",
        }),
    )
}

pub fn not_found() -> Answer {
    problem(404, "not-found", "There is no such thing.")
}

/// A file of this content; the directory goes when it is dropped.
pub fn file(content: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tour.yaml");
    std::fs::write(&path, content).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}
