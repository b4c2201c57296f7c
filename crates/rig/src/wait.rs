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

/// The pauses between questions: from 2 ms, so that what is quick is seen quickly, up to 50 ms.
pub(crate) struct Questions {
    deadline: Instant,
    pause: Duration,
}

impl Questions {
    pub fn within(limit: Duration) -> Questions {
        Questions { deadline: Instant::now() + limit, pause: Duration::from_millis(2) }
    }

    /// Pauses and says whether to ask again; false once the time is over.
    pub async fn again(&mut self) -> bool {
        if Instant::now() >= self.deadline {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(Duration::from_millis(50));
        true
    }
}
