//! The environment file: what a person writes, as types. Nothing here is filled in; `None` means "not said".
//!
//! Reading goes text -> [`node`] (by [`yaml`] or [`json`], with lines) -> these types (by the `read` of each section,
//! with every problem at once) -> rules across fields, which are those of [`crate::resolve()`]. Writing is serde: what
//! was said and nothing else, so that `parse(to_json(spec)) == spec`.
//!
//! Each section has a file of its own, which holds its types, its words, its reader and the rules for values that only
//! it has. What several sections share is in [`words`], [`units`], [`reading`] and [`rules`].

mod apps;
mod bucket_name;
mod bucket_request;
mod buckets;
mod caches;
mod capacity;
mod cloud;
mod databases;
mod decode;
mod dns;
mod document_database;
mod ecs;
mod email;
mod governance;
mod json;
mod kubernetes;
mod lifecycle;
mod network;
mod node;
mod observability;
mod parse;
mod problem;
mod reading;
mod reference;
mod registries;
mod rules;
mod secrets;
mod state;
mod units;
pub(crate) mod words;
mod yaml;

use std::collections::BTreeMap;

use decode::Value;
use reading::word;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::Key;

pub use apps::{
    ApiGatewaySpec, AppSpec, Architecture, AutoscalingSpec, BlueGreenSpec, DeploySpec, ExposeSpec,
    GatewaySpec, ImageSpec, IngressSpec, LimitsSpec, LoadBalancerSpec, ResourcesSpec, RollingSpec, Runtime,
    SecretSpec, TrafficShift,
};
pub use bucket_request::{BucketRequest, CannedAcl, parse_bucket_request};
pub use buckets::{
    AccessLogsSpec, BucketLifecycleSpec, BucketSpec, CorsMethod, CorsRuleSpec, ObjectOwnership,
};
pub use caches::{CacheAuthentication, CacheEngine, CacheSize, CacheSpec};
pub use capacity::{Acus, CapacitySpec};
pub use cloud::{CloudSpec, Provider};
pub use databases::{DatabaseEngine, DatabaseSize, DatabaseSpec, MonitoringSpec, RestoreSpec};
pub use dns::DnsSpec;
pub use document_database::{AtlasAccess, AtlasSpec, AtlasUserSpec, DocumentDatabaseSpec, DocumentEngine};
pub use ecs::{ContainerInsights, EcsCapacitySpec, EcsSpec};
pub use governance::{BackupSchedule, BackupSpec, BudgetSpec, GovernanceSpec};
pub use kubernetes::{
    Accelerator, AccessPolicy, AccessSpec, ClusterAddon, ClusterController, ClusterEndpointSpec, ClusterLog,
    ClusterLogsSpec, FargateProfileSpec, FargateSelectorSpec, FargateSpec, KubernetesSpec, NodeCapacity,
    NodeGroupSpec, NodeImage, SupportType, TaintEffect, TaintSpec,
};
pub use lifecycle::{ApprovalPolicy, DataOnDestroy, LifecycleSpec, OnDestroySpec};
pub use network::{Endpoint, ExistingNetworkSpec, FlowLogsSpec, NetworkSpec, ZonesSpec};
pub use node::MAX_SPEC_BYTES;
pub use observability::{AlarmsSpec, ObservabilitySpec, ThresholdsSpec, TopicSpec};
pub use parse::{Format, parse, parse_value};
pub(crate) use problem::{Path, Sink};
pub use problem::{Problem, Problems};
pub use reference::{BucketField, Reference, RegistryField, SecretField};
pub use registries::RegistrySpec;
pub use secrets::{GeneratedSecretSpec, SecretAlphabet};
pub use state::{StateLock, StateSpec};
pub use units::{Gibibytes, Mebibytes, Millicores, Minutes};
pub use words::{Encryption, Profile, Size};

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
    /// A VPC with public, private and isolated subnets. Without this section there is one only if something
    /// needs it: a database, a cache, a cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkSpec>,
    /// An EKS cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<KubernetesSpec>,
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
    /// Secrets with random values, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub secrets: BTreeMap<Key, GeneratedSecretSpec>,
    /// An ECS cluster on Fargate, which runs the apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecs: Option<EcsSpec>,
    /// Containers that run all the time, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub apps: BTreeMap<Key, AppSpec>,
    /// The zone in which the names of apps stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<DnsSpec>,
    /// Logs, alarms and a dashboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observability: Option<ObservabilitySpec>,
    /// Caches by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub caches: BTreeMap<Key, CacheSpec>,
    /// A database of documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_database: Option<DocumentDatabaseSpec>,
    /// What an organisation asks of every environment: a limit to roles, a budget, backups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub governance: Option<GovernanceSpec>,
    /// Where Terraform keeps its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StateSpec>,
    /// How it lives and ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<LifecycleSpec>,
}

impl EnvironmentSpec {
    /// What was given, and nothing else; [`parse_value`] reads it back.
    pub fn to_json(&self) -> serde_json::Value {
        // Nothing in these types can fail: every map key is a string and no serializer of ours returns an error.
        serde_json::to_value(self).unwrap_or_default()
    }
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

/// Reads the whole file.
fn environment(value: &Value<'_>) -> Option<EnvironmentSpec> {
    let f = value.fields()?;
    let name = f.required("name", "dev-anna", rules::environment_name);
    let profile = f.get("profile", word);
    let labels = f.texts("labels", rules::labels);
    let tags = f.texts("tags", rules::tags);
    let cloud = f.required("cloud", "{ region: eu-west-1 }", cloud::read);
    let network = f.get("network", network::read);
    let kubernetes = f.get("kubernetes", kubernetes::read);
    let buckets = f.named("buckets", buckets::read);
    let registries = f.named("registries", registries::read);
    let databases = f.named("databases", databases::read);
    let caches = f.named("caches", caches::read);
    let document_database = f.get("document_database", document_database::read);
    let secrets = f.named("secrets", secrets::read);
    let ecs = f.get("ecs", ecs::read);
    let apps = f.named("apps", apps::read);
    let dns = f.get("dns", dns::read);
    let observability = f.get("observability", observability::read);
    let governance = f.get("governance", governance::read);
    let state = f.get("state", state::read);
    let lifecycle = f.get("lifecycle", lifecycle::read);
    f.close();
    // What is required comes last, so that a missing name hides no other problem.
    let (name, cloud) = (name?, cloud?);
    Some(EnvironmentSpec {
        name,
        profile,
        labels,
        tags,
        cloud,
        network,
        kubernetes,
        buckets,
        registries,
        databases,
        ecs,
        apps,
        dns,
        observability,
        caches,
        document_database,
        secrets,
        governance,
        state,
        lifecycle,
    })
}
