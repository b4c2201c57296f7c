//! Redis: one server per rig, one numbered database per test.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::command::blocking;
use crate::error::RigError;
use crate::find;
use crate::keeper::Keeper;
use crate::postgres::{missing, random_hex, write_private};
use crate::python::Environment;
use crate::server::{ATTEMPTS, Readiness, Running, Server, free_port, plain_env};

/// How many numbered databases the server has; database 0 is for whoever needs only one.
const DATABASES: u32 = 4096;

/// A running Redis of the rig.
pub struct Redis {
    server: Running,
    ready: Pong,
    next: AtomicU32,
}

impl Redis {
    /// The URL of database 0, which everybody who asks shares.
    pub fn url(&self) -> String {
        self.database(0)
    }

    /// The URL of a database that nobody else gets.
    pub fn fresh_url(&self) -> String {
        // Wraps after 4,095 calls; a test program has fewer tests.
        self.database(1 + self.next.fetch_add(1, Ordering::Relaxed) % (DATABASES - 1))
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Stops the server where it stands (SIGSTOP) or lets it go on: to clients Redis hangs.
    pub async fn freeze(&self, frozen: bool) -> Result<(), RigError> {
        self.server.freeze(frozen).await
    }

    /// Ends the server; what it held is lost, since nothing is saved. [`Redis::start_again`] brings it back.
    pub async fn stop(&self) -> Result<(), RigError> {
        self.server.end(Signal::TERM).await
    }

    /// Starts the server again after [`Redis::stop`], empty and on the same port.
    pub async fn start_again(&self) -> Result<(), RigError> {
        self.server.start_again(&self.ready).await
    }

    fn database(&self, number: u32) -> String {
        let Pong { port, password } = &self.ready;
        format!("redis://:{password}@127.0.0.1:{port}/{number}")
    }

    pub(crate) async fn start(keeper: &Keeper) -> Result<Redis, RigError> {
        let program = blocking(|| match find::redis_server() {
            Some(found) => Ok(found),
            None => Environment::with_servers()?.redis_server().ok_or_else(|| missing("redis-server")),
        })
        .await?;
        let directory = keeper.directory().join("redis");
        std::fs::create_dir_all(&directory).map_err(RigError::file("create", &directory))?;
        let password = random_hex()?;
        // In a file, since arguments can be read by everybody.
        let configuration = directory.join("redis.conf");
        write_private(&configuration, &format!("requirepass {password}\n"))?;
        let log = keeper.directory().join("redis.log");
        let mut attempt = 1;
        loop {
            let port = free_port()?;
            let mut argv = vec![program.display().to_string(), configuration.display().to_string()];
            let (port_text, databases) = (port.to_string(), DATABASES.to_string());
            argv.extend(
                ["--port", &port_text, "--bind", "127.0.0.1", "--databases", &databases]
                    .into_iter()
                    .chain(["--save", "", "--appendonly", "no", "--daemonize", "no"])
                    .map(str::to_owned),
            );
            let server = Server {
                name: "Redis",
                argv,
                env: plain_env(),
                cwd: directory.clone(),
                log: log.clone(),
                account: None,
                stop: Signal::TERM,
            };
            let ready = Pong { port, password: password.clone() };
            match server.start(keeper, &ready).await {
                Ok((server, ())) => return Ok(Redis { server, ready, next: AtomicU32::new(0) }),
                Err(RigError::NotReady { tail, .. })
                    if attempt < ATTEMPTS && tail.contains("Address already in use") =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl fmt::Debug for Redis {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("pid", &self.pid()).field("port", &self.ready.port).finish()
    }
}

/// An answer on the port after our password: somebody else's Redis would refuse it.
struct Pong {
    port: u16,
    password: String,
}

impl Readiness for Pong {
    type Answer = ();

    async fn look(&self) -> Option<()> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        connection.write_all(format!("AUTH {}\r\nPING\r\n", self.password).as_bytes()).await.ok()?;
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await.ok()?;
        (&answer == b"+OK\r\n+PONG\r\n").then_some(())
    }
}
