//! How a conditional write ends: it took place, it may not, or there is nothing to write to.

use serde::{Deserialize, Serialize};
use terrane_domain::{EnvironmentId, EnvironmentState, OperationId, OperationState};

use crate::rows::{Environment, Operation};

/// Names one request, so that a client may send it again without asking for the work twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's `Idempotency-Key`, unique within its tenant for a day.
    pub key: String,
    /// A digest of everything that makes the request what it is.
    pub digest: String,
}

/// The environment and the operation as a request left them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    /// The environment.
    pub environment: Environment,
    /// The operation that does what was asked.
    pub operation: Operation,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Outcome {
    /// It took place.
    Accepted(Box<Accepted>),
    /// It took place earlier, under the same idempotency key; this is what was answered then.
    Replayed(Box<Accepted>),
    /// It is not allowed as things stand. Nothing was written.
    Refused(Refusal),
    /// The tenant has no such thing.
    NotFound,
    /// The idempotency key was used for another request.
    KeyReused,
}

/// What stands in the way of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A living environment of the tenant has the name.
    #[error("the name is taken by {0}")]
    NameTaken(EnvironmentId),
    /// The environment's spec is at another generation than the caller believes.
    #[error("the environment is at generation {current}")]
    OtherGeneration {
        /// The generation that it is at.
        current: i64,
    },
    /// The environment is in a state that doesn't allow it.
    #[error("the environment is {found}")]
    EnvironmentState {
        /// The state that it is in.
        found: EnvironmentState,
    },
    /// The environment is to be destroyed.
    #[error("the environment is to be destroyed by {0}")]
    ToBeDestroyed(OperationId),
    /// The environment's spec forbids destroying it.
    #[error("the environment is protected against destruction")]
    Protected,
    /// The operation is in a state that doesn't allow it.
    #[error("the operation is {found}")]
    OperationState {
        /// The state that it is in.
        found: OperationState,
    },
    /// The plan is not the one that the caller saw.
    #[error("the plan changed; its digest is {digest}")]
    OtherPlan {
        /// The digest of the plan as it is.
        digest: String,
    },
    /// A later operation of the environment exists.
    #[error("{0} came later")]
    NotNewest(OperationId),
}
