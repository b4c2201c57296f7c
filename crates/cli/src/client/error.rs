//! What can go wrong between this process and the API.

use super::{Problem, sse::TooLarge};
use crate::exit::Exit;

/// Why a call brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The HTTP client can't be made, for example because there are no root certificates.
    #[error("the HTTP client can't be made")]
    Setup(#[source] reqwest::Error),
    /// The API key holds characters that no header can carry. It is not shown.
    #[error(
        "the API key holds characters that an HTTP header can't carry; check TERRANE_API_KEY for line breaks"
    )]
    ApiKey,
    /// The tenant's name holds characters that no header can carry.
    #[error("the tenant's name holds characters that an HTTP header can't carry")]
    Tenant,
    /// The server said no.
    #[error(transparent)]
    Refused(Box<Problem>),
    /// No answer from the server, or only a part of one.
    #[error("no answer from {server}")]
    Unreachable {
        /// Which one.
        server: String,
        /// Why.
        #[source]
        cause: reqwest::Error,
    },
    /// The server ended a stream again and again before the operation was over.
    #[error("{server} ended the stream before the operation was over")]
    Closed {
        /// Which one.
        server: String,
    },
    /// An answer that isn't what the API says it is.
    #[error("the answer of {server} isn't understood; is it a Terrane API of this version?")]
    Answer {
        /// Which one.
        server: String,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// A stream that isn't what the API says it is.
    #[error("the event stream can't be read")]
    Stream(#[from] TooLarge),
}

impl ClientError {
    /// What the process ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::ApiKey | Self::Tenant => Exit::Usage,
            Self::Refused(problem) => problem.exit(),
            Self::Setup(_)
            | Self::Unreachable { .. }
            | Self::Closed { .. }
            | Self::Answer { .. }
            | Self::Stream(_) => Exit::Unavailable,
        }
    }

    /// The server's own words, if it said something.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            _ => None,
        }
    }

    /// Whether the API itself says that the object isn't there.
    pub fn is_not_found(&self) -> bool {
        self.problem().is_some_and(Problem::is_not_found)
    }
}
