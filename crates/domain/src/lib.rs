//! What an environment is: the file that describes it, the profiles that fill it in, the model that it resolves to,
//! and the rules of its lifecycle.
//!
//! Pure: no I/O, no async, no clock. Everything that depends on the outside comes in as a value, so that the whole
//! behaviour can be shown in table tests.
//!
//! ```text
//! text --parse--> EnvironmentSpec --resolve(context)--> InfraModel --(crate blueprint)--> Terraform files
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `spec` | the file as types, section by section; the strict YAML and JSON reader; problems with path, line, remedy |
//! | `profile` | the table of defaults |
//! | `resolve` | spec and defaults to model, block by block, each default with its reason; rules across values |
//! | `addresses`, `names` | how a VPC is divided; what things are called |
//! | `facts` | what AWS has and allows |
//! | `model` | the resolved form, block by block, which is all that a blueprint sees |
//! | `lifecycle` | states, events and the arrows between them |
//! | `schema`, `starter` | the JSON Schema; the file with which `terrane init` begins |
//!
//! A new block is a file of the same name in each of three folders: `spec/` (what may be written, and its reader),
//! `model/` (what a blueprint needs of it) and `resolve/` (from one to the other). It then takes a field and a line
//! in each of `spec.rs`, `model.rs` and `resolve.rs`, rows in the tables of `profile` and `facts`, names in `names`, and
//! rows in `tests/it/bad_specs`. If it holds data, it joins `unprotected` and `with_data_of`. If the environment's
//! own key can encrypt it, it asks `own_key`, and the key is there.
//!
//! ```
//! use terrane_domain::{Format, Pins, ResolveContext, parse, resolve};
//!
//! let text = "name: dev-anna\ncloud: { region: eu-west-1 }\nnetwork: {}\n";
//! let spec = parse(text.as_bytes(), Format::Yaml)?;
//! let pins = Pins { blueprint: 1, aws_provider: "5.100.0".to_owned() };
//! let resolved = resolve(&spec, &ResolveContext::preview(&spec, pins))?;
//! let nat = resolved.reasons.iter().find(|reason| reason.path == "network.nat").unwrap();
//! assert_eq!((nat.value.as_str(), nat.because.as_str()), ("single", "profile small"));
//!
//! let problems = parse(text.replace("{}", "{ nat: one }").as_bytes(), Format::Yaml).unwrap_err();
//! assert_eq!(
//!     problems.to_string(),
//!     "1 problem\n  network.nat: unknown value \"one\"; expected none, single or per_az   (line 3)"
//! );
//! # Ok::<(), terrane_domain::Problems>(())
//! ```

mod addresses;
mod credentials;
mod facts;
mod ids;
mod lifecycle;
mod model;
mod names;
mod profile;
mod resolve;
mod schema;
mod spec;
mod starter;

pub use credentials::Credential;
pub use ids::{EnvironmentId, OperationId, ParseIdError, TenantId, WorkerId};
pub use lifecycle::{
    EnvironmentEvent, EnvironmentState, OperationEvent, OperationKind, OperationState, Remnant, StepName,
    StepState, UnknownState,
};
pub use model::*;
pub use resolve::{LifecyclePolicy, Reason, ResolveContext, Resolved, resolve};
pub use schema::json_schema;
pub use spec::{
    Accelerator, AccessLogsSpec, AccessPolicy, AccessSpec, Acus, AlarmsSpec, ApiGatewaySpec, AppSpec,
    ApprovalPolicy, Architecture, AtlasAccess, AtlasSpec, AtlasUserSpec, AutoscalingSpec, BackupSchedule,
    BackupSpec, BlueGreenSpec, BucketField, BucketLifecycleSpec, BucketRequest, BucketSpec, BudgetSpec,
    CacheAuthentication, CacheEngine, CacheSize, CacheSpec, CannedAcl, CapacitySpec, CloudSpec, ClusterAddon,
    ClusterController, ClusterEndpointSpec, ClusterLog, ClusterLogsSpec, ContainerInsights, CorsMethod,
    CorsRuleSpec, DataOnDestroy, DatabaseEngine, DatabaseSize, DatabaseSpec, DeploySpec, DnsSpec,
    DocumentDatabaseSpec, DocumentEngine, EcsCapacitySpec, EcsSpec, Encryption, Endpoint, EnvironmentName,
    EnvironmentSpec, ExistingNetworkSpec, ExposeSpec, FargateProfileSpec, FargateSelectorSpec, FargateSpec,
    FlowLogsSpec, Format, GatewaySpec, GeneratedSecretSpec, Gibibytes, GovernanceSpec, ImageSpec,
    IngressSpec, KubernetesSpec, LifecycleSpec, LimitsSpec, LoadBalancerSpec, MAX_SPEC_BYTES, Mebibytes,
    Millicores, Minutes, MonitoringSpec, NetworkSpec, NodeCapacity, NodeGroupSpec, NodeImage,
    ObjectOwnership, ObservabilitySpec, OnDestroySpec, Problem, Problems, Profile, Provider, Reference,
    RegistryField, RegistrySpec, ResourcesSpec, RestoreSpec, RollingSpec, Runtime, SecretAlphabet,
    SecretField, SecretSpec, Size, StateLock, StateSpec, SupportType, Switch, TaintEffect, TaintSpec,
    ThresholdsSpec, TopicSpec, TrafficShift, ZonesSpec, parse, parse_bucket_request, parse_value,
};
pub use starter::starter_file;
