//! A place for workers: servers, a database with one tenant, and a fake Terraform.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use tempfile::TempDir;
use terrane_domain::OperationId;
use terrane_rig::{Ending, Program, REGION, Rig};
use terrane_store::{NewEnvironment, Operation, Outcome, Store, StoreSettings, Tenant};

pub const BIN: &str = env!("CARGO_BIN_EXE_terrane-worker");
/// Longer than any wait of a test that goes well.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub type Variables = BTreeMap<String, String>;

pub fn variables(pairs: &[(&str, &str)]) -> Variables {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Runs the program to its end: how it ended and all that it wrote.
pub async fn run(arguments: &[&str], env: Variables) -> (Ending, String) {
    let rig = terrane_rig::shared().await.unwrap();
    let program = rig.start_program("terrane-worker", Path::new(BIN), arguments, env).await.unwrap();
    let ending = program.wait(PATIENCE).await.unwrap();
    (ending, log(&program))
}

pub fn log(program: &Program) -> String {
    fs::read_to_string(program.log()).unwrap()
}

/// Where workers of one test find all that they need.
pub struct World {
    pub rig: &'static Rig,
    pub env: Variables,
    pub terraform: FakeTerraform,
    store: Store,
    tenant: Tenant,
}

impl World {
    pub async fn new() -> Self {
        let rig = terrane_rig::shared().await.unwrap();
        let mut env = rig.program_env().await.unwrap();
        let terraform = FakeTerraform::new("1.11.4");
        env.extend(variables(&[
            ("TERRANE_TERRAFORM_BIN", terraform.binary().to_str().unwrap()),
            ("TERRANE_DRAIN_TIMEOUT", "1"),
        ]));
        let store = Store::new(&StoreSettings {
            call_timeout: PATIENCE,
            connect_timeout: PATIENCE,
            ..StoreSettings::new(env["DATABASE_URL"].clone().into())
        });
        let store = store.unwrap();
        let tenant = store.ensure_tenant("acme").await.unwrap();
        Self { rig, env, terraform, store, tenant }
    }

    /// Puts an operation into the queue, without ringing.
    pub async fn queue(&self, name: &str) -> OperationId {
        let new = NewEnvironment {
            tenant_id: self.tenant.id,
            name: name.to_owned(),
            labels: BTreeMap::new(),
            region: REGION.to_owned(),
            spec: serde_json::json!({"name": name, "cloud": {"region": REGION}, "registries": {"api": {}}}),
            deletion_protection: false,
            ttl: None,
            pins: terrane_blueprint::current_pins(),
            request_id: None,
            traceparent: None,
        };
        match self.store.create_environment(new, None).await.unwrap() {
            Outcome::Accepted(accepted) => accepted.operation.id,
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// The texts of its log.
    pub async fn log(&self, id: OperationId) -> Vec<String> {
        let page = self.store.log_page(self.tenant.id, id, None, 1_000).await.unwrap().unwrap();
        page.lines.into_iter().map(|line| line.text).collect()
    }

    /// Ends an operation that waits.
    pub async fn cancel(&self, id: OperationId) {
        let outcome = self.store.cancel(self.tenant.id, id, None).await.unwrap();
        assert!(matches!(outcome, Outcome::Accepted(_)), "not cancelled: {outcome:?}");
    }

    pub async fn operation(&self, id: OperationId) -> Operation {
        self.store.get_operation(self.tenant.id, id).await.unwrap().unwrap()
    }

    /// The workers of this world's database that haven't signed off.
    pub async fn workers(&self) -> Vec<terrane_store::Worker> {
        self.store.list_workers().await.unwrap()
    }
}

/// A shell script in Terraform's place. Any command but `version` waits until it is told to end, and then fails; an
/// interrupt is noted and doesn't hurry it.
pub struct FakeTerraform {
    directory: TempDir,
}

impl FakeTerraform {
    /// One that says it is Terraform of this version.
    pub fn new(version: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let script = format!(
            r#"#!/bin/sh
if [ "$1" = version ]; then
  [ "$2" = -json ] && echo '{{"terraform_version":"{version}"}}' || echo 'Terraform v{version}'
  exit 0
fi
cd '{}'
trap 'touch interrupted' INT
touch started
[ -e say ] && cat say >&2
while [ ! -e go ]; do sleep 0.02; done
touch ended
exit 1
"#,
            directory.path().display()
        );
        // Written by a shell: had this process the file open for writing, a child that another test forks at that
        // moment would have it too, and executing it would fail with "text file busy".
        let written = Command::new("sh")
            .args(["-c", r#"printf '%s' "$2" > "$1" && chmod 755 "$1""#, "sh"])
            .arg(directory.path().join("terraform"))
            .arg(script)
            .status()
            .unwrap();
        assert!(written.success());
        Self { directory }
    }

    pub fn binary(&self) -> PathBuf {
        self.directory.path().join("terraform")
    }

    /// Lets it print this to standard error when it starts.
    pub fn say(&self, text: &str) {
        fs::write(self.directory.path().join("say"), text).unwrap();
    }

    /// Lets it end.
    pub fn let_go(&self) {
        fs::write(self.directory.path().join("go"), "").unwrap();
    }

    /// Whether it noted this: `started`, `interrupted` or `ended`.
    pub fn has(&self, noted: &str) -> bool {
        self.directory.path().join(noted).exists()
    }

    /// Waits until it has noted this.
    pub async fn until(&self, noted: &str) {
        until(&format!("the fake Terraform has {noted}"), || self.has(noted)).await;
    }
}

/// Waits on a condition, with an end.
pub async fn until(what: &str, condition: impl Fn() -> bool) {
    terrane_rig::until(what, PATIENCE, async || condition().then_some(())).await.unwrap();
}

/// The same for a condition that has to be asked for.
pub async fn until_async(what: &str, condition: impl AsyncFn() -> bool) {
    terrane_rig::until(what, PATIENCE, async || condition().await.then_some(())).await.unwrap();
}

/// The processes whose parent is `parent`.
pub fn children(parent: u32) -> Vec<u32> {
    let processes =
        fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    processes.filter(|pid| parent_of(*pid) == Some(parent)).collect()
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // `pid (name) state parent …`; the name may hold anything.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
