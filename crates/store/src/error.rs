//! What can go wrong, sorted by what the caller does about it.

use std::{error::Error as StdError, fmt};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::pooled_connection::{PoolError as ManagerError, deadpool::PoolError};
use terrane_domain::OperationId;

type Source = Box<dyn StdError + Send + Sync>;

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Postgres can't be reached, or did not answer in time. Whether a write took place is not known; asking again
    /// later may help, without a restart.
    #[error("cannot {doing}: the database does not answer")]
    Unavailable {
        /// What was being done, as an infinitive.
        doing: &'static str,
        /// What the connection or the pool said.
        #[source]
        source: Source,
    },
    /// Postgres answered with an error: a fault in this release, or a rule of the schema that a caller ran into.
    #[error("cannot {doing}: the database refused the query")]
    Query {
        /// What was being done, as an infinitive.
        doing: &'static str,
        /// What Postgres said.
        #[source]
        source: Source,
        /// The constraint that was violated, if that was it.
        constraint: Option<String>,
    },
    /// The rows contradict the rules of the lifecycle: a fault in this release.
    #[error("cannot {doing}: {contradiction}")]
    Inconsistent {
        /// What was being done, as an infinitive.
        doing: &'static str,
        /// What was found.
        contradiction: String,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anybody doing anything: what the API answers with 503.
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Why a store can't be made.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSettings {
    /// The URL can't be read.
    #[error("the URL of the database can't be read; expected postgres://user:password@host:port/database")]
    Url(#[source] tokio_postgres::Error),
    /// The pool of connections can't be made.
    #[error("the pool of connections can't be made")]
    Pool(#[source] diesel_async::pooled_connection::deadpool::BuildError),
}

/// The worker does not hold the operation any more: its fence was passed, or the operation is over. Nothing was
/// written, and nothing that this worker does for the operation counts from here on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this worker no longer holds {operation}")]
pub struct Fenced {
    /// The operation that is no longer held.
    pub operation: OperationId,
}

/// Why a holder's write did not take place.
#[derive(Debug, thiserror::Error)]
pub enum HolderError {
    /// The worker does not hold the operation any more.
    #[error(transparent)]
    Fenced(#[from] Fenced),
    /// The store could not answer; the worker may still hold the operation.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What inner functions fail with, before anybody said what was being done.
#[derive(Debug)]
pub(crate) enum Failure {
    Unreachable(Source),
    Query(DieselError),
    Inconsistent(String),
    /// Only from holders' writes.
    Fenced(Fenced),
}

impl Failure {
    pub(crate) fn into_store_error(self, doing: &'static str) -> StoreError {
        match self {
            Self::Unreachable(source) => StoreError::Unavailable { doing, source },
            Self::Query(error) if is_connection_failure(&error) => {
                StoreError::Unavailable { doing, source: Box::new(error) }
            }
            Self::Query(error) => {
                let constraint = match &error {
                    DieselError::DatabaseError(_, information) => {
                        information.constraint_name().map(str::to_owned)
                    }
                    _ => None,
                };
                StoreError::Query { doing, source: Box::new(error), constraint }
            }
            Self::Inconsistent(contradiction) => StoreError::Inconsistent { doing, contradiction },
            // A fence outside of a holder's write would be a fault of this crate.
            Self::Fenced(fenced) => StoreError::Inconsistent { doing, contradiction: fenced.to_string() },
        }
    }

    pub(crate) fn into_holder_error(self, doing: &'static str) -> HolderError {
        match self {
            Self::Fenced(fenced) => HolderError::Fenced(fenced),
            other => HolderError::Store(other.into_store_error(doing)),
        }
    }
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        Self::Query(error)
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(ManagerError::QueryError(error)) if !is_connection_failure(&error) => {
                Self::Query(error)
            }
            other => Self::Unreachable(Box::new(other)),
        }
    }
}

impl From<Fenced> for Failure {
    fn from(fenced: Fenced) -> Self {
        Self::Fenced(fenced)
    }
}

/// The call took longer than the settings allow.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no answer within {} ms", .0.as_millis())]
pub(crate) struct TooSlow(pub(crate) std::time::Duration);

/// Whether the connection is what failed. diesel-async reports everything that came without an SQLSTATE, and so not
/// from a server, as unable to send.
fn is_connection_failure(error: &DieselError) -> bool {
    matches!(
        error,
        DieselError::DatabaseError(
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
            _
        ) | DieselError::BrokenTransactionManager
    )
}

/// Shortens `Failure::Inconsistent`.
pub(crate) fn inconsistent(contradiction: impl fmt::Display) -> Failure {
    Failure::Inconsistent(contradiction.to_string())
}
