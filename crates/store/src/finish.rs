//! How a holder lets go of an operation: done, failed, stopped, or to be gone on with later.
//!
//! Each is one transaction over environment, operation and steps. Where the operation would go on later but was asked
//! to stop in the meantime, it ends as cancelled instead: nobody would hold it who could hear the request.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::{
    EnvironmentEvent, EnvironmentState, OperationEvent, OperationKind, OperationState, StepName, StepState,
};
use uuid::Uuid;

use crate::{
    attempts,
    claims::Holder,
    enums::{AttemptEnd, CancelReason, InSql as _},
    error::{Failure, HolderError, inconsistent},
    holder::Held,
    json::AsJson,
    line::{self, NoHolder},
    rows::OperationError,
    schema::{environments, operation_steps, operations},
    sql::after,
    store::Store,
};

impl Store {
    /// The operation did what it was to do. An environment that stands shows `outputs` (or those that were stored
    /// before) and the generation that was applied; one that is destroyed shows neither.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn succeed(
        &self,
        holder: &Holder,
        outputs: Option<&serde_json::Value>,
    ) -> Result<(), HolderError> {
        self.run_held("end an operation that succeeded", async {
            let mut held = Held::begin(self, holder).await?;
            let kind = held.operation.kind;
            end(&mut held, OperationEvent::Succeeded, None).await?;
            attempts::end(&mut held.tx, &held.operation, AttemptEnd::Succeeded).await?;
            line::end_steps(&mut held.tx, held.operation.id, StepState::Succeeded).await?;
            let event = EnvironmentEvent::Succeeded(kind);
            let generation = held.operation.generation;
            let state = held.environment.state.next(event);
            let state = state.ok_or_else(|| {
                inconsistent(format!("{event:?} can't happen to a {} environment", held.environment.state))
            })?;
            let destroyed = kind == OperationKind::Destroy;
            let outputs = if destroyed { None } else { outputs };
            diesel::update(environments::table.find(held.environment.id))
                .set((
                    environments::state.eq(state.in_sql()),
                    environments::applied_generation.eq((!destroyed).then_some(generation)),
                    (destroyed || outputs.is_some()).then_some(environments::outputs.eq(outputs)),
                    environments::error.eq(None::<serde_json::Value>),
                    environments::updated_at.eq(now),
                    (state == EnvironmentState::Destroyed).then_some(environments::destroyed_at.eq(now)),
                ))
                .execute(&mut *held.tx)
                .await?;
            held.tx.commit().await
        })
        .await
    }

    /// The operation failed for good.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn fail(&self, holder: &Holder, error: &OperationError) -> Result<(), HolderError> {
        self.run_held("end an operation that failed", async {
            fail(Held::begin(self, holder).await?, error, AttemptEnd::Failed).await
        })
        .await
    }

    /// The operation stopped because it was asked to. The environment is `failed` if the operation had touched the
    /// cloud, and otherwise what it was before.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn cancelled(&self, holder: &Holder) -> Result<(), HolderError> {
        self.run_held("end an operation that was cancelled", async {
            stop(Held::begin(self, holder).await?).await
        })
        .await
    }

    /// The plan needs a person's word until `wait_for` has passed; the worker's slot is free. The plan was recorded
    /// before. Returns the state that the operation is in: `awaiting_approval`, or `cancelled` if it had been asked to
    /// stop.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn await_approval(
        &self,
        holder: &Holder,
        digest: &str,
        wait_for: Duration,
    ) -> Result<OperationState, HolderError> {
        self.run_held("wait for approval", async {
            let mut held = Held::begin(self, holder).await?;
            if held.operation.cancel_requested_at.is_some() {
                stop(held).await?;
                return Ok(OperationState::Cancelled);
            }
            let state = next(&held, OperationEvent::ApprovalNeeded)?;
            diesel::update(operations::table.find(held.operation.id))
                .set((
                    operations::state.eq(state.in_sql()),
                    operations::owner.eq(None::<Uuid>),
                    operations::fence.eq(None::<i64>),
                    operations::lease_until.eq(None::<DateTime<Utc>>),
                    operations::plan_digest.eq(digest),
                    operations::approval_expires_at.eq(after(wait_for).nullable()),
                ))
                .execute(&mut *held.tx)
                .await?;
            attempts::end(&mut held.tx, &held.operation, AttemptEnd::AwaitingApproval).await?;
            // The step that waits stays open; whoever decides ends it.
            let approval = StepName::Approval;
            diesel::insert_into(operation_steps::table)
                .values((
                    operation_steps::tenant_id.eq(held.operation.tenant_id),
                    operation_steps::operation_id.eq(held.operation.id),
                    operation_steps::attempt.eq(held.operation.attempt),
                    operation_steps::name.eq(approval.in_sql()),
                ))
                .on_conflict_do_nothing()
                .execute(&mut *held.tx)
                .await?;
            held.tx.commit().await?;
            Ok(state)
        })
        .await
    }

    /// This attempt failed; another one is due after `delay`. `counts` says whether it is one of the failures that the
    /// operation may have: waiting for somebody else's lock, for example, is not. Returns the state that the operation
    /// is in: `retrying`, or `cancelled` if it had been asked to stop.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn retry_later(
        &self,
        holder: &Holder,
        error: &OperationError,
        delay: Duration,
        counts: bool,
    ) -> Result<OperationState, HolderError> {
        self.run_held("put an operation off", async {
            let held = Held::begin(self, holder).await?;
            let error = Some((error, i32::from(counts)));
            put_off(held, OperationEvent::AttemptFailed, delay, error).await
        })
        .await
    }

    /// The worker is draining; another one may go on at once. Not a failure. Returns the state that the operation is
    /// in: `retrying`, or `cancelled` if it had been asked to stop.
    ///
    /// # Errors
    /// `Fenced` if the worker doesn't hold the operation any more; otherwise if the database fails.
    pub async fn hand_back(&self, holder: &Holder) -> Result<OperationState, HolderError> {
        self.run_held("hand an operation back", async {
            let held = Held::begin(self, holder).await?;
            put_off(held, OperationEvent::HandedBack, Duration::ZERO, None).await
        })
        .await
    }
}

