//! Answers as text for snapshots: status, the headers that matter, the body with what differs from run to run replaced.

use std::{collections::HashMap, fmt};

use reqwest::Response;
use serde_json::Value;

/// An answer, shown.
pub struct Shown(String);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const HEADERS: &[&str] =
    &["content-type", "location", "etag", "idempotent-replayed", "www-authenticate", "allow", "retry-after"];

/// Reads an answer to its end and shows it.
pub async fn show(response: Response) -> Shown {
    let mut redactor = Redactor::default();
    let mut text = format!("{}\n", response.status());
    for name in HEADERS {
        if let Some(value) = response.headers().get(*name) {
            text.push_str(&format!("{name}: {}\n", redactor.redact(value.to_str().unwrap())));
        }
    }
    let body = response.text().await.unwrap();
    text.push('\n');
    match serde_json::from_str::<Value>(&body) {
        Ok(mut json) => {
            redactor.walk(None, &mut json);
            text.push_str(&serde_json::to_string_pretty(&json).unwrap());
        }
        Err(_) => text.push_str(&redactor.redact(&body)),
    }
    Shown(text)
}

/// Replaces ids by their number of first appearance, so that it still shows which are the same.
#[derive(Default)]
struct Redactor(HashMap<String, usize>);

impl Redactor {
    fn walk(&mut self, key: Option<&str>, value: &mut Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map.iter_mut() {
                    self.walk(Some(key), value);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(None, item)),
            Value::String(text) => {
                let constant = match key {
                    Some("request_id") => Some("[request id]"),
                    Some("external_id") => Some("[external id]"),
                    Some("name_prefix") => Some("[name prefix]"),
                    Some("at") => Some("[time]"),
                    Some(key) if key.ends_with("_at") => Some("[time]"),
                    _ => None,
                };
                *text = constant.map_or_else(|| self.redact(text), str::to_owned);
            }
            _ => {}
        }
    }

    fn redact(&mut self, text: &str) -> String {
        let mut rest = text;
        let mut out = String::new();
        while let Some((at, prefix)) = first_id(rest) {
            let end = at + prefix.len() + 33;
            let next = self.0.len() + 1;
            let number = *self.0.entry(rest[at..end].to_owned()).or_insert(next);
            out.push_str(&rest[..at]);
            out.push_str(&format!("{prefix}_[{number}]"));
            rest = &rest[end..];
        }
        out + rest
    }
}

/// Where the first id of some kind begins, and its prefix.
fn first_id(text: &str) -> Option<(usize, &'static str)> {
    ["env", "op", "ten", "wrk"]
        .into_iter()
        .filter_map(|prefix| {
            text.match_indices(&format!("{prefix}_"))
                .find(|(at, matched)| {
                    let digits = text.get(at + matched.len()..at + matched.len() + 32);
                    digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
                })
                .map(|(at, _)| (at, prefix))
        })
        .min()
}
