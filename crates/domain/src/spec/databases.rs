//! `databases`: RDS for PostgreSQL and Aurora PostgreSQL.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    CapacitySpec, Encryption, Gibibytes, Size, Switch, capacity,
    decode::Value,
    node::Kind,
    problem::{any_of, quoted},
    reading::{flag, switch, word},
    rules,
    words::words,
};
use crate::facts;

/// A database. Always encrypted, TLS-only and without a public address; AWS makes, keeps and rotates its password;
/// with `replicas` it can't, and Terrane has one made that is in no state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DatabaseSpec {
    /// The engine; `postgres` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<DatabaseEngine>,
    /// Major version, in quotes: `"17"`. AWS upgrades minor versions in the maintenance window.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::POSTGRES_VERSIONS))]
    pub version: Option<String>,
    /// A word, or the exact instance class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<DatabaseSize>,
    /// Aurora only, in place of `size`: instances scale by themselves between two capacities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<CapacitySpec>,
    /// Not for Aurora, which grows by itself. Storage at creation, for example `20 GiB`; it can grow and never shrinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Gibibytes>,
    /// Not for Aurora. Where storage autoscaling ends; at least 10 % more than `storage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_storage: Option<Gibibytes>,
    /// A standby in a second zone; for Aurora a reader there, which takes over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_availability: Option<bool>,
    /// Instances that take reads; Aurora has 1 with `high_availability`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 15))]
    pub replicas: Option<u8>,
    /// 0 (no backups) to 35; at least 1 for Aurora and for a database with replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 35))]
    pub backup_retention_days: Option<u8>,
    /// AWS refuses to delete it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// Whose key encrypts it. Changing this replaces the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// Seven days of Performance Insights, which are free of charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub performance_insights: Option<bool>,
    /// Metrics of the operating system; `{}` turns them on, `false` off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enhanced_monitoring: Option<Switch<MonitoringSpec>>,
    /// Lets identities of IAM in as users that were granted `rds_iam`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam_authentication: Option<bool>,
    /// Retention of the logs that it writes; one that CloudWatch knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::LOG_RETENTION_DAYS))]
    pub log_retention_days: Option<u16>,
    /// Makes it from a snapshot, whose names of database and user it keeps. Changing this replaces the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore_from: Option<RestoreSpec>,
    /// Name of the database inside; `app` if not said. Changing this replaces the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]{0,62}$"))]
    pub database_name: Option<String>,
    /// Name of the master user; `terrane` if not said. Changing this replaces the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]{0,62}$"))]
    pub master_username: Option<String>,
}

/// The size of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(deny_unknown_fields)]
pub enum DatabaseSize {
    /// A word.
    Named(Size),
    /// Exactly this.
    Exact {
        /// For example `db.r7g.large`.
        #[schemars(regex(pattern = r"^db\.[a-z][a-z0-9-]*\.[a-z0-9-]+$"))]
        instance_class: String,
    },
}

/// What a database is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RestoreSpec {
    /// Name of a snapshot in the same account and region, or its ARN.
    pub snapshot: String,
}

/// Enhanced Monitoring.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MonitoringSpec {
    /// Seconds between samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::MONITORING_INTERVALS))]
    pub interval_seconds: Option<u8>,
}

