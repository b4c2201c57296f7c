//! Operations whose worker was lost.
//!
//! A lease that ran out proves little: its holder may be slow, or Postgres may have been away. Whoever watches decides
//! (`terrane_engine::takeover`); here is what it watches, and the one conditional write with which it acts. A taken-over
//! operation is not run by whoever took it over: it goes back into its line, where any worker with a free slot claims it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};
use diesel_async::RunQueryDsl;
use terrane_domain::{EnvironmentId, OperationEvent, OperationId, OperationState};

use crate::{
    attempts,
    enums::{AttemptEnd, InSql as _},
    error::{Failure, StoreError},
    finish,
    holder::Held,
    models::{EnvironmentRow, OperationRow, WorkerRow},
    rows::{Fence, OperationError, Worker},
    schema::{environments, operations, workers},
    store::Store,
};

/// A lease that a watcher looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedLease {
    /// The operation that is held.
    pub operation_id: OperationId,
    /// Its environment.
    pub environment_id: EnvironmentId,
    /// The fence of its claim: another claim is another lease.
    pub fence: Fence,
    /// Until when it was good.
    pub lease_until: DateTime<Utc>,
    /// Whether that is over, on Postgres's clock.
    pub expired: bool,
    /// Who holds it.
    pub worker: Worker,
}

/// Why an operation is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostBy {
    /// Its lease ran out and stayed so.
    Lease,
    /// Its worker's process is gone.
    Process,
}

impl LostBy {
    /// The spelling used in metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lease => "lease",
            Self::Process => "process",
        }
    }
}

/// How taking over ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Takeover {
    /// The operation waits for its next attempt, due at once.
    BackInLine,
    /// It lost too many workers and failed.
    GivenUp,
    /// The lease was renewed or let go in the meantime, or somebody else was quicker.
    NotAnyMore,
}

impl Store {
    /// The leases that have run out, and those of workers on the host with this name, at most 256 of them. The caller
    /// judges what is on its own host.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn leases_to_watch(&self, host: &str) -> Result<Vec<WatchedLease>, StoreError> {
        self.run("look for lost workers", async {
            let rows = operations::table
                .inner_join(workers::table.on(operations::owner.eq(workers::id.nullable())))
                .filter(operations::state.eq(OperationState::Running.in_sql()))
                .filter(expired().or(workers::host.eq(host)))
                .order(operations::lease_until)
                .limit(256)
                .select((OperationRow::as_select(), operations::fence, expired(), WorkerRow::as_select()))
                .load::<(OperationRow, Option<i64>, bool, WorkerRow)>(&mut self.connections().get().await?)
                .await?;
            let watched = rows.into_iter().filter_map(|(operation, fence, expired, worker)| {
                Some(WatchedLease {
                    operation_id: operation.operation_id(),
                    environment_id: EnvironmentId::from_uuid(operation.environment_id),
                    fence: Fence(fence?),
                    lease_until: operation.lease_until?,
                    expired,
                    worker: worker.into(),
                })
            });
            Ok(watched.collect())
        })
        .await
    }

    /// Takes an operation from the holder of `lease` and puts it back into its line; after `limit` lost workers it fails
    /// instead, because it may be what loses them. From here on the old holder finds nothing to write to.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_over(
        &self,
        lease: &WatchedLease,
        lost_by: LostBy,
        limit: u32,
    ) -> Result<Takeover, StoreError> {
        self.run("take an operation over", async {
            let Some(mut held) = self.hold_for_takeover(lease, lost_by).await? else {
                return Ok(Takeover::NotAnyMore);
            };
            let lost = attempts::lost(&mut held.tx, &held.operation).await? + 1;
            if lost > i64::from(limit) {
                finish::fail(held, &lost_too_many(lost), AttemptEnd::TakenOver).await?;
                return Ok(Takeover::GivenUp);
            }
            let state = finish::next(&held, OperationEvent::TakenOver)?;
            finish::release(held, state, Duration::ZERO, None, AttemptEnd::TakenOver).await?;
            Ok(Takeover::BackInLine)
        })
        .await
    }

    /// Locks environment and operation if the lease is still the one that was judged.
    async fn hold_for_takeover(
        &self,
        lease: &WatchedLease,
        lost_by: LostBy,
    ) -> Result<Option<Held>, Failure> {
        let mut tx = self.begin().await?;
        let environment = environments::table
            .find(lease.environment_id.as_uuid())
            .filter(environments::fence.eq(lease.fence.0))
            .select(EnvironmentRow::as_select())
            .for_no_key_update()
            .first(&mut *tx)
            .await
            .optional()?;
        let operation = operations::table
            .find(lease.operation_id.as_uuid())
            .filter(operations::owner.eq(lease.worker.id.as_uuid()))
            .filter(operations::fence.eq(lease.fence.0))
            .filter(operations::state.eq(OperationState::Running.in_sql()))
            .select((OperationRow::as_select(), expired()))
            .for_no_key_update()
            .first::<(OperationRow, bool)>(&mut *tx)
            .await
            .optional()?;
        let operation = operation.filter(|(operation, expired)| match lost_by {
            LostBy::Process => true,
            // Renewed in the meantime, even if that has run out since: judge it anew.
            LostBy::Lease => *expired && operation.lease_until == Some(lease.lease_until),
        });
        match (environment, operation) {
            (Some(environment), Some((operation, _))) => Ok(Some(Held { tx, environment, operation })),
            _ => {
                tx.roll_back().await?;
                Ok(None)
            }
        }
    }
}

/// Whether the lease of a running operation is over, on Postgres's clock.
fn expired() -> SqlLiteral<Bool> {
    sql::<Bool>("operations.lease_until < now()")
}

fn lost_too_many(lost: i64) -> OperationError {
    OperationError {
        kind: "workers_lost".to_owned(),
        message: format!("{lost} workers were lost while they worked on it"),
        hint: Some(
            "see why in the workers' logs and on their hosts, such as too little memory; then retry it"
                .to_owned(),
        ),
        retryable: true,
        step: None,
    }
}
