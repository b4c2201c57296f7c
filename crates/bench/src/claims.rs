//! From just before an operation is inserted to the moment a worker holds it.
//!
//! Insert, ring, listener and claim are the ones that API and worker use, and the loop is the worker's: claim until
//! nothing is left, then wait at the doorbell. What was claimed is declared done at once, without Terraform. One
//! operation at a time: this is latency, not throughput.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use terrane_domain::{OperationId, WorkerId};
use terrane_queue::{Doorbell, DoorbellSettings, Listener};
use terrane_rig::Rig;
use terrane_store::{NewEnvironment, NewWorker, Outcome, Store, StoreSettings, Tenant};
use tokio::sync::mpsc;

use crate::{
    statistics::{Sample, ms},
    table::Table,
};

const LEASE: Duration = Duration::from_secs(30);
const POLL_EVERY: Duration = Duration::from_secs(3);
/// Connections are opened and Postgres's caches filled by operations that don't count.
const WARM_UP: usize = 50;

pub(crate) async fn add(table: &mut Table, rig: &Rig, count: usize) -> anyhow::Result<()> {
    let url = rig.fresh_database().await?;
    let doorbell = Doorbell::new(DoorbellSettings::new(rig.fresh_redis().await?.into()))?;
    // One of each as in real life: an API's and a worker's.
    let (api, worker) =
        (Store::new(&StoreSettings::new(url.clone().into()))?, Store::new(&StoreSettings::new(url.into()))?);
    let tenant = api.ensure_tenant("bench").await?;
    let id = worker.register_worker(new_worker()).await?.id;
    let (tell, mut told) = mpsc::channel(1);
    let taking = tokio::spawn(take(worker, id, doorbell.listener(id.to_string()), tell));

    let mut latencies = Vec::with_capacity(count);
    let mut unheard = 0;
    for number in 0..WARM_UP + count {
        let begun = Instant::now();
        let operation = enqueue(&api, &tenant, number).await?;
        // As in the API: a ring that failed fails nothing, and polling finds the work.
        unheard += usize::from(doorbell.ring(operation).await.is_err());
        let Some((claimed, at)) = told.recv().await else { break };
        if claimed != operation {
            bail!("{claimed} was claimed where {operation} was queued");
        }
        if number >= WARM_UP {
            latencies.push(at.duration_since(begun));
        }
    }
    drop(told);
    taking.await?.context("the claiming side failed")?;
    let latencies = Sample::of(latencies);
    let what = |figure| format!("enqueue to claim, {figure} of {}", latencies.len());
    table.row(what("p50"), ms(latencies.percentile(50)), "");
    table.row(what("p99"), ms(latencies.percentile(99)), "<= 10 ms");
    table.row(what("slowest"), ms(latencies.percentile(100)), "");
    if unheard > 0 {
        table.row("  rings that took longer than 100 ms and were given up", unheard.to_string(), "0");
    }
    Ok(())
}

async fn enqueue(store: &Store, tenant: &Tenant, number: usize) -> anyhow::Result<OperationId> {
    let name = format!("bench-{number}");
    let new = NewEnvironment {
        tenant_id: tenant.id,
        spec: serde_json::json!({"name": name, "cloud": {"region": terrane_rig::REGION}, "network": {}}),
        name,
        labels: BTreeMap::new(),
        region: terrane_rig::REGION.to_owned(),
        deletion_protection: false,
        ttl: None,
        pins: terrane_blueprint::current_pins(),
        request_id: None,
        traceparent: None,
    };
    let Outcome::Accepted(accepted) = store.create_environment(new, None).await? else {
        bail!("the environment was refused");
    };
    Ok(accepted.operation.id)
}

/// The worker's claim loop, until nobody wants to be told any more.
async fn take(
    store: Store,
    worker: WorkerId,
    mut bell: Listener,
    tell: mpsc::Sender<(OperationId, Instant)>,
) -> anyhow::Result<()> {
    while !tell.is_closed() {
        match store.claim(worker, LEASE).await? {
            Some(claim) => {
                let at = Instant::now();
                store.succeed(&claim.holder, None).await?;
                if tell.send((claim.operation.id, at)).await.is_err() {
                    break;
                }
            }
            None => {
                tokio::select! {
                    woken = bell.wait(POLL_EVERY) => { woken?; }
                    () = tell.closed() => {}
                }
            }
        }
    }
    Ok(())
}

fn new_worker() -> NewWorker {
    NewWorker {
        host: "bench".to_owned(),
        place: None,
        process_id: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        slots: 1,
    }
}
