//! Why a command came to nothing.

use std::{fmt, io, path::PathBuf};

use terrane_blueprint::RenderError;
use terrane_domain::Problems;

use crate::{client::ClientError, exit::Exit};

/// An environment file, as it is called in messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(pub String);

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a command came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line doesn't say enough, or contradicts itself.
    #[error("{0}")]
    Usage(String),
    /// An environment file is wrong.
    #[error("{file}: {problems}")]
    InvalidFile {
        /// Which one.
        file: FileName,
        /// Where, and what was expected.
        problems: Problems,
    },
    /// A file or directory can't be read or written.
    #[error("{doing} {}", path.display())]
    File {
        /// What was tried, such as `cannot read`.
        doing: &'static str,
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A directory holds files that this program didn't write.
    #[error("{} is not empty and was not written by terrane render; choose another directory, or say --force", .0.display())]
    ForeignDirectory(PathBuf),
    /// A file is there already.
    #[error("{} exists already; it was left as it is", .0.display())]
    Exists(PathBuf),
    /// The file can't be rendered.
    #[error("the files can't be rendered")]
    Render(#[from] RenderError),
    /// A call of the API failed.
    #[error("the call failed")]
    Client {
        /// Why.
        #[source]
        error: ClientError,
        /// The file that was sent, if one was.
        file: Option<FileName>,
    },
    /// There is no such output.
    #[error("{environment} has no output {output:?}; outputs: {known}")]
    NoSuchOutput {
        /// Of which environment.
        environment: String,
        /// What was asked for.
        output: String,
        /// What there is.
        known: String,
    },
    /// The environment has no operation that this could be about.
    #[error("{0} has no operation yet")]
    NoOperation(String),
    /// A person said no.
    #[error("nothing was done: {0}")]
    Declined(&'static str),
    /// A person pressed Ctrl-C before anything was done.
    #[error("interrupted; nothing was done")]
    Interrupted,
}

impl Failure {
    /// A file or directory that can't be read or written.
    pub fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File { doing, path, cause }
    }

    /// What the process ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_)
            | Self::InvalidFile { .. }
            | Self::File { .. }
            | Self::ForeignDirectory(_)
            | Self::Exists(_)
            | Self::Render(_) => Exit::Usage,
            Self::Client { error, .. } => error.exit(),
            Self::NoSuchOutput { .. } | Self::NoOperation(_) => Exit::NotFound,
            Self::Declined(_) => Exit::Refused,
            Self::Interrupted => Exit::Interrupted,
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Client { error, file: None }
    }
}
