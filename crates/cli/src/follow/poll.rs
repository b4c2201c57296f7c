//! Asks for an operation and its steps again and again.
//!
//! WHY beside the stream of events: the stream wakes, this looks. Whatever is missed, reordered or refused there (too
//! many streams, a proxy that can't stream), the state that counts still comes from here.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use terrane_domain::OperationId;
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
};

use crate::{
    client::{Client, ClientError, Operation, Step},
    exit::Exit,
};

const INTERVAL: Duration = Duration::from_secs(2);
/// A server may be away for so long: longer than its replacement takes.
const PATIENCE: Duration = Duration::from_secs(300);

/// The operation and its steps, at one moment.
pub type Snapshot = (Operation, Vec<Step>);

/// Looks until dropped.
pub struct Poll {
    snapshots: mpsc::Receiver<Result<Snapshot, ClientError>>,
    nudge: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Poll {
    /// Begins to look.
    pub fn start(client: Arc<Client>, id: OperationId) -> Self {
        let nudge = Arc::new(Notify::new());
        let (sender, snapshots) = mpsc::channel(1);
        let nudged = nudge.clone();
        let task = tokio::spawn(async move {
            let mut answered = Instant::now();
            loop {
                let snapshot = look(&client, id).await;
                match &snapshot {
                    Ok(_) => answered = Instant::now(),
                    Err(error) if error.exit() == Exit::Unavailable && answered.elapsed() < PATIENCE => {
                        tokio::time::sleep(INTERVAL).await;
                        continue;
                    }
                    Err(_) => {}
                }
                let last = snapshot.is_err();
                if sender.send(snapshot).await.is_err() || last {
                    return;
                }
                // Either is a reason to look.
                let _ = tokio::time::timeout(INTERVAL, nudged.notified()).await;
            }
        });
        Self { snapshots, nudge, task }
    }

    /// Has it look now. Any number of nudges before it does is one.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// The next snapshot, or the error for which it gave up; `None` behind that. Can be dropped and called again.
    pub async fn next(&mut self) -> Option<Result<Snapshot, ClientError>> {
        self.snapshots.recv().await
    }
}

async fn look(client: &Client, id: OperationId) -> Result<Snapshot, ClientError> {
    // The operation first: one that is over has all its steps.
    let operation = client.operation(id).await?.value;
    Ok((operation, client.steps(id).await?))
}
