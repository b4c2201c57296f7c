//! Looks for operations whose worker is lost. Every worker does, with a free slot or without: whoever sees it first puts
//! the operation back into its line.

use std::sync::Arc;

use terrane_engine::{
    Engine,
    takeover::{Asked, HolderProcess, Watch},
};
use terrane_store::{LostBy, ProcessPlace, Takeover, WatchedLease};
use terrane_telemetry::Chain;
use terrane_terraform::{
    BootTime,
    guard::{HostIdentity, ProcessIdentity},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Looks until told to stop. Something that was taken over here is due: `due` wakes this worker's own claim loop.
pub(crate) async fn watch(
    engine: Arc<Engine>,
    here: Option<HostIdentity>,
    due: Arc<Notify>,
    stop: CancellationToken,
) {
    let mut watch = Watch::default();
    // Often enough that a lost process on this host is noticed within a renewal's time.
    let every = engine.settings.timing.renew_every / 3;
    loop {
        tokio::select! { () = tokio::time::sleep(every) => {}, () = stop.cancelled() => return }
        for (lease, lost_by) in look(&engine, here.as_ref(), &mut watch).await {
            if take_over(&engine, &lease, lost_by).await {
                due.notify_one();
            }
        }
    }
}

async fn look(
    engine: &Engine,
    here: Option<&HostIdentity>,
    watch: &mut Watch,
) -> Vec<(WatchedLease, LostBy)> {
    let host = here.map_or("", |here| here.hostname.as_str());
    let sent = BootTime::now();
    match engine.store.leases_to_watch(host).await {
        Ok(leases) => {
            let asked = Asked { sent, answered: BootTime::now() };
            watch.judge(leases, asked, engine.settings.timing.lease, |lease| holder_process(lease, here))
        }
        Err(error) => {
            watch.forget();
            tracing::warn!(error = %Chain(&error), "watch_failed");
            Vec::new()
        }
    }
}

async fn take_over(engine: &Engine, lease: &WatchedLease, lost_by: LostBy) -> bool {
    let limit = engine.settings.retry.max_takeovers;
    match engine.store.take_over(lease, lost_by, limit).await {
        Ok(Takeover::NotAnyMore) => false,
        Ok(taken) => {
            engine.metrics.takeovers.with_label_values(&[lost_by.as_str()]).inc();
            tracing::warn!(
                operation = %lease.operation_id,
                environment = %lease.environment_id,
                worker = %lease.worker.id,
                host = lease.worker.host,
                lost_by = lost_by.as_str(),
                given_up = taken == Takeover::GivenUp,
                "operation_taken_over"
            );
            taken == Takeover::BackInLine
        }
        Err(error) => {
            tracing::warn!(operation = %lease.operation_id, error = %Chain(&error), "takeover_failed");
            false
        }
    }
}

fn holder_process(lease: &WatchedLease, here: Option<&HostIdentity>) -> HolderProcess {
    let worker = &lease.worker;
    let (Some(place), Some(here)) = (&worker.place, here) else { return HolderProcess::Elsewhere };
    if worker.host != here.hostname
        || place.boot_id != here.boot_id
        || place.pid_namespace != here.pid_namespace
    {
        return HolderProcess::Elsewhere;
    }
    let pid = i32::try_from(worker.process_id);
    let runs = pid.is_ok_and(|pid| ProcessIdentity { pid, start_ticks: place.started }.is_running());
    if runs { HolderProcess::Runs } else { HolderProcess::Gone }
}

/// What tells this process from every other; `None` where the host doesn't say.
pub(crate) fn place_of_this_process(here: &HostIdentity) -> Option<ProcessPlace> {
    let me = ProcessIdentity::of(rustix::process::getpid()).ok()?;
    Some(ProcessPlace {
        boot_id: here.boot_id.clone(),
        pid_namespace: here.pid_namespace.clone(),
        started: me.start_ticks,
    })
}
