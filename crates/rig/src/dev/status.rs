//! `terrane-rig status`.

use std::path::PathBuf;
use std::process::ExitCode;

use rustix::process::{Pid, test_kill_process};

use super::state::State;

/// Exit code when no rig is up, as `systemctl status` has it.
const DOWN: u8 = 3;

/// Options of `status`.
#[derive(clap::Args, Debug)]
pub(crate) struct Status {
    /// The file of settings that `up` wrote.
    #[arg(long, default_value = ".dev/env", value_name = "FILE")]
    env_file: PathBuf,
}

impl Status {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let state = State::beside(&self.env_file)?;
        if state.lock()?.is_some() {
            println!("nothing is up");
            return Ok(ExitCode::from(DOWN));
        }
        for process in state.processes() {
            let runs = i32::try_from(process.pid)
                .ok()
                .and_then(Pid::from_raw)
                .is_some_and(|pid| test_kill_process(pid).is_ok() || is_somebody_elses(pid));
            let said = if runs { "runs" } else { "ended" };
            println!("{:9} {:>8}  {said}", process.name, process.pid);
        }
        println!("settings: {}", state.env.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// A process that may not be signalled exists.
fn is_somebody_elses(pid: Pid) -> bool {
    test_kill_process(pid) == Err(rustix::io::Errno::PERM)
}
