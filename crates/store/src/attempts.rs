//! Attempts: who worked on an operation, until when, and how that ended.
//!
//! An operation shows its holder of now. Whoever goes on after a lost worker, and whoever wants to know what happened,
//! has to know of those before. An attempt whose Terraform did not end in order stays **unsettled** until a later one,
//! maybe of another operation of the same environment, has cleared up after it.

use std::time::Duration;

use diesel::{
    dsl::{now, sql},
    prelude::*,
    sql_types::Double,
};
use diesel_async::RunQueryDsl;
use terrane_domain::{EnvironmentId, OperationId, TenantId, WorkerId};

use crate::{
    claims::Holder,
    enums::{AttemptEnd, InSql as _},
    error::{Failure, HolderError, StoreError},
    holder::Held,
    models::{AttemptRow, OperationRow, WorkerRow},
    pool::Transaction,
    rows::{AttemptRecord, UnsettledAttempt},
    schema::{operation_attempts, operations, workers},
    store::Store,
};

/// Notes that a claim began the attempt that `operation` shows.
pub(crate) async fn begin(
    tx: &mut Transaction,
    operation: &OperationRow,
    worker: WorkerId,
) -> Result<(), Failure> {
    diesel::insert_into(operation_attempts::table)
        .values((
            operation_attempts::tenant_id.eq(operation.tenant_id),
            operation_attempts::operation_id.eq(operation.id),
            operation_attempts::attempt.eq(operation.attempt),
            operation_attempts::worker_id.eq(worker.as_uuid()),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Notes how the attempt ended that `operation` showed while it was held.
pub(crate) async fn end(
    tx: &mut Transaction,
    operation: &OperationRow,
    ended: AttemptEnd,
) -> Result<(), Failure> {
    diesel::update(operation_attempts::table.find((operation.id, operation.attempt)))
        .set((
            operation_attempts::ended.eq(ended.or_null()),
            operation_attempts::ended_at.eq(now),
            operation_attempts::lease_until.eq(operation.lease_until),
            (ended == AttemptEnd::TakenOver).then_some(operation_attempts::unsettled.eq(true)),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Notes that the attempt that `operation` shows may change the cloud from here on.
pub(crate) async fn touch(tx: &mut Transaction, operation: &OperationRow) -> Result<(), Failure> {
    diesel::update(operation_attempts::table.find((operation.id, operation.attempt)))
        .set(operation_attempts::touched.eq(true))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The attempts at any operation of an environment that are to be cleared up after, the first first.
pub(crate) async fn unsettled(
    tx: &mut Transaction,
    environment: EnvironmentId,
) -> Result<Vec<UnsettledAttempt>, Failure> {
    let since_lease = sql::<Double>(
        "extract(epoch FROM clock_timestamp() - operation_attempts.lease_until)::double precision",
    );
    let rows = operation_attempts::table
        .inner_join(operations::table.on(operations::id.eq(operation_attempts::operation_id)))
        .inner_join(workers::table.on(workers::id.eq(operation_attempts::worker_id)))
        .filter(operation_attempts::unsettled)
        .filter(operation_attempts::ended.is_not_null())
        .filter(operations::environment_id.eq(environment.as_uuid()))
        .order(operation_attempts::started_at)
        .select((
            operation_attempts::operation_id,
            AttemptRow::as_select(),
            operation_attempts::touched,
            since_lease,
            WorkerRow::as_select(),
        ))
        .load::<(uuid::Uuid, AttemptRow, bool, f64, WorkerRow)>(&mut **tx)
        .await?;
    let unsettled = rows.into_iter().map(|(operation, row, touched, since_lease, worker)| UnsettledAttempt {
        operation_id: OperationId::from_uuid(operation),
        record: row.into(),
        touched,
        since_lease: Duration::from_secs_f64(since_lease.max(0.0)),
        worker: worker.into(),
    });
    Ok(unsettled.collect())
}

/// How many workers were lost while they worked on an operation.
pub(crate) async fn lost(tx: &mut Transaction, operation: &OperationRow) -> Result<i64, Failure> {
    let lost = operation_attempts::table
        .filter(operation_attempts::operation_id.eq(operation.id))
        .filter(operation_attempts::ended.eq(AttemptEnd::TakenOver.or_null()))
        .count()
        .get_result(&mut **tx)
        .await?;
    Ok(lost)
}

impl Store {
    /// Notes that something of the current attempt has to be cleared up by a later one: its Terraform was killed, or
    /// could not save its state.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn mark_unsettled(&self, holder: &Holder) -> Result<(), HolderError> {
        self.run_held("note that an attempt is to be cleared up after", async {
            let mut held = Held::begin(self, holder).await?;
            diesel::update(operation_attempts::table.find((held.operation.id, held.operation.attempt)))
                .set(operation_attempts::unsettled.eq(true))
                .execute(&mut *held.tx)
                .await?;
            held.tx.commit().await
        })
        .await
    }

    /// Notes that what earlier attempts at this environment left behind is cleared up: nothing of them runs, none of
    /// their locks stands, and what they made is in the state.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn settle(&self, holder: &Holder) -> Result<(), HolderError> {
        self.run_held("note that earlier attempts are cleared up after", async {
            let mut held = Held::begin(self, holder).await?;
            let of_the_environment = operations::table
                .filter(operations::environment_id.eq(held.operation.environment_id))
                .select(operations::id);
            diesel::update(operation_attempts::table)
                .filter(operation_attempts::unsettled)
                .filter(operation_attempts::ended.is_not_null())
                .filter(operation_attempts::operation_id.eq_any(of_the_environment))
                .set(operation_attempts::unsettled.eq(false))
                .execute(&mut *held.tx)
                .await?;
            held.tx.commit().await
        })
        .await
    }

    /// The attempts at an operation, the first first. `None` if the tenant has no such operation.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn attempts(
        &self,
        tenant: TenantId,
        operation: OperationId,
    ) -> Result<Option<Vec<AttemptRecord>>, StoreError> {
        self.run("list the attempts at an operation", async {
            let mut connection = self.connections().get().await?;
            let known = diesel::select(diesel::dsl::exists(
                operations::table
                    .find(operation.as_uuid())
                    .filter(operations::tenant_id.eq(tenant.as_uuid())),
            ));
            if !known.get_result::<bool>(&mut connection).await? {
                return Ok(None);
            }
            let rows = operation_attempts::table
                .filter(operation_attempts::operation_id.eq(operation.as_uuid()))
                .order(operation_attempts::attempt)
                .select(AttemptRow::as_select())
                .load(&mut connection)
                .await?;
            Ok(Some(rows.into_iter().map(AttemptRecord::from).collect()))
        })
        .await
    }
}
