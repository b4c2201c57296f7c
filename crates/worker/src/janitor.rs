//! What any worker does now and then, most of it for all of them. Every task may run twice and at the same time
//! elsewhere, does a bounded piece of work per round, and one that fails keeps no other from its turn.

use std::{sync::Arc, time::Duration};

use terrane_domain::WorkerId;
use terrane_engine::Engine;
use terrane_store::StoreError;
use terrane_telemetry::Chain;
use tokio_util::sync::CancellationToken;

use crate::sweep::Sweep;

const SEEN_EVERY: Duration = Duration::from_secs(10);
const ROUNDS_PER_MINUTE: u32 = 6;
const ROUNDS_PER_HOUR: u32 = 360;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// A worker that was not seen for so long is gone.
const UNSEEN: Duration = DAY;
/// A worker that is gone is listed for so long.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 3600);
/// Months of log lines that one round drops: more are there only after retention was shortened.
const MONTHS_AT_ONCE: u32 = 3;

/// One worker's part of the housekeeping.
pub(crate) struct Janitor {
    engine: Arc<Engine>,
    worker: WorkerId,
    logs_kept_for: Duration,
    sweep: Sweep,
}

impl Janitor {
    pub(crate) fn new(engine: Arc<Engine>, worker: WorkerId, logs_kept_for: Duration) -> Self {
        Self { engine, worker, logs_kept_for, sweep: Sweep::default() }
    }

    /// Goes round until told to stop.
    pub(crate) async fn keep_house(mut self, stop: CancellationToken) {
        for round in 0_u32.. {
            self.tend().await;
            if round % ROUNDS_PER_MINUTE == 0 {
                self.sweep().await;
            }
            if round % ROUNDS_PER_HOUR == 0 {
                self.clear_out().await;
            }
            tokio::select! { () = tokio::time::sleep(SEEN_EVERY) => {}, () = stop.cancelled() => return }
        }
    }

    /// A sign of life, approvals and environments whose time is over, and the queue in figures.
    async fn tend(&self) {
        let store = &self.engine.store;
        if done("worker_seen", store.worker_seen(self.worker).await) == Some(false) {
            // Forgotten after weeks of silence: nothing can be claimed under this id.
            tracing::error!(worker = %self.worker, "worker_unknown");
        }
        for operation in done("expire_approvals", store.expire_approvals().await).unwrap_or_default() {
            tracing::info!(%operation, "approval_expired");
        }
        for environment in done("expire_environments", store.expire_environments().await).unwrap_or_default()
        {
            tracing::info!(%environment, "environment_expired");
        }
        if let Some(queue) = done("queue_figures", store.queue_figures().await) {
            let metrics = &self.engine.metrics;
            for (state, count) in [
                ("due", queue.due),
                ("behind", queue.behind),
                ("retrying", queue.retrying),
                ("running", queue.running),
                ("awaiting_approval", queue.awaiting_approval),
            ] {
                metrics.queue.with_label_values(&[state]).set(count);
            }
            metrics.queue_oldest.set(queue.oldest.unwrap_or(0.0));
        }
    }

    async fn sweep(&mut self) {
        match self.sweep.round(&self.engine).await {
            Ok(removed) => self.count("work_directory", removed),
            Err(error) => tracing::warn!(task = "sweep", error = %Chain(&error), "housekeeping_failed"),
        }
    }

    /// Partitions for the months ahead, and what is old enough to go.
    async fn clear_out(&self) {
        let store = &self.engine.store;
        done("ensure_log_partitions", store.ensure_log_partitions().await);
        let keys = done("purge_idempotency_keys", store.purge_idempotency_keys().await);
        self.count("idempotency_key", keys.unwrap_or(0) as u64);
        for _ in 0..MONTHS_AT_ONCE {
            let dropped = done("drop_log_partition", store.drop_log_partition(self.logs_kept_for).await);
            let Some(Some(partition)) = dropped else { break };
            tracing::info!(partition, "log_partition_dropped");
            self.count("log_partition", 1);
        }
        for worker in done("retire_workers", store.retire_workers(UNSEEN).await).unwrap_or_default() {
            tracing::warn!(%worker, "worker_gone");
        }
        self.count(
            "worker",
            done("forget_workers", store.forget_workers(FORGOTTEN).await).unwrap_or(0) as u64,
        );
    }

    fn count(&self, what: &str, removed: u64) {
        self.engine.metrics.removed.with_label_values(&[what]).inc_by(removed);
    }
}

fn done<T>(task: &str, outcome: Result<T, StoreError>) -> Option<T> {
    outcome.inspect_err(|error| tracing::warn!(task, error = %Chain(error), "housekeeping_failed")).ok()
}
