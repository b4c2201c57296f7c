//! The binary `terrane-api`.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use terrane_api::{Application, DatabaseSettings, Settings, log_settings, process_environment};
use terrane_telemetry::init_logs;

/// The HTTP API of Terrane. It is configured by environment variables; .env.example lists them.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (the default).
    Serve,
    /// Bring the database to this version's schema, then exit.
    Migrate,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    match run(Arguments::parse().command.unwrap_or(Command::Serve)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Before logging is set up, and to be seen whatever the filter says.
            let _ =
                std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("terrane-api: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    init_logs(&log_settings(process_environment)?)?;
    match command {
        Command::Serve => Application::build(Settings::from_env()?).await?.run_until_stopped().await?,
        Command::Migrate => {
            let applied = terrane_store::migrate(&DatabaseSettings::from_env()?.url)
                .await
                .context("migration failed")?;
            tracing::info!(event = "api.migrated", applied = ?applied, "the schema is up to date");
        }
    }
    Ok(())
}
