//! Starting and calling the application.

use std::{collections::BTreeMap, time::Duration};

use reqwest::{Client, Method, RequestBuilder, Response};
use secrecy::SecretString;
use serde_json::Value;
use terrane_api::{Application, Settings};
use terrane_store::{Store, StoreSettings};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A key of the tenant `acme`.
pub const ACME: &str = "key_acme";
/// A key of the tenant `globex`.
pub const GLOBEX: &str = "key_globex";
/// A key of both.
pub const BOTH: &str = "key_both";

/// An application that runs, and everything it runs on.
pub struct TestApp {
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// `http://127.0.0.1:port/metrics`.
    pub metrics_url: String,
    /// Its database.
    pub database_url: String,
    /// One client for all calls, as the CLI has.
    pub client: Client,
    stop: CancellationToken,
    running: Option<JoinHandle<std::io::Result<()>>>,
}

/// What a test wants to be different.
#[derive(Default)]
pub struct Options {
    /// Instead of a fresh database of the shared rig.
    pub database_url: Option<String>,
    /// Instead of a fresh Redis database of the shared rig.
    pub redis_url: Option<String>,
    /// Any variable of the settings.
    pub variables: BTreeMap<&'static str, String>,
}

impl TestApp {
    /// The application as it is by default.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// The application with something different about it.
    pub async fn start_with(options: Options) -> Self {
        let rig = terrane_rig::shared().await.unwrap();
        let database_url = match options.database_url {
            Some(url) => url,
            None => rig.fresh_database().await.unwrap(),
        };
        let redis_url = match options.redis_url {
            Some(url) => url,
            None => rig.fresh_redis().await.unwrap(),
        };
        let keys = serde_json::json!({ ACME: ["acme"], GLOBEX: ["globex"], BOTH: ["acme", "globex"] });
        let mut variables = BTreeMap::from([
            ("DATABASE_URL", database_url.clone()),
            ("REDIS_URL", redis_url),
            ("API_KEYS_JSON", keys.to_string()),
            ("TERRANE_LISTEN", "127.0.0.1:0".to_owned()),
            ("TERRANE_METRICS_LISTEN", "127.0.0.1:0".to_owned()),
            ("TERRANE_API_SHUTDOWN_SECONDS", "5".to_owned()),
        ]);
        variables.extend(options.variables);
        let settings = Settings::from_lookup(|name| variables.get(name).cloned()).unwrap();
        let application = Application::build(settings).await.unwrap();
        Self {
            url: format!("http://127.0.0.1:{}", application.port()),
            metrics_url: format!("http://127.0.0.1:{}/metrics", application.metrics_port()),
            database_url,
            client: Client::builder().timeout(Duration::from_secs(30)).build().unwrap(),
            stop: application.stop_token(),
            running: Some(tokio::spawn(application.run_until_stopped())),
        }
    }

    /// A call with the key of `acme`.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth(ACME)
    }

    /// A call without a key.
    pub fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.call(Method::GET, path).send().await.unwrap()
    }

    /// GET of something that is there.
    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "GET {path}");
        response.json().await.unwrap()
    }

    /// POST without a body.
    pub async fn post(&self, path: &str) -> Response {
        self.call(Method::POST, path).send().await.unwrap()
    }

    /// POST of an environment file in YAML.
    pub fn create(&self, yaml: impl Into<String>) -> RequestBuilder {
        self.call(Method::POST, "/api/v1/environments")
            .header("Content-Type", "application/yaml")
            .body(yaml.into())
    }

    /// PUT of an environment file in YAML.
    pub fn update(&self, environment: &str, yaml: impl Into<String>) -> RequestBuilder {
        self.call(Method::PUT, &format!("/api/v1/environments/{environment}"))
            .header("Content-Type", "application/yaml")
            .body(yaml.into())
    }

    pub fn destroy(&self, environment: &str) -> RequestBuilder {
        self.call(Method::DELETE, &format!("/api/v1/environments/{environment}"))
    }

    /// Creates an environment; its id and that of its operation.
    pub async fn created(&self, yaml: impl Into<String>) -> (String, String) {
        let response = self.create(yaml).send().await.unwrap();
        assert_eq!(response.status(), 202);
        ids(&response.json().await.unwrap())
    }

    /// The store of this application's database, for what workers do.
    pub fn store(&self) -> Store {
        Store::new(&StoreSettings::new(SecretString::from(self.database_url.clone()))).unwrap()
    }

    /// Runs SQL that no product code would.
    pub async fn sql(&self, statements: &str) {
        let (client, connection) =
            tokio_postgres::connect(&self.database_url, tokio_postgres::NoTls).await.unwrap();
        let driving = tokio::spawn(connection);
        client.batch_execute(statements).await.unwrap();
        drop(client);
        driving.await.unwrap().unwrap();
    }

    /// Stops it as SIGTERM would and waits until it has ended.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Some(running) = self.running.take() {
            tokio::time::timeout(Duration::from_secs(20), running).await.unwrap().unwrap().unwrap();
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The ids in the answer to a write.
pub fn ids(accepted: &Value) -> (String, String) {
    let id = |pointer: &str| accepted.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    (id("/environment/id"), id("/operation/id"))
}
