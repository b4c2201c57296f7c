//! What a describe call said.

use std::error::Error as StdError;

use aws_sdk_sts::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use super::Standing;
use crate::AwsError;

/// The words in which one kind of thing says how it is; any other word means that it is changing.
pub(super) struct Words {
    pub(super) ready: &'static [&'static str],
    pub(super) failed: &'static [&'static str],
    pub(super) gone: &'static [&'static str],
}

impl Words {
    /// For kinds that say `available` and know no failure.
    pub(super) const AVAILABLE: Self = Self { ready: &["available"], failed: &[], gone: &["deleted"] };

    /// How a thing of this status is. A service may leave the status out: then it is there, and that is all.
    pub(super) fn judge(&self, status: Option<&str>) -> Standing {
        match status {
            None => Standing::Stands,
            Some(status) if self.ready.contains(&status) => Standing::Stands,
            Some(status) if self.failed.contains(&status) => Standing::Failed { status: status.to_owned() },
            Some(status) if self.gone.contains(&status) => Standing::Gone,
            Some(status) => Standing::Changing { status: status.to_owned() },
        }
    }
}

/// What `pick` finds in the answer; `None` if the service says, in one way or the other, that there is no such thing.
pub(super) fn found<A, E, T>(
    operation: &'static str,
    answer: Result<A, SdkError<E, HttpResponse>>,
    pick: impl FnOnce(A) -> Option<T>,
) -> Result<Option<T>, AwsError>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match answer {
        Ok(answer) => Ok(pick(answer)),
        Err(error) if is_not_found(error.code(), status_code(&error)) => Ok(None),
        Err(error) => Err(AwsError::from_sdk(operation, error)),
    }
}

/// The first of a list in the answer to a call that names one thing.
macro_rules! first {
    ($operation:literal, $call:expr, $list:ident) => {
        found($operation, $call.send().await, |answer| answer.$list?.into_iter().next())?
    };
}
pub(super) use first;

/// What kinds without a status come to: there or gone.
pub(super) fn presence<T>(found: Option<T>) -> Standing {
    if found.is_some() { Standing::Stands } else { Standing::Gone }
}

/// How a thing of this status is, if it was found.
pub(super) fn judged<S: AsRef<str>>(found: Option<Option<S>>, words: &Words) -> Standing {
    match found {
        None => Standing::Gone,
        Some(status) => words.judge(status.as_ref().map(AsRef::as_ref)),
    }
}

fn status_code<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// `InvalidVpcID.NotFound`, `DBInstanceNotFound`, `ResourceNotFoundException` and their like; an answer without a body
/// has its HTTP status only.
fn is_not_found(code: Option<&str>, status: Option<u16>) -> bool {
    match code {
        Some(code) => code.contains("NotFound") || code == "NoSuchBucket",
        None => status == Some(404),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_nobody_knows_is_a_change_under_way() {
        let words = Words { ready: &["available"], failed: &["failed"], gone: &["deleted"] };
        assert_eq!(words.judge(Some("available")), Standing::Stands);
        assert_eq!(words.judge(Some("failed")), Standing::Failed { status: "failed".to_owned() });
        assert_eq!(words.judge(Some("deleted")), Standing::Gone);
        assert_eq!(words.judge(Some("creating")), Standing::Changing { status: "creating".to_owned() });
        assert_eq!(words.judge(None), Standing::Stands);
    }

    #[test]
    fn what_is_not_found_is_told_from_what_is_refused() {
        let codes =
            ["InvalidVpcID.NotFound", "NatGatewayNotFound", "DBInstanceNotFound", "NotFoundException"];
        assert!(codes.iter().all(|code| is_not_found(Some(code), Some(400))));
        assert!(is_not_found(None, Some(404)));
        assert!(!is_not_found(Some("AccessDenied"), Some(404)));
        assert!(!is_not_found(Some("Throttling"), None) && !is_not_found(None, Some(403)));
    }
}
