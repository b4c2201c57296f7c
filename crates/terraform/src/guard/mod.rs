//! The guard: Terraform's parent, and the only process that signals it.
//!
//! A worker may die at any instruction, and Terraform must neither die with it (it would leave
//! resources that no state knows) nor outlive its lease (somebody else would run beside it). So a
//! small process stands between them:
//!
//! ```text
//! worker --pipe: ticks, interrupt--> guard --fork--> shim --exec--> terraform --> providers
//!    ^                                 |                                |
//!    +-- tails stdout.log, stderr.log -+---- guard.json, exit.json -----+   (the run's directory)
//! ```
//!
//! * Terraform writes to files and reads `/dev/null`. A pipe to the worker would break with it, and
//!   Terraform dies of SIGPIPE.
//! * The worker ticks the guard after each renewal of its lease, with the moment at which it asked
//!   for the renewal. The pipe's end (worker dead), silence for the fence time (worker frozen), an
//!   interrupt (cancel, drain) and the deadline all lead to the same: SIGINT to Terraform's pid,
//!   once; after the grace time SIGKILL to its whole group. A second SIGINT would make Terraform
//!   drop its state on the floor, so there is none.
//! * Terraform dies with its guard (parent-death signal): an attempt whose guard is gone has ended.
//! * When Terraform has ended, what is left of its group (providers) is killed and reaped, and only
//!   then `exit.json` appears, in one piece. It proves that the attempt is over.
//! * The guard sits in a process group of its own and Terraform in a session of its own, without a
//!   terminal: Ctrl-C and hang-ups of the worker's terminal reach neither.
//!
//! It is synchronous and small on purpose: it starts in a millisecond, holds a few MB and has
//! nothing that could hang. It re-executes itself through `/proc/self/exe`, so that an upgrade that
//! replaces the binary on disk cannot mix two versions. Linux only (`pidfd`, parent-death signals).

mod identity;
mod policy;
mod protocol;
mod records;
mod shim;
mod supervise;
mod verdict;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

pub use identity::{HostIdentity, ProcessIdentity};
pub use policy::Cause;
pub use records::{EndedBy, ExitReport, GuardRecord};
pub use verdict::{AttemptFacts, LeaseFacts, RecordedRun, Verdict, attempt_is_over};

pub(crate) use protocol::{ControlPipe, control_pipe};
pub(crate) use records::{GUARD_LOG, GuardRequest, STDERR, STDOUT, read_record, write_record};

/// How to start the guard: a program and the arguments that lead it to [`run`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardProgram {
    /// The program.
    pub program: PathBuf,
    /// What stands before the guard's own arguments, for example the name of a hidden subcommand.
    pub args: Vec<String>,
}

impl GuardProgram {
    /// The running program itself, with the arguments that lead it to [`run`]. Goes through
    /// `/proc/self/exe`: it stays the same program when the file on disk is replaced or deleted.
    #[must_use]
    pub fn this_program(args: &[&str]) -> Self {
        Self {
            program: PathBuf::from("/proc/self/exe"),
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
        }
    }
}

/// First argument of a guard.
pub(crate) const RUN: &str = "run";
/// First argument of the shim that becomes Terraform.
const EXEC: &str = "exec";

/// Exit code when the guard could not do its work (`EX_SOFTWARE`).
const FAILED: u8 = 70;
/// Exit code for arguments that no worker sends (`EX_USAGE`).
const USAGE: u8 = 64;

/// The guard's `main`. Call it first thing, before any thread or runtime exists, with the arguments
/// that follow [`GuardProgram::args`]. Returns when Terraform has ended and `exit.json` is written.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut args = args.into_iter();
    let mode = args.next().unwrap_or_default();
    let outcome = if mode == RUN {
        let Some(directory) = args.next() else { return usage() };
        supervise::supervise(&PathBuf::from(directory)).map_err(|error| error.to_string())
    } else if mode == EXEC {
        shim::become_engine(args).map_err(|error| error.to_string())
    } else {
        return usage();
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::from(FAILED)
        }
    }
}

fn usage() -> ExitCode {
    complain("this subcommand is started by a worker and is of no use by hand");
    ExitCode::from(USAGE)
}

/// Standard error is a file in the run's directory: `guard.log`, for the shim `stderr.log`.
fn complain(message: &str) {
    // Nobody is left to tell if this fails.
    drop(writeln!(std::io::stderr(), "guard: {message}"));
}
