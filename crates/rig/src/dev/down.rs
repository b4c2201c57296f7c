//! `terrane-rig down`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::state::State;

/// Options of `down`.
#[derive(clap::Args, Debug)]
pub(crate) struct Down {
    /// The file of settings that `up` wrote.
    #[arg(long, default_value = ".dev/env", value_name = "FILE")]
    env_file: PathBuf,
}

impl Down {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let state = State::beside(&self.env_file)?;
        if state.lock()?.is_some() {
            // A holder that was killed couldn't withdraw its files.
            state.withdraw()?;
            println!("nothing is up");
            return Ok(ExitCode::SUCCESS);
        }
        let holder = state
            .processes()
            .into_iter()
            .find(|process| process.name == "holder")
            .and_then(|holder| Pid::from_raw(i32::try_from(holder.pid).ok()?))
            .context("the rig is still coming up; try again when it is up")?;
        // The lock is held, so the number is still the holder's.
        let process = pidfd_open(holder, PidfdFlags::empty()).context("cannot watch the rig's holder")?;
        pidfd_send_signal(&process, Signal::TERM).context("cannot end the rig's holder")?;
        // Programs and servers have five seconds each.
        let limit = Duration::from_secs(30);
        terrane_rig::until("the end of the rig", limit, async || state.lock().ok().flatten()).await?;
        // A process lets go of its files, and so of the lock, a moment before it is gone.
        terrane_rig::until("the end of the rig's holder", limit, async || has_ended(&process)).await?;
        println!("down");
        Ok(ExitCode::SUCCESS)
    }
}

/// Answers once the process has ended, reaped or not.
fn has_ended(process: &OwnedFd) -> Option<()> {
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let ended = poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&at_once));
    ended.is_ok_and(|ready| ready > 0).then_some(())
}
