//! What went wrong, in one typed value: whether to try again, what to tell the user, what to tell
//! the operator.
//!
//! AWS names its errors with stable codes, and those are what is looked for first; Terraform's own
//! errors have no codes, so their summaries (stable for years, and tested on captured output) have
//! to do. Nothing here decides about resources: that is done on plans.

mod lock;
mod rules;
mod wording;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::diagnostic::Diagnostic;
use crate::guard::Cause;

/// What kind of failure it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// State could not be written at the end: it is behind the world.
    StateNotSaved,
    /// Somebody else holds the state's lock.
    Locked(LockHolder),
    /// The plan was made on a state that has changed since. It has to be made again.
    StalePlan,
    /// It was interrupted on request or for the sake of the lease.
    Cancelled,
    /// The configuration, or a value that the cloud refuses.
    Invalid,
    /// Credentials are missing, wrong or expired, or don't allow it.
    AccessDenied,
    /// A limit of the account is reached.
    Quota,
    /// An object of that name is there, and not in state.
    AlreadyExists,
    /// Something that has to be there is not (a state bucket, a referenced object).
    NotFound,
    /// A provider is neither in the mirror nor downloadable.
    ProviderMissing,
    /// A provider, or the engine, ended unexpectedly.
    ProviderCrash,
    /// The engine was killed: it ignored an interrupt, or the machine ran out of memory.
    Killed,
    /// It holds data and was not made to be deleted with it.
    NotEmpty,
    /// It is protected against deletion, and the plan would delete or replace it.
    Protected,
    /// The object is in use, or busy.
    Dependency,
    /// It took too long.
    Timeout,
    /// The cloud has no capacity for it at the moment.
    Capacity,
    /// Too many requests.
    Throttled,
    /// The cloud's service failed.
    Unavailable,
    /// The cloud, a registry or a proxy could not be reached.
    Network,
    /// None of these.
    Unknown,
}

/// Who holds a state lock, as the lock itself says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LockHolder {
    /// The lock's id.
    pub id: String,
    /// `user@host`.
    pub who: String,
    /// When it was taken.
    pub created: Option<DateTime<Utc>>,
    /// What for: `OperationTypeApply`.
    pub operation: String,
}

impl ErrorKind {
    /// A stable name for rows, metrics and API answers.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::StateNotSaved => "state_not_saved",
            Self::Locked(_) => "locked",
            Self::StalePlan => "stale_plan",
            Self::Cancelled => "cancelled",
            Self::Invalid => "invalid",
            Self::AccessDenied => "access_denied",
            Self::Quota => "quota",
            Self::AlreadyExists => "already_exists",
            Self::NotFound => "not_found",
            Self::ProviderMissing => "provider_missing",
            Self::ProviderCrash => "provider_crash",
            Self::Killed => "killed",
            Self::NotEmpty => "not_empty",
            Self::Protected => "protected",
            Self::Dependency => "dependency",
            Self::Timeout => "timeout",
            Self::Capacity => "capacity",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Network => "network",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the same attempt, made later, may well succeed without anybody doing anything.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        match self {
            Self::StateNotSaved
            | Self::Locked(_)
            | Self::StalePlan
            | Self::ProviderCrash
            | Self::Killed
            | Self::Dependency
            | Self::Timeout
            | Self::Capacity
            | Self::Throttled
            | Self::Unavailable
            | Self::Network => true,
            Self::Cancelled
            | Self::Invalid
            | Self::AccessDenied
            | Self::Quota
            | Self::AlreadyExists
            | Self::NotFound
            | Self::NotEmpty
            | Self::Protected
            | Self::ProviderMissing
            | Self::Unknown => false,
        }
    }

    /// Of several errors, the one with the lowest rank decides: first what says something about the
    /// state, then what no retry will cure, then the rest.
    const fn rank(&self) -> u8 {
        match self {
            Self::StateNotSaved => 0,
            Self::Locked(_) => 1,
            Self::StalePlan => 2,
            Self::Invalid => 3,
            Self::AccessDenied => 4,
            Self::Quota => 5,
            Self::AlreadyExists => 6,
            Self::ProviderMissing => 7,
            Self::NotFound | Self::NotEmpty | Self::Protected => 8,
            Self::ProviderCrash | Self::Killed => 9,
            Self::Dependency => 10,
            Self::Timeout => 11,
            Self::Capacity => 12,
            Self::Throttled => 13,
            Self::Unavailable => 14,
            Self::Network => 15,
            Self::Cancelled => 16,
            Self::Unknown => 17,
        }
    }
}

/// A failed run, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerraformError {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// For the tenant: no secret, no account id, no request id.
    pub message: String,
    /// For whoever runs Terrane or owns the account: what to look at.
    pub hint: String,
    /// The object that failed, if the error is about one.
    pub address: Option<String>,
}

impl fmt::Display for TerraformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TerraformError {}

impl TerraformError {
    /// See [`ErrorKind::retryable`].
    #[must_use]
    pub const fn retryable(&self) -> bool {
        self.kind.retryable()
    }

    pub(crate) fn cancelled(cause: Option<Cause>) -> Self {
        let message = match cause {
            Some(Cause::NoTick | Cause::WorkerGone) => "The run was interrupted because its worker was lost",
            _ => "The run was interrupted on request",
        };
        Self::without_address(ErrorKind::Cancelled, message)
    }

    pub(crate) fn deadline(command: &Command) -> Self {
        Self::without_address(
            ErrorKind::Timeout,
            format!("`{command}` did not end within its time and was interrupted"),
        )
    }

    pub(crate) fn killed(cause: Option<Cause>) -> Self {
        let message = match cause {
            Some(_) => "The run did not end after it was interrupted and was killed",
            None => "The run was killed from outside",
        };
        Self::without_address(ErrorKind::Killed, message)
    }

    pub(crate) fn guard_lost() -> Self {
        Self::without_address(ErrorKind::Killed, "The run was killed together with its guard")
    }

    fn without_address(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { hint: wording::hint(&kind).to_owned(), message: message.into(), kind, address: None }
    }
}

/// Judges the diagnostics of a run that failed.
#[must_use]
pub fn classify(diagnostics: &[Diagnostic], command: &Command) -> TerraformError {
    let judged = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .map(|diagnostic| (rules::kind_of(diagnostic, command), diagnostic))
        .min_by_key(|(kind, _)| kind.rank());
    match judged {
        Some((kind, diagnostic)) => TerraformError {
            message: wording::message(&kind, diagnostic),
            hint: wording::hint(&kind).to_owned(),
            kind,
            address: diagnostic.address.clone(),
        },
        None => TerraformError::without_address(
            ErrorKind::Unknown,
            format!("`{command}` failed without saying why"),
        ),
    }
}

#[cfg(test)]
mod tests;
