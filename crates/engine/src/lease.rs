//! The right to work on an operation, and what may be done as it grows old.
//!
//! A claim is good for [`Timing::lease`](crate::Timing::lease) on Postgres's clock. [`Lease::keep`] renews
//! it for as long as the operation's future is polled: it is a branch of that future and not a task of its own, so that
//! an attempt that hangs past its deadline can't be renewed by something that outlived it.
//!
//! Two ages of the last renewal matter, both counted from when it was *sent*, on the boot-time clock (a suspended
//! machine ages too):
//!
//! * past the **start barrier** nothing new is started: no step, no child, no cloud write ([`may_start`]);
//! * a Terraform that already runs goes on until its guard hasn't been ticked for the **fence** time.
//!
//! A step begins with a renewal of its own ([`Lease::renew_now`]), which waits out an unreachable Postgres. A lease that
//! expired but wasn't taken revives; one that was taken is lost, and the future that holds it is dropped at once, which
//! closes the pipe to the guard and so interrupts Terraform.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use terrane_store::{Holder, Renewal, Store, StoreError};
use terrane_telemetry::WorkerMetrics;
use terrane_terraform::{BootTime, Ticker};
use tokio_util::sync::CancellationToken;

/// Somebody else holds the operation, or it is over: stop without another write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lease is lost")]
pub struct Lost;

/// Why something may not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the last renewal is {} s old; nothing is started after {} s", age.as_secs(), barrier.as_secs())]
pub struct Barred {
    /// Since the last renewal that succeeded was sent.
    pub age: Duration,
    /// The limit.
    pub barrier: Duration,
}

/// Whether a child or a cloud write may be started now.
pub fn may_start(last_renewal_sent: BootTime, now: BootTime, barrier: Duration) -> Result<(), Barred> {
    let age = now.since(last_renewal_sent);
    if age < barrier { Ok(()) } else { Err(Barred { age, barrier }) }
}

/// One holder's lease.
pub(crate) struct Lease<'a> {
    store: &'a Store,
    holder: Holder,
    length: Duration,
    every: Duration,
    barrier: Duration,
    /// Cancelled when a renewal says that somebody asked for it.
    cancel: CancellationToken,
    metrics: &'a WorkerMetrics,
    last_sent: AtomicU64,
    ticker: Mutex<Option<Ticker>>,
}

impl<'a> Lease<'a> {
    /// The lease of a claim that was sent at `claimed`.
    pub(crate) fn new(
        store: &'a Store,
        holder: Holder,
        settings: &crate::EngineSettings,
        claimed: BootTime,
        cancel: CancellationToken,
        metrics: &'a WorkerMetrics,
    ) -> Self {
        Self {
            store,
            holder,
            length: settings.timing.lease,
            every: settings.timing.renew_every,
            barrier: settings.timing.start_barrier,
            cancel,
            metrics,
            last_sent: AtomicU64::new(claimed.as_millis()),
            ticker: Mutex::new(None),
        }
    }

    pub(crate) fn holder(&self) -> &Holder {
        &self.holder
    }

    /// When the last renewal that succeeded was sent.
    pub(crate) fn held_as_of(&self) -> BootTime {
        BootTime::from_millis(self.last_sent.load(Ordering::Acquire))
    }

    /// See [`may_start`].
    pub(crate) fn may_start(&self) -> Result<(), Barred> {
        may_start(self.held_as_of(), BootTime::now(), self.barrier)
            .inspect_err(|_| self.metrics.barriers.inc())
    }

    /// From now on renewals tick this run's guard.
    pub(crate) fn tick_with(&self, ticker: Ticker) {
        *self.ticker.lock().unwrap_or_else(PoisonError::into_inner) = Some(ticker);
    }

    /// Renews until the lease is lost.
    pub(crate) async fn keep(&self) -> Lost {
        loop {
            tokio::time::sleep(self.every).await;
            if let Ok(Err(lost)) = self.renew().await {
                return lost;
            }
        }
    }

    /// Renews once, waiting for as long as Postgres can't be reached.
    pub(crate) async fn renew_now(&self) -> Result<(), Lost> {
        loop {
            match self.renew().await {
                Ok(held_or_lost) => return held_or_lost,
                Err(_) => tokio::time::sleep(self.every / 5).await,
            }
        }
    }

    async fn renew(&self) -> Result<Result<(), Lost>, StoreError> {
        let sent = BootTime::now();
        match self.store.renew(&self.holder, self.length).await {
            Ok(Renewal::Held { cancel_requested }) => {
                self.last_sent.fetch_max(sent.as_millis(), Ordering::AcqRel);
                if let Some(ticker) = &*self.ticker.lock().unwrap_or_else(PoisonError::into_inner) {
                    ticker.tick(sent);
                }
                if cancel_requested {
                    self.cancel.cancel();
                }
                self.count("held");
                Ok(Ok(()))
            }
            Ok(Renewal::Lost) => {
                tracing::warn!(operation = %self.holder.operation_id, "lease_lost");
                self.count("lost");
                Ok(Err(Lost))
            }
            Err(error) => {
                let age_ms = BootTime::now().since(self.held_as_of()).as_millis();
                tracing::warn!(operation = %self.holder.operation_id, %error, age_ms, "lease_renewal_failed");
                self.count("failed");
                Err(error)
            }
        }
    }

    fn count(&self, outcome: &str) {
        self.metrics.lease_renewals.with_label_values(&[outcome]).inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_starts_at_or_after_the_barrier() {
        let sent = BootTime::from_millis(1_000);
        let barrier = Duration::from_secs(20);
        let after = |millis: u64| may_start(sent, BootTime::from_millis(1_000 + millis), barrier);
        assert_eq!(after(0), Ok(()));
        assert_eq!(after(19_999), Ok(()));
        assert_eq!(after(20_000), Err(Barred { age: barrier, barrier }));
    }
}
