//! The guard's loop: start Terraform, watch the clock and the pipe, signal, reap, report.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use chrono::Utc;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpid, kill_process_group, pidfd_open, pidfd_send_signal,
    set_child_subreaper, waitpgid,
};

use super::identity::{HostIdentity, ProcessIdentity};
use super::policy::{Cause, Decision, Limits, Situation, decide};
use super::protocol::{Receiver, Signal as Told};
use super::records::{
    EndedBy, ExitReport, GuardRecord, GuardRequest, STDERR, STDOUT, read_record, write_record,
};
use super::{EXEC, complain};
use crate::boot_time::BootTime;

/// A sleeping machine does not count down a poll's timeout, so none is longer than this.
const LONGEST_NAP: Duration = Duration::from_secs(1);
/// How long the rest of a killed group may take to vanish before the guard reports anyway.
const BURIAL: Duration = Duration::from_secs(5);

/// Why a guard could not do its work.
#[derive(Debug, thiserror::Error)]
pub(super) enum GuardError {
    #[error("could not prepare the process: {0}")]
    Prepare(io::Error),
    #[error("could not read the request: {0}")]
    Request(io::Error),
    #[error("there is no request in the run's directory")]
    NoRequest,
    #[error("could not write a record: {0}")]
    Record(io::Error),
    #[error("could not open the output files: {0}")]
    Output(io::Error),
    #[error("the lease was last held too long ago to start anything")]
    TooLate,
    #[error("could not start the engine: {0}")]
    Start(io::Error),
    #[error("could not watch the engine: {0}")]
    Watch(io::Error),
}

pub(super) fn supervise(directory: &Path) -> Result<(), GuardError> {
    outlive_signals().map_err(GuardError::Prepare)?;
    // Providers that lose Terraform become the guard's children, so that it can wait for them.
    set_child_subreaper(Some(getpid())).map_err(|error| GuardError::Prepare(error.into()))?;
    let request: GuardRequest =
        read_record(directory).map_err(GuardError::Request)?.ok_or(GuardError::NoRequest)?;
    let mut record = GuardRecord {
        host: HostIdentity::current().map_err(GuardError::Prepare)?,
        guard: ProcessIdentity::of(getpid()).map_err(GuardError::Prepare)?,
        engine: None,
        started_at: Utc::now(),
    };
    write_record(directory, &record).map_err(GuardError::Record)?;
    // After the record, or somebody who saw none could take this run for one that will never start.
    if BootTime::now() >= request.start_by {
        return Err(GuardError::TooLate);
    }
    let child = start(&request, directory)?;
    let mut engine = Engine::watch(child).map_err(GuardError::Watch)?;
    record.engine = Some(engine.identity);
    // Past this point an error must not end the guard: Terraform would be killed with it.
    if let Err(error) = write_record(directory, &record) {
        complain(&GuardError::Record(error).to_string());
    }
    let ending = engine.stand_guard(&request);
    let ended_by = engine.bury().map_err(GuardError::Watch)?;
    let report = ExitReport {
        ended_by,
        interrupted: ending.interrupted,
        killed: ending.killed,
        host: record.host,
        engine: engine.identity,
        started_at: record.started_at,
        ended_at: Utc::now(),
    };
    write_record(directory, &report).map_err(GuardError::Record)
}

/// Takes the deadly effect from the signals that a terminal, a shell or an operator sends around.
///
/// Handlers, not "ignore": an ignored signal would stay ignored in Terraform after `exec`, and with
/// it the interrupt. Tokio installs a handler for the rest of the process's life even if its runtime
/// is gone (documented in `tokio::signal::unix`), which is the way to do that in safe code without
/// one more crate.
fn outlive_signals() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let _context = runtime.enter();
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()] {
        drop(signal(kind)?);
    }
    Ok(())
}

fn start(request: &GuardRequest, directory: &Path) -> Result<Child, GuardError> {
    let output = |name| -> Result<File, GuardError> {
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(directory.join(name))
            .map_err(GuardError::Output)
    };
    // From the main thread: a parent-death signal is about the thread that forked.
    Command::new("/proc/self/exe")
        .args(&request.guard_args)
        .arg(EXEC)
        .arg(std::process::id().to_string())
        .arg(&request.program)
        .args(&request.args)
        .stdin(Stdio::null())
        .stdout(output(STDOUT)?)
        .stderr(output(STDERR)?)
        .spawn()
        .map_err(GuardError::Start)
}

struct Engine {
    child: Child,
    identity: ProcessIdentity,
    pid: Pid,
    handle: OwnedFd,
}

struct Ending {
    interrupted: Option<Cause>,
    killed: bool,
}

impl Engine {
    fn watch(child: Child) -> io::Result<Self> {
        let pid = i32::try_from(child.id())
            .ok()
            .and_then(Pid::from_raw)
            .ok_or_else(|| io::Error::other("the child has no pid"))?;
        let handle = pidfd_open(pid, PidfdFlags::empty())?;
        Ok(Self { identity: ProcessIdentity::of(pid)?, child, pid, handle })
    }

