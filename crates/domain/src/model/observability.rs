//! Logs, alarms and the dashboard.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Key;

/// How long logs are kept, what is watched and what is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observability {
    /// Of apps, load balancers and APIs; one of the retentions that CloudWatch knows.
    pub log_retention_days: u16,
    /// `None` has no alarms.
    pub alarms: Option<Alarms>,
    /// Name of the dashboard, up to 255 characters; `None` has none.
    pub dashboard: Option<String>,
}

/// Alarms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Alarms {
    /// ARNs of what hears when an alarm goes off and when it is over; with the topic at most five.
    pub actions: Vec<String>,
    /// A topic of the environment's own that hears too. The environment has a key of its own then.
    pub topic: Option<AlarmTopic>,
    /// Where the alarms of apps and load balancers go off, and what those of databases and caches have in common.
    pub thresholds: Thresholds,
    /// Where those of a database go off.
    pub databases: BTreeMap<Key, DatabaseLimits>,
    /// Where those of a cache go off.
    pub caches: BTreeMap<Key, CacheLimits>,
}

/// An SNS topic for alarms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmTopic {
    /// Its name, up to 256 characters.
    pub name: String,
    /// Addresses that it writes to, sorted.
    pub emails: Vec<String>,
}

/// Where alarms go off that are the same for everything of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Thresholds {
    /// CPU of an app or a database.
    pub cpu_percent: u8,
    /// Memory of an app.
    pub memory_percent: u8,
    /// Answers of 500 and more.
    pub errors_per_minute: u32,
    /// Seconds that one answer in twenty takes longer than.
    pub latency_seconds: u8,
}

/// Where the alarms of each instance of a database go off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DatabaseLimits {
    /// Connections; `None` where nobody knows how many the class allows.
    pub connections: Option<u32>,
    /// Bytes that are left; `None` for storage that grows by itself without an end that matters.
    pub free_storage_bytes: Option<u64>,
}

/// Where the alarms of each node of a cache go off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CacheLimits {
    /// What of the CPU is looked at.
    pub cpu: CacheCpu,
    /// Of what is looked at.
    pub cpu_percent: u8,
    /// Memory that holds data; `None` for a cache that is meant to be full.
    pub memory_percent: Option<u8>,
    /// Keys that are given up for want of memory; `None` for a cache that is meant to, and for one that never does.
    pub evictions_per_minute: Option<u32>,
}

/// What of a cache node's CPU is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheCpu {
    /// The whole machine, of which the engine uses one core.
    Host,
    /// The thread of the engine.
    Engine,
}
