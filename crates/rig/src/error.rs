//! What can go wrong while a rig is raised, each with what to do about it.

use std::path::PathBuf;

/// Why a rig, or one of its parts, isn't there.
#[derive(Debug, thiserror::Error)]
pub enum RigError {
    /// A program that the rig needs is nowhere to be found.
    #[error("{program} was not found on PATH{also}.\n{remedy}")]
    Missing {
        /// What was looked for, e.g. `python3`.
        program: &'static str,
        /// Where else it was looked for, with a leading blank, or nothing.
        also: String,
        /// What to install and how, with and without root.
        remedy: String,
    },
    /// A file or directory of the rig couldn't be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// The verb, e.g. `create`.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A helper program (initdb, pip, ...) couldn't be started at all.
    #[error("cannot run {program}")]
    Run {
        /// The program.
        program: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A helper program ran and failed.
    #[error("{program} failed ({status}).{hint}\nIts last lines:\n{tail}")]
    Failed {
        /// The program and its sub-command.
        program: String,
        /// Exit code or signal.
        status: String,
        /// What to try, with a leading blank, or nothing.
        hint: String,
        /// The end of its output.
        tail: String,
    },
    /// A server ended, or didn't become ready in time.
    #[error("{name} {what}.\nThe last lines of its log:\n{tail}")]
    NotReady {
        /// The server.
        name: String,
        /// What happened, e.g. `ended with exit code 1 before it was ready`.
        what: String,
        /// The end of its log.
        tail: String,
    },
    /// The process that keeps the servers is gone, and the servers with it.
    #[error("the rig's keeper is gone, and every server with it")]
    KeeperGone,
    /// The keeper couldn't do what it was asked.
    #[error("the rig's keeper could not {action}: {reason}")]
    Keeper {
        /// The verb and object.
        action: String,
        /// The keeper's own words.
        reason: String,
    },
    /// A database couldn't be made.
    #[error("the rig's Postgres has no new database to give")]
    CreateDatabase(#[source] terrane_store::admin::AdminError),
    /// The template, which every fresh database is a copy of, couldn't be migrated.
    #[error("the rig's template database has no schema")]
    Migrate(#[source] terrane_store::MigrateError),
    /// The emulator's control interface didn't answer as expected.
    #[error("the emulator did not {action}")]
    Emulator {
        /// What it was asked.
        action: &'static str,
        /// What the HTTP client said.
        #[source]
        source: reqwest::Error,
    },
    /// Waiting for a condition took too long.
    #[error("gave up after {seconds} s of waiting for {condition}")]
    Deadline {
        /// What was waited for.
        condition: String,
        /// For how long.
        seconds: u64,
    },
}

impl RigError {
    /// For `map_err` on file operations.
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> RigError {
        let path = path.into();
        move |source| RigError::File { action, path, source }
    }
}
