//! What is kept for a while only: lines of log by whole months, and workers that ended or died.
//!
//! Each of these does a bounded piece of work, may be called by every worker at once, and leaves to a later call what
//! somebody else is busy with.

use std::time::Duration;

use diesel::{
    QueryableByName,
    sql_types::{Array, Double, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use terrane_domain::{OperationId, WorkerId};
use uuid::Uuid;

use crate::{error::StoreError, store::Store};

/// Lines of months for which nobody had made a partition in time. They go row by row.
const DROP_STRAY_LINES: &str = "
DELETE FROM log_batches_default WHERE ctid = ANY (ARRAY(
    SELECT b.ctid FROM log_batches_default b JOIN operations o ON o.id = b.operation_id
    WHERE b.operation_id < uuid_v7_floor(now() - make_interval(secs => $1))
      AND o.finished_at <= now() - make_interval(secs => $1)
    LIMIT 1000
))";

/// A worker that holds an operation is the business of whoever watches its lease.
const RETIRE: &str = "
UPDATE workers SET stopped_at = now() WHERE id IN (
    SELECT w.id FROM workers w
    WHERE w.stopped_at IS NULL AND w.seen_at < now() - make_interval(secs => $1)
      AND NOT EXISTS (SELECT FROM operations o WHERE o.owner = w.id)
    ORDER BY w.seen_at LIMIT 100 FOR UPDATE SKIP LOCKED
) RETURNING id";

/// Where the worker of a lost attempt ran matters until its operation is over.
const FORGET: &str = "
DELETE FROM workers WHERE id IN (
    SELECT w.id FROM workers w
    WHERE w.stopped_at < now() - make_interval(secs => $1) AND w.seen_at < now() - make_interval(secs => $1)
      AND NOT EXISTS (SELECT FROM operations o WHERE o.owner = w.id)
      AND NOT EXISTS (SELECT FROM operation_attempts a JOIN operations o ON o.id = a.operation_id
                      WHERE a.worker_id = w.id AND (a.unsettled OR o.finished_at IS NULL))
    ORDER BY w.stopped_at LIMIT 100 FOR UPDATE SKIP LOCKED
)";

/// Those of some operations that are over, and the end of the last lease that any worker had on them.
const FINISHED: &str = "
SELECT o.id, greatest(extract(epoch FROM now() - max(coalesce(a.lease_until, o.finished_at))), 0)::float8 AS free
FROM operations o LEFT JOIN operation_attempts a ON a.operation_id = o.id
WHERE o.id = ANY ($1) AND o.finished_at IS NOT NULL
GROUP BY o.id";

/// An operation that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinishedOperation {
    /// Which.
    pub id: OperationId,
    /// How long ago the last lease on it ended. The last renewal was earlier.
    pub free_for: Duration,
}

#[derive(QueryableByName)]
struct FinishedRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Double)]
    free: f64,
}

#[derive(QueryableByName)]
struct Dropped {
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
}

#[derive(QueryableByName)]
struct Retired {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Store {
    /// Drops the oldest month of log lines if all of it is older than `kept_for` and all of its operations have been over
    /// for as long. Returns its name. Gives way at once to whoever reads or writes: call it again later.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn drop_log_partition(&self, kept_for: Duration) -> Result<Option<String>, StoreError> {
        self.run("drop a month of log lines", async {
            let mut connection = self.connections().get().await?;
            diesel::sql_query(DROP_STRAY_LINES)
                .bind::<Double, _>(kept_for.as_secs_f64())
                .execute(&mut connection)
                .await?;
            let dropped: Dropped =
                diesel::sql_query("SELECT drop_log_partition(make_interval(secs => $1)) AS name")
                    .bind::<Double, _>(kept_for.as_secs_f64())
                    .get_result(&mut connection)
                    .await?;
            Ok(dropped.name)
        })
        .await
    }

    /// Notes of workers that were not seen for `unseen` and hold nothing that they ended, a hundred at most. Returns
    /// which. One that is seen again after all is there again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retire_workers(&self, unseen: Duration) -> Result<Vec<WorkerId>, StoreError> {
        self.run("note that workers are gone", async {
            let retired: Vec<Retired> = diesel::sql_query(RETIRE)
                .bind::<Double, _>(unseen.as_secs_f64())
                .get_results(&mut self.connections().get().await?)
                .await?;
            Ok(retired.into_iter().map(|worker| WorkerId::from_uuid(worker.id)).collect())
        })
        .await
    }

    /// Forgets workers that ended `ended` ago or earlier, a hundred at most. Attempts keep their ids. Returns how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_workers(&self, ended: Duration) -> Result<usize, StoreError> {
        self.run("forget workers", async {
            Ok(diesel::sql_query(FORGET)
                .bind::<Double, _>(ended.as_secs_f64())
                .execute(&mut self.connections().get().await?)
                .await?)
        })
        .await
    }

    /// Those of `operations` that are over. Others are not, or unknown here.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn finished_among(
        &self,
        operations: &[OperationId],
    ) -> Result<Vec<FinishedOperation>, StoreError> {
        self.run("find operations that are over", async {
            let ids: Vec<Uuid> = operations.iter().map(|id| id.as_uuid()).collect();
            let rows: Vec<FinishedRow> = diesel::sql_query(FINISHED)
                .bind::<Array<SqlUuid>, _>(ids)
                .get_results(&mut self.connections().get().await?)
                .await?;
            let finished = rows.into_iter().map(|row| FinishedOperation {
                id: OperationId::from_uuid(row.id),
                free_for: Duration::from_secs_f64(row.free),
            });
            Ok(finished.collect())
        })
        .await
    }
}
