//! Whether what we need is there.

use std::{collections::BTreeMap, time::Duration};

use terrane_domain::OperationState;

use super::Service;
use crate::error::Error;

/// Whether something answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It does.
    Up,
    /// It doesn't.
    Down,
}

/// How well the parts do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// Needed by every call that isn't about a file alone.
    pub postgres: Condition,
    /// Wakes workers sooner; calls succeed without it.
    pub redis: Condition,
}

/// A probe asks every few seconds: an answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(2);

impl Condition {
    /// `up` or `down`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

impl Service {
    /// How many operations of all tenants are not over, by state: the depth of the queue.
    pub async fn open_operations(&self) -> Result<BTreeMap<OperationState, u64>, Error> {
        self.run(|inner| async move { Ok(inner.store.open_operations().await?) }).await
    }

    /// Asks all parts at once.
    pub async fn health(&self) -> Health {
        let asked = self.run(|inner| async move {
            let postgres = async {
                match tokio::time::timeout(PATIENCE, inner.store.ping()).await {
                    Ok(Ok(())) => Condition::Up,
                    _ => Condition::Down,
                }
            };
            let (postgres, redis) = tokio::join!(postgres, inner.bell.condition());
            Ok(Health { postgres, redis })
        });
        asked.await.unwrap_or(Health { postgres: Condition::Down, redis: Condition::Down })
    }
}
