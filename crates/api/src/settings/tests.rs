use std::{cell::RefCell, collections::BTreeSet, error::Error};

use super::*;

const ENOUGH: &[(&str, &str)] = &[
    ("DATABASE_URL", "postgres://terrane:hunter2@127.0.0.1:5432/terrane"),
    ("REDIS_URL", "redis://:hunter2@127.0.0.1:6379"),
    ("API_KEYS_JSON", r#"{"key-of-sixteen-characters":["acme"]}"#),
];

fn read(overrides: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::from_lookup(|name| {
        overrides.iter().chain(ENOUGH).find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    })
}

fn message(overrides: &[(&str, &str)]) -> String {
    let error = read(overrides).unwrap_err();
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// The names in the first column of the table at the top of the module.
fn documented() -> BTreeSet<&'static str> {
    include_str!("../settings.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `"))
        .filter_map(|rest| rest.split('`').next())
        .collect()
}

/// The names under `# API` in the example file; one that is commented out shows its default. A blank line ends the part.
fn exemplified() -> BTreeSet<&'static str> {
    include_str!("../../../../.env.example")
        .lines()
        .skip_while(|line| *line != "# API")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.trim_start_matches("# ").split_once('='))
        .map(|(name, _)| name)
        .filter(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        .collect()
}

#[test]
fn three_variables_are_enough() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.server.metrics_listen.to_string(), "127.0.0.1:9090");
    assert_eq!(settings.server.threads.get(), 2);
    assert_eq!(settings.limits.body_bytes, 1024 * 1024);
}

#[test]
fn every_variable_that_is_read_is_documented_and_in_the_example_file() {
    let asked = RefCell::new(BTreeSet::new());
    let lookup = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        ENOUGH.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    };
    Settings::from_lookup(lookup).unwrap();
    log_settings(lookup).unwrap();
    let asked = asked.into_inner();
    let asked: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
    assert_eq!(asked, documented(), "the table at the top of settings.rs");
    assert_eq!(asked, exemplified(), ".env.example under # API");
}

#[test]
fn a_wrong_value_is_named_with_its_variable_and_the_remedy() {
    assert_eq!(
        message(&[("TERRANE_LISTEN", "8080")]),
        "TERRANE_LISTEN: \"8080\" is not an address such as 127.0.0.1:8080"
    );
    assert_eq!(
        message(&[("TERRANE_API_THREADS", "0")]),
        "TERRANE_API_THREADS: \"0\" is not a whole number of at least 1"
    );
    assert_eq!(
        message(&[("API_KEYS_JSON", "")]),
        r#"API_KEYS_JSON is not set; write for example {"<a long random key>": ["acme"]}"#
    );
    assert_eq!(
        message(&[("API_KEYS_JSON", "{}")]),
        "API_KEYS_JSON can't be used: it holds no key, so nobody could call"
    );
}

#[test]
fn a_refused_url_is_not_repeated_because_it_may_hold_a_password() {
    assert_eq!(
        message(&[("DATABASE_URL", "mysql://root:hunter2@db")]),
        "DATABASE_URL must start with postgres://"
    );
    assert_eq!(
        message(&[("REDIS_URL", "http://:hunter2@cache")]),
        "REDIS_URL must start with redis:// or rediss://"
    );
    assert!(!format!("{:?}", read(&[]).unwrap()).contains("hunter2"));
}
