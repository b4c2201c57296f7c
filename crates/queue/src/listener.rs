//! Listening.

use std::time::{Duration, Instant};

use deadpool_redis::redis::{
    self, AsyncCommands, AsyncConnectionConfig, RedisError,
    aio::MultiplexedConnection,
    streams::{StreamReadOptions, StreamReadReply},
};

use crate::QueueError;

const GROUP: &str = "workers";
/// A blocking read ends by itself this much before the caller's patience, which only guards against a dead peer.
const MARGIN: Duration = Duration::from_secs(2);

/// Why a wait ended. Each is a reason to look at the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// Somebody rang.
    Rung,
    /// Nobody rang in the given time.
    TimedOut,
    /// The group had to be made (first use, or Redis was flushed): rings may have been lost.
    Regrouped,
}

/// One worker's ear. Connects by itself and again after a failure.
pub struct Listener {
    client: redis::Client,
    stream: String,
    consumer: String,
    connection: Option<MultiplexedConnection>,
}

impl Listener {
    pub(crate) fn new(client: redis::Client, stream: String, consumer: String) -> Self {
        Self { client, stream, consumer, connection: None }
    }

    /// Waits for a ring for at most `patience`. May be dropped while waiting: at worst one ring is lost, and rings may
    /// be lost. After an error the caller waits by a clock of its own before it asks again.
    pub async fn wait(&mut self, patience: Duration) -> Result<Wake, QueueError> {
        let started = Instant::now();
        let outcome = tokio::time::timeout(patience + MARGIN, self.read(patience)).await;
        match outcome {
            Ok(Ok(wake)) => Ok(wake),
            Ok(Err(error)) => {
                self.connection = None;
                Err(error)
            }
            Err(_) => {
                self.connection = None;
                Err(QueueError::Timeout(started.elapsed()))
            }
        }
    }

    async fn read(&mut self, patience: Duration) -> Result<Wake, QueueError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            unconnected => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(MARGIN))
                    // A blocking read takes as long as it takes; `wait` has the limit.
                    .set_response_timeout(None);
                let connection = self
                    .client
                    .get_multiplexed_async_connection_with_config(&config)
                    .await
                    .map_err(|source| QueueError::Command { command: "HELLO", source })?;
                unconnected.insert(connection)
            }
        };
        let options = StreamReadOptions::default()
            .group(GROUP, &self.consumer)
            .noack()
            .count(1)
            .block(usize::try_from(patience.as_millis()).unwrap_or(usize::MAX).max(1));
        let reply: Result<Option<StreamReadReply>, RedisError> =
            connection.xread_options(&[&self.stream], &[">"], &options).await;
        match reply {
            Ok(Some(reply)) if !reply.keys.is_empty() => Ok(Wake::Rung),
            Ok(_) => Ok(Wake::TimedOut),
            Err(error) if error.code() == Some("NOGROUP") => {
                make_group(connection, &self.stream).await?;
                Ok(Wake::Regrouped)
            }
            Err(source) => Err(QueueError::Command { command: "XREADGROUP", source }),
        }
    }
}

async fn make_group(connection: &mut MultiplexedConnection, stream: &str) -> Result<(), QueueError> {
    let made: Result<(), RedisError> = connection.xgroup_create_mkstream(stream, GROUP, "$").await;
    match made {
        Ok(()) => Ok(()),
        // Another worker was quicker.
        Err(error) if error.code() == Some("BUSYGROUP") => Ok(()),
        Err(source) => Err(QueueError::Command { command: "XGROUP CREATE", source }),
    }
}
