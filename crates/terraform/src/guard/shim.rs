//! The moment between fork and exec, as a program.
//!
//! What has to happen in the child itself (a session of its own, a parent-death signal) usually
//! takes `pre_exec`, which is unsafe code. Here the guard starts its own program once more, which
//! does it and then becomes Terraform by `exec`: same pid, and the parent-death signal stays
//! (prctl(2): it is cleared only for set-user-ID binaries).

use std::convert::Infallible;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal, setsid};

/// Why the shim could not become Terraform.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShimError {
    #[error("the shim was started with wrong arguments")]
    Usage,
    #[error("the guard was gone before Terraform could start")]
    Orphan,
    #[error("could not leave the guard's session: {0}")]
    Session(rustix::io::Errno),
    #[error("could not tie the engine's life to the guard's: {0}")]
    DeathSignal(rustix::io::Errno),
    #[error("could not execute {program}: {source}")]
    Exec { program: String, source: io::Error },
}

/// Becomes the engine: `<pid of the guard> <program> <arguments...>`. Returns only on failure.
pub(super) fn become_engine(mut args: impl Iterator<Item = OsString>) -> Result<(), ShimError> {
    let guard: i32 = args.next().and_then(|pid| pid.to_str()?.parse().ok()).ok_or(ShimError::Usage)?;
    let program = args.next().ok_or(ShimError::Usage)?;
    setsid().map_err(ShimError::Session)?;
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(ShimError::DeathSignal)?;
    // The guard may have died before the line above; then no signal will ever come.
    if getppid() != Pid::from_raw(guard) {
        return Err(ShimError::Orphan);
    }
    match exec(&program, args) {
        Err(source) => Err(ShimError::Exec { program: program.to_string_lossy().into_owned(), source }),
    }
}

fn exec(program: &OsString, args: impl Iterator<Item = OsString>) -> Result<Infallible, io::Error> {
    Err(Command::new(program).args(args).exec())
}
