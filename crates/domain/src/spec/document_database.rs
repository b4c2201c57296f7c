//! `document_database`: DocumentDB, or a cluster of MongoDB Atlas.

mod atlas;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    DatabaseSize, Encryption, databases,
    decode::Value,
    reading::{flag, word},
    rules,
    words::words,
};
use crate::facts;

pub use atlas::{AtlasAccess, AtlasSpec, AtlasUserSpec};

/// A database of documents, spoken to with MongoDB's protocol. There is one at most. Always encrypted and TLS-only.
///
/// `documentdb` stands in the environment's own network; AWS makes, keeps and rotates its password. `mongodb_atlas` is a
/// cluster of MongoDB's own service, in AWS and in the same region: nobody gets in but from the environment's NAT
/// addresses, and there is no password at all, because apps log in with their role.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DocumentDatabaseSpec {
    /// The engine; `documentdb` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<DocumentEngine>,
    /// In quotes: `"5.0"` or `"8.0"` of DocumentDB, `"7.0"` or `"8.0"` of MongoDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["5.0", "7.0", "8.0"]))]
    pub version: Option<String>,
    /// A word, or the exact instance class; for MongoDB Atlas a word, or `atlas.instance_size`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<DatabaseSize>,
    /// A replica in a second zone, which takes over. MongoDB Atlas has two at all times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_availability: Option<bool>,
    /// Instances that take reads; 1 with `high_availability`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 15))]
    pub replicas: Option<u8>,
    /// 1 to 35.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 35))]
    pub backup_retention_days: Option<u8>,
    /// AWS, or Atlas, refuses to delete it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// Whose key encrypts it; DocumentDB only. Changing this replaces the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// Retention of its audit log; one that CloudWatch knows. DocumentDB only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::LOG_RETENTION_DAYS))]
    pub log_retention_days: Option<u16>,
    /// What only MongoDB Atlas has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub atlas: Option<AtlasSpec>,
}

words! {
    /// An engine for documents.
    DocumentEngine {
        /// Amazon DocumentDB.
        Documentdb => "documentdb",
        /// MongoDB Atlas, through its own Terraform provider.
        MongodbAtlas => "mongodb_atlas",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<DocumentDatabaseSpec> {
    let f = value.fields()?;
    let section = DocumentDatabaseSpec {
        engine: f.get("engine", word),
        version: f
            .get("version", |value| value.text("a version in quotes, such as \"8.0\"").map(str::to_owned)),
        size: f.get("size", databases::size),
        high_availability: f.get("high_availability", flag),
        replicas: f.get("replicas", |value| value.integer(0, facts::MAX_REPLICAS)),
        backup_retention_days: f.get("backup_retention_days", |value| value.integer(1, 35)),
        deletion_protection: f.get("deletion_protection", flag),
        encryption: f.get("encryption", word),
        log_retention_days: f.get("log_retention_days", rules::log_retention_days),
        atlas: f.get("atlas", atlas::read),
    };
    f.close();
    Some(section)
}
