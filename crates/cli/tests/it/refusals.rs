//! What the server says no to, and how that is told.

use serde_json::json;

use crate::{
    program::{Ended, ended, run_at, terrane},
    server::{Answer, Server},
    world::{FILE, file, not_found, problem},
};

fn get(answer: fn() -> Answer) -> Ended {
    let server = Server::start(move |_, _| answer());
    run_at(&server.url, &["get", "tour"])
}

#[test]
fn each_refusal_has_its_exit_code() {
    for (answer, code) in [
        ((|| problem(400, "tenant-needed", "Name one.")) as fn() -> Answer, 2),
        (|| problem(401, "unauthorized", "Send a key."), 5),
        (|| problem(403, "tenant-forbidden", "Not yours."), 5),
        (not_found, 3),
        (|| problem(409, "state-conflict", "Not now."), 4),
        (|| problem(412, "generation-mismatch", "Look again."), 4),
        (|| problem(422, "immutable", "Not this."), 4),
        (|| problem(500, "internal", "Our fault."), 6),
        (|| Answer::Later(503, 7200), 6),
    ] {
        let ended = get(answer);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(code), ""), "{}", ended.stderr);
    }
}

#[test]
fn a_problem_is_told_in_full_and_without_the_key() {
    let server = Server::start(|_, _| problem(401, "unauthorized", "The API key is not known here."));
    let command =
        terrane(&["list", "--url", &server.url]).env("TERRANE_API_KEY", "sekret-1").spawn().unwrap();
    let refused = ended(command);
    assert_eq!(refused.code, Some(5));
    insta::assert_snapshot!(refused.stderr, @"
        error: It is not to be
          The API key is not known here.
          request id: r-1
        ");
}

#[test]
fn a_key_that_fits_no_header_is_refused_and_not_shown() {
    let command = terrane(&["list"]).env("TERRANE_API_KEY", "sekret\n1").spawn().unwrap();
    let refused = ended(command);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("TERRANE_API_KEY") && !refused.stderr.contains("sekret"),
        "{}",
        refused.stderr
    );
}

#[test]
fn what_the_server_finds_wrong_in_a_file_reads_like_what_validate_finds() {
    let server = Server::start(|request, _| match request.method.as_str() {
        "GET" => not_found(),
        _ => Answer::Json(
            422,
            json!({
                "type": "urn:terrane:problem:invalid-spec", "title": "The environment file is not valid", "status": 422,
                "detail": "2 problems", "request_id": "r-1", "errors": [
                    {"pointer": "/cloud/region", "path": "cloud.region", "line": 3, "detail": "not open to you"},
                    {"pointer": "", "path": "", "line": null, "detail": "too much \u{1b}[2Jof it"},
                ],
            }),
        ),
    });
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tour.yaml"), FILE).unwrap();
    let mut command = terrane(&["apply", "-f", "tour.yaml"]);
    let refused = ended(command.env("TERRANE_URL", &server.url).current_dir(dir.path()).spawn().unwrap());
    assert_eq!(refused.code, Some(2));
    insta::assert_snapshot!(refused.stderr, @"
        tour.yaml: 2 problems
          cloud.region: not open to you   (line 3)
          too much �[2Jof it
          request id: r-1
        ");
}

#[test]
fn a_file_that_is_wrong_is_not_sent() {
    let server = Server::start(|_, _| Answer::Nothing);
    let (_dir, path) = file("name: tour\n");
    assert_eq!(run_at(&server.url, &["apply", "-f", &path]).code, Some(2));
    assert!(server.requests("").is_empty());
}

#[test]
fn a_404_of_another_server_creates_nothing() {
    let server = Server::start(|_, _| Answer::Text(404, "<html>nothing here</html>"));
    let (_dir, path) = file(FILE);
    let refused = run_at(&server.url, &["apply", "-f", &path]);
    assert_eq!(refused.code, Some(3));
    assert!(refused.stderr.contains("TERRANE_URL"), "{}", refused.stderr);
    assert!(server.requests("POST").is_empty());
}

#[test]
fn an_answer_that_is_not_understood_is_not_taken_for_success() {
    let ended = get(|| Answer::Text(200, "<html>welcome to the hotel</html>"));
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(6), ""));
    assert!(ended.stderr.contains("is it a Terrane API"), "{}", ended.stderr);
}

#[test]
fn a_server_that_cannot_be_reached_is_exit_code_6() {
    // Nobody listens there, and the system never hands it out: a port that was free a moment ago may be another test's.
    let nowhere = "http://127.0.0.1:1";
    let ended = run_at(nowhere, &["list"]);
    assert_eq!(ended.code, Some(6));
    let last = ended.stderr.lines().last().unwrap();
    assert!(last.starts_with(&format!("error: no answer from {nowhere}: ")), "{}", ended.stderr);
}
