//! Worker processes: who is there, since when, and when it was last heard of.

use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::WorkerId;
use uuid::Uuid;

use crate::{
    error::StoreError,
    models::{WorkerRow, count},
    rows::{ProcessPlace, Worker},
    schema::workers,
    store::Store,
};

/// A worker process that just started.
#[derive(Debug, Clone)]
pub struct NewWorker {
    /// The name of its host.
    pub host: String,
    /// Its process id.
    pub process_id: u32,
    /// Where that id means something, if its host says so.
    pub place: Option<ProcessPlace>,
    /// The release that it runs.
    pub version: String,
    /// How many operations it works on at once; at least one.
    pub slots: u32,
}

impl Store {
    /// Makes a worker known, which it has to be before it can claim anything.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn register_worker(&self, new: NewWorker) -> Result<Worker, StoreError> {
        self.run("register a worker", async {
            let place = new.place.as_ref();
            let row = diesel::insert_into(workers::table)
                .values((
                    workers::id.eq(Uuid::now_v7()),
                    workers::host.eq(new.host),
                    workers::process_id.eq(count(new.process_id)),
                    workers::boot_id.eq(place.map(|place| &place.boot_id)),
                    workers::pid_namespace.eq(place.map(|place| &place.pid_namespace)),
                    workers::process_started.eq(place.map(|place| place.started.cast_signed())),
                    workers::version.eq(new.version),
                    workers::slots.eq(count(new.slots)),
                ))
                .returning(WorkerRow::as_returning())
                .get_result(&mut self.connections().get().await?)
                .await?;
            Ok(row.into())
        })
        .await
    }

    /// Notes that a worker is alive, even if it was taken for dead. Whether it is known at all.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn worker_seen(&self, worker: WorkerId) -> Result<bool, StoreError> {
        self.run("note that a worker is alive", async {
            let seen = diesel::update(workers::table.find(worker.as_uuid()))
                .set((
                    workers::seen_at.eq(now),
                    workers::stopped_at.eq(None::<chrono::DateTime<chrono::Utc>>),
                ))
                .execute(&mut self.connections().get().await?)
                .await?;
            Ok(seen == 1)
        })
        .await
    }

    /// Notes that a worker ended in good order. Whether it is known and had not ended before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn worker_stopped(&self, worker: WorkerId) -> Result<bool, StoreError> {
        self.run("note that a worker ended", async {
            let stopped = diesel::update(workers::table.find(worker.as_uuid()))
                .filter(workers::stopped_at.is_null())
                .set((workers::seen_at.eq(now), workers::stopped_at.eq(now)))
                .execute(&mut self.connections().get().await?)
                .await?;
            Ok(stopped == 1)
        })
        .await
    }

    /// The workers that have not ended, newest first. Whether one that was not seen for a while is still there, the
    /// caller judges.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_workers(&self) -> Result<Vec<Worker>, StoreError> {
        self.run("list workers", async {
            let rows = workers::table
                .filter(workers::stopped_at.is_null())
                .order(workers::id.desc())
                .select(WorkerRow::as_select())
                .load(&mut self.connections().get().await?)
                .await?;
            Ok(rows.into_iter().map(Worker::from).collect())
        })
        .await
    }
}
