//! `terrane-worker supervise`: PID 1 of a container.
//!
//! WHY: a guard outlives the worker that started it for as long as Terraform needs to save its state. When PID 1 of a
//! container goes, the kernel kills everything in it. So PID 1 is not the worker but this: it starts the worker, passes
//! signals on, becomes the parent of every guard that is orphaned, and leaves when no child is left.

use std::{
    io,
    process::{Command, ExitCode},
};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, set_child_subreaper, wait};
use tokio::signal::unix::{SignalKind, signal};

/// Runs the worker as a child until it and every guard have ended; its exit code is the worker's.
pub fn supervise() -> io::Result<ExitCode> {
    set_child_subreaper(Some(rustix::process::getpid()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let worker = runtime.block_on(async {
        // Handlers first: a signal that comes while the worker starts is passed on, not lost.
        let handlers = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let child = Command::new(std::env::current_exe()?).arg("run").spawn()?;
        let worker = Pid::from_child(&child);
        tokio::spawn(pass_on(worker, handlers.0, Signal::TERM));
        tokio::spawn(pass_on(worker, handlers.1, Signal::INT));
        tokio::task::spawn_blocking(move || reap(worker)).await.map_err(io::Error::other)?
    })?;
    Ok(worker)
}

async fn pass_on(worker: Pid, mut received: tokio::signal::unix::Signal, signal: Signal) {
    while received.recv().await.is_some() {
        // Gone already: then there is nothing to tell.
        let _gone = kill_process(worker, signal);
    }
}

/// Waits for every child, orphans included.
fn reap(worker: Pid) -> io::Result<ExitCode> {
    let mut code = ExitCode::FAILURE;
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == worker => {
                code = status
                    .exit_status()
                    .and_then(|code| u8::try_from(code).ok())
                    .map_or(ExitCode::FAILURE, ExitCode::from);
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::CHILD) => return Ok(code),
            Err(error) => return Err(error.into()),
        }
    }
}
