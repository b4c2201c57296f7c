//! The AWS emulator (`emulator/`): its process, and typed access to its switchboard under `/_terrane/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::Signal;
use serde::de::DeserializeOwned;

use crate::account::AwsAccount;
use crate::command::blocking;
use crate::error::RigError;
use crate::faults::Faults;
use crate::inventory::{Item, Scope};
use crate::keeper::Keeper;
use crate::python::Environment;
use crate::server::{PortFile, Running, Server, plain_env};

/// A running emulator of the rig.
#[derive(Debug)]
pub struct Emulator {
    server: Option<Running>,
    endpoint: String,
    python: Option<PathBuf>,
    http: reqwest::Client,
    accounts: AtomicU64,
}

/// How often an action of a service was called: service -> action -> count.
pub type Calls = BTreeMap<String, BTreeMap<String, u64>>;

impl Emulator {
    /// Where AWS's API is, e.g. `http://127.0.0.1:41234`: the value for `AWS_ENDPOINT_URL`.
    pub fn endpoint_url(&self) -> &str {
        &self.endpoint
    }

    /// The server's process id; None for one that somebody else runs.
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Running::pid)
    }

    /// The Python that runs it, which has boto3 for scripts; None for one that somebody else runs.
    pub fn python(&self) -> Option<&Path> {
        self.python.as_deref()
    }

    /// An account that this handle gives to nobody else: what is made in it, through its role, is invisible
    /// in every other.
    pub fn fresh_account(&self) -> AwsAccount {
        AwsAccount::numbered(self.accounts.fetch_add(1, Ordering::Relaxed))
    }

    /// Everything that exists, without what AWS itself puts into an account, sorted.
    pub async fn inventory(&self, scope: &Scope) -> Result<Vec<Item>, RigError> {
        let query: Vec<String> = scope.query().map(|(name, value)| format!("{name}={value}")).collect();
        let url = self.url(&format!("inventory?{}", query.join("&")));
        self.call("list its inventory", self.http.get(url)).await
    }

    /// Replaces the faults that are switched on.
    pub async fn set_faults(&self, faults: &Faults) -> Result<(), RigError> {
        let request = self.http.put(self.url("faults")).json(faults);
        self.call::<serde_json::Value>("take the faults", request).await.map(drop)
    }

    /// The faults as they stand, with what is left of their counts.
    pub async fn faults(&self) -> Result<Faults, RigError> {
        self.call("show its faults", self.http.get(self.url("faults"))).await
    }

    /// Switches every fault off and releases every held object.
    pub async fn clear_faults(&self) -> Result<(), RigError> {
        let request = self.http.delete(self.url("faults"));
        self.call::<serde_json::Value>("clear its faults", request).await.map(drop)
    }

    /// How often each action was called since the start or the last [`Emulator::reset`].
    pub async fn calls(&self) -> Result<Calls, RigError> {
        self.call("count its calls", self.http.get(self.url("calls"))).await
    }

    /// Empties every account and switches every fault off. Not for tests that share the emulator.
    pub async fn reset(&self) -> Result<(), RigError> {
        self.call::<serde_json::Value>("reset", self.http.post(self.url("reset"))).await.map(drop)
    }

    /// An emulator that runs already, e.g. the one of `terrane-rig up`.
    pub fn at(endpoint: impl Into<String>) -> Emulator {
        let endpoint = endpoint.into().trim_end_matches('/').to_owned();
        Emulator { server: None, endpoint, python: None, http: http_client(), accounts: AtomicU64::new(0) }
    }

    pub(crate) async fn start(keeper: &Keeper) -> Result<Emulator, RigError> {
        let source = source_directory();
        let environment = {
            let source = source.clone();
            blocking(move || Environment::for_emulator(&source)).await?
        };
        let ready = keeper.directory().join("emulator.port");
        let argv = ["-m", "terrane_emulator", "--host", "127.0.0.1", "--port", "0", "--ready-file"];
        let mut env = plain_env();
        env.insert("PYTHONPATH".to_owned(), source.display().to_string());
        // The source tree stays as it is.
        env.insert("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned());
        let server = Server {
            name: "The AWS emulator",
            argv: std::iter::once(environment.python().display().to_string())
                .chain(argv.into_iter().map(str::to_owned))
                .chain([ready.display().to_string()])
                .collect(),
            env,
            cwd: keeper.directory().to_path_buf(),
            log: keeper.directory().join("emulator.log"),
            account: None,
            stop: Signal::TERM,
        };
        let (server, port) = server.start(keeper, &PortFile(ready)).await?;
        let python = Some(environment.python());
        Ok(Emulator { server: Some(server), python, ..Emulator::at(format!("http://127.0.0.1:{port}")) })
    }

    fn url(&self, switch: &str) -> String {
        format!("{}/_terrane/{switch}", self.endpoint)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        action: &'static str,
        request: reqwest::RequestBuilder,
    ) -> Result<T, RigError> {
        let failed = |source| RigError::Emulator { action, source };
        let answer = request.send().await.map_err(failed)?.error_for_status().map_err(failed)?;
        answer.json().await.map_err(failed)
    }
}

/// A client that keeps no connection: a kept one belongs to the runtime of the test that made it, and the
/// emulator is shared by tests with a runtime each. Proxies of the caller's environment aren't for loopback.
fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .no_proxy()
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap_or_default()
}

/// The emulator's package: `TERRANE_EMULATOR_DIR`, else beside this crate in the repository.
fn source_directory() -> PathBuf {
    std::env::var_os("TERRANE_EMULATOR_DIR")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../emulator"))
}
