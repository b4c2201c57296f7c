//! The line of operations in front of one environment: who joins it, and how somebody leaves it early.

use diesel::{dsl::now, prelude::*};
use diesel_async::RunQueryDsl;
use terrane_domain::{
    DataOnDestroy, EnvironmentEvent, EnvironmentState, OperationEvent, OperationKind, OperationState,
    StepState,
};
use uuid::Uuid;

use crate::{
    enums::{CancelReason, InSql as _},
    error::{Failure, inconsistent},
    json::AsJson,
    models::{EnvironmentRow, OperationRow},
    pool::Transaction,
    rows::OperationError,
    schema::{environments, operation_steps, operations},
    sql::is_open,
};

/// The operations of an environment that are not over, in the order of the line, locked. The environment is locked
/// before.
pub(crate) async fn lock_line(tx: &mut Transaction, environment: Uuid) -> Result<Vec<OperationRow>, Failure> {
    let rows = operations::table
        .filter(operations::environment_id.eq(environment))
        .filter(is_open())
        .order(operations::sequence)
        .select(OperationRow::as_select())
        .for_no_key_update()
        .load(&mut **tx)
        .await?;
    Ok(rows)
}

/// An operation that is to join the line.
pub(crate) struct Joining {
    pub(crate) kind: OperationKind,
    pub(crate) generation: i64,
    pub(crate) retry_of: Option<Uuid>,
    pub(crate) data_on_destroy: Option<DataOnDestroy>,
    pub(crate) force: bool,
    pub(crate) request_id: Option<String>,
    pub(crate) traceparent: Option<String>,
}

/// Puts an operation at the end of the line.
pub(crate) async fn join(
    tx: &mut Transaction,
    environment: &EnvironmentRow,
    joining: Joining,
) -> Result<Uuid, Failure> {
    let id = Uuid::now_v7();
    diesel::insert_into(operations::table)
        .values((
            operations::id.eq(id),
            operations::tenant_id.eq(environment.tenant_id),
            operations::environment_id.eq(environment.id),
            operations::kind.eq(joining.kind.in_sql()),
            operations::generation.eq(joining.generation),
            operations::retry_of.eq(joining.retry_of),
            joining.data_on_destroy.map(|data| operations::data_on_destroy.eq(data.or_null())),
            operations::force.eq(joining.force),
            operations::request_id.eq(joining.request_id),
            operations::traceparent.eq(joining.traceparent),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(id)
}

/// Ends an operation as cancelled, and puts its environment where that leaves it: back where it was if nothing was
/// touched, `failed` otherwise. Both rows are locked by the caller, whose copy of the environment follows.
pub(crate) async fn leave(
    tx: &mut Transaction,
    environment: &mut EnvironmentRow,
    operation: &OperationRow,
    event: OperationEvent,
    reason: CancelReason,
) -> Result<(), Failure> {
    if operation.state.next(event) != Some(OperationState::Cancelled) {
        return Err(inconsistent(format!("{event:?} does not cancel a {} operation", operation.state)));
    }
    diesel::update(operations::table.find(operation.id))
        .set((
            operations::state.eq(OperationState::Cancelled.in_sql()),
            operations::cancel_reason.eq(reason.or_null()),
            operations::finished_at.eq(now),
            NoHolder::default(),
        ))
        .execute(&mut **tx)
        .await?;
    end_steps(tx, operation.id, StepState::Interrupted).await?;
    // One that was never claimed has left no mark on the environment.
    let Some(before) = operation.environment_state_before else { return Ok(()) };
    if operation.touched {
        move_environment(tx, environment, EnvironmentEvent::Failed, Some(&cut_short())).await
    } else {
        move_environment(tx, environment, EnvironmentEvent::Untouched { before }, None).await
    }
}

/// The columns that only a running or waiting operation has.
#[derive(AsChangeset, Default)]
#[diesel(table_name = operations, treat_none_as_null = true)]
pub(crate) struct NoHolder {
    owner: Option<Uuid>,
    fence: Option<i64>,
    lease_until: Option<chrono::DateTime<chrono::Utc>>,
    next_attempt_at: Option<chrono::DateTime<chrono::Utc>>,
    approval_expires_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Moves an environment along an arrow of the lifecycle. `error` replaces the error that it shows, if there is one.
pub(crate) async fn move_environment(
    tx: &mut Transaction,
    environment: &mut EnvironmentRow,
    event: EnvironmentEvent,
    error: Option<&OperationError>,
) -> Result<(), Failure> {
    let Some(state) = environment.state.next(event) else {
        return Err(inconsistent(format!("{event:?} can't happen to a {} environment", environment.state)));
    };
    set_state(tx, environment, state).await?;
    if let Some(error) = error {
        diesel::update(environments::table.find(environment.id))
            .set(environments::error.eq(AsJson(error.clone())))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn set_state(
    tx: &mut Transaction,
    environment: &mut EnvironmentRow,
    state: EnvironmentState,
) -> Result<(), Failure> {
    diesel::update(environments::table.find(environment.id))
        .set((environments::state.eq(state.in_sql()), environments::updated_at.eq(now)))
        .execute(&mut **tx)
        .await?;
    environment.state = state;
    Ok(())
}

/// Ends the steps that an operation left open.
pub(crate) async fn end_steps(
    tx: &mut Transaction,
    operation: Uuid,
    state: StepState,
) -> Result<(), Failure> {
    diesel::update(operation_steps::table)
        .filter(operation_steps::operation_id.eq(operation))
        .filter(operation_steps::state.eq(StepState::Running.in_sql()))
        .set((operation_steps::state.eq(state.in_sql()), operation_steps::finished_at.eq(now)))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn cut_short() -> OperationError {
    OperationError {
        kind: "cancelled".to_owned(),
        message: "The operation was cancelled after it may have changed the cloud.".to_owned(),
        hint: Some("Retry it, change the environment, or destroy it.".to_owned()),
        retryable: true,
        step: None,
    }
}
