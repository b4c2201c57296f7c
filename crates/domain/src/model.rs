//! The resolved form of an environment: no default left open, names and address ranges computed, references typed.
//!
//! [`InfraModel`] is what crate `blueprint` renders and all that it needs: it decides nothing about sizes or names.
//! Maps are keyed by the user's own names ([`Key`]), which become Terraform `for_each` keys or literal strings, never
//! identifiers.

mod apps;
mod atlas;
mod buckets;
mod caches;
mod databases;
mod dns;
mod document_database;
mod ecs;
mod fields;
mod governance;
mod kubernetes;
mod network;
mod observability;
mod registries;
mod secrets;
mod snapshot;

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{EnvironmentId, TenantId, facts};

pub use apps::{
    App, AppRuntime, BlueGreen, ClusterRoute, Deploy, EcsApp, Image, KubernetesApp, Route, Scaling, Secret,
};
pub use atlas::{AtlasCluster, AtlasProject, AtlasUser};
pub use buckets::{AccessLogs, Bucket, BucketEncryption, BucketLifecycle, CorsRule};
pub use caches::{Cache, CacheTopology, CacheUsers};
pub use databases::{
    AuroraCluster, AuroraCompute, ClusterInstance, Database, DatabaseKind, EnhancedMonitoring, RdsInstance,
};
pub use dns::{Certificate, Dns, ZoneOrigin};
pub use document_database::DocumentDatabase;
pub use ecs::{AccessLogBucket, Capacity, Ecs, LoadBalancer, LoadBalancerKind};
pub use fields::{CacheField, DatabaseField, DocumentDatabaseField};
pub use governance::{Backup, Budget, Governance};
pub use kubernetes::{
    Ami, ClusterAccess, ClusterRoles, Compute, Controller, Drivers, FargateProfile, FargateSelector,
    Kubernetes, NodeGroup, Taint,
};
pub use network::{ExistingVpc, FlowLogs, MadeVpc, Nat, Network, Vpc, Zone};
pub use observability::{
    AlarmTopic, Alarms, CacheCpu, CacheLimits, DatabaseLimits, Observability, Thresholds,
};
pub use registries::Registry;
pub use secrets::GeneratedSecret;
pub use snapshot::FinalSnapshot;

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
    /// The EKS cluster; `None` when nothing asked for one. It stands in `network`.
    pub kubernetes: Option<Kubernetes>,
    /// S3 buckets by name.
    pub buckets: BTreeMap<Key, Bucket>,
    /// ECR repositories by name.
    pub registries: BTreeMap<Key, Registry>,
    /// Databases by name.
    pub databases: BTreeMap<Key, Database>,
    /// The ECS cluster.
    pub ecs: Option<Ecs>,
    /// Apps by name.
    pub apps: BTreeMap<Key, App>,
    /// The zone in which the names of apps stand, if there is one.
    pub dns: Option<Dns>,
    /// Logs, alarms and the dashboard.
    pub observability: Observability,
    /// Caches by name.
    pub caches: BTreeMap<Key, Cache>,
    /// The document database, if there is one.
    pub document_database: Option<DocumentDatabase>,
    /// A cluster of MongoDB Atlas in the place of the document database.
    pub atlas: Option<AtlasCluster>,
    /// Secrets with random values, by name.
    pub secrets: BTreeMap<Key, GeneratedSecret>,
    /// A limit to roles, a budget, backups.
    pub governance: Governance,
    /// Nothing that holds data may be deleted or replaced. Each database says so too.
    pub protected: bool,
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

impl AwsCloud {
    /// The id of the region's zone in which EKS makes no control plane; `None` if EKS makes them everywhere. Which name
    /// it has only the account knows.
    pub fn zone_without_control_planes(&self) -> Option<&'static str> {
        facts::zone_without_control_planes(&self.region)
    }
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

