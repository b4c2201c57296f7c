//! A whole Terrane for one test: an emulated AWS of its own, its own database, Redis and AWS account, an API, and as
//! many workers as it starts. Postgres and Redis themselves are shared by all tests.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use anyhow::{Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use terrane_rig::{ApiProcess, AwsAccount, Emulator, Ending, Rig, RigOptions, Scope, WorkerProcess};
use tokio::sync::SemaphorePermit;

use super::{gate, python};

/// Where environments of tests are.
pub const REGION: &str = "eu-west-1";

type Variables = BTreeMap<String, String>;

pub struct World {
    pub rig: Rig,
    pub account: AwsAccount,
    pub api: ApiProcess,
    pub(super) http: reqwest::Client,
    pub(super) key: String,
    binaries: PathBuf,
    variables: Variables,
    work: PathBuf,
    _memory: SemaphorePermit<'static>,
}

/// Which servers a world doesn't share with other tests.
#[derive(Debug, Default)]
pub struct Servers {
    pub own_postgres: bool,
    pub own_redis: bool,
}

/// What a program said, and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub ending: Ending,
    pub output: String,
}

impl World {
    /// A world in which at most so many Terraforms run at a time; `None` if such tests weren't asked for.
    pub async fn start(test: &str, terraforms: u32) -> Result<Option<Self>> {
        Self::with(test, terraforms, Servers::default()).await
    }

    /// As [`World::start`], with servers of its own that the test may stop: `world.rig.redis()`, `world.rig.postgres()`.
    pub async fn with(test: &str, terraforms: u32, servers: Servers) -> Result<Option<Self>> {
        if !gate::is_open(test) {
            return Ok(None);
        }
        Self::build(terraforms, servers).await.map(Some)
    }

