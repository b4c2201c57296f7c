//! The resolved form of an environment: no default left open, names and address ranges computed, references typed.
//!
//! [`InfraModel`] is what crate `blueprint` renders and all that it needs: it decides nothing about sizes or names.
//! Maps are keyed by the user's own names ([`Key`]), which become Terraform `for_each` keys or literal strings, never
//! identifiers.

use std::{collections::BTreeMap, fmt};

use ipnet::Ipv4Net;
use serde::Serialize;

use crate::{EnvironmentId, TenantId};

/// A name that a user gave to a thing in a map (`databases.main`): 1 to 24 of a-z, 0-9 and `-`, starting with a
/// letter, without a doubled or trailing hyphen. Safe as a `for_each` key and inside an AWS tag value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Key(String);

/// Why a text is not a [`Key`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use 1 to {max} of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen", max = Key::MAX_LEN)]
pub struct InvalidKey;

impl Key {
    /// Longest key, in characters.
    pub const MAX_LEN: usize = 24;

    /// Checks and wraps a name.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let well_formed = text.len() <= Self::MAX_LEN
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.contains("--")
            && !text.ends_with('-');
        if well_formed { Ok(Self(text.to_owned())) } else { Err(InvalidKey) }
    }

    /// The name as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Everything that a blueprint renders.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InfraModel {
    /// Whose environment this is and what made it.
    pub identity: Identity,
    /// The AWS account and region.
    pub cloud: AwsCloud,
    /// The user's tags, put on everything that can carry tags beside Terrane's own three.
    pub tags: BTreeMap<String, String>,
    /// The customer-managed KMS key of the environment; `None` uses the keys that AWS manages (free of charge).
    pub encryption_key: Option<EncryptionKey>,
    /// The VPC; `None` when nothing asked for one.
    pub network: Option<Network>,
    /// S3 buckets by name.
    pub buckets: BTreeMap<Key, Bucket>,
    /// ECR repositories by name.
    pub registries: BTreeMap<Key, Registry>,
    /// Databases by name.
    pub databases: BTreeMap<Key, Database>,
    /// Where Terraform keeps state.
    pub state: StateBackend,
}

/// Whose environment this is and what made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Its owner.
    pub tenant_id: TenantId,
    /// The environment's name as the user wrote it; 2 to 24 characters.
    pub name: Key,
    /// `name` and a short digest of the id: unique in the account, at most 33 characters.
    pub name_prefix: String,
    /// What made it; changes only through a plan of its own.
    pub pins: Pins,
}

/// What made an environment. A new release of Terrane does not touch it until somebody plans that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pins {
    /// Version of the blueprint, the number that crate `blueprint` raises when its output changes for a given model.
    pub blueprint: u32,
    /// Exact version of hashicorp/aws, for example `5.100.0`.
    pub aws_provider: String,
}

/// The AWS account and region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AwsCloud {
    /// For example `eu-west-1`; one that exists.
    pub region: String,
    /// Twelve digits. Terraform refuses to act in any other account.
    pub account_id: String,
    /// The role that provider and backend assume by themselves; `None` uses the worker's own identity.
    pub assume_role: Option<AssumeRole>,
}

/// A role in the customer's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssumeRole {
    /// `arn:aws:iam::<account>:role/<name>`.
    pub role_arn: String,
    /// Terrane's, one per tenant; never from a spec (confused deputy).
    pub external_id: String,
}

/// A KMS key of the environment's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EncryptionKey {
    /// `alias/<name>`.
    pub alias: String,
    /// Days between scheduling the deletion and the deletion; 7 to 30.
    pub deletion_window_days: u8,
}

/// A VPC and its subnets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Network {
    /// Name tag of the VPC.
    pub name: String,
    /// Address range of the VPC.
    pub cidr: Ipv4Net,
    /// One entry per availability zone, in order.
    pub zones: Vec<Zone>,
    /// How private subnets reach the internet.
    pub nat: Nat,
    /// Free gateway endpoints, for example `s3`.
    pub gateway_endpoints: Vec<String>,
    /// Interface endpoints by AWS's service suffix, for example `ecr.api`.
    pub interface_endpoints: Vec<String>,
    /// Flow logs to CloudWatch; `None` is off.
    pub flow_logs: Option<FlowLogs>,
}

/// The three subnets of one availability zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Zone {
    /// For example `eu-west-1a`; also the `for_each` key.
    pub name: String,
    /// Routed to the internet gateway: load balancers and NAT.
    pub public: Ipv4Net,
    /// Routed to NAT: workloads. The largest.
    pub private: Ipv4Net,
    /// No route out: databases and caches.
    pub isolated: Ipv4Net,
}

/// How private subnets reach the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nat {
    /// They don't.
    None,
    /// Through one gateway in the first zone: cheap, and that zone's failure cuts all of them off.
    Single,
    /// Through one gateway in each zone.
    PerAz,
}

/// VPC flow logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowLogs {
    /// Name of the CloudWatch log group.
    pub log_group: String,
    /// Name of the role that may write to it.
    pub role_name: String,
    /// One of the retentions that CloudWatch knows.
    pub retention_days: u16,
}

/// An S3 bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// Globally unique name.
    pub name: String,
    /// Keep old versions of objects.
    pub versioning: bool,
    /// SSE-KMS with the environment's key, or SSE-S3.
    pub encryption: BucketEncryption,
    /// What happens to objects with age.
    pub lifecycle: BucketLifecycle,
    /// Delete the objects too when the bucket is destroyed.
    pub force_destroy: bool,
}