words! {
    /// A database engine.
    DatabaseEngine {
        /// RDS for PostgreSQL.
        Postgres => "postgres",
        /// Aurora PostgreSQL: storage that grows by itself and is kept in three zones.
        AuroraPostgres => "aurora_postgres",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<DatabaseSpec> {
    let f = value.fields()?;
    let section = DatabaseSpec {
        engine: f.get("engine", word),
        version: f.get("version", postgres_version),
        size: f.get("size", size),
        capacity: f.get("capacity", capacity::read),
        storage: f.get("storage", storage),
        max_storage: f.get("max_storage", max_storage),
        high_availability: f.get("high_availability", flag),
        replicas: f.get("replicas", |value| value.integer(0, facts::MAX_REPLICAS)),
        backup_retention_days: f.get("backup_retention_days", |value| value.integer(0, 35)),
        deletion_protection: f.get("deletion_protection", flag),
        encryption: f.get("encryption", word),
        performance_insights: f.get("performance_insights", flag),
        enhanced_monitoring: f.get("enhanced_monitoring", |value| switch(value, monitoring)),
        iam_authentication: f.get("iam_authentication", flag),
        log_retention_days: f.get("log_retention_days", rules::log_retention_days),
        restore_from: f.get("restore_from", restore),
        database_name: f.get("database_name", postgres_name),
        master_username: f.get("master_username", postgres_name),
    };
    f.close();
    Some(section)
}

fn monitoring(value: &Value<'_>) -> Option<MonitoringSpec> {
    let f = value.fields()?;
    let section = MonitoringSpec {
        interval_seconds: f.get("interval_seconds", |value| value.one_of(facts::MONITORING_INTERVALS)),
    };
    f.close();
    Some(section)
}

fn restore(value: &Value<'_>) -> Option<RestoreSpec> {
    let f = value.fields()?;
    let snapshot = f.required("snapshot", "main-before-the-move", snapshot);
    f.close();
    Some(RestoreSpec { snapshot: snapshot? })
}

/// Source: RDS API reference, `RestoreDBInstanceFromDBSnapshot`, `DBSnapshotIdentifier`; the names of automated
/// snapshots begin with `rds:`.
fn snapshot(value: &Value<'_>) -> Option<String> {
    let text = value.text("the name or the ARN of a snapshot")?;
    let name = match text.strip_prefix("arn:aws:rds:") {
        Some(rest) => match rest.splitn(4, ':').collect::<Vec<_>>().as_slice() {
            [_, _, "snapshot" | "cluster-snapshot", name] => *name,
            _ => "",
        },
        None => text,
    };
    let name = name.strip_prefix("rds:").unwrap_or(name);
    let well_formed = (1..=255).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !name.contains("--")
        && !name.ends_with('-');
    if well_formed {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is no snapshot; expected its name, or arn:aws:rds:<region>:<account id>:snapshot:<name>",
        quoted(text)
    ))
}

pub(super) fn size(value: &Value<'_>) -> Option<DatabaseSize> {
    match &value.node.kind {
        Kind::Map(_) => {
            let f = value.fields()?;
            let instance_class = f.required("instance_class", "db.r7g.large", instance_class);
            f.close();
            Some(DatabaseSize::Exact { instance_class: instance_class? })
        }
        Kind::Text(text) if text.starts_with("db.") => value.reject(format!(
            "an exact size is written {{ instance_class: {} }}",
            text.chars().take(40).collect::<String>()
        )),
        Kind::Text(_) => value.word::<Size>().map(DatabaseSize::Named),
        _ => value.expected("small, medium, large or { instance_class: db.r7g.large }"),
    }
}

fn postgres_version(value: &Value<'_>) -> Option<String> {
    let known = facts::POSTGRES_VERSIONS;
    let text = value.text("a major version in quotes, such as \"17\"")?;
    if known.contains(&text) {
        return Some(text.to_owned());
    }
    if let Some(major) = text.split('.').next().filter(|major| text.contains('.') && known.contains(major)) {
        return value.reject(format!(
            "{} is a minor version; write the major one, \"{major}\": AWS upgrades minor versions by itself",
            quoted(text)
        ));
    }
    value.reject(format!("unknown version {}; RDS offers {}", quoted(text), any_of(known.iter().copied())))
}

fn instance_class(value: &Value<'_>) -> Option<String> {
    let text = value.text("an instance class such as db.r7g.large")?;
    if rules::is_machine_class(text, "db") {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not an instance class of RDS; expected one such as db.r7g.large",
        quoted(text)
    ))
}

fn storage(value: &Value<'_>) -> Option<Gibibytes> {
    storage_between(value, *facts::POSTGRES_STORAGE_GIB.start(), *facts::POSTGRES_STORAGE_GIB.end())
}

fn max_storage(value: &Value<'_>) -> Option<Gibibytes> {
    storage_between(value, *facts::POSTGRES_STORAGE_GIB.start(), facts::POSTGRES_MAX_STORAGE_GIB)
}

fn storage_between(value: &Value<'_>, least: u32, most: u32) -> Option<Gibibytes> {
    let what = "an amount of storage with its unit, such as \"20 GiB\"";
    let text = match &value.node.kind {
        Kind::Number(_) => return value.expected(what),
        _ => value.text(what)?,
    };
    match Gibibytes::parse(text) {
        Some(amount) if (least..=most).contains(&amount.0) => Some(amount),
        Some(_) => {
            value.reject(format!("{} is out of range; expected {least} GiB to {most} GiB", quoted(text)))
        }
        None => value.expected(what),
    }
}

/// A name inside Postgres. Source: RDS API reference, `CreateDBInstance`, `DBName` and `MasterUsername`; lower case
/// only, because Postgres folds what is not quoted.
fn postgres_name(value: &Value<'_>) -> Option<String> {
    let text = value.text("a name")?;
    let well_formed = (1..=63).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !well_formed {
        return value.reject(format!(
            "{} is not a name; use 1 to 63 of a-z, 0-9 and _, starting with a letter",
            quoted(text)
        ));
    }
    if facts::POSTGRES_RESERVED.contains(&text) || text.starts_with("pg_") || text.starts_with("rds_") {
        return value.reject(format!("{} is reserved by Postgres or RDS; choose another name", quoted(text)));
    }
    Some(text.to_owned())
}
