//! The API as this program sees it: typed calls, tried again where that is safe.
//!
//! Every write carries an `Idempotency-Key` that stays the same over its tries (see [`retry`]). Streams are resumed
//! from the last event that was whole (see [`stream`]).

mod answers;
mod calls;
mod error;
mod problem;
mod retry;
mod sse;
mod stream;

use std::time::Duration;

use reqwest::{
    Method, RequestBuilder, Response, Url,
    header::{self, HeaderMap, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

pub use answers::{
    Accepted, Document, Environment, InventoryItem, LogLine, Operation, OperationError, Outputs, Plan,
    PlannedAction, Progress, Step, Word,
};
pub use calls::{DataChoice, Filter, SpecBody};
pub use error::ClientError;
pub use problem::Problem;
pub use stream::{LogEvent, LogStream};

use retry::Outcome;

/// An answer has to begin within this time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A whole answer has to be there within this time; streams excepted.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// A stream that is silent for so long is dead: the API sends a comment more often than that.
const SILENCE: Duration = Duration::from_secs(60);

/// Where the API is and who asks.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its address; `/api/v1` is put behind it.
    pub url: Url,
    /// The key to show.
    pub api_key: Option<SecretString>,
    /// For keys that serve several tenants.
    pub tenant: Option<String>,
}

/// Told before a call is tried again.
pub type OnRetry = Box<dyn Fn(&str) + Send + Sync>;

/// Speaks to one server.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    on_retry: OnRetry,
}

/// A call that can be made any number of times with the same effect.
#[derive(Debug, Clone)]
struct Call {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Client {
    /// Makes a client; connects to nothing yet.
    pub fn new(server: &Server, on_retry: OnRetry) -> Result<Self, ClientError> {
        let mut headers = HeaderMap::new();
        if let Some(key) = &server.api_key {
            let mut value = HeaderValue::try_from(format!("Bearer {}", key.expose_secret()))
                .map_err(|_| ClientError::ApiKey)?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        if let Some(tenant) = &server.tenant {
            let value = HeaderValue::try_from(tenant.as_str()).map_err(|_| ClientError::Tenant)?;
            headers.insert("x-terrane-tenant", value);
        }
        let http = reqwest::Client::builder()
            .user_agent(concat!("terrane/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE)
            // The API redirects nowhere; whoever else does must not get the key.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(ClientError::Setup)?;
        Ok(Self { http, base: server.url.clone(), on_retry })
    }

    /// The server for messages, without what a URL may hide.
    fn server(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// A call of `/api/v1/<segments>`; each segment is escaped.
    fn call(&self, method: Method, segments: &[&str]) -> Call {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]).extend(segments);
        }
        let mut headers = HeaderMap::new();
        if method != Method::GET
            && let Ok(key) = HeaderValue::try_from(Uuid::now_v7().to_string())
        {
            headers.insert("idempotency-key", key);
        }
        Call { method, url, headers, body: Vec::new() }
    }

    fn request(&self, call: &Call) -> RequestBuilder {
        let request = self.http.request(call.method.clone(), call.url.clone()).headers(call.headers.clone());
        if call.body.is_empty() { request } else { request.body(call.body.clone()) }
    }

    /// Makes a call until there is an answer worth having, and reads it.
    async fn json(&self, call: Call) -> Result<serde_json::Value, ClientError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (error, outcome) = match self.attempt(&call).await {
                Ok(body) => {
                    return serde_json::from_slice(&body)
                        .map_err(|cause| ClientError::Answer { server: self.server(), cause });
                }
                Err(failed) => failed,
            };
            let Some(delay) = retry::delay(outcome, tries, chance()) else { return Err(error) };
            (self.on_retry)(&match outcome {
                Outcome::NoAnswer => format!("{error}; trying again in {:.1} s", delay.as_secs_f32()),
                Outcome::Status(status, _) => {
                    format!(
                        "{} answered {status}; trying again in {:.1} s",
                        self.server(),
                        delay.as_secs_f32()
                    )
                }
            });
            tokio::time::sleep(delay).await;
        }
    }

    async fn attempt(&self, call: &Call) -> Result<Vec<u8>, (ClientError, Outcome)> {
        let unreachable = |cause| (self.unreachable(cause), Outcome::NoAnswer);
        let response = self.request(call).timeout(CALL_TIMEOUT).send().await.map_err(unreachable)?;
        if response.status().is_success() {
            return response.bytes().await.map(Into::into).map_err(unreachable);
        }
        Err(self.refused(response).await)
    }

    /// Reads an answer that is not a success.
    async fn refused(&self, response: Response) -> (ClientError, Outcome) {
        let status = response.status().as_u16();
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let asked = text("retry-after").and_then(retry::retry_after);
        let request_id = text("x-request-id").map(str::to_owned);
        let body = response.bytes().await.unwrap_or_default();
        let problem = Problem::read(status, request_id, &body);
        (ClientError::Refused(Box::new(problem)), Outcome::Status(status, asked))
    }

    fn unreachable(&self, cause: reqwest::Error) -> ClientError {
        ClientError::Unreachable { server: self.server(), cause: cause.without_url() }
    }
}

/// Any number, for jitter.
fn chance() -> u64 {
    // The low bits of a version 7 UUID are random.
    Uuid::now_v7().as_u64_pair().1
}