    /// Returns when Terraform has exited. It is then a zombie, so its pid and group are still its own.
    fn stand_guard(&self, request: &GuardRequest) -> Ending {
        let limits = Limits {
            deadline: request.deadline,
            fence: Duration::from_millis(request.fence_ms),
            grace: Duration::from_millis(request.grace_ms),
            orphan_grace: Duration::from_millis(request.orphan_grace_ms),
        };
        let stdin = io::stdin();
        let mut receiver = Receiver::default();
        let mut ending = Ending { interrupted: None, killed: false };
        let mut situation = Situation {
            now: BootTime::now(),
            last_tick: request.held_as_of,
            pipe_closed_at: None,
            asked_to_interrupt: false,
            interrupted_at: None,
            killed: false,
        };
        loop {
            situation.now = BootTime::now();
            let nap = match decide(&limits, &situation) {
                Decision::WaitUntil(moment) => moment.since(situation.now).min(LONGEST_NAP),
                Decision::WaitForExit => LONGEST_NAP,
                Decision::Interrupt(cause) => {
                    self.signal(Signal::INT);
                    ending.interrupted = Some(cause);
                    situation.interrupted_at = Some(situation.now);
                    continue;
                }
                Decision::Kill => {
                    self.kill();
                    ending.killed = true;
                    situation.killed = true;
                    continue;
                }
            };
            let (exited, told) = self.wait(stdin.as_fd(), situation.pipe_closed_at.is_none(), nap);
            if exited {
                return ending;
            }
            if told {
                match receiver.receive(stdin.as_fd()) {
                    Ok(Some(signals)) => signals.into_iter().for_each(|signal| hear(signal, &mut situation)),
                    Ok(None) | Err(_) => situation.pipe_closed_at = Some(BootTime::now()),
                }
            }
        }
    }

    /// Waits for Terraform's end, a message or the end of the nap: whether it exited, and whether
    /// the pipe has something to read.
    fn wait(&self, stdin: std::os::fd::BorrowedFd<'_>, pipe_open: bool, nap: Duration) -> (bool, bool) {
        let mut watched =
            [PollFd::new(&self.handle, PollFlags::IN), PollFd::from_borrowed_fd(stdin, PollFlags::IN)];
        // A pipe at its end is always "ready": left in, the loop would spin.
        let watched = if pipe_open { &mut watched[..] } else { &mut watched[..1] };
        let timeout = Timespec {
            tv_sec: i64::try_from(nap.as_secs()).unwrap_or(1),
            // Never zero: the clock counts whole milliseconds, and a nap may end within one.
            tv_nsec: i64::from(nap.subsec_nanos()).max(1_000_000),
        };
        match poll(watched, Some(&timeout)) {
            Ok(_) => {
                let ready = |index: usize| watched.get(index).is_some_and(|fd| !fd.revents().is_empty());
                (ready(0), ready(1))
            }
            // Interrupted by one of the signals that the guard outlives.
            Err(Errno::INTR) => (false, false),
            Err(error) => {
                complain(&format!("poll: {error}"));
                std::thread::sleep(nap);
                (false, false)
            }
        }
    }

    /// To Terraform alone: it stops its providers itself, and must be able to talk to them until then.
    fn signal(&self, signal: Signal) {
        if let Err(error) = pidfd_send_signal(&self.handle, signal) {
            complain(&format!("could not signal the engine: {error}"));
        }
    }

    fn kill(&self) {
        // The group first, or a provider could outlive the one whose pid it is known by. The pid
        // too, for a shim that has not made its own group yet.
        if let Err(error) = kill_process_group(self.pid, Signal::KILL)
            && error != Errno::SRCH
        {
            complain(&format!("could not kill the engine's group: {error}"));
        }
        self.signal(Signal::KILL);
    }

    /// Ends what is left of the group, then reaps it all.
    fn bury(&mut self) -> io::Result<EndedBy> {
        kill_process_group(self.pid, Signal::KILL).ok();
        let status = self.child.wait()?;
        let begun = BootTime::now();
        loop {
            match waitpgid(self.pid, WaitOptions::NOHANG) {
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) if BootTime::now().since(begun) < BURIAL => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Ok(None) => {
                    complain("a process of the engine's group does not die");
                    break;
                }
                // No child in that group: it is gone.
                Err(_) => break,
            }
        }
        Ok(ended_by(status))
    }
}

fn hear(told: Told, situation: &mut Situation) {
    match told {
        // A moment in the future would be a lease that nobody holds yet.
        Told::Tick(as_of) => situation.last_tick = situation.last_tick.max(as_of.min(BootTime::now())),
        Told::Interrupt => situation.asked_to_interrupt = true,
    }
}

fn ended_by(status: ExitStatus) -> EndedBy {
    match (status.code(), status.signal()) {
        (Some(code), _) => EndedBy::Code(code),
        (None, signal) => EndedBy::Signal(signal.unwrap_or_default()),
    }
}
