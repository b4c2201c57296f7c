//! The directory of one attempt, and the start of a command in it.
//!
//! ```text
//! <root>/            mode 0700: plans hold values in clear
//!   config/          the rendered files; Terraform's working directory
//!   cli.tfrc         where providers come from
//!   providers/       links to the mirror in the layout that OpenTofu wants (OpenTofu only)
//!   plans/           plan files
//!   runs/01-init/    what one command was asked, printed and ended with
//! ```

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::boot_time::BootTime;
use crate::cli_config::{self, CliConfigError};
use crate::command::{Command, PlanFile, Prints, Tuning};
use crate::engine::Engine;
use crate::environment::{Environment, ReservedVariable};
use crate::guard::{self, GuardProgram, GuardRequest};
use crate::mirror::ProviderMirror;
use crate::run::Run;

const CONFIG: &str = "config";
const PLANS: &str = "plans";
pub(crate) const RUNS: &str = "runs";

/// The directory of one attempt.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    engine: Engine,
    environment: Environment,
}

/// Times and settings of one run.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// How long the command may take before it is interrupted.
    pub deadline: Duration,
    /// How long it may go on without a tick (see [`Run::tick`]).
    pub fence: Duration,
    /// From an interrupt to the kill.
    pub grace: Duration,
    /// From the loss of the caller (its end of the pipe, or the fence) to the kill, if that comes first.
    pub orphan_grace: Duration,
    /// How long after `held_as_of` the guard may still start Terraform.
    pub start_barrier: Duration,
    /// After how long without a line [`crate::Event::Silent`] is reported, again and again.
    pub silence: Duration,
    /// As of when the caller held its lease; the fence counts from here. Now, if not given.
    pub held_as_of: Option<BootTime>,
    /// The caller's name for what the run is a part of; kept in its directory.
    pub label: &'static str,
    /// What becomes arguments.
    pub tuning: Tuning,
}

impl RunOptions {
    /// The usual times, with this deadline.
    #[must_use]
    pub fn with_deadline(deadline: Duration) -> Self {
        Self {
            deadline,
            fence: Duration::from_secs(90),
            grace: Duration::from_secs(600),
            orphan_grace: Duration::from_secs(60),
            start_barrier: Duration::from_secs(20),
            silence: Duration::from_secs(30),
            held_as_of: None,
            label: "",
            tuning: Tuning::default(),
        }
    }
}

/// Why a directory could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// A directory or file could not be made.
    #[error("could not prepare {}", path.display())]
    Prepare {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Terraform needs the path as text.
    #[error("{} is not valid UTF-8", .0.display())]
    PathNotText(PathBuf),
    /// The file that says where providers come from could not be written.
    #[error("could not set up the providers")]
    Providers(#[from] CliConfigError),
    /// See [`ReservedVariable`].
    #[error(transparent)]
    Environment(#[from] ReservedVariable),
}

/// Why a command could not be started.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The run's directory could not be made or filled.
    #[error("could not prepare the run's directory in {}", directory.display())]
    Prepare {
        /// Where.
        directory: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The guard could not be started.
    #[error("could not start the guard {}", program.display())]
    Guard {
        /// Which program.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Workspace {
    /// Makes the directories and files of an attempt; what is there already is kept.
    ///
    /// `extra` adds to the environment that Terraform gets; of the caller's own environment only
    /// what is listed in `environment.rs` is passed on.
    pub fn prepare(
        root: &Path,
        engine: &Engine,
        mirror: Option<&ProviderMirror>,
        extra: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, WorkspaceError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            |source| WorkspaceError::Prepare { path, source }
        };
        let root = std::path::absolute(root).map_err(failed(root))?;
        if root.to_str().is_none() {
            return Err(WorkspaceError::PathNotText(root));
        }
        for directory in [root.clone(), root.join(CONFIG), root.join(PLANS), root.join(RUNS)] {
            make_private(&directory).map_err(failed(&directory))?;
        }
        let cli_config = cli_config::write(&root, engine.kind, mirror)?;
        let environment = Environment::build(std::env::vars_os(), extra, &cli_config)?;
        Ok(Self { root, engine: engine.clone(), environment })
    }

    /// The attempt's directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the rendered files belong.
    #[must_use]
    pub fn config_dir(&self) -> PathBuf {
        self.root.join(CONFIG)
    }

    /// The engine that runs here.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// A plan file of this attempt.
    #[must_use]
    pub fn plan_file(&self, name: &'static str) -> PlanFile {
        PlanFile(self.root.join(PLANS).join(name).with_extension("tfplan").to_string_lossy().into_owned())
    }

    /// Starts a command under a guard. Call it in a Tokio runtime.
    pub fn start(
        &self,
        command: &Command,
        options: &RunOptions,
        guard: &GuardProgram,
    ) -> Result<Run, RunError> {
        let now = BootTime::now();
        let held_as_of = options.held_as_of.map_or(now, |moment| moment.min(now));
        let request = GuardRequest {
            program: self.engine.binary.clone(),
            args: command.arguments(&options.tuning),
            guard_args: guard.args.clone(),
            deadline: now.plus(options.deadline),
            fence_ms: millis(options.fence),
            grace_ms: millis(options.grace),
            orphan_grace_ms: millis(options.orphan_grace),
            start_by: held_as_of.plus(options.start_barrier),
            held_as_of,
            label: options.label.to_owned(),
            prints_messages: command.prints() == Prints::Messages,
        };
        let (directory, log) = self
            .new_run_directory(command.name(), &request)
            .map_err(|source| RunError::Prepare { directory: self.root.join(RUNS), source })?;
        let failed = |source| RunError::Guard { program: guard.program.clone(), source };
        let (pipe, stdin) = guard::control_pipe().map_err(|error| failed(error.into()))?;
        let child = tokio::process::Command::new(&guard.program)
            .args(&guard.args)
            .arg(guard::RUN)
            .arg(&directory)
            .current_dir(self.config_dir())
            .env_clear()
            .envs(self.environment.iter())
            .stdin(Stdio::from(stdin))
            .stdout(Stdio::null())
            .stderr(Stdio::from(log))
            // Away from the worker's terminal before the guard has run its first instruction.
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        tracing::debug!(command = command.name(), guard_pid = child.id(), "terraform_started");
        Ok(Run::new(child, pipe, directory, command.clone(), options.silence))
    }

    fn new_run_directory(&self, name: &str, request: &GuardRequest) -> io::Result<(PathBuf, File)> {
        let runs = self.root.join(RUNS);
        let mut number = fs::read_dir(&runs)?.count() + 1;
        let directory = loop {
            let candidate = runs.join(format!("{number:02}-{name}"));
            match DirBuilder::new().mode(0o700).create(&candidate) {
                Ok(()) => break candidate,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        };
        guard::write_record(&directory, request)?;
        let log = File::create(directory.join(guard::GUARD_LOG))?;
        Ok((directory, log))
    }
}

fn make_private(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
