//! Terrane's own programs as real processes, for end-to-end tests and `terrane-rig up`.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::Signal;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::RigError;
use crate::keeper::{Ending, Keeper, Kept, Order, Wave};
use crate::postgres::random_hex;
use crate::server::{Readiness, log_tail, until_ready};

/// Loopback, on a port that the kernel picks.
const ANY_PORT: &str = "127.0.0.1:0";

/// A running program of the rig. It is killed when this handle is dropped, and when the rig ends.
#[derive(Debug)]
pub struct Program {
    process: Kept,
    log: PathBuf,
}

/// A running `terrane-api`.
#[derive(Debug)]
pub struct ApiProcess {
    program: Program,
    listens: ApiListens,
}

/// A running `terrane-worker`.
#[derive(Debug)]
pub struct WorkerProcess {
    program: Program,
    listens: WorkerListens,
}

/// The ready file of `terrane-api`, each `host:port`.
#[derive(Debug, Deserialize)]
struct ApiListens {
    api: SocketAddr,
    metrics: SocketAddr,
}

/// The ready file of `terrane-worker`.
#[derive(Debug, Deserialize)]
struct WorkerListens {
    metrics: SocketAddr,
}

/// A ready file, which our programs move into place when all of it is written.
struct ReadyFile<T> {
    path: PathBuf,
    holds: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + Send> Readiness for ReadyFile<T> {
    type Answer = T;

    async fn look(&self) -> Option<T> {
        serde_json::from_str(&std::fs::read_to_string(&self.path).ok()?).ok()
    }
}

impl Program {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.pid
    }

    /// The file with all that it writes to standard output and standard error.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Sends SIGTERM: a worker drains. False if it had ended before.
    pub async fn terminate(&self) -> Result<bool, RigError> {
        self.process.signal(Signal::TERM).await
    }

    /// Sends SIGKILL to this process only; its children are left as a crash would leave them.
    pub async fn kill(&self) -> Result<bool, RigError> {
        self.process.signal(Signal::KILL).await
    }

    /// Stops it where it stands (SIGSTOP), or lets it go on.
    pub async fn freeze(&self, frozen: bool) -> Result<bool, RigError> {
        self.process.signal(if frozen { Signal::STOP } else { Signal::CONT }).await
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        self.process.ending()
    }

    /// Waits for its end; an error after `limit`, with the end of its log.
    pub async fn wait(&self, limit: Duration) -> Result<Ending, RigError> {
        match tokio::time::timeout(limit, self.process.wait()).await {
            Ok(ending) => ending,
            Err(_) => Err(RigError::NotReady {
                name: format!("process {}", self.pid()),
                what: format!("did not end within {} s", limit.as_secs()),
                tail: log_tail(&self.log),
            }),
        }
    }

    /// Starts `bin` with these arguments; `env` comes on top of [`clean_env`].
    pub(crate) async fn start(
        keeper: &Keeper,
        name: &str,
        bin: &Path,
        arguments: &[&str],
        env: BTreeMap<String, String>,
    ) -> Result<Program, RigError> {
        let log = numbered_file(keeper.directory(), name, "log");
        let process = keeper
            .spawner()
            .start(Order {
                argv: std::iter::once(bin.display().to_string())
                    .chain(arguments.iter().map(|argument| (*argument).to_owned()))
                    .collect(),
                env: clean_env().into_iter().chain(env).collect(),
                cwd: keeper.directory().to_path_buf(),
                stdout: log.clone(),
                stderr: log.clone(),
                uid: None,
                gid: None,
                stop: Signal::TERM.as_raw(),
                grace: 5.0,
                wave: Wave::Program as u8,
            })
            .await?;
        Ok(Program { process, log })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.process.ending().is_none() {
            self.process.kill_soon();
        }
    }
}

impl ApiProcess {
    /// Where it listens, e.g. `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        format!("http://{}", self.listens.api)
    }

    /// Where its metrics are, e.g. `http://127.0.0.1:9090/metrics`.
    pub fn metrics_url(&self) -> String {
        format!("http://{}/metrics", self.listens.metrics)
    }

    /// Its process.
    pub fn program(&self) -> &Program {
        &self.program
    }

    pub(crate) async fn start(
        keeper: &Keeper,
        bin: &Path,
        mut env: BTreeMap<String, String>,
    ) -> Result<ApiProcess, RigError> {
        env.entry("TERRANE_LISTEN".to_owned()).or_insert_with(|| ANY_PORT.to_owned());
        let (program, listens) = start_ready(keeper, "api", bin, &[], env).await?;
        Ok(ApiProcess { program, listens })
    }
}

impl WorkerProcess {
    /// Where its metrics are, e.g. `http://127.0.0.1:9091/metrics`.
    pub fn metrics_url(&self) -> String {
        format!("http://{}/metrics", self.listens.metrics)
    }

    /// Its process.
    pub fn program(&self) -> &Program {
        &self.program
    }

    pub(crate) async fn start(
        keeper: &Keeper,
        bin: &Path,
        command: &str,
        env: BTreeMap<String, String>,
    ) -> Result<WorkerProcess, RigError> {
        let (program, listens) = start_ready(keeper, "worker", bin, &[command], env).await?;
        Ok(WorkerProcess { program, listens })
    }
}

/// Starts a program of ours, on free ports unless `env` says otherwise, and waits for its ready file.
async fn start_ready<T: DeserializeOwned + Send>(
    keeper: &Keeper,
    name: &str,
    bin: &Path,
    arguments: &[&str],
    mut env: BTreeMap<String, String>,
) -> Result<(Program, T), RigError> {
    let path = numbered_file(keeper.directory(), name, "ready");
    env.entry("TERRANE_METRICS_LISTEN".to_owned()).or_insert_with(|| ANY_PORT.to_owned());
    env.insert("TERRANE_READY_FILE".to_owned(), path.display().to_string());
    let program = Program::start(keeper, name, bin, arguments, env).await?;
    let file = ReadyFile { path, holds: PhantomData };
    let listens = until_ready(name, &program.process, &program.log, &file).await?;
    Ok((program, listens))
}

/// The environment of programs: the caller's, without what would point them at anything but the rig.
///
/// Terraform's binary and provider mirror are facts about the machine, so they stay. Errors come without a backtrace
/// (panics keep theirs): it would push the error itself out of the end of the log that a failing test shows.
pub fn clean_env() -> BTreeMap<String, String> {
    const KEPT: [&str; 2] = ["TERRANE_TERRAFORM_BIN", "TERRANE_PROVIDER_MIRROR"];
    const DROPPED: [&str; 3] = ["DATABASE_URL", "REDIS_URL", "API_KEYS_JSON"];
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| {
            KEPT.contains(&name.as_str())
                || !(name.starts_with("TERRANE_")
                    || name.starts_with("AWS_")
                    || DROPPED.contains(&name.as_str()))
        })
        .chain([("RUST_LIB_BACKTRACE".to_owned(), "0".to_owned())])
        .collect()
}

/// The tenant that [`new_api_key`] serves.
pub const TENANT: &str = "acme";

/// A new API key and the `API_KEYS_JSON` that lets it in as the tenant [`TENANT`].
pub fn new_api_key() -> Result<(String, String), RigError> {
    let key = format!("key_{}", random_hex()?);
    let keys = serde_json::json!({ &key: [TENANT] }).to_string();
    Ok((key, keys))
}

/// `directory/name-N.extension`, a different one on every call.
fn numbered_file(directory: &Path, name: &str, extension: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    directory.join(format!("{name}-{}.{extension}", NEXT.fetch_add(1, Ordering::Relaxed)))
}
