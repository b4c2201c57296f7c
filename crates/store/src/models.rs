//! Rows as diesel reads them, and their way into the public types of `rows`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use terrane_domain::{
    DataOnDestroy, EnvironmentId, EnvironmentState, OperationId, OperationKind, OperationState, StepName,
    StepState, TenantId, WorkerId,
};
use uuid::Uuid;

use crate::{
    enums::{AttemptEnd, CancelReason},
    json::AsJson,
    rows::{
        AttemptRecord, Environment, EnvironmentPins, Fence, Operation, OperationError, PinnedEngine,
        ProcessPlace, Step, Tenant, Worker,
    },
    schema::{environments, operation_attempts, operation_steps, operations, tenants, workers},
};

/// A count as Postgres stores it. Nothing that we count comes near the limit.
pub(crate) fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tenants, check_for_backend(diesel::pg::Pg))]
pub(crate) struct TenantRow {
    id: Uuid,
    name: String,
    external_id: String,
    created_at: DateTime<Utc>,
}

impl From<TenantRow> for Tenant {
    fn from(row: TenantRow) -> Self {
        Self {
            id: TenantId::from_uuid(row.id),
            name: row.name,
            external_id: row.external_id,
            created_at: row.created_at,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = environments, check_for_backend(diesel::pg::Pg))]
pub(crate) struct EnvironmentRow {
    pub(crate) id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) name: String,
    pub(crate) labels: AsJson<BTreeMap<String, String>>,
    pub(crate) state: EnvironmentState,
    pub(crate) generation: i64,
    pub(crate) applied_generation: Option<i64>,
    pub(crate) fence: i64,
    pub(crate) region: String,
    pub(crate) pin_blueprint: i32,
    pub(crate) pin_aws_provider: String,
    pub(crate) pin_engine: Option<String>,
    pub(crate) pin_engine_version: Option<String>,
    pub(crate) outputs: Option<serde_json::Value>,
    pub(crate) deletion_protection: bool,
    pub(crate) error: Option<AsJson<OperationError>>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) destroyed_at: Option<DateTime<Utc>>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

