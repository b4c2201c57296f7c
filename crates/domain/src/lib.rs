//! What an environment is: the file that describes it, the profiles that fill it in, the model that it resolves to,
//! and the rules of its lifecycle.
//!
//! Pure: no I/O, no async, no clock. Everything that depends on the outside comes in as a value, so that the whole
//! behaviour can be shown in table tests.
//!
//! ```text
//! text --parse--> EnvironmentSpec --resolve(context)--> InfraModel --(crate blueprint)--> Terraform files
//! ```

mod addresses;
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

pub use ids::{EnvironmentId, OperationId, ParseIdError, TenantId, WorkerId};
pub use lifecycle::{
    EnvironmentEvent, EnvironmentState, OperationEvent, OperationKind, OperationState, StepName, StepState,
    UnknownState,
};
pub use model::*;
pub use resolve::{LifecyclePolicy, Reason, ResolveContext, Resolved, resolve};
pub use schema::json_schema;
pub use spec::{
    ApprovalPolicy, BucketLifecycleSpec, BucketSpec, CloudSpec, DataOnDestroy, DatabaseEngine, DatabaseSize,
    DatabaseSpec, Encryption, Endpoint, EnvironmentName, EnvironmentSpec, FlowLogsSpec, Format, Gibibytes,
    LifecycleSpec, MAX_SPEC_BYTES, Minutes, MonitoringSpec, NetworkSpec, OnDestroySpec, Problem, Problems,
    Profile, Provider, RegistrySpec, Size, StateLock, StateSpec, Switch, ZonesSpec, parse, parse_value,
};
pub use starter::starter_file;
