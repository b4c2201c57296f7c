//! Plans that nobody decided on in time.

use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::{OperationEvent, OperationId, OperationState};
use uuid::Uuid;

use crate::{
    enums::{CancelReason, InSql as _},
    error::{Failure, StoreError},
    line,
    schema::operations,
    store::Store,
    write::lock_operation,
};

impl Store {
    /// Cancels what has waited for approval too long, each in a transaction of its own. Returns what it cancelled.
    /// Any number of processes may do this at once.
    ///
    /// # Errors
    /// If the database fails, or one of them can't be cancelled; all the others are, even so.
    pub async fn expire_approvals(&self) -> Result<Vec<OperationId>, StoreError> {
        self.run("expire approvals", async {
            let due: Vec<(Uuid, Uuid)> = operations::table
                .filter(operations::state.eq(OperationState::AwaitingApproval.in_sql()))
                .filter(operations::approval_expires_at.le(now))
                .order(operations::approval_expires_at)
                .limit(100)
                .select((operations::tenant_id, operations::id))
                .load(&mut self.connections().get().await?)
                .await?;
            let (mut expired, mut failed) = (Vec::new(), None);
            for (tenant, operation) in due {
                match self.expire(tenant, operation).await {
                    Ok(true) => expired.push(OperationId::from_uuid(operation)),
                    Ok(false) => {}
                    Err(error) => failed = Some(error),
                }
            }
            failed.map_or(Ok(expired), Err)
        })
        .await
    }

    async fn expire(&self, tenant: Uuid, operation: Uuid) -> Result<bool, Failure> {
        let mut tx = self.begin().await?;
        let Some((mut environment, operation)) = lock_operation(&mut tx, tenant, operation).await? else {
            tx.roll_back().await?;
            return Ok(false);
        };
        // Approved, asked again or cancelled since we looked?
        let still_due = operations::table
            .find(operation.id)
            .filter(operations::approval_expires_at.le(now))
            .select(operations::id)
            .first::<Uuid>(&mut *tx)
            .await
            .optional()?;
        let event = OperationEvent::ApprovalExpired;
        if still_due.is_none() || operation.state.next(event).is_none() {
            tx.roll_back().await?;
            return Ok(false);
        }
        line::leave(&mut tx, &mut environment, &operation, event, CancelReason::ApprovalExpired).await?;
        tx.commit().await?;
        Ok(true)
    }
}
