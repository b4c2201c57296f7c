//! `terrane-rig up`: start a holder and wait until it says that all is ready.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail};

use super::state::State;

/// The line with which a holder tells `up` that all is ready.
pub(crate) const READY: &str = "ready";

/// Options of `up`, which its holder gets too.
#[derive(clap::Args, Debug)]
pub(crate) struct Up {
    /// The file of settings to write; process ids, log and lock go beside it.
    #[arg(long, default_value = ".dev/env", value_name = "FILE")]
    pub env_file: PathBuf,
    /// Start terrane-api and a terrane-worker from this directory too (nothing is built here).
    #[arg(long, value_name = "DIRECTORY", conflicts_with_all = ["api_bin", "worker_bin"])]
    pub bin_dir: Option<PathBuf>,
    /// Start this terrane-api too.
    #[arg(long, value_name = "FILE")]
    pub api_bin: Option<PathBuf>,
    /// Start this terrane-worker too.
    #[arg(long, value_name = "FILE")]
    pub worker_bin: Option<PathBuf>,
    /// How many workers.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub workers: u32,
}

/// The programs that are to run on the servers.
pub(crate) struct Binaries {
    pub api: Option<PathBuf>,
    pub worker: Option<PathBuf>,
}

impl Up {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let state = State::beside(&self.env_file)?;
        if state.lock()?.is_none() {
            println!("already up: {}", state.env.display());
            return Ok(ExitCode::SUCCESS);
        }
        let log =
            File::create(state.log()).with_context(|| format!("cannot write {}", state.log().display()))?;
        let mut hold = Command::new(std::env::current_exe()?);
        hold.arg("hold").arg("--env-file").arg(&state.env);
        let Binaries { api, worker } = self.binaries();
        let programs = [("--api-bin", api), ("--worker-bin", worker)];
        for (option, program) in programs.into_iter().filter_map(|(option, it)| Some((option, it?))) {
            let program = program
                .canonicalize()
                .with_context(|| format!("{} isn't there; build it first", program.display()))?;
            if self.bin_dir.is_none() {
                hold.arg(option).arg(program);
            }
        }
        // As a directory, which the settings name too.
        if let Some(directory) = &self.bin_dir {
            hold.arg("--bin-dir").arg(directory.canonicalize()?);
        }
        hold.args(["--workers", &self.workers.to_string()]);
        println!("starting; the first time on a machine this takes a minute (Python packages)");
        let mut holder = hold.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let said = holder.stdout.take().context("the holder has no output")?;
        let mut first = String::new();
        BufReader::new(said).read_line(&mut first)?;
        if first.trim() != READY {
            holder.wait()?;
            let log = std::fs::read_to_string(state.log()).unwrap_or_default();
            bail!("the rig did not come up:\n{}", log.trim_end());
        }
        println!("up; settings for scripts: set -a; . {}", self.env_file.display());
        Ok(ExitCode::SUCCESS)
    }

    /// The programs, by whichever option they were named.
    pub fn binaries(&self) -> Binaries {
        let in_directory = |name: &str| self.bin_dir.as_ref().map(|directory| directory.join(name));
        Binaries {
            api: in_directory("terrane-api").or_else(|| self.api_bin.clone()),
            worker: in_directory("terrane-worker").or_else(|| self.worker_bin.clone()),
        }
    }
}
