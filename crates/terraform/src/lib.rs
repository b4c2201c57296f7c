//! Runs the real `terraform` or `tofu` binary.
//!
//! ```text
//! Engine::locate ─┐
//! ProviderMirror ─┴─> Workspace::prepare ──start(Command)──> Run ──next()──> Line … Line, Exited
//! ```
//!
//! * [`Engine`] finds the binary and checks its version, [`ProviderMirror`] a directory with
//!   providers.
//! * [`Workspace`] is the directory of one attempt: configuration, plans, and one directory per run.
//! * [`Command`] is what can be asked; its arguments are made in one place.
//! * [`Run`] is a stream of [`Event`]s whose last one is always [`Event::Exited`]. Lines carry byte
//!   offsets, so that reading them again is harmless, and [`Message`]s where Terraform speaks JSON.
//! * [`Progress`] folds messages into "done of planned".
//! * [`classify`] turns diagnostics into a [`TerraformError`]: retryable or not, a safe message, a
//!   hint. [`scrub`] takes secrets out of a line, a [`Scrubber`] out of many.
//! * [`guard`] is the process between a worker and Terraform. A binary that starts runs must give
//!   [`guard::run`] a hidden subcommand and say so with [`GuardProgram`].
//!
//! This crate knows nothing of HTTP, Postgres, Redis or of what an environment is. Linux only, for
//! the reasons given in [`guard`].

pub mod guard;

mod boot_time;
mod classify;
mod cli_config;
mod command;
mod diagnostic;
mod engine;
mod environment;
mod exit;
mod message;
mod mirror;
mod past_run;
mod progress;
mod run;
mod scrub;
mod tail;
mod version;
mod workspace;

pub use boot_time::BootTime;
pub use classify::{ErrorKind, LockHolder, TerraformError, classify};
pub use cli_config::CliConfigError;
pub use command::{Command, PlanFile, PlanMode, Prints, Tuning};
pub use diagnostic::{Diagnostic, Position, Range, Severity};
pub use engine::{Engine, EngineKind, LocateError, MINIMUM};
pub use environment::ReservedVariable;
pub use exit::{Exit, Outcome};
pub use guard::GuardProgram;
pub use message::{
    Action, Body, Change, ChangeSummary, Hook, Level, Message, OutputValue, Resource, Summarized,
};
pub use mirror::{MirrorError, MirrorSearch, ProviderMirror};
pub use past_run::PastRun;
pub use progress::{Progress, Snapshot, Working};
pub use run::{Canceller, DocumentError, Event, Line, Run, Stream, Ticker};
pub use scrub::{KnownSecrets, Scrubber, scrub};
pub use tail::{LONGEST_LINE, Tail, TailLine};
pub use version::{InvalidVersion, Version};
pub use workspace::{RunError, RunOptions, Workspace, WorkspaceError};
