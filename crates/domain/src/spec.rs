//! The environment file: what a person writes, as types. Nothing here is filled in; `None` means "not said".
//!
//! Reading goes text -> [`node`] (by [`yaml`] or [`json`], with lines) -> these types (by [`sections`], with every
//! problem at once) -> rules across fields, which are those of [`crate::resolve()`]. Writing is serde: what was said
//! and nothing else, so that `parse(to_json(spec)) == spec`.

mod decode;
mod json;
mod node;
mod parse;
mod problem;
mod rules;
mod sections;
mod units;
mod words;
mod yaml;

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::{
    Key, Nat,
    facts::{self, Region},
};

pub use node::MAX_SPEC_BYTES;
pub use parse::{Format, parse, parse_value};
pub(crate) use problem::{Path, Sink};
pub use problem::{Problem, Problems};
pub use units::{Gibibytes, Minutes};
pub use words::{
    ApprovalPolicy, DataOnDestroy, DatabaseEngine, Encryption, Endpoint, Profile, Provider, Size, StateLock,
};

/// An environment, as its file describes it. Only `name` and `cloud.region` are needed; the profile fills in the rest.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "Terrane environment")]
pub struct EnvironmentSpec {
    /// Unique among your living environments.
    pub name: EnvironmentName,
    /// How generous the defaults are; `small` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// For finding environments again in Terrane; they don't reach the cloud.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub labels: BTreeMap<String, String>,
    /// Put on everything in the cloud that can carry tags, beside Terrane's own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub tags: BTreeMap<String, String>,
    /// Where it stands.
    pub cloud: CloudSpec,
    /// A VPC with public, private and isolated subnets. Without this section there is one only if a database needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkSpec>,
    /// S3 buckets by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub buckets: BTreeMap<Key, BucketSpec>,
    /// ECR repositories by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub registries: BTreeMap<Key, RegistrySpec>,
    /// Databases by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub databases: BTreeMap<Key, DatabaseSpec>,
    /// Where Terraform keeps its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StateSpec>,
    /// How it lives and ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<LifecycleSpec>,
}

/// The name of an environment: a [`Key`] of at least two characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EnvironmentName(Key);

impl EnvironmentName {
    /// Shortest name, in characters.
    pub const MIN_LEN: usize = 2;

    /// Checks and wraps a name.
    pub fn parse(text: &str) -> Option<Self> {
        Key::parse(text).ok().filter(|_| text.len() >= Self::MIN_LEN).map(Self)
    }

    /// The name as a key.
    pub const fn as_key(&self) -> &Key {
        &self.0
    }

    /// The name as given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Where an environment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CloudSpec {
    /// The cloud; `aws` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// The region, for example `eu-west-1`.
    #[schemars(extend("enum" = Region::names().collect::<Vec<_>>()))]
    pub region: String,
    /// Twelve digits, in quotes. Terraform refuses to act in any other account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{12}$"))]
    pub account_id: Option<String>,
    /// A role in your account that Terrane assumes; its trust policy must ask for the external id that Terrane shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:aws:iam::[0-9]{12}:role/.+$"))]
    pub role_arn: Option<String>,
}

impl CloudSpec {
    /// The account that the file names, by itself or inside the role.
    pub fn account(&self) -> Option<&str> {
        self.account_id.as_deref().or_else(|| self.role_account())
    }

    /// The account of the role.
    pub(crate) fn role_account(&self) -> Option<&str> {
        self.role_arn.as_deref().and_then(rules::account_of_role)
    }
}

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NetworkSpec {
    /// Private address range, /16 to /22 (/21 if a zone e or f takes part); `10.0.0.0/16` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", regex(pattern = r"^[0-9.]+/[0-9]{1,2}$"))]
    pub cidr: Option<Ipv4Net>,
    /// How many zones, or which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zones: Option<ZonesSpec>,
    /// How private subnets reach the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat: Option<Nat>,
    /// AWS services that are reached without leaving the VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Vec<Endpoint>>,
    /// Flow logs to CloudWatch; `{}` turns them on, `false` off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_logs: Option<Switch<FlowLogsSpec>>,
}

