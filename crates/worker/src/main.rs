//! `terrane-worker`: see the crate's documentation.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use terrane_telemetry::{LogSettings, init_logs};
use terrane_worker::{Application, Settings, supervise};

/// Claims operations and runs them. Configured by environment variables; .env.example lists them.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Work until SIGTERM, then drain (the default).
    Run,
    /// Start `run` as a child and outlive it until every Terraform has ended; for PID 1 of a container.
    Supervise,
    /// Terraform's parent; started by the worker.
    #[command(hide = true, disable_help_flag = true)]
    Guard {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command.unwrap_or(Command::Run) {
        // Before any thread or runtime exists.
        Command::Guard { arguments } => Ok(terrane_terraform::guard::run(arguments)),
        Command::Supervise => supervise().context("could not supervise the worker"),
        Command::Run => run().map(|()| ExitCode::SUCCESS),
    }
}

fn run() -> anyhow::Result<()> {
    let settings = Settings::from_env()?;
    init_logs(&LogSettings::from_env()?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async { Ok(Application::build(settings).await?.run_until_stopped().await?) })
}
