//! What any worker does now and then for all of them. Every task here may run twice and at the same time elsewhere.

use std::time::Duration;

use terrane_domain::WorkerId;
use terrane_store::{Store, StoreError};
use terrane_telemetry::Chain;
use tokio_util::sync::CancellationToken;

const SEEN_EVERY: Duration = Duration::from_secs(10);
const ROUNDS_PER_HOUR: u32 = 360;

/// Signs of life, approvals and environments whose time is over, partitions for the months ahead, and old idempotency keys.
pub(crate) async fn keep_house(store: Store, worker: WorkerId, stop: CancellationToken) {
    for round in 0_u32.. {
        if let Err(error) = tend(&store, worker, round % ROUNDS_PER_HOUR == 0).await {
            tracing::warn!(error = %Chain(&error), "housekeeping_failed");
        }
        tokio::select! { () = tokio::time::sleep(SEEN_EVERY) => {}, () = stop.cancelled() => return }
    }
}

async fn tend(store: &Store, worker: WorkerId, hourly: bool) -> Result<(), StoreError> {
    store.worker_seen(worker).await?;
    for operation in store.expire_approvals().await? {
        tracing::info!(%operation, "approval_expired");
    }
    for environment in store.expire_environments().await? {
        tracing::info!(%environment, "environment_expired");
    }
    if hourly {
        store.ensure_log_partitions().await?;
        store.purge_idempotency_keys().await?;
    }
    Ok(())
}