/// Availability zones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ZonesSpec {
    /// The first so many of the region.
    Count(#[schemars(range(min = 2, max = 6))] u8),
    /// These, for example `eu-west-1a`.
    Names(#[schemars(length(min = 2, max = 6))] Vec<String>),
}

/// A thing that has settings, or that is turned off with `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch<T> {
    /// `false`
    Off,
    /// Its settings; `{}` for the defaults.
    On(T),
}

impl<T: Serialize> Serialize for Switch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_bool(false),
            Self::On(settings) => settings.serialize(serializer),
        }
    }
}

/// VPC flow logs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FlowLogsSpec {
    /// One of the retentions that CloudWatch knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::LOG_RETENTION_DAYS))]
    pub retention_days: Option<u16>,
}

/// An S3 bucket. Always private, TLS-only and encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BucketSpec {
    /// Keep old versions of objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versioning: Option<bool>,
    /// Whose key encrypts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// What happens to objects with age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<BucketLifecycleSpec>,
    /// Delete the objects too when the bucket is taken out of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_destroy: Option<bool>,
}

/// What happens to objects with age.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BucketLifecycleSpec {
    /// Move objects to Glacier after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub glacier_after_days: Option<u32>,
    /// Delete objects after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub expire_after_days: Option<u32>,
    /// Delete old versions so many days after they were replaced; needs versioning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub expire_old_versions_after_days: Option<u32>,
    /// Drop the parts of unfinished uploads after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub abort_uploads_after_days: Option<u32>,
}

/// An ECR repository.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RegistrySpec {
    /// Images to keep; older ones expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub keep_last: Option<u32>,
    /// Images without a tag expire after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub expire_untagged_after_days: Option<u32>,
    /// Refuse to move a tag to another image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immutable_tags: Option<bool>,
    /// Scan images when they are pushed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan: Option<bool>,
    /// Whose key encrypts it. Changing this replaces the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// Delete the images too when the registry is taken out of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_destroy: Option<bool>,
}

/// A database. Always encrypted, TLS-only and without a public address; AWS makes, keeps and rotates its password.
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
    /// Storage at creation, for example `20 GiB`; it can grow and never shrinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Gibibytes>,
    /// Where storage autoscaling ends; at least 10 % more than `storage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_storage: Option<Gibibytes>,
    /// A standby in a second zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_availability: Option<bool>,
    /// 0 (no backups) to 35.
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

/// Enhanced Monitoring.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MonitoringSpec {
    /// Seconds between samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::MONITORING_INTERVALS))]
    pub interval_seconds: Option<u8>,
}

/// Where Terraform keeps its state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct StateSpec {
    /// S3 bucket; made if absent. One per account and region if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"))]
    pub bucket: Option<String>,
    /// Region of the bucket; that of the environment if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = Region::names().collect::<Vec<_>>()))]
    pub region: Option<String>,
    /// How it is locked; `s3` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<StateLock>,
}

/// How an environment lives and ends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LifecycleSpec {
    /// Destroyed so long after it was created, for example `6h` or `14 days`; never if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Minutes>,
    /// Refuse to destroy it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// When a plan waits for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalPolicy>,
    /// What a destroy does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_destroy: Option<OnDestroySpec>,
}

/// What a destroy does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OnDestroySpec {
    /// What becomes of the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<DataOnDestroy>,
}

impl EnvironmentSpec {
    /// What was given, and nothing else; [`parse_value`] reads it back.
    pub fn to_json(&self) -> serde_json::Value {
        // Nothing in these types can fail: every map key is a string and no serializer of ours returns an error.
        serde_json::to_value(self).unwrap_or_default()
    }
}
