//! Where the application layer runs: on the process's own runtime, not in the handler.
//!
//! WHY: actix drops a handler's future when its client goes away. A write that is dropped between its transaction and
//! the doorbell would leave work that nobody was told of; one that is dropped inside the transaction costs a database
//! connection. So handlers only wait for a task: a caller who hangs up stops waiting, not the work. Connections also
//! belong to the runtime that opened them, and that one outlives every HTTP thread: a stop waits for the tasks.

use std::{future::Future, time::Duration};

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::error::Error;

/// Runs futures to their end, whoever waits for them.
#[derive(Debug, Clone)]
pub struct Tasks {
    runtime: Handle,
    tracker: TaskTracker,
}

impl Tasks {
    /// Tasks on the runtime that this is called in.
    pub fn new() -> Self {
        Self { runtime: Handle::current(), tracker: TaskTracker::new() }
    }

    /// Runs `work` and waits for it; a panic in it is an error like any other.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let task = self.tracker.spawn_on(work.in_current_span(), &self.runtime);
        task.await.unwrap_or_else(|died| Err(Error::internal("running a task", died)))
    }

    /// Waits for everything that was begun; gives up after `patience` and says so.
    pub async fn finish(&self, patience: Duration) {
        self.tracker.close();
        if tokio::time::timeout(patience, self.tracker.wait()).await.is_err() {
            tracing::warn!(
                event = "api.tasks_cut_short",
                left = self.tracker.len(),
                "stopping with work under way"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_goes_on_when_its_caller_has_gone() {
        let tasks = Tasks::new();
        let (go, gone) = oneshot::channel::<()>();
        let (done, ended) = oneshot::channel();
        let mut waiting = Box::pin(tasks.run(async move {
            let _ = gone.await;
            let _ = done.send(());
            Ok(())
        }));
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        drop(waiting);
        go.send(()).unwrap();
        ended.await.unwrap();
        tasks.finish(Duration::from_secs(5)).await;
    }

    #[tokio::test]
    async fn a_panic_becomes_an_error() {
        let error = Tasks::new().run::<(), _>(async { panic!("boom") }).await.unwrap_err();
        assert!(matches!(error, Error::Internal { doing: "running a task", .. }));
    }
}
