//! The doorbell, rung politely: an answer never waits long for it, and its absence is mentioned once, not per call.

use std::sync::atomic::{AtomicBool, Ordering};

use terrane_domain::OperationId;
use terrane_queue::Doorbell;

use super::Condition;
use crate::http::chain;

/// Rings, and remembers whether that worked.
pub struct Bell {
    doorbell: Doorbell,
    down: AtomicBool,
}

impl Bell {
    /// A bell that is believed to work.
    pub fn new(doorbell: Doorbell) -> Self {
        Self { doorbell, down: AtomicBool::new(false) }
    }

    /// Wakes a worker, if that can be done at once; else the workers find the operation by looking.
    pub async fn ring(&self, operation: OperationId) {
        let rung = self.doorbell.ring(operation).await;
        self.note(rung);
    }

    /// Whether Redis answers.
    pub async fn condition(&self) -> Condition {
        let answered = self.doorbell.ping().await;
        let condition = if answered.is_ok() { Condition::Up } else { Condition::Down };
        self.note(answered);
        condition
    }

    fn note(&self, outcome: Result<(), terrane_queue::QueueError>) {
        match outcome {
            Ok(()) => {
                if self.down.swap(false, Ordering::Relaxed) {
                    tracing::info!(event = "doorbell.back", "Redis answers again");
                }
            }
            Err(error) => {
                if !self.down.swap(true, Ordering::Relaxed) {
                    let error = chain(&error);
                    tracing::warn!(
                        event = "doorbell.down",
                        error,
                        "Redis is out; workers find work by polling"
                    );
                }
            }
        }
    }
}
