//! The holder: owns the rig that `up` started, until SIGTERM.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use terrane_rig::{ApiProcess, Rig, RigOptions, TENANT, WorkerProcess, new_api_key};
use tokio::signal::unix::{SignalKind, signal};

use super::env_file;
use super::state::{Listed, State};
use super::up::{Binaries, READY, Up};

/// Runs until SIGTERM, or until the keeper is gone. Logs to standard error, which `up` sent to a file.
pub(crate) async fn run(up: Up) -> anyhow::Result<ExitCode> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    // A session of its own: the end of the terminal is not the end of the rig.
    rustix::process::setsid().context("cannot leave the terminal's session")?;
    let mut told_to_end = signal(SignalKind::terminate())?;
    let state = State::beside(&up.env_file)?;
    let Some(_lock) = state.lock()? else { bail!("another rig is up beside {}", state.env.display()) };

    let rig = Rig::start(RigOptions::ALL).await?;
    let outcome = tokio::select! {
        served = serve(&rig, &up, &state) => served,
        _ = told_to_end.recv() => Ok(()),
    };
    rig.stop().await;
    state.withdraw()?;
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Starts what runs on the rig, says so, and stays until the keeper is gone.
async fn serve(rig: &Rig, up: &Up, state: &State) -> anyhow::Result<()> {
    let programs = Programs::start(rig, up).await?;
    state.publish(&env_file::write(&programs.settings), &programs.list(rig).await?)?;
    // `up` may have been interrupted: the rig stays all the same, and `down` ends it.
    let _ = writeln!(std::io::stdout(), "{READY}");
    rig.gone().await;
    bail!("the keeper is gone, and every server with it")
}

/// API and workers, and the settings to reach it all.
struct Programs {
    settings: BTreeMap<String, String>,
    api: Option<ApiProcess>,
    workers: Vec<WorkerProcess>,
}

impl Programs {
    async fn start(rig: &Rig, up: &Up) -> anyhow::Result<Programs> {
        let (key, keys) = new_api_key()?;
        let mut settings = rig.program_env().await?;
        settings.insert("API_KEYS_JSON".to_owned(), keys);
        let mut programs = Programs { settings, api: None, workers: Vec::new() };
        let Binaries { api, worker } = up.binaries();
        let url = match &api {
            Some(bin) => {
                let api = rig.start_api(bin, programs.settings.clone()).await?;
                let url = api.url();
                programs.api = Some(api);
                url
            }
            None => {
                // For an API that a person starts by hand.
                let listen = format!("127.0.0.1:{}", terrane_rig::free_port()?);
                programs.settings.insert("TERRANE_LISTEN".to_owned(), listen.clone());
                format!("http://{listen}")
            }
        };
        if let Some(bin) = &worker {
            for _ in 0..up.workers {
                programs.workers.push(rig.start_worker(bin, programs.settings.clone()).await?);
            }
        }
        if let Some(directory) = &up.bin_dir {
            let directory = std::path::absolute(directory)?.display().to_string();
            programs.settings.insert("TERRANE_BIN_DIR".to_owned(), directory);
        }
        if let Some(python) = rig.emulator().await?.python() {
            programs.settings.insert("TERRANE_RIG_PYTHON".to_owned(), python.display().to_string());
        }
        programs.settings.insert("TERRANE_URL".to_owned(), url);
        programs.settings.insert("TERRANE_API_KEY".to_owned(), key);
        programs.settings.insert("TERRANE_TENANT".to_owned(), TENANT.to_owned());
        Ok(programs)
    }

    async fn list(&self, rig: &Rig) -> anyhow::Result<Vec<Listed>> {
        let servers = [
            ("holder", Some(std::process::id())),
            ("keeper", Some(rig.keeper_pid())),
            ("postgres", Some(rig.postgres().await?.pid())),
            ("redis", Some(rig.redis().await?.pid())),
            ("emulator", rig.emulator().await?.pid()),
            ("api", self.api.as_ref().map(|api| api.program().pid())),
        ];
        let servers = servers.into_iter().filter_map(|(name, pid)| Some((name.to_owned(), pid?)));
        let workers = (1..).zip(&self.workers);
        let workers = workers.map(|(number, worker)| (format!("worker-{number}"), worker.program().pid()));
        Ok(servers.chain(workers).map(|(name, pid)| Listed { name, pid }).collect())
    }
}
