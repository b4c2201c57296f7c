//! AWS's refusals, sorted by what an operator has to do.

use std::error::Error as StdError;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsErrorKind {
    /// Credentials are missing, wrong or expired.
    Credentials,
    /// A policy doesn't allow it.
    AccessDenied,
    /// The state bucket's name belongs to another account, or the account is not the one in the spec.
    WrongOwner,
    /// Too many calls; again later.
    Throttled,
    /// No answer.
    Network,
    /// AWS answered that it failed itself.
    Unavailable,
    /// Anything else; the code says what.
    Other,
}

/// A call that failed.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed: {message}")]
pub struct AwsError {
    /// What kind of failure it was.
    pub kind: AwsErrorKind,
    /// The AWS operation, for example `sts:AssumeRole`.
    pub operation: &'static str,
    /// Safe to show to the environment's owner.
    pub message: String,
    /// AWS's error code, when it gave one.
    pub code: Option<String>,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl AwsError {
    pub(crate) fn wrong_owner(operation: &'static str, message: String) -> Self {
        Self { kind: AwsErrorKind::WrongOwner, operation, message, code: None, source: None }
    }

    pub(crate) fn unexpected(operation: &'static str, message: String) -> Self {
        Self { kind: AwsErrorKind::Other, operation, message, code: None, source: None }
    }

    pub(crate) fn from_sdk<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let (operation, (kind, code, message)) = match refused_role(&error) {
            Some(refused) => ("sts:AssumeRole", told(refused)),
            None => (operation, told(&error)),
        };
        Self { kind, operation, message, code, source: Some(Box::new(error)) }
    }

    /// Whether the same call may succeed later without anybody doing anything.
    pub fn retryable(&self) -> bool {
        matches!(self.kind, AwsErrorKind::Throttled | AwsErrorKind::Network | AwsErrorKind::Unavailable)
    }

    /// What an operator should look at.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            AwsErrorKind::Credentials => {
                "give the worker AWS credentials, or check that they have not expired"
            }
            AwsErrorKind::AccessDenied => {
                "check the role's trust policy (principal and external id) and its permissions policy"
            }
            AwsErrorKind::WrongOwner => {
                "set cloud.account_id and state.bucket to an account and a bucket of your own"
            }
            AwsErrorKind::Throttled => {
                "AWS limits the rate of calls in this account; it is tried again by itself"
            }
            AwsErrorKind::Network => "check that the worker can reach AWS's endpoints in this region",
            AwsErrorKind::Unavailable => "AWS has a failure of its own; it is tried again by itself",
            AwsErrorKind::Other => "see the error code in AWS's documentation of this call",
        }
    }
}

/// Why a role couldn't be assumed, if that is what happened. The refusal comes well wrapped: to the call that needed the
/// role it means only that there is nothing to sign with.
fn refused_role<'a>(
    mut error: &'a (dyn StdError + 'static),
) -> Option<&'a SdkError<AssumeRoleError, HttpResponse>> {
    loop {
        if let Some(refused) = error.downcast_ref() {
            return Some(refused);
        }
        error = error.source()?;
    }
}

/// Kind, AWS's code and a message that may be shown.
fn told<E>(error: &SdkError<E, HttpResponse>) -> (AwsErrorKind, Option<String>, String)
where
    E: ProvideErrorMetadata,
{
    let code = error.code().map(ToOwned::to_owned);
    let status = error.raw_response().map(|response| response.status().as_u16());
    let kind = classify(code.as_deref(), status, error);
    let message = match (kind, error.message()) {
        (AwsErrorKind::Network, _) => "AWS did not answer".to_owned(),
        (AwsErrorKind::Credentials, None) => "no usable AWS credentials".to_owned(),
        (_, Some(message)) => message.to_owned(),
        (_, None) => code.clone().unwrap_or_else(|| "AWS gave no reason".to_owned()),
    };
    (kind, code, message)
}

fn classify<E>(code: Option<&str>, status: Option<u16>, error: &SdkError<E, HttpResponse>) -> AwsErrorKind {
    match code {
        Some("AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "AllAccessDisabled") => {
            AwsErrorKind::AccessDenied
        }
        Some(
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "InvalidAccessKeyId"
            | "InvalidToken",
        ) => AwsErrorKind::Credentials,
        Some(
            "Throttling"
            | "ThrottlingException"
            | "RequestLimitExceeded"
            | "SlowDown"
            | "TooManyRequestsException",
        ) => AwsErrorKind::Throttled,
        Some(_) if status.is_some_and(|status| status >= 500) => AwsErrorKind::Unavailable,
        Some(_) => AwsErrorKind::Other,
        None => match (status, error) {
            (Some(403), _) => AwsErrorKind::AccessDenied,
            (Some(429 | 503), _) => AwsErrorKind::Throttled,
            (Some(500..), _) => AwsErrorKind::Unavailable,
            // No credentials in the environment show up as a request that could not even be signed.
            (_, SdkError::DispatchFailure(failure)) if failure.is_other() || failure.is_user() => {
                AwsErrorKind::Credentials
            }
            (_, SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)) => AwsErrorKind::Network,
            _ => AwsErrorKind::Other,
        },
    }
}

/// Limits for every call: a worker's step has a deadline of minutes, a single call has seconds.
pub(crate) fn timeouts() -> TimeoutConfig {
    use std::time::Duration;
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(10))
        .operation_timeout(Duration::from_secs(30))
        .build()
}
