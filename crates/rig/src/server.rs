//! What Postgres, Redis and the emulator have in common: a free port, a log, and being ready.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::Signal;

use crate::command::tail;
use crate::error::RigError;
use crate::keeper::{Keeper, Kept, Order, Spawner, Wave};
use crate::user::Account;
use crate::wait::Questions;

/// How long a process may take to become ready, on a machine that is busy compiling.
const READY: Duration = Duration::from_secs(60);

/// How often a start is tried: somebody else may take the free port between our finding it and the
/// server's binding it.
pub(crate) const ATTEMPTS: usize = 5;

/// A server to start, as often as needed.
#[derive(Debug)]
pub(crate) struct Server {
    pub name: &'static str,
    pub argv: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub cwd: PathBuf,
    pub log: PathBuf,
    pub account: Option<Account>,
    pub stop: Signal,
}

/// How a process shows that it is ready, in a way that no other process on the same port could.
pub(crate) trait Readiness {
    /// What is learnt from it, e.g. the port.
    type Answer: Send;

    /// One look, which doesn't wait.
    fn look(&self) -> impl Future<Output = Option<Self::Answer>> + Send;
}

/// A file that the process writes, with the port that it got.
pub(crate) struct PortFile(pub PathBuf);

impl Readiness for PortFile {
    type Answer = u16;

    async fn look(&self) -> Option<u16> {
        std::fs::read_to_string(&self.0).ok()?.trim().parse().ok()
    }
}

impl Server {
    /// Starts it and waits until it is ready.
    pub async fn start<R: Readiness>(
        self,
        keeper: &Keeper,
        readiness: &R,
    ) -> Result<(Running, R::Answer), RigError> {
        let (process, answer) = self.spawn(&keeper.spawner(), readiness).await?;
        Ok((Running { server: self, spawner: keeper.spawner(), process: Mutex::new(process) }, answer))
    }

    async fn spawn<R: Readiness>(
        &self,
        spawner: &Spawner,
        readiness: &R,
    ) -> Result<(Kept, R::Answer), RigError> {
        let process = spawner
            .start(Order {
                argv: self.argv.clone(),
                env: self.env.clone(),
                cwd: self.cwd.clone(),
                stdout: self.log.clone(),
                stderr: self.log.clone(),
                uid: self.account.map(|account| account.uid),
                gid: self.account.map(|account| account.gid),
                stop: self.stop.as_raw(),
                grace: 5.0,
                wave: Wave::Server as u8,
            })
            .await?;
        let answer = until_ready(self.name, &process, &self.log, readiness).await;
        if answer.is_err() {
            process.kill_soon();
        }
        Ok((process, answer?))
    }
}

/// A server that has been started.
#[derive(Debug)]
pub(crate) struct Running {
    server: Server,
    spawner: Spawner,
    process: Mutex<Kept>,
}

impl Running {
    /// The process id; another one after [`Running::start_again`].
    pub fn pid(&self) -> u32 {
        self.process().pid
    }

    /// Stops it where it stands (SIGSTOP), or lets it go on.
    pub async fn freeze(&self, frozen: bool) -> Result<(), RigError> {
        let signal = if frozen { Signal::STOP } else { Signal::CONT };
        self.process().signal(signal).await.map(drop)
    }

    /// Ends it with this signal and waits until it is gone. Its port is free then, its data stays.
    pub async fn end(&self, signal: Signal) -> Result<(), RigError> {
        let process = self.process();
        process.signal(signal).await?;
        process.wait().await.map(drop)
    }

    /// Starts it again after [`Running::end`], on the same port and data.
    pub async fn start_again<R: Readiness>(&self, readiness: &R) -> Result<(), RigError> {
        let (process, _) = self.server.spawn(&self.spawner, readiness).await?;
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = process;
        Ok(())
    }

    fn process(&self) -> Kept {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Waits until a process is ready; an error, with the end of its log, if it ends or takes too long.
pub(crate) async fn until_ready<R: Readiness>(
    name: &str,
    process: &Kept,
    log: &Path,
    readiness: &R,
) -> Result<R::Answer, RigError> {
    let failed = |what| Err(RigError::NotReady { name: name.to_owned(), what, tail: log_tail(log) });
    let mut questions = Questions::within(READY);
    loop {
        if let Some(answer) = readiness.look().await {
            return Ok(answer);
        }
        if let Some(ending) = process.ending() {
            return failed(format!("ended with {ending} before it was ready"));
        }
        if !questions.again().await {
            return failed(format!("was not ready within {} s", READY.as_secs()));
        }
    }
}

/// The environment that servers get: enough to find libraries and programs, nothing of the caller's settings.
pub(crate) fn plain_env() -> BTreeMap<String, String> {
    ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
        .chain([("LC_ALL".to_owned(), "C.UTF-8".to_owned()), ("TZ".to_owned(), "UTC".to_owned())])
        .collect()
}

/// A port of loopback that is free now; whoever binds it next has it.
pub fn free_port() -> Result<u16, RigError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(RigError::file("find a free port on", "127.0.0.1"))
}

/// The end of a log, for an error.
pub(crate) fn log_tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    tail(&String::from_utf8_lossy(&text), 15)
}
