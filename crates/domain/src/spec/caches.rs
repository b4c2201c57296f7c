//! `caches`: ElastiCache for Valkey or Redis OSS.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Encryption, Size,
    decode::Value,
    node::Kind,
    problem::{any_of, nearest, quoted},
    reading::{flag, word},
    rules,
    words::words,
};
use crate::facts::{
    self,
    caches::{self as offered, ParameterValue},
};

/// A cache. Always encrypted, TLS-only and without a public address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CacheSpec {
    /// The engine; `valkey` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<CacheEngine>,
    /// In quotes, for example `"8.0"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]\.[0-9]$"))]
    pub version: Option<String>,
    /// A word, or the exact node type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<CacheSize>,
    /// A replica of each shard in another zone, which takes over by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_availability: Option<bool>,
    /// Spreads the keys over so many shards (cluster mode), which clients have to support. Without it there is one,
    /// and every client works. Adding or removing this replaces the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 500))]
    pub shards: Option<u16>,
    /// Copies of each shard that take reads; 1 with `high_availability`, otherwise none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 5))]
    pub replicas_per_shard: Option<u8>,
    /// Settings of the engine, for example `maxmemory-policy: allkeys-lru`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub parameters: BTreeMap<String, String>,
    /// Who may connect; `network` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<CacheAuthentication>,
    /// Whose key encrypts it. Changing this replaces the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// Days for which daily snapshots are kept; 0 takes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 35))]
    pub snapshot_retention_days: Option<u8>,
    /// Retention of the slow log; one that CloudWatch knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::LOG_RETENTION_DAYS))]
    pub log_retention_days: Option<u16>,
}

/// The size of a cache's nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(deny_unknown_fields)]
pub enum CacheSize {
    /// A word.
    Named(Size),
    /// Exactly this.
    Exact {
        /// For example `cache.r7g.large`.
        #[schemars(regex(pattern = r"^cache\.[a-z][a-z0-9-]*\.[a-z0-9-]+$"))]
        node_type: String,
    },
}

words! {
    /// A cache engine.
    CacheEngine {
        /// Valkey: the open successor of Redis, cheaper on AWS and spoken to by the same clients.
        Valkey => "valkey",
        /// Redis OSS, up to 7.1.
        Redis => "redis",
    }
}

words! {
    /// Who may connect to a cache.
    CacheAuthentication {
        /// Whoever gets to it through the network: any client works.
        Network => "network",
        /// An identity of IAM that may, with a token that lives 15 minutes; the client has to make it.
        Iam => "iam",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<CacheSpec> {
    let f = value.fields()?;
    let section = CacheSpec {
        engine: f.get("engine", word),
        version: f.get("version", version),
        size: f.get("size", size),
        high_availability: f.get("high_availability", flag),
        shards: f.get("shards", |value| value.integer(1, offered::MAX_SHARDS)),
        replicas_per_shard: f
            .get("replicas_per_shard", |value| value.integer(0, offered::MAX_REPLICAS_PER_SHARD)),
        parameters: f.texts("parameters", parameters),
        authentication: f.get("authentication", word),
        encryption: f.get("encryption", word),
        snapshot_retention_days: f.get("snapshot_retention_days", |value| value.integer(0, 35)),
        log_retention_days: f.get("log_retention_days", rules::log_retention_days),
    };
    f.close();
    Some(section)
}

/// Which engine has it is judged with the engine, in `resolve`.
fn version(value: &Value<'_>) -> Option<String> {
    let text = value.text("a version in quotes, such as \"8.0\"")?;
    let known = || offered::VALKEY_VERSIONS.iter().chain(offered::REDIS_VERSIONS).copied();
    if known().any(|version| version == text) {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "unknown version {}; ElastiCache offers Valkey {} and Redis {}",
        quoted(text),
        any_of(offered::VALKEY_VERSIONS.iter().copied()),
        any_of(offered::REDIS_VERSIONS.iter().copied())
    ))
}

fn size(value: &Value<'_>) -> Option<CacheSize> {
    match &value.node.kind {
        Kind::Map(_) => {
            let f = value.fields()?;
            let node_type = f.required("node_type", "cache.r7g.large", node_type);
            f.close();
            Some(CacheSize::Exact { node_type: node_type? })
        }
        Kind::Text(text) if text.starts_with("cache.") => value.reject(format!(
            "an exact size is written {{ node_type: {} }}",
            text.chars().take(40).collect::<String>()
        )),
        Kind::Text(_) => value.word::<Size>().map(CacheSize::Named),
        _ => value.expected("small, medium, large or { node_type: cache.r7g.large }"),
    }
}

fn node_type(value: &Value<'_>) -> Option<String> {
    let text = value.text("a node type such as cache.r7g.large")?;
    if !rules::is_machine_class(text, "cache") {
        return value.reject(format!(
            "{} is not a node type of ElastiCache; expected one such as cache.r7g.large",
            quoted(text)
        ));
    }
    match offered::node_type_fault(text) {
        Some(fault) => value.reject(format!("{} {fault}", quoted(text))),
        None => Some(text.to_owned()),
    }
}

fn parameters(value: &Value<'_>) -> BTreeMap<String, String> {
    let parameters = value.pairs("a mapping of parameters", known_parameter, parameter_text);
    let mut good = BTreeMap::new();
    for (name, text) in parameters {
        match offered::PARAMETERS.iter().find(|(known, _)| *known == name) {
            Some((_, allowed)) => match judge(*allowed, &text) {
                Ok(()) => drop(good.insert(name, text)),
                Err(expected) => {
                    value.reject_key(&name, format!("expected {expected}, found {}", quoted(&text)));
                }
            },
            None => drop(good.insert(name, text)),
        }
    }
    good
}

fn known_parameter(name: &str) -> Result<String, String> {
    let names = || offered::PARAMETERS.iter().map(|(known, _)| *known);
    if names().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    if let Some((_, advice)) = offered::KEPT_PARAMETERS.iter().find(|(kept, _)| *kept == name) {
        return Err(format!("can't be set: {advice}"));
    }
    Err(match nearest(name, names()) {
        Some(near) => format!("is no parameter that can be set; did you mean \"{near}\"?"),
        None => format!("is no parameter that can be set; expected {}", any_of(names())),
    })
}

/// A number needs no quotes here: no parameter has a fraction whose end could be lost.
fn parameter_text(value: &Value<'_>) -> Option<String> {
    match &value.node.kind {
        Kind::Number(number) => Some(number.text.clone()),
        Kind::Bool(true) => value.reject("expected yes or no, found true"),
        Kind::Bool(false) => value.reject("expected yes or no, found false"),
        _ => value.text("a text or a number").map(str::to_owned),
    }
}

fn judge(allowed: ParameterValue, text: &str) -> Result<(), String> {
    match allowed {
        ParameterValue::Number(least, most) => match text.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => Ok(()),
            _ if most == i64::MAX => Err(format!("a whole number from {least}")),
            _ => Err(format!("a whole number from {least} to {most}")),
        },
        ParameterValue::OneOf(words) if words.contains(&text) => Ok(()),
        ParameterValue::OneOf(words) => Err(any_of(words.iter().copied())),
        ParameterValue::Letters(letters) => {
            let well_formed =
                text.char_indices().all(|(at, c)| letters.contains(c) && !text[..at].contains(c));
            if well_formed {
                Ok(())
            } else {
                Err(format!("some of the letters {letters}, none of them twice"))
            }
        }
    }
}
