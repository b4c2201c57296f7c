//! A door with a bell, and a look at it from Redis's side.

use std::time::Duration;

use deadpool_redis::redis::{self, FromRedisValue, aio::MultiplexedConnection};
use terrane_domain::OperationId;
use terrane_queue::{Doorbell, DoorbellSettings, Listener, QueueError, Wake};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Longer than any wait of a test that goes well.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// For a wait during which nobody rings.
pub const QUIET: Duration = Duration::from_millis(150);

pub struct Door {
    pub bell: Doorbell,
    settings: DoorbellSettings,
    redis: MultiplexedConnection,
    database: String,
}

/// A listener that waits in the background; it comes back with what woke it.
pub type Waiting = JoinHandle<(Listener, Result<Wake, QueueError>)>;

impl Door {
    /// A door on the shared Redis.
    pub async fn new() -> Self {
        Self::at(terrane_rig::shared().await.unwrap().fresh_redis().await.unwrap()).await
    }

    /// A door on this one.
    pub async fn at(url: String) -> Self {
        let redis = redis::Client::open(url.as_str()).unwrap();
        let database = format!(" db={} ", redis.get_connection_info().redis_settings().db());
        // Patient: tests share their cores with compilers.
        let settings = DoorbellSettings { timeout: PATIENCE, ..DoorbellSettings::new(url.into()) };
        Self {
            bell: Doorbell::new(settings.clone()).unwrap(),
            settings,
            redis: redis.get_multiplexed_async_connection().await.unwrap(),
            database,
        }
    }

    /// A bell with the limit that programs have.
    pub fn impatient(&self) -> Doorbell {
        let timeout = DoorbellSettings::new(self.settings.url.clone()).timeout;
        Doorbell::new(DoorbellSettings { timeout, ..self.settings.clone() }).unwrap()
    }

    /// A listener for whom the group exists.
    pub async fn listener(&self, name: &str) -> Listener {
        let mut listener = self.bell.listener(name);
        while listener.wait(Duration::from_millis(1)).await.unwrap() != Wake::TimedOut {}
        listener
    }

    pub async fn ring(&self) {
        self.bell.ring(OperationId::from_uuid(Uuid::now_v7())).await.unwrap();
    }

    /// Lets `listener` wait and returns once Redis has `at_the_door` listeners of this door that do.
    pub async fn wait_in_background(&mut self, mut listener: Listener, at_the_door: usize) -> Waiting {
        let waiting = tokio::spawn(async move {
            let wake = listener.wait(PATIENCE).await;
            (listener, wake)
        });
        self.until_at_the_door(at_the_door).await;
        waiting
    }

    /// Waits until exactly so many listeners wait at this door.
    pub async fn until_at_the_door(&mut self, expected: usize) {
        let (mut redis, database) = (self.redis.clone(), self.database.clone());
        let found = terrane_rig::until("listeners at the door", PATIENCE, async || {
            let clients: String = redis::cmd("CLIENT").arg("LIST").query_async(&mut redis).await.unwrap();
            // `b`: blocked by a read.
            let blocked = |client: &&str| client.contains(&database) && client.contains(" flags=b ");
            (clients.lines().filter(blocked).count() == expected).then_some(())
        });
        found.await.unwrap();
    }

    /// Whatever Redis answers.
    pub async fn ask<T: FromRedisValue>(&mut self, words: &[&str]) -> T {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).query_async(&mut self.redis).await.unwrap()
    }
}
