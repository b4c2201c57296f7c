//! What is over when its time is: plans that nobody decided on, and environments that were made for a while.

use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::{EnvironmentId, OperationEvent, OperationId, OperationState, TenantId};
use uuid::Uuid;

use crate::{
    destroy::DestroyRequest,
    enums::{CancelReason, InSql as _},
    error::{Failure, StoreError},
    line,
    outcome::Outcome,
    schema::{environments, operations},
    store::Store,
    write::lock_operation,
};

impl Store {
    /// Asks for the destruction of environments whose `ttl` is over. Returns which. One that is changed meanwhile lives
    /// on for as long as its new file says, and one that is protected by now stays. Any number of processes may do this
    /// at once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expire_environments(&self) -> Result<Vec<EnvironmentId>, StoreError> {
        let due: Vec<(Uuid, Uuid, i64)> = self
            .run("find environments whose time is over", async {
                let due = environments::table
                    .filter(environments::expires_at.le(now).assume_not_null())
                    .filter(diesel::dsl::not(environments::deletion_protection))
                    .order(environments::expires_at)
                    .limit(100)
                    .select((environments::tenant_id, environments::id, environments::generation))
                    .load(&mut self.connections().get().await?)
                    .await?;
                Ok(due)
            })
            .await?;
        let mut expired = Vec::new();
        for (tenant, environment, generation) in due {
            let (tenant, environment) = (TenantId::from_uuid(tenant), EnvironmentId::from_uuid(environment));
            let request =
                DestroyRequest { expected_generation: Some(generation), ..DestroyRequest::default() };
            if let Outcome::Accepted(_) = self.request_destroy(tenant, environment, request, None).await? {
                expired.push(environment);
            }
        }
        Ok(expired)
    }

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
