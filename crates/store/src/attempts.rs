//! Attempts: who worked on an operation, until when, and how that ended.
//!
//! An operation shows its holder of now. Whoever goes on after a lost worker, and whoever wants to know what happened,
//! has to know of those before.

use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::{OperationId, TenantId, WorkerId};

use crate::{
    enums::{AttemptEnd, InSql as _},
    error::{Failure, StoreError},
    models::{AttemptRow, OperationRow},
    pool::Transaction,
    rows::AttemptRecord,
    schema::{operation_attempts, operations},
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
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
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
