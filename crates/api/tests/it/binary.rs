//! The program as operators start it.

use std::{collections::BTreeMap, path::Path, time::Duration};

use serde_json::Value;
use terrane_rig::Ending;

const BIN: &str = env!("CARGO_BIN_EXE_terrane-api");
const KEYS: &str = r#"{"key_acme":["acme"]}"#;

fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Runs it to its end: how it ended and all that it wrote.
async fn run(arguments: &[&str], env: &[(&str, &str)]) -> (Ending, String) {
    let rig = terrane_rig::shared().await.unwrap();
    let program = rig.start_program("terrane-api", Path::new(BIN), arguments, variables(env)).await.unwrap();
    let ending = program.wait(Duration::from_secs(20)).await.unwrap();
    (ending, std::fs::read_to_string(program.log()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrate_then_serve_then_sigterm() {
    let rig = terrane_rig::shared().await.unwrap();
    let database = rig.postgres().await.unwrap().empty_database().await.unwrap();
    let redis = rig.fresh_redis().await.unwrap();
    let env = [("DATABASE_URL", database.as_str()), ("REDIS_URL", &redis), ("API_KEYS_JSON", KEYS)];

    let (ending, log) = run(&[], &[env.as_slice(), &[("TERRANE_LISTEN", "127.0.0.1:0")]].concat()).await;
    assert!(!ending.is_success());
    assert!(log.contains("has 'terrane-api migrate' been run?"), "{log}");
    for _ in 0..2 {
        let (ending, log) = run(&["migrate"], &env[..1]).await;
        assert!(ending.is_success(), "{log}");
    }

    let api = rig.start_api(Path::new(BIN), variables(&env)).await.unwrap();
    let client = reqwest::Client::new();
    let list = client.get(format!("{}/api/v1/environments", api.url())).bearer_auth("key_acme");
    assert_eq!(list.send().await.unwrap().status(), 200);
    assert_eq!(client.get(api.metrics_url()).send().await.unwrap().status(), 200);
    api.program().terminate().await.unwrap();
    let ending = api.program().wait(Duration::from_secs(15)).await.unwrap();
    let log = std::fs::read_to_string(api.program().log()).unwrap();
    assert!(ending.is_success(), "{log}");

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|line| line["event"] == "http.answered").unwrap();
    assert_eq!(answered["method"], "GET");
    assert_eq!(answered["route"], "/api/v1/environments");
    assert_eq!(answered["status"], 200);
    assert_eq!(answered["tenant"], "acme");
    assert!(answered["latency_ms"].is_number());
    assert!(answered["span"]["request_id"].is_string(), "{answered}");
    assert!(!log.contains("key_acme"), "a key is in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_can_not_work_end_the_process_with_a_clear_word() {
    let enough =
        [("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/x"), ("REDIS_URL", "redis://127.0.0.1:1")];
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[], "API_KEYS_JSON is not set"),
        (&[("API_KEYS_JSON", "{}")], "API_KEYS_JSON can't be used: it holds no key"),
        (&[("API_KEYS_JSON", "{\"key_secret\"")], "API_KEYS_JSON can't be used: it is not JSON"),
        (
            &[("API_KEYS_JSON", KEYS), ("TERRANE_LISTEN", "nowhere")],
            "TERRANE_LISTEN: \"nowhere\" is not an address",
        ),
        (&[("API_KEYS_JSON", KEYS), ("TERRANE_LISTEN", "192.0.2.1:1")], "can't listen on 192.0.2.1:1"),
        (&[("TERRANE_LOG_FORMAT", "xml")], "TERRANE_LOG_FORMAT: unknown format"),
    ];
    for (more, expected) in cases {
        let (ending, log) = run(&["serve"], &[enough.as_slice(), more].concat()).await;
        assert!(!ending.is_success(), "{expected}");
        assert!(log.contains(expected), "{expected:?} is not in {log}");
        assert!(!log.contains("hunter2") && !log.contains("key_secret"), "{log}");
    }
}
