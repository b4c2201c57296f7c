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

    /// Waits for a ring for at most `patience`. May be dropped while waiting. After an error the caller waits by a clock
    /// of its own before it asks again.
    pub async fn wait(&mut self, patience: Duration) -> Result<Wake, QueueError> {
        let started = Instant::now();
        // Put back only after an answer. A connection whose read was given up would still take the next ring, and
        // every later read would stand in line behind it.
        let connection = self.connection.take();
        match tokio::time::timeout(patience + MARGIN, self.read(connection, patience)).await {
            Ok(Ok((wake, connection))) => {
                self.connection = Some(connection);
                Ok(wake)
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(QueueError::Timeout(started.elapsed())),
        }
    }

    async fn read(
        &self,
        connection: Option<MultiplexedConnection>,
        patience: Duration,
    ) -> Result<(Wake, MultiplexedConnection), QueueError> {
        let mut connection = match connection {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let options = StreamReadOptions::default()
            .group(GROUP, &self.consumer)
            .noack()
            .count(1)
            .block(usize::try_from(patience.as_millis()).unwrap_or(usize::MAX).max(1));
        let reply: Result<Option<StreamReadReply>, RedisError> =
            connection.xread_options(&[&self.stream], &[">"], &options).await;
        let wake = match reply {
            Ok(Some(reply)) if !reply.keys.is_empty() => Wake::Rung,
            Ok(_) => Wake::TimedOut,
            Err(error) if lost_its_group(&error) => {
                make_group(&mut connection, &self.stream).await?;
                Wake::Regrouped
            }
            Err(source) => return Err(QueueError::Command { command: "XREADGROUP", source }),
        };
        Ok((wake, connection))
    }

    async fn connect(&self) -> Result<MultiplexedConnection, QueueError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(MARGIN))
            // A blocking read takes as long as it takes; `wait` has the limit.
            .set_response_timeout(None);
        self.client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .map_err(|source| QueueError::Command { command: "HELLO", source })
    }
}

/// Redis has no such group (`NOGROUP`), or the stream was deleted under a read that waited on it (`UNBLOCKED`).
fn lost_its_group(error: &RedisError) -> bool {
    matches!(error.code(), Some("NOGROUP" | "UNBLOCKED"))
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