pub(crate) fn next(held: &Held, event: OperationEvent) -> Result<OperationState, Failure> {
    held.operation.state.next(event).ok_or_else(|| {
        inconsistent(format!("{event:?} can't happen to a {} operation", held.operation.state))
    })
}

async fn end(held: &mut Held, event: OperationEvent, error: Option<&OperationError>) -> Result<(), Failure> {
    let state = next(held, event)?;
    diesel::update(operations::table.find(held.operation.id))
        .set((
            NoHolder::default(),
            operations::state.eq(state.in_sql()),
            operations::finished_at.eq(now),
            operations::error.eq(error.map(AsJson)),
        ))
        .execute(&mut *held.tx)
        .await?;
    Ok(())
}

pub(crate) async fn fail(mut held: Held, error: &OperationError, how: AttemptEnd) -> Result<(), Failure> {
    end(&mut held, OperationEvent::Failed, Some(error)).await?;
    line::end_steps(&mut held.tx, held.operation.id, StepState::Failed).await?;
    let Held { mut tx, mut environment, operation } = held;
    attempts::end(&mut tx, &operation, how).await?;
    line::move_environment(&mut tx, &mut environment, EnvironmentEvent::Failed, Some(error)).await?;
    tx.commit().await
}

async fn stop(held: Held) -> Result<(), Failure> {
    let Held { mut tx, mut environment, operation } = held;
    let reason = operation.cancel_reason.unwrap_or(CancelReason::Requested);
    attempts::end(&mut tx, &operation, AttemptEnd::Cancelled).await?;
    line::leave(&mut tx, &mut environment, &operation, OperationEvent::Cancelled, reason).await?;
    tx.commit().await
}

async fn put_off(
    held: Held,
    event: OperationEvent,
    delay: Duration,
    error: Option<(&OperationError, i32)>,
) -> Result<OperationState, Failure> {
    if held.operation.cancel_requested_at.is_some() {
        stop(held).await?;
        return Ok(OperationState::Cancelled);
    }
    let how = if error.is_some() { AttemptEnd::Retrying } else { AttemptEnd::HandedBack };
    let state = next(&held, event)?;
    release(held, state, delay, error, how).await?;
    Ok(state)
}

/// Lets go of an operation that another attempt, due after `delay`, goes on with.
pub(crate) async fn release(
    mut held: Held,
    state: OperationState,
    delay: Duration,
    error: Option<(&OperationError, i32)>,
    how: AttemptEnd,
) -> Result<(), Failure> {
    diesel::update(operations::table.find(held.operation.id))
        .set((
            operations::state.eq(state.in_sql()),
            operations::owner.eq(None::<Uuid>),
            operations::fence.eq(None::<i64>),
            operations::lease_until.eq(None::<DateTime<Utc>>),
            operations::next_attempt_at.eq(after(delay).nullable()),
            error.map(|(error, failures)| {
                (
                    operations::error.eq(AsJson(error)),
                    operations::failures.eq(operations::failures + failures),
                )
            }),
        ))
        .execute(&mut *held.tx)
        .await?;
    let end = if error.is_some() { StepState::Failed } else { StepState::Interrupted };
    line::end_steps(&mut held.tx, held.operation.id, end).await?;
    attempts::end(&mut held.tx, &held.operation, how).await?;
    held.tx.commit().await
}