impl From<EnvironmentRow> for Environment {
    fn from(row: EnvironmentRow) -> Self {
        Self {
            id: EnvironmentId::from_uuid(row.id),
            tenant_id: TenantId::from_uuid(row.tenant_id),
            name: row.name,
            labels: row.labels.0,
            state: row.state,
            generation: row.generation,
            applied_generation: row.applied_generation,
            fence: Fence(row.fence),
            region: row.region,
            pins: EnvironmentPins {
                blueprint: row.pin_blueprint.cast_unsigned(),
                aws_provider: row.pin_aws_provider,
                engine: row
                    .pin_engine
                    .zip(row.pin_engine_version)
                    .map(|(name, version)| PinnedEngine { name, version }),
            },
            outputs: row.outputs,
            deletion_protection: row.deletion_protection,
            error: row.error.map(|error| error.0),
            created_at: row.created_at,
            updated_at: row.updated_at,
            destroyed_at: row.destroyed_at,
            expires_at: row.expires_at,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = operations, check_for_backend(diesel::pg::Pg))]
pub(crate) struct OperationRow {
    pub(crate) id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) environment_id: Uuid,
    pub(crate) kind: OperationKind,
    pub(crate) state: OperationState,
    pub(crate) generation: i64,
    pub(crate) attempt: i32,
    pub(crate) failures: i32,
    pub(crate) touched: bool,
    pub(crate) environment_state_before: Option<EnvironmentState>,
    pub(crate) owner: Option<Uuid>,
    pub(crate) lease_until: Option<DateTime<Utc>>,
    pub(crate) next_attempt_at: Option<DateTime<Utc>>,
    pub(crate) cancel_requested_at: Option<DateTime<Utc>>,
    pub(crate) cancel_reason: Option<CancelReason>,
    pub(crate) planned: Option<i32>,
    pub(crate) done: i32,
    pub(crate) plan_digest: Option<String>,
    pub(crate) approved_digest: Option<String>,
    pub(crate) approval_expires_at: Option<DateTime<Utc>>,
    pub(crate) error: Option<AsJson<OperationError>>,
    pub(crate) retry_of: Option<Uuid>,
    pub(crate) data_on_destroy: Option<DataOnDestroy>,
    pub(crate) force: bool,
    pub(crate) request_id: Option<String>,
    pub(crate) traceparent: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

impl OperationRow {
    pub(crate) const fn operation_id(&self) -> OperationId {
        OperationId::from_uuid(self.id)
    }
}

impl From<OperationRow> for Operation {
    fn from(row: OperationRow) -> Self {
        Self {
            id: OperationId::from_uuid(row.id),
            tenant_id: TenantId::from_uuid(row.tenant_id),
            environment_id: EnvironmentId::from_uuid(row.environment_id),
            kind: row.kind,
            state: row.state,
            generation: row.generation,
            attempt: row.attempt.cast_unsigned(),
            failures: row.failures.cast_unsigned(),
            touched: row.touched,
            environment_state_before: row.environment_state_before,
            owner: row.owner.map(WorkerId::from_uuid),
            lease_until: row.lease_until,
            next_attempt_at: row.next_attempt_at,
            cancel_requested_at: row.cancel_requested_at,
            cancel_reason: row.cancel_reason,
            planned: row.planned.map(i32::cast_unsigned),
            done: row.done.cast_unsigned(),
            plan_digest: row.plan_digest,
            approved_digest: row.approved_digest,
            approval_expires_at: row.approval_expires_at,
            error: row.error.map(|error| error.0),
            retry_of: row.retry_of.map(OperationId::from_uuid),
            data_on_destroy: row.data_on_destroy,
            force: row.force,
            request_id: row.request_id,
            traceparent: row.traceparent,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = operation_steps, check_for_backend(diesel::pg::Pg))]
pub(crate) struct StepRow {
    name: StepName,
    state: StepState,
    attempt: i32,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    detail: Option<String>,
}

impl From<StepRow> for Step {
    fn from(row: StepRow) -> Self {
        Self {
            name: row.name,
            state: row.state,
            attempt: row.attempt.cast_unsigned(),
            started_at: row.started_at,
            finished_at: row.finished_at,
            detail: row.detail,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = workers, check_for_backend(diesel::pg::Pg))]
pub(crate) struct WorkerRow {
    id: Uuid,
    host: String,
    boot_id: Option<String>,
    process_id: i32,
    pid_namespace: Option<String>,
    process_started: Option<i64>,
    version: String,
    slots: i32,
    started_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    stopped_at: Option<DateTime<Utc>>,
}

fn place(
    boot_id: Option<String>,
    pid_namespace: Option<String>,
    started: Option<i64>,
) -> Option<ProcessPlace> {
    Some(ProcessPlace { boot_id: boot_id?, pid_namespace: pid_namespace?, started: started?.cast_unsigned() })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = operation_attempts, check_for_backend(diesel::pg::Pg))]
pub(crate) struct AttemptRow {
    attempt: i32,
    worker_id: Uuid,
    started_at: DateTime<Utc>,
    ended: Option<AttemptEnd>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<AttemptRow> for AttemptRecord {
    fn from(row: AttemptRow) -> Self {
        Self {
            attempt: row.attempt.cast_unsigned(),
            worker_id: WorkerId::from_uuid(row.worker_id),
            started_at: row.started_at,
            ended: row.ended,
            ended_at: row.ended_at,
        }
    }
}

impl From<WorkerRow> for Worker {
    fn from(row: WorkerRow) -> Self {
        Self {
            id: WorkerId::from_uuid(row.id),
            host: row.host,
            process_id: row.process_id.cast_unsigned(),
            place: place(row.boot_id, row.pid_namespace, row.process_started),
            version: row.version,
            slots: row.slots.cast_unsigned(),
            started_at: row.started_at,
            seen_at: row.seen_at,
            stopped_at: row.stopped_at,
        }
    }
}
