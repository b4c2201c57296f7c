//! What a person decides about an operation: approve its plan or refuse it, stop it, or try again.

use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::{
    EnvironmentEvent, OperationEvent, OperationId, OperationKind, OperationState, StepState, TenantId,
};
use uuid::Uuid;

use crate::{
    destroy::ask_to_stop,
    enums::{CancelReason, InSql as _},
    error::{Failure, StoreError},
    line::{self, Joining},
    outcome::{Idempotency, Outcome, Refusal},
    schema::operations,
    store::Store,
    write::{Begun, Write},
};

/// Which request asks for a retry.
#[derive(Debug, Clone, Default)]
pub struct RetryRequest {
    /// The request that asks for it.
    pub request_id: Option<String>,
    /// Its W3C trace context.
    pub traceparent: Option<String>,
}

impl Store {
    /// Allows exactly the actions of the plan that the operation shows. It is due at once and is planned again before
    /// anything is applied. `digest` is the plan that the caller saw, if it says so. Refused with `OperationState` or
    /// `OtherPlan`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn approve(
        &self,
        tenant: TenantId,
        operation: OperationId,
        digest: Option<&str>,
        idempotency: Option<Idempotency>,
    ) -> Result<Outcome, StoreError> {
        self.run("approve a plan", async {
            match Write::begin(self, tenant, idempotency).await? {
                Begun::Fresh(write) => approve(*write, operation, digest).await,
                Begun::Answered(outcome) => Ok(outcome),
            }
        })
        .await
    }

    /// Refuses the plan of an operation, which is cancelled. Refused with `OperationState`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn discard(
        &self,
        tenant: TenantId,
        operation: OperationId,
        idempotency: Option<Idempotency>,
    ) -> Result<Outcome, StoreError> {
        self.run("discard a plan", async {
            match Write::begin(self, tenant, idempotency).await? {
                Begun::Fresh(write) => discard(*write, operation).await,
                Begun::Answered(outcome) => Ok(outcome),
            }
        })
        .await
    }

    /// Stops an operation: at once if nobody works on it, otherwise by asking its holder. Asking twice is one request.
    /// Refused with `OperationState` once it is over.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cancel(
        &self,
        tenant: TenantId,
        operation: OperationId,
        idempotency: Option<Idempotency>,
    ) -> Result<Outcome, StoreError> {
        self.run("cancel an operation", async {
            match Write::begin(self, tenant, idempotency).await? {
                Begun::Fresh(write) => cancel(*write, operation).await,
                Begun::Answered(outcome) => Ok(outcome),
            }
        })
        .await
    }

    /// Queues a new operation of the same kind, at the environment's generation of now. Only for the newest operation
    /// of an environment, and only if it failed or was cancelled. Refused with `OperationState`, `NotNewest`,
    /// `EnvironmentState` or, for a destroy, `Protected`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retry(
        &self,
        tenant: TenantId,
        operation: OperationId,
        request: RetryRequest,
        idempotency: Option<Idempotency>,
    ) -> Result<Outcome, StoreError> {
        self.run("retry an operation", async {
            match Write::begin(self, tenant, idempotency).await? {
                Begun::Fresh(write) => retry(*write, operation, request).await,
                Begun::Answered(outcome) => Ok(outcome),
            }
        })
        .await
    }
}

async fn approve(mut write: Write, operation: OperationId, digest: Option<&str>) -> Result<Outcome, Failure> {
    let Some((environment, operation)) = write.lock_operation(operation).await? else {
        return write.not_found().await;
    };
    let Some(state) = operation.state.next(OperationEvent::Approved) else {
        return write.refuse(Refusal::OperationState { found: operation.state }).await;
    };
    let shown = operation.plan_digest.clone().unwrap_or_default();
    if digest.is_some_and(|digest| digest != shown) {
        return write.refuse(Refusal::OtherPlan { digest: shown }).await;
    }
    // Too late is too late, even if nobody has come by yet to say so.
    let approved = diesel::update(operations::table.find(operation.id))
        .filter(operations::state.eq(operation.state.in_sql()))
        .filter(operations::approval_expires_at.gt(now))
        .set((
            operations::state.eq(state.in_sql()),
            operations::approved_digest.eq(shown),
            operations::approval_expires_at.eq(None::<chrono::DateTime<chrono::Utc>>),
            operations::next_attempt_at.eq(now),
        ))
        .execute(&mut *write.tx)
        .await?;
    if approved == 0 {
        return write.refuse(Refusal::OperationState { found: OperationState::Cancelled }).await;
    }
    line::end_steps(&mut write.tx, operation.id, StepState::Succeeded).await?;
    write.accept(environment.id, operation.id).await
}

async fn discard(mut write: Write, operation: OperationId) -> Result<Outcome, Failure> {
    let Some((mut environment, operation)) = write.lock_operation(operation).await? else {
        return write.not_found().await;
    };
    let event = OperationEvent::Discarded;
    if operation.state.next(event).is_none() {
        return write.refuse(Refusal::OperationState { found: operation.state }).await;
    }
    line::leave(&mut write.tx, &mut environment, &operation, event, CancelReason::Discarded).await?;
    write.accept(environment.id, operation.id).await
}

async fn cancel(mut write: Write, operation: OperationId) -> Result<Outcome, Failure> {
    let Some((mut environment, operation)) = write.lock_operation(operation).await? else {
        return write.not_found().await;
    };
    let event = OperationEvent::Cancelled;
    if operation.state.next(event).is_none() {
        return write.refuse(Refusal::OperationState { found: operation.state }).await;
    }
    if operation.state == OperationState::Running {
        let reason = operation.cancel_reason.unwrap_or(CancelReason::Requested);
        ask_to_stop(&mut write.tx, &operation, reason).await?;
    } else {
        line::leave(&mut write.tx, &mut environment, &operation, event, CancelReason::Requested).await?;
    }
    write.accept(environment.id, operation.id).await
}

async fn retry(mut write: Write, operation: OperationId, request: RetryRequest) -> Result<Outcome, Failure> {
    let Some((environment, operation)) = write.lock_operation(operation).await? else {
        return write.not_found().await;
    };
    if !matches!(operation.state, OperationState::Failed | OperationState::Cancelled) {
        return write.refuse(Refusal::OperationState { found: operation.state }).await;
    }
    let newest: Uuid = operations::table
        .filter(operations::environment_id.eq(environment.id))
        .order(operations::sequence.desc())
        .select(operations::id)
        .first(&mut *write.tx)
        .await?;
    if newest != operation.id {
        return write.refuse(Refusal::NotNewest(OperationId::from_uuid(newest))).await;
    }
    if environment.state.next(EnvironmentEvent::Begun(operation.kind)).is_none() {
        return write.refuse(Refusal::EnvironmentState { found: environment.state }).await;
    }
    if operation.kind == OperationKind::Destroy && environment.deletion_protection {
        return write.refuse(Refusal::Protected).await;
    }
    let joining = Joining {
        kind: operation.kind,
        generation: environment.generation,
        retry_of: Some(operation.id),
        data_on_destroy: operation.data_on_destroy,
        force: operation.force,
        request_id: request.request_id,
        traceparent: request.traceparent,
    };
    let again = line::join(&mut write.tx, &environment, joining).await?;
    write.accept(environment.id, again).await
}
