//! Ringing.

use std::time::Duration;

use deadpool_redis::{
    Config, CreatePoolError, Pool, PoolError, Runtime,
    redis::{self, AsyncCommands, streams::StreamMaxlen},
};
use secrecy::{ExposeSecret, SecretString};
use terrane_domain::OperationId;

use crate::{Listener, MAX_LEN};

/// Where the doorbell hangs.
#[derive(Debug, Clone)]
pub struct DoorbellSettings {
    /// `redis://…` or `rediss://…`; may hold a password.
    pub url: SecretString,
    /// Name of the stream; installations that share a Redis need different ones.
    pub stream: String,
    /// A ring that takes longer is given up: the caller's answer must not wait for Redis.
    pub timeout: Duration,
}

impl DoorbellSettings {
    /// Settings with the usual stream name and a limit of 100 ms.
    pub fn new(url: SecretString) -> Self {
        Self { url, stream: "terrane:doorbell".to_owned(), timeout: Duration::from_millis(100) }
    }
}

/// Why Redis couldn't be used. Never fatal: polling finds the work.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The URL isn't one.
    #[error("REDIS_URL is not a Redis URL; expected redis://host:port")]
    Url(#[source] redis::RedisError),
    /// The pool couldn't be built.
    #[error("could not set up the Redis pool")]
    Setup(#[source] CreatePoolError),
    /// No connection.
    #[error("no connection to Redis")]
    Connect(#[source] PoolError),
    /// Redis refused a command or went away.
    #[error("Redis did not carry out {command}")]
    Command {
        /// The Redis command.
        command: &'static str,
        /// What it said.
        #[source]
        source: redis::RedisError,
    },
    /// No answer in time.
    #[error("Redis did not answer within {} ms", .0.as_millis())]
    Timeout(Duration),
}

/// Rings the workers' bell; cheap to clone.
#[derive(Clone)]
pub struct Doorbell {
    pool: Pool,
    client: redis::Client,
    settings: DoorbellSettings,
}

impl Doorbell {
    /// Checks the settings; connects only when it is used.
    pub fn new(settings: DoorbellSettings) -> Result<Self, QueueError> {
        let url = settings.url.expose_secret();
        let client = redis::Client::open(url).map_err(QueueError::Url)?;
        let pool = Config::from_url(url).create_pool(Some(Runtime::Tokio1)).map_err(QueueError::Setup)?;
        Ok(Self { pool, client, settings })
    }

    /// Says that an operation waits. An error means only that it will be found a little later.
    pub async fn ring(&self, operation: OperationId) -> Result<(), QueueError> {
        self.within_limit(async {
            let mut connection = self.pool.get().await.map_err(QueueError::Connect)?;
            let _entry: Option<String> = connection
                .xadd_maxlen(
                    &self.settings.stream,
                    StreamMaxlen::Approx(MAX_LEN),
                    "*",
                    &[("operation", operation.to_string())],
                )
                .await
                .map_err(|source| QueueError::Command { command: "XADD", source })?;
            Ok(())
        })
        .await
    }

    /// Whether Redis answers.
    pub async fn ping(&self) -> Result<(), QueueError> {
        self.within_limit(async {
            let mut connection = self.pool.get().await.map_err(QueueError::Connect)?;
            redis::cmd("PING")
                .query_async(&mut connection)
                .await
                .map_err(|source| QueueError::Command { command: "PING", source })
        })
        .await
    }

    /// A worker's ear at this doorbell; `consumer` is its name in the group.
    pub fn listener(&self, consumer: impl Into<String>) -> Listener {
        Listener::new(self.client.clone(), self.settings.stream.clone(), consumer.into())
    }

    async fn within_limit<T>(
        &self,
        work: impl Future<Output = Result<T, QueueError>>,
    ) -> Result<T, QueueError> {
        let limit = self.settings.timeout;
        tokio::time::timeout(limit, work).await.unwrap_or(Err(QueueError::Timeout(limit)))
    }
}
