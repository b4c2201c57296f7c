//! The rig itself: a keeper and the servers that were asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;

use crate::account;
use crate::emulator::Emulator;
use crate::error::RigError;
use crate::keeper::Keeper;
use crate::postgres::Postgres;
use crate::process::{ApiProcess, Program, WorkerProcess};
use crate::redis::Redis;

/// Which servers [`Rig::start`] starts at once; the others start when first asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RigOptions {
    /// Start Postgres.
    pub postgres: bool,
    /// Start Redis.
    pub redis: bool,
    /// Start the AWS emulator.
    pub emulator: bool,
}

impl RigOptions {
    /// Every server.
    pub const ALL: RigOptions = RigOptions { postgres: true, redis: true, emulator: true };
    /// None: each starts when it is first asked for.
    pub const LAZY: RigOptions = RigOptions { postgres: false, redis: false, emulator: false };
}

/// A set of servers on free loopback ports, with their data in a directory that goes with them.
///
/// Dropping a rig, or the end of the process that holds it, however it ends, stops everything; only
/// [`Rig::stop`] waits until that is done.
#[derive(Debug)]
pub struct Rig {
    keeper: Keeper,
    postgres: OnceCell<Postgres>,
    redis: OnceCell<Redis>,
    emulator: OnceCell<Emulator>,
}

impl Rig {
    /// Starts a rig and, side by side, the servers that `options` names.
    pub async fn start(options: RigOptions) -> Result<Rig, RigError> {
        let keeper = crate::command::blocking(Keeper::start).await?;
        let rig =
            Rig { keeper, postgres: OnceCell::new(), redis: OnceCell::new(), emulator: OnceCell::new() };
        let (postgres, redis, emulator) = tokio::join!(
            async { if options.postgres { rig.postgres().await.map(drop) } else { Ok(()) } },
            async { if options.redis { rig.redis().await.map(drop) } else { Ok(()) } },
            async { if options.emulator { rig.emulator().await.map(drop) } else { Ok(()) } },
        );
        match postgres.and(redis).and(emulator) {
            Ok(()) => Ok(rig),
            Err(error) => {
                rig.stop().await;
                Err(error)
            }
        }
    }

    /// Postgres, started on the first call.
    pub async fn postgres(&self) -> Result<&Postgres, RigError> {
        self.postgres.get_or_try_init(|| Postgres::start(&self.keeper)).await
    }

    /// Redis, started on the first call.
    pub async fn redis(&self) -> Result<&Redis, RigError> {
        self.redis.get_or_try_init(|| Redis::start(&self.keeper)).await
    }

    /// The AWS emulator, started on the first call.
    pub async fn emulator(&self) -> Result<&Emulator, RigError> {
        self.emulator.get_or_try_init(|| Emulator::start(&self.keeper)).await
    }

    /// The URL of a new, migrated database: short for `postgres().await?.fresh_database()`.
    pub async fn fresh_database(&self) -> Result<String, RigError> {
        self.postgres().await?.fresh_database().await
    }

    /// The URL of a Redis database of its own.
    pub async fn fresh_redis(&self) -> Result<String, RigError> {
        Ok(self.redis().await?.fresh_url())
    }

    /// The variables that point AWS's tools and SDKs at the emulator, credentials included.
    pub async fn aws_env(&self) -> Result<BTreeMap<String, String>, RigError> {
        Ok(account::env(self.emulator().await?.endpoint_url()))
    }

    /// The path of a file with [`TERRAFORM_OVERRIDE`](crate::TERRAFORM_OVERRIDE): the value for
    /// `TERRANE_TERRAFORM_OVERRIDE_FILE`.
    pub fn terraform_override(&self) -> Result<PathBuf, RigError> {
        let file = self.keeper.directory().join("emulator_override.tf");
        std::fs::write(&file, account::TERRAFORM_OVERRIDE).map_err(RigError::file("write", &file))?;
        Ok(file)
    }

    /// Starts a `terrane-api` and waits until it listens. `env` comes on top of [`crate::clean_env`].
    pub async fn start_api(&self, bin: &Path, env: BTreeMap<String, String>) -> Result<ApiProcess, RigError> {
        ApiProcess::start(&self.keeper, bin, env).await
    }

    /// Starts `terrane-worker run` and waits until it takes work. `env` comes on top of
    /// [`crate::clean_env`].
    pub async fn start_worker(
        &self,
        bin: &Path,
        env: BTreeMap<String, String>,
    ) -> Result<WorkerProcess, RigError> {
        WorkerProcess::start(&self.keeper, bin, "run", env).await
    }

    /// As [`Rig::start_worker`], with `terrane-worker supervise` as its parent: the handle is the parent's.
    pub async fn start_supervised_worker(
        &self,
        bin: &Path,
        env: BTreeMap<String, String>,
    ) -> Result<WorkerProcess, RigError> {
        WorkerProcess::start(&self.keeper, bin, "supervise", env).await
    }

    /// Starts any program; `name` is for its log. `env` comes on top of [`crate::clean_env`].
    pub async fn start_program(
        &self,
        name: &str,
        bin: &Path,
        arguments: &[&str],
        env: BTreeMap<String, String>,
    ) -> Result<Program, RigError> {
        Program::start(&self.keeper, name, bin, arguments, env).await
    }

    /// What programs of Terrane need to work on this rig: a fresh database and Redis, the emulator, the
    /// override file and a work directory. Two programs that get the same map work together.
    pub async fn program_env(&self) -> Result<BTreeMap<String, String>, RigError> {
        let (database, redis, mut env) =
            tokio::try_join!(self.fresh_database(), self.fresh_redis(), self.aws_env())?;
        let work = self.keeper.directory().join("work");
        std::fs::create_dir_all(&work).map_err(RigError::file("create", &work))?;
        let more = [
            ("DATABASE_URL", database),
            ("REDIS_URL", redis),
            ("TERRANE_WORK_DIR", work.display().to_string()),
            ("TERRANE_TERRAFORM_OVERRIDE_FILE", self.terraform_override()?.display().to_string()),
        ];
        env.extend(more.map(|(name, value)| (name.to_owned(), value)));
        Ok(env)
    }

    /// The rig's directory: servers' data, logs, and room for a test's own files. It goes with the rig.
    pub fn directory(&self) -> &Path {
        self.keeper.directory()
    }

    /// The keeper's process id: when it is gone, everything is.
    pub fn keeper_pid(&self) -> u32 {
        self.keeper.pid()
    }

    /// Waits until the keeper is gone, which nobody but a person or the kernel's memory killer ends.
    pub async fn gone(&self) {
        self.keeper.gone().await;
    }

    /// Stops everything and returns once all of it is gone, the directory included.
    pub async fn stop(self) {
        self.keeper.stop().await;
    }
}

static SHARED: OnceCell<Rig> = OnceCell::const_new();

/// The rig that all tests of a test program share; its servers start when first asked for and end with the
/// program. Each test takes its own database ([`Rig::fresh_database`]), Redis ([`Rig::fresh_redis`]) and AWS
/// account ([`Emulator::fresh_account`]).
pub async fn shared() -> Result<&'static Rig, RigError> {
    SHARED.get_or_try_init(|| Rig::start(RigOptions::LAZY)).await
}
