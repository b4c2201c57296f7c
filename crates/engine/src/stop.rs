//! Why an attempt should end before its work is done.

use tokio_util::sync::CancellationToken;

/// The two ways to ask. Both interrupt a running Terraform through its guard; they differ in what follows.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Somebody cancelled the operation, or asked for the environment's destruction.
    pub cancel: CancellationToken,
    /// The worker's time to drain is over: hand the operation back.
    pub drain: CancellationToken,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// End it.
    Cancel,
    /// Give it back.
    HandBack,
}

impl Stop {
    /// What was asked for, if anything. A cancel outweighs a drain: it is final.
    pub fn asked(&self) -> Option<Asked> {
        if self.cancel.is_cancelled() {
            Some(Asked::Cancel)
        } else if self.drain.is_cancelled() {
            Some(Asked::HandBack)
        } else {
            None
        }
    }

    /// Waits until either is asked for.
    pub async fn wait(&self) {
        tokio::select! {
            () = self.cancel.cancelled() => {}
            () = self.drain.cancelled() => {}
        }
    }
}