    async fn build(terraforms: u32, servers: Servers) -> Result<Self> {
        let binaries = gate::binaries()?;
        let memory = gate::memory_for(terraforms).await?;
        let rig = Rig::start(RigOptions::LAZY).await?;
        let (key, keys) = terrane_rig::new_api_key()?;
        let shared = terrane_rig::shared().await?;
        let database = if servers.own_postgres { &rig } else { shared }.fresh_database().await?;
        let redis = if servers.own_redis { &rig } else { shared }.fresh_redis().await?;
        let work = rig.directory().join("work");
        let mut variables = rig.aws_env().await?;
        variables.extend(
            [
                ("DATABASE_URL", database),
                ("REDIS_URL", redis),
                ("API_KEYS_JSON", keys),
                ("TERRANE_WORK_DIR", work.display().to_string()),
                ("TERRANE_TERRAFORM_OVERRIDE_FILE", rig.terraform_override()?.display().to_string()),
                ("TERRANE_RETRY_SECONDS", "1".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let api = rig.start_api(&binaries.join("terrane-api"), variables.clone()).await?;
        let account = rig.emulator().await?.fresh_account();
        // A call may have to wait for a busy machine, never for this long.
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build()?;
        Ok(Self { rig, account, api, http, key, binaries, variables, work, _memory: memory })
    }

    /// A worker that may run `slots` operations at a time.
    pub async fn worker(&self, slots: u32) -> Result<WorkerProcess> {
        self.worker_with(slots, &[]).await
    }

    /// A worker with these variables too.
    pub async fn worker_with(&self, slots: u32, more: &[(&str, &str)]) -> Result<WorkerProcess> {
        let variables = self.worker_variables(slots, more);
        Ok(self.rig.start_worker(&self.binaries.join("terrane-worker"), variables).await?)
    }

    /// A worker as the child of `terrane-worker supervise`, which the handle is of.
    pub async fn supervised_worker(&self, slots: u32, more: &[(&str, &str)]) -> Result<WorkerProcess> {
        let variables = self.worker_variables(slots, more);
        Ok(self.rig.start_supervised_worker(&self.binaries.join("terrane-worker"), variables).await?)
    }

    /// Runs `terrane-worker` to its end: for one that doesn't start.
    pub async fn worker_that_ends(&self, more: &[(&str, &str)]) -> Result<Ran> {
        let variables = self.worker_variables(1, more);
        self.run("worker", &self.binaries.join("terrane-worker"), &["run"], variables).await
    }

    /// Runs `terrane` to its end, without a terminal.
    pub async fn terrane(&self, arguments: &[&str]) -> Result<Ran> {
        let variables = [("TERRANE_URL", self.api.url()), ("TERRANE_API_KEY", self.key.clone())];
        let variables = variables.map(|(name, value)| (name.to_owned(), value));
        self.run("terrane", &self.binaries.join("terrane"), arguments, variables.into()).await
    }

    /// Calls AWS behind Terrane's back: Python with `client(service)` of the test's account.
    pub async fn aws(&self, code: &str) -> Result<String> {
        self.aws_in(&self.account, REGION, code).await
    }

    /// The same in another account and region.
    pub async fn aws_in(&self, account: &AwsAccount, region: &str, code: &str) -> Result<String> {
        python::run(&self.rig, account, region, code).await
    }

    /// An environment file of this name in the test's account, with these sections besides.
    pub fn file(&self, name: &str, sections: &str) -> String {
        let role = self.account.role_arn();
        format!("name: {name}\ncloud: {{ region: {REGION}, role_arn: \"{role}\" }}\n{sections}")
    }

    pub async fn emulator(&self) -> Result<&Emulator> {
        Ok(self.rig.emulator().await?)
    }

    /// How often AWS was asked for this.
    pub async fn calls(&self, service: &str, action: &str) -> Result<u64> {
        let calls = self.emulator().await?.calls().await?;
        Ok(calls.get(service).and_then(|actions| actions.get(action)).copied().unwrap_or_default())
    }

    /// How many of each kind exist in the test's account, as `service/kind`. Without the bucket that holds state, which
    /// stays when environments go, and without keys that wait for their deletion, which takes AWS a week at least.
    pub async fn inventory(&self) -> Result<BTreeMap<String, usize>> {
        self.inventory_of(&self.account).await
    }

    /// The same of another account.
    pub async fn inventory_of(&self, account: &AwsAccount) -> Result<BTreeMap<String, usize>> {
        let mut kinds = BTreeMap::new();
        for item in self.emulator().await?.inventory(&Scope::account(account.id())).await? {
            let state_bucket = item.kind == "bucket" && item.id.starts_with("terrane-state-");
            // Keys and secrets that can still be restored, as AWS calls it.
            let pending = ["PendingDeletion", "pending-deletion"].map(Some);
            if !state_bucket && !pending.contains(&item.state.as_deref()) {
                *kinds.entry(format!("{}/{}", item.service, item.kind)).or_default() += 1;
            }
        }
        Ok(kinds)
    }

    /// Operations of all tenants that are not over, as the API's metrics have them.
    pub async fn open_operations(&self) -> Result<Vec<String>> {
        let figures = self.figures(self.api.metrics_url(), "terrane_open_operations{").await?;
        Ok(figures.into_iter().filter(|line| !line.ends_with(" 0")).collect())
    }

    /// The lines of a program's metrics that begin like this.
    pub async fn figures(&self, metrics_url: String, series: &str) -> Result<Vec<String>> {
        let metrics = self.http.get(metrics_url).send().await?.error_for_status()?.text().await?;
        Ok(metrics.lines().filter(|line| line.starts_with(series)).map(str::to_owned).collect())
    }

    /// Fails if anything exists in the test's account.
    pub async fn assert_nothing_exists(&self) -> Result<()> {
        let left = self.inventory().await?;
        ensure!(left.is_empty(), "left in the account: {left:?}");
        Ok(())
    }

    /// Fails if a worker left anything in the work directory.
    pub fn assert_no_work_is_left(&self) -> Result<()> {
        let left: Vec<_> = std::fs::read_dir(&self.work)?.map(|entry| entry.map(|e| e.path())).collect();
        ensure!(left.is_empty(), "left in the work directory: {left:?}");
        Ok(())
    }

    /// The processes that work below the work directory: guards, their Terraforms and providers.
    pub fn guards(&self) -> Result<Vec<String>> {
        Ok(self.at_work()?.into_iter().map(|(_, said)| said).collect())
    }

    /// How many lines Terraform printed in the apply of an attempt that left its directory.
    pub fn printed_in_apply(&self, operation: &str, attempt: u32) -> Result<usize> {
        let runs = self.work.join(operation).join(attempt.to_string()).join("runs");
        let mut lines = 0;
        for run in std::fs::read_dir(runs)?.filter_map(Result::ok) {
            if run.file_name().to_string_lossy().ends_with("-apply") {
                lines += std::fs::read_to_string(run.path().join("stdout.log"))?.lines().count();
            }
        }
        Ok(lines)
    }

    /// Kills a worker and all that works below the work directory, as if their machine had lost its power: none of them
    /// sees another one go.
    pub async fn loses(&self, worker: &WorkerProcess) -> Result<()> {
        ensure!(worker.program().freeze(true).await?);
        loop {
            let at_work = self.at_work()?;
            if at_work.is_empty() {
                break;
            }
            for (pid, _) in at_work {
                // Whoever is gone by now is what was wanted.
                if let Some(pid) = Pid::from_raw(pid) {
                    let _gone = kill_process(pid, Signal::KILL);
                }
            }
        }
        ensure!(worker.program().kill().await?);
        Ok(())
    }

    fn at_work(&self) -> Result<Vec<(i32, String)>> {
        let work = self.work.display().to_string();
        let mut found = Vec::new();
        for process in std::fs::read_dir("/proc")?.filter_map(Result::ok) {
            let Ok(pid) = process.file_name().to_string_lossy().parse() else { continue };
            let said = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            let said = String::from_utf8_lossy(&said).replace('\0', " ");
            let place = std::fs::read_link(process.path().join("cwd")).unwrap_or_default();
            if said.contains(&work) || place.starts_with(&self.work) {
                found.push((pid, said));
            }
        }
        Ok(found)
    }

    fn worker_variables(&self, slots: u32, more: &[(&str, &str)]) -> Variables {
        let mut variables = self.variables.clone();
        variables.insert("TERRANE_WORKER_SLOTS".to_owned(), slots.to_string());
        variables.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        variables
    }

    async fn run(
        &self,
        name: &str,
        program: &std::path::Path,
        arguments: &[&str],
        variables: Variables,
    ) -> Result<Ran> {
        let program = self.rig.start_program(name, program, arguments, variables).await?;
        let ending = program.wait(Duration::from_secs(300)).await?;
        Ok(Ran { ending, output: std::fs::read_to_string(program.log())? })
    }
}

/// Fails unless a program ended well.
pub fn assert_success(ending: Ending) -> Result<()> {
    ensure!(ending.is_success(), "ended with {ending}");
    Ok(())
}

/// Fails unless the program ended with this code.
pub fn assert_exit(ran: &Ran, code: i32) -> Result<()> {
    if ran.ending != Ending::Exited(code) {
        bail!("{} instead of exit code {code}:\n{}", ran.ending, ran.output);
    }
    Ok(())
}