/// Where Terraform keeps state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateBackend {
    /// S3 bucket, made ready by Terrane.
    pub bucket: String,
    /// Object key; one per environment.
    pub key: String,
    /// Region of the bucket.
    pub region: String,
    /// A DynamoDB table that locks too, beside the object in the bucket.
    pub lock_table: Option<String>,
    /// The KMS key that encrypts the state; `None` is a key that S3 manages.
    pub kms_key_arn: Option<String>,
}

impl InfraModel {
    /// The same model with every protection off, ready to be destroyed. With [`OnDestroy::Snapshot`], each database
    /// leaves a final snapshot of that suffix; without, its data is lost.
    ///
    /// Protections stand in the way of a destroy and are taken off by an apply of their own, because AWS and the provider
    /// act on what *state* says about them.
    #[must_use]
    pub fn unprotected(&self, data: OnDestroy<'_>) -> Self {
        let mut model = self.clone();
        model.buckets.values_mut().for_each(Bucket::unprotect);
        model.registries.values_mut().for_each(Registry::unprotect);
        model.databases.values_mut().for_each(|database| database.unprotect(data));
        model.document_database.iter_mut().for_each(|database| database.unprotect(data));
        model.atlas.iter_mut().for_each(|cluster| cluster.unprotect(data));
        model.caches.values_mut().for_each(|cache| cache.unprotect(data));
        model.ecs.iter_mut().for_each(Ecs::unprotect);
        model.secrets.values_mut().for_each(|secret| secret.unprotect(data));
        model.governance.unprotect();
        model.protected = false;
        model
    }

    /// Whether a final snapshot is encrypted with the environment's key: without the key nobody can ever read it, so the
    /// key has to outlive the environment.
    #[must_use]
    pub fn leaves_what_its_key_encrypts(&self) -> bool {
        let database = |database: &Database| database.final_snapshot.is_some() && database.environment_key;
        let documents =
            |database: &DocumentDatabase| database.final_snapshot.is_some() && database.environment_key;
        let cache = |cache: &Cache| cache.final_snapshot.is_some() && cache.environment_key;
        self.databases.values().any(database)
            || self.document_database.as_ref().is_some_and(documents)
            || self.caches.values().any(cache)
    }

    /// The same model with the databases, caches, buckets, registries, secrets, backups, load balancers and cluster that
    /// only `older` has, and what those stand on: what an update was to remove may still be there.
    #[must_use]
    pub fn with_data_of(&self, older: &Self) -> Self {
        let mut model = self.clone();
        keep(&mut model.buckets, &older.buckets);
        keep(&mut model.registries, &older.registries);
        keep(&mut model.databases, &older.databases);
        // What runs in it has to be taken down first, while it is there.
        model.kubernetes = model.kubernetes.or_else(|| older.kubernetes.clone());
        match (&mut model.ecs, &older.ecs) {
            (Some(ecs), Some(older)) => ecs.keep(older),
            (None, Some(older)) => model.ecs = Some(older.without_requests()),
            (_, None) => {}
        }
        // A zone that somebody else made needs nobody to take it down.
        model.dns = model.dns.or_else(|| older.dns.clone().filter(Dns::is_created));
        keep(&mut model.caches, &older.caches);
        model.document_database = model.document_database.or_else(|| older.document_database.clone());
        model.atlas = model.atlas.or_else(|| older.atlas.clone());
        keep(&mut model.secrets, &older.secrets);
        model.governance.backup = model.governance.backup.or_else(|| older.governance.backup.clone());
        model.network = model.network.or_else(|| older.network.clone());
        model.encryption_key = model.encryption_key.or_else(|| older.encryption_key.clone());
        model
    }
}

/// Adds the things that only `older` has.
fn keep<T: Clone>(things: &mut BTreeMap<Key, T>, older: &BTreeMap<Key, T>) {
    for (key, thing) in older {
        things.entry(key.clone()).or_insert_with(|| thing.clone());
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
