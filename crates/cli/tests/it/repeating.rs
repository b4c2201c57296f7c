//! Calls that are made again, and what stays the same about them.

use serde_json::{Value, json};

use crate::{
    program::{ended, run_at, terrane},
    server::{Answer, Request, Server},
    world::{ENVIRONMENT, FILE, accepted, environment, file, not_found},
};

fn created_after(first: fn() -> Answer) -> (Server, Vec<Request>, Option<i32>, String) {
    let server = Server::start(move |request, before| match (request.method.as_str(), before) {
        ("GET", _) => not_found(),
        (_, 0) => first(),
        _ => accepted(),
    });
    let (_dir, path) = file(FILE);
    let ended = run_at(&server.url, &["apply", "-f", &path]);
    let posts = server.requests("POST /api/v1/environments");
    (server, posts, ended.code, ended.stderr)
}

fn assert_repeated(posts: &[Request]) {
    assert_eq!(posts.len(), 2);
    let key = posts[0].header("idempotency-key").unwrap();
    assert!(!key.is_empty());
    assert_eq!(posts[1].header("idempotency-key"), Some(key), "the same request has the same key");
    for post in posts {
        assert_eq!(post.body, FILE, "the file goes as it is");
        assert_eq!(post.header("content-type"), Some("application/yaml"));
    }
}

#[test]
fn after_a_503_the_same_request_is_made_again_with_the_same_key() {
    let (_server, posts, code, stderr) = created_after(|| Answer::Later(503, 0));
    assert_eq!(code, Some(0), "{stderr}");
    assert_repeated(&posts);
    assert!(stderr.contains("answered 503; trying again"), "{stderr}");
}

#[test]
fn after_a_lost_answer_the_same_request_is_made_again_with_the_same_key() {
    let (_server, posts, code, stderr) = created_after(|| Answer::Nothing);
    assert_eq!(code, Some(0), "{stderr}");
    assert_repeated(&posts);
}

#[test]
fn a_request_that_was_refused_is_not_made_again() {
    let (_server, posts, code, _) = created_after(|| Answer::Json(500, json!({"title": "Internal error"})));
    assert_eq!((posts.len(), code), (1, Some(6)));
}

#[test]
fn two_requests_have_two_keys() {
    let (_a, first, ..) = created_after(accepted);
    let (_b, second, ..) = created_after(accepted);
    assert_ne!(first[0].header("idempotency-key"), second[0].header("idempotency-key"));
}

#[test]
fn a_change_names_the_generation_that_was_seen() {
    let server = Server::start(|request, _| match request.method.as_str() {
        "GET" => Answer::Json(200, environment("ready")),
        _ => accepted(),
    });
    let (_dir, path) = file(FILE);
    let applied = run_at(&server.url, &["apply", "-f", &path, "-o", "json"]);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    let put = &server.requests("PUT ")[0];
    assert_eq!(put.path, format!("/api/v1/environments/{ENVIRONMENT}"), "by id: a name may be given anew");
    assert_eq!(put.header("if-match"), Some("\"3\""));
    let result: Value = serde_json::from_str(&applied.stdout).unwrap();
    assert_eq!(result["operation"]["state"], "queued");
}

#[test]
fn key_and_tenant_go_with_every_call() {
    let server = Server::start(|_, _| Answer::Json(200, environment("ready")));
    let get = terrane(&["get", "tour"])
        .env("TERRANE_URL", format!("{}/", server.url))
        .env("TERRANE_API_KEY", "sekret-1")
        .env("TERRANE_TENANT", "acme")
        .spawn()
        .unwrap();
    let got = ended(get);
    assert_eq!(got.code, Some(0), "{}", got.stderr);
    let call = &server.requests("GET /api/v1/environments/tour")[0];
    assert_eq!(call.header("authorization"), Some("Bearer sekret-1"));
    assert_eq!(call.header("x-terrane-tenant"), Some("acme"));
    assert!(!got.stdout.contains('\u{1b}'), "no colours into a pipe: {}", got.stdout);
    let ageless: Vec<&str> = got.stdout.lines().filter(|line| !line.ends_with(" ago")).collect();
    insta::assert_snapshot!(ageless.join("\n"), @"
        name         tour
        id           env_0193a5c0dead7eef8badf00dcafe0001
        state        ready
        region       eu-west-1
        generation   3 (applied: 2)
        labels       team=platform
        operation    update running (op_0193a5c0dead7eef8badf00dcafe0002)
        ");
}

#[test]
fn all_pages_of_a_list_are_read_and_unknown_fields_are_kept() {
    let server = Server::start(|request, _| {
        let mut item = environment("ready");
        item["mood"] = json!("new");
        let last = request.path.contains("cursor=c%2F1");
        Answer::Json(200, json!({"items": [item], "next_cursor": (!last).then_some("c/1")}))
    });
    let args =
        ["list", "--state", "ready,failed", "-l", "team=platform", "-l", "a=b", "-q", "to", "-o", "json"];
    let listed = run_at(&server.url, &args);
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    let items: Vec<Value> = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!((items.len(), &items[1]["mood"]), (2, &json!("new")));
    let query = "state=ready%2Cfailed&label=team%3Dplatform%2Ca%3Db&q=to&limit=200";
    let calls: Vec<String> = server.requests("GET").iter().map(Request::line).collect();
    let path = format!("GET /api/v1/environments?{query}");
    assert_eq!(calls, [path.clone(), format!("{path}&cursor=c%2F1")]);
}
