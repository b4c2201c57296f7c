//! What an environment is: the file that describes it, the profiles that fill it in, the model that it resolves to,
//! and the rules of its lifecycle.
//!
//! Pure: no I/O, no async, no clock. Everything that depends on the outside comes in as a value, so that the whole
//! behaviour can be shown in table tests.
//!
//! ```text
//! text --parse--> EnvironmentSpec --resolve(context)--> InfraModel --(crate blueprint)--> Terraform files
//! ```

mod ids;
mod lifecycle;
mod model;

pub use ids::{EnvironmentId, OperationId, ParseIdError, TenantId, WorkerId};
pub use lifecycle::{
    EnvironmentEvent, EnvironmentState, OperationEvent, OperationKind, OperationState, StepName, StepState,
    UnknownState,
};
pub use model::*;
