//! Waiting for conditions, never for time.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::RigError;

/// Asks again and again until there is an answer; gives up after `limit`.
pub async fn until<T, F>(condition: &str, limit: Duration, mut ask: F) -> Result<T, RigError>
where
    F: AsyncFnMut() -> Option<T>,
{
    let mut questions = Questions::within(limit);
    loop {
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
        if !questions.again().await {
            return Err(RigError::Deadline { condition: condition.to_owned(), seconds: limit.as_secs() });
        }
    }
}

/// The pauses between questions grow with what was waited so far, from 2 ms to half a second: what is quick is seen
/// quickly, and what takes minutes isn't slowed by those who ask for it.
pub(crate) struct Questions {
    began: Instant,
    limit: Duration,
}

impl Questions {
    pub fn within(limit: Duration) -> Questions {
        Questions { began: Instant::now(), limit }
    }

    /// Pauses and says whether to ask again; false once the time is over.
    pub async fn again(&mut self) -> bool {
        let waited = self.began.elapsed();
        if waited >= self.limit {
            return false;
        }
        tokio::time::sleep((waited / 32).clamp(Duration::from_millis(2), Duration::from_millis(500))).await;
        true
    }
}
