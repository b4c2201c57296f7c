//! Why an attempt should end before its work is done.

use tokio_util::sync::CancellationToken;

/// The ways to ask. Each interrupts a running Terraform through its guard and waits for its end; they differ in what
/// follows.
#[derive(Debug, Clone)]
pub struct Stop {
    pub(crate) cancel: CancellationToken,
    pub(crate) overdue: CancellationToken,
    drain: CancellationToken,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// End it.
    Cancel,
    /// End it: the attempt's deadline has passed.
    GiveUp,
    /// Give it back.
    HandBack,
}

impl Stop {
    /// `cancel` means that somebody cancelled the operation or asked for the environment's destruction; `drain` that the
    /// worker's time is over and the operation is to be handed back.
    pub fn new(cancel: CancellationToken, drain: CancellationToken) -> Self {
        Self { cancel, overdue: CancellationToken::new(), drain }
    }

    /// What was asked for, if anything. What is final outweighs a drain.
    pub fn asked(&self) -> Option<Asked> {
        if self.cancel.is_cancelled() {
            Some(Asked::Cancel)
        } else if self.overdue.is_cancelled() {
            Some(Asked::GiveUp)
        } else if self.drain.is_cancelled() {
            Some(Asked::HandBack)
        } else {
            None
        }
    }

    /// Waits until something is asked for.
    pub async fn wait(&self) {
        tokio::select! {
            () = self.cancel.cancelled() => {}
            () = self.overdue.cancelled() => {}
            () = self.drain.cancelled() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_final_outweighs_a_drain_and_a_cancel_outweighs_all() {
        let stop = Stop::new(CancellationToken::new(), CancellationToken::new());
        assert_eq!(stop.asked(), None);
        stop.drain.cancel();
        assert_eq!(stop.asked(), Some(Asked::HandBack));
        stop.overdue.cancel();
        assert_eq!(stop.asked(), Some(Asked::GiveUp));
        stop.cancel.cancel();
        assert_eq!(stop.asked(), Some(Asked::Cancel));
    }
}