/// How a bucket encrypts what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BucketEncryption {
    /// Keys that S3 manages (AES256).
    S3Managed,
    /// The environment's KMS key, with a bucket key to keep the number of KMS calls down.
    EnvironmentKey,
}

/// What happens to objects with age; all in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BucketLifecycle {
    /// Move to Glacier Flexible Retrieval.
    pub glacier_after_days: Option<u32>,
    /// Delete.
    pub expire_after_days: Option<u32>,
    /// Delete versions that were replaced; only with versioning.
    pub expire_old_versions_after_days: Option<u32>,
    /// Drop the parts of uploads that were never finished.
    pub abort_uploads_after_days: u32,
}

/// An ECR repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registry {
    /// Repository name, `<prefix>/<key>`.
    pub name: String,
    /// Images kept; older ones expire.
    pub keep_last: u32,
    /// Images without a tag expire after this many days.
    pub expire_untagged_after_days: u32,
    /// Refuse to move a tag to another image.
    pub immutable_tags: bool,
    /// Scan images when they are pushed.
    pub scan_on_push: bool,
    /// Encrypt with the environment's key; otherwise AES256.
    pub environment_key: bool,
    /// Delete the images too when the repository is destroyed.
    pub force_delete: bool,
}

/// An RDS for PostgreSQL instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Database {
    /// DB instance identifier.
    pub identifier: String,
    /// Major version, for example `17`; minor versions are upgraded by AWS in the maintenance window.
    pub version: String,
    /// For example `db.t4g.micro`.
    pub instance_class: String,
    /// Allocated at creation, in GiB.
    pub storage_gib: u32,
    /// Autoscaling ends here, in GiB; larger than `storage_gib`.
    pub max_storage_gib: u32,
    /// A standby in a second zone.
    pub multi_az: bool,
    /// 0 (off) to 35.
    pub backup_retention_days: u8,
    /// AWS refuses to delete the instance.
    pub deletion_protection: bool,
    /// Name of the snapshot taken when the instance is destroyed; `None` takes none and loses the data.
    pub final_snapshot: Option<String>,
    /// Encrypt with the environment's key; otherwise AWS's `aws/rds`. Storage is always encrypted.
    pub environment_key: bool,
    /// Seven days of Performance Insights, which are free of charge.
    pub performance_insights: bool,
    /// Seconds between samples of Enhanced Monitoring and the name of the role that writes them; `None` is off.
    pub enhanced_monitoring: Option<EnhancedMonitoring>,
    /// Name of the database that AWS creates inside.
    pub database_name: String,
    /// Name of the master user; its password is made, kept and rotated by AWS in Secrets Manager.
    pub master_username: String,
}

/// Enhanced Monitoring of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnhancedMonitoring {
    /// 1, 5, 10, 15, 30 or 60.
    pub interval_seconds: u8,
    /// Name of the role that RDS assumes.
    pub role_name: String,
}

/// Where Terraform keeps state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateBackend {
    /// S3 bucket, made ready by Terrane.
    pub bucket: String,
    /// Object key; one per environment.
    pub key: String,
    /// Region of the bucket.
    pub region: String,
}

/// Protections that stand in the way of a destroy and are taken off by an apply of their own, because AWS and the
/// provider act on what *state* says about them.
impl InfraModel {
    /// The same model with every protection off, ready to be destroyed. With `snapshots`, each database leaves a final
    /// snapshot of that suffix; without, its data is lost.
    #[must_use]
    pub fn unprotected(&self, data: OnDestroy<'_>) -> Self {
        let mut model = self.clone();
        for bucket in model.buckets.values_mut() {
            bucket.force_destroy = true;
        }
        for registry in model.registries.values_mut() {
            registry.force_delete = true;
        }
        for database in model.databases.values_mut() {
            database.deletion_protection = false;
            database.final_snapshot = match data {
                OnDestroy::Snapshot { suffix } => Some(format!("{}-final-{suffix}", database.identifier)),
                OnDestroy::Delete => None,
            };
        }
        model
    }
}

impl InfraModel {
    /// The same model with the databases, buckets and registries that only `older` has, and what those stand on: what an
    /// update was to remove may still be there.
    #[must_use]
    pub fn with_data_of(&self, older: &Self) -> Self {
        let mut model = self.clone();
        for (key, bucket) in &older.buckets {
            model.buckets.entry(key.clone()).or_insert_with(|| bucket.clone());
        }
        for (key, registry) in &older.registries {
            model.registries.entry(key.clone()).or_insert_with(|| registry.clone());
        }
        for (key, database) in &older.databases {
            model.databases.entry(key.clone()).or_insert_with(|| database.clone());
        }
        model.network = model.network.or_else(|| older.network.clone());
        model.encryption_key = model.encryption_key.or_else(|| older.encryption_key.clone());
        model
    }
}

/// What becomes of the data when an environment is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDestroy<'a> {
    /// Databases leave a final snapshot whose name ends in `suffix` (from the operation's id, so that it is new).
    Snapshot {
        /// 1 to 12 of a-z and 0-9.
        suffix: &'a str,
    },
    /// Nothing is kept.
    Delete,
}
