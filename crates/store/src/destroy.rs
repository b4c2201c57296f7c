//! Asking for the end of an environment.

use chrono::{DateTime, Utc};
use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::{
    DataOnDestroy, EnvironmentId, EnvironmentState, OperationEvent, OperationKind, OperationState, TenantId,
};

use crate::{
    cancellations,
    enums::{CancelReason, InSql as _},
    error::{Failure, StoreError},
    line::{self, Joining},
    models::OperationRow,
    outcome::{Idempotency, Outcome, Refusal},
    pool::Transaction,
    schema::{environments, operations},
    store::Store,
    write::{Begun, Write},
};

/// How an environment is to be destroyed.
#[derive(Debug, Clone, Default)]
pub struct DestroyRequest {
    /// The generation that the caller believes the environment to be at.
    pub expected_generation: Option<i64>,
    /// What happens to data, where that differs from the spec.
    pub data: Option<DataOnDestroy>,
    /// Whether to skip what can't be reached.
    pub force: bool,
    /// The request that asks for it.
    pub request_id: Option<String>,
    /// Its W3C trace context.
    pub traceparent: Option<String>,
}

impl Store {
    /// Queues the destruction of an environment. What is in line before it or waits is cancelled at once, what runs is
    /// asked to stop, and the destroy goes next. If a destroy is on its way already, that one is the answer. Refused
    /// with `EnvironmentState`, `OtherGeneration` or `Protected`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn request_destroy(
        &self,
        tenant: TenantId,
        environment: EnvironmentId,
        request: DestroyRequest,
        idempotency: Option<Idempotency>,
    ) -> Result<Outcome, StoreError> {
        self.run("ask for the destruction of an environment", async {
            match Write::begin(self, tenant, idempotency).await? {
                Begun::Fresh(write) => destroy(*write, environment, request).await,
                Begun::Answered(outcome) => Ok(outcome),
            }
        })
        .await
    }
}

async fn destroy(
    mut write: Write,
    environment: EnvironmentId,
    request: DestroyRequest,
) -> Result<Outcome, Failure> {
    let Some(mut environment) = write.lock_environment(environment).await? else {
        return write.not_found().await;
    };
    if !EnvironmentState::DESTROYABLE.contains(&environment.state) {
        return write.refuse(Refusal::EnvironmentState { found: environment.state }).await;
    }
    let waiting = line::lock_line(&mut write.tx, environment.id).await?;
    let on_its_way = waiting.iter().find(|operation| {
        operation.kind == OperationKind::Destroy && operation.cancel_requested_at.is_none()
    });
    if let Some(destroy) = on_its_way {
        return write.accept(environment.id, destroy.id).await;
    }
    if request.expected_generation.is_some_and(|expected| expected != environment.generation) {
        return write.refuse(Refusal::OtherGeneration { current: environment.generation }).await;
    }
    if environment.deletion_protection {
        return write.refuse(Refusal::Protected).await;
    }
    for operation in &waiting {
        if operation.state == OperationState::Running {
            ask_to_stop(&mut write.tx, operation, CancelReason::DestroyRequested).await?;
        } else {
            let (event, reason) = (OperationEvent::Cancelled, CancelReason::DestroyRequested);
            line::leave(&mut write.tx, &mut environment, operation, event, reason).await?;
        }
    }
    // What expires is destroyed once: should that fail, a person looks.
    diesel::update(environments::table.find(environment.id))
        .set(environments::expires_at.eq(None::<DateTime<Utc>>))
        .execute(&mut *write.tx)
        .await?;
    let joining = Joining {
        kind: OperationKind::Destroy,
        generation: environment.generation,
        retry_of: None,
        data_on_destroy: request.data,
        force: request.force,
        request_id: request.request_id,
        traceparent: request.traceparent,
    };
    let operation = line::join(&mut write.tx, &environment, joining).await?;
    write.accept(environment.id, operation).await
}

/// Leaves word for the holder of a running operation, and wakes it. Only the holder can end it. Asked before, it keeps
/// the first time and takes the new reason.
pub(crate) async fn ask_to_stop(
    tx: &mut Transaction,
    operation: &OperationRow,
    reason: CancelReason,
) -> Result<(), Failure> {
    diesel::update(operations::table.find(operation.id))
        .set(operations::cancel_reason.eq(reason.or_null()))
        .execute(&mut **tx)
        .await?;
    diesel::update(operations::table.find(operation.id))
        .filter(operations::cancel_requested_at.is_null())
        .set(operations::cancel_requested_at.eq(now))
        .execute(&mut **tx)
        .await?;
    cancellations::notify(tx, operation.id).await
}
