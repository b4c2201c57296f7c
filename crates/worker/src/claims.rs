//! The claim loop: a free slot, then a claim, then the next; when there is nothing to claim, the doorbell.
//!
//! A ring is only a hint, and so is an operation that just ended here (the next one of its environment may be due): both
//! lead to a look at the queue, and so does the clock.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures::StreamExt;
use terrane_domain::{OperationId, WorkerId};
use terrane_engine::{Engine, Stop};
use terrane_queue::Listener;
use terrane_store::Claim;
use terrane_telemetry::Chain;
use terrane_terraform::BootTime;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// By operation and attempt: the next attempt may begin here before the last one has been tidied away.
type Running = HashMap<(OperationId, u32), CancellationToken>;

/// The operations that this worker holds, and how it gets more.
#[derive(Clone)]
pub(crate) struct Claims {
    engine: Arc<Engine>,
    worker: WorkerId,
    slots: Arc<Semaphore>,
    hand_back: CancellationToken,
    running: Arc<Mutex<Running>>,
    tasks: TaskTracker,
    ended: Arc<Notify>,
}

impl Claims {
    pub(crate) fn new(
        engine: Arc<Engine>,
        worker: WorkerId,
        slots: u32,
        hand_back: CancellationToken,
    ) -> Self {
        Self {
            engine,
            worker,
            slots: Arc::new(Semaphore::new(slots as usize)),
            hand_back,
            running: Arc::default(),
            tasks: TaskTracker::new(),
            ended: Arc::default(),
        }
    }

    /// Wakes the claim loop.
    pub(crate) fn due(&self) -> Arc<Notify> {
        self.ended.clone()
    }

    /// How many operations run here.
    pub(crate) fn running(&self) -> usize {
        self.table().len()
    }

    /// Waits until none runs here any more.
    pub(crate) async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Claims until told to stop.
    pub(crate) async fn take(self, mut bell: Listener, poll_every: Duration, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let slot = tokio::select! {
                slot = self.slots.clone().acquire_owned() => slot,
                () = stop.cancelled() => break,
            };
            let Ok(slot) = slot else { break };
            let claimed = BootTime::now();
            let began = Instant::now();
            let looked = self.engine.store.claim(self.worker, self.engine.settings.timing.lease).await;
            let outcome = match &looked {
                Ok(Some(_)) => "claimed",
                Ok(None) => "nothing",
                Err(_) => "failed",
            };
            let took = began.elapsed().as_secs_f64();
            self.engine.metrics.claim_duration.with_label_values(&[outcome]).observe(took);
            match looked {
                Ok(Some(claim)) => self.start(claim, claimed, slot),
                Ok(None) => {
                    drop(slot);
                    tokio::select! {
                        () = ring(&mut bell, poll_every) => {}
                        () = self.ended.notified() => {}
                        () = stop.cancelled() => {}
                    }
                }
                Err(error) => {
                    drop(slot);
                    tracing::warn!(error = %Chain(&error), "claim_failed");
                    tokio::select! { () = tokio::time::sleep(poll_every) => {}, () = stop.cancelled() => {} }
                }
            }
        }
    }

    fn start(&self, claim: Claim, claimed: BootTime, slot: OwnedSemaphorePermit) {
        let holder = claim.holder;
        let id = (holder.operation_id, holder.attempt);
        let metrics = &self.engine.metrics;
        let (created, started) = (claim.operation.created_at, claim.operation.started_at);
        // Both on Postgres's clock. A later attempt waited on purpose.
        if let (1, Some(waited)) =
            (claim.operation.attempt, started.and_then(|at| (at - created).to_std().ok()))
        {
            metrics
                .queue_wait
                .with_label_values(&[claim.operation.kind.as_str()])
                .observe(waited.as_secs_f64());
        }
        metrics.slots.with_label_values(&["busy"]).inc();

        let cancel = CancellationToken::new();
        if claim.operation.cancel_requested_at.is_some() {
            cancel.cancel();
        }
        self.table().insert(id, cancel.clone());
        let stop = Stop::new(cancel, self.hand_back.clone());
        let this = self.clone();
        self.tasks.spawn(async move {
            let engine = this.engine.clone();
            // A task of its own, so that a panic ends this operation and not the worker's account of it.
            let outcome = tokio::spawn(async move { engine.attempt(claim, claimed, stop).await }).await;
            if let Err(error) = outcome {
                tracing::error!(operation = %holder.operation_id, %error, "attempt_panicked");
                this.engine.give_up_after_panic(&holder).await;
            }
            this.table().remove(&id);
            this.engine.metrics.slots.with_label_values(&["busy"]).dec();
            drop(slot);
            this.ended.notify_one();
        });
    }

    /// Passes on what Postgres announces. Renewals bring the same a few seconds later, so a lost connection loses
    /// nothing.
    pub(crate) async fn follow_cancellations(self, stop: CancellationToken) {
        let mut announced = std::pin::pin!(self.engine.store.listen_cancellations());
        loop {
            let operation = tokio::select! {
                operation = announced.next() => operation,
                () = stop.cancelled() => return,
            };
            let Some(operation) = operation else { return };
            for (_, cancel) in self.table().iter().filter(|((running, _), _)| *running == operation) {
                tracing::info!(%operation, "cancel_announced");
                cancel.cancel();
            }
        }
    }

    fn table(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a ring or until it is time to look anyway. Without Redis only the clock is left.
async fn ring(bell: &mut Listener, poll_every: Duration) {
    if let Err(error) = bell.wait(poll_every).await {
        tracing::warn!(error = %Chain(&error), "doorbell_failed");
        tokio::time::sleep(poll_every).await;
    }
}
