//! Operations, their steps and plans.

use chrono::{DateTime, Utc};
use serde::Serialize;
use terrane_domain::{
    EnvironmentId, OperationId, OperationKind, OperationState, Remnant, StepName, StepState,
};
use terrane_store::{InventoryItem, Operation, OperationError, Plan, PlannedAction, Step};
use utoipa::ToSchema;

use crate::openapi::words;

/// The work that a write sets off.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OperationView {
    /// `op_…`
    #[schema(value_type = String, example = "op_0193a5c0dead7eef8badf00dcafe0001")]
    pub id: OperationId,
    /// What it works on.
    #[schema(value_type = String, example = "env_0193a5c0dead7eef8badf00dcafe0001")]
    pub environment_id: EnvironmentId,
    /// What it is to do.
    #[schema(schema_with = words::operation_kind)]
    pub kind: OperationKind,
    /// Where it stands.
    #[schema(schema_with = words::operation_state)]
    pub state: OperationState,
    /// The generation of the spec that it applies.
    pub generation: i64,
    /// How often a worker has begun it.
    pub attempt: u32,
    /// How many of these attempts failed; handing it over to another worker isn't a failure.
    pub failures: u32,
    /// How far the plan is carried out.
    pub progress: ProgressView,
    /// Why it ended badly, or why the last attempt did.
    #[schema(required = true)]
    pub error: Option<ErrorView>,
    /// Names the planned actions; approve exactly these by sending it back.
    #[schema(required = true)]
    pub plan_digest: Option<String>,
    /// When nobody has decided by then, it is cancelled.
    #[schema(required = true)]
    pub approval_expires_at: Option<DateTime<Utc>>,
    /// When somebody asked to stop it.
    #[schema(required = true)]
    pub cancel_requested_at: Option<DateTime<Utc>>,
    /// When a retrying one is due.
    #[schema(required = true)]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The operation that this one repeats.
    #[schema(value_type = Option<String>, required = true)]
    pub retry_of: Option<OperationId>,
    /// The call that set it off.
    #[schema(required = true)]
    pub request_id: Option<String>,
    /// When it was put in line.
    pub created_at: DateTime<Utc>,
    /// When a worker first began it.
    #[schema(required = true)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    #[schema(required = true)]
    pub finished_at: Option<DateTime<Utc>>,
    /// What a destroy left, once it has looked. Only where one operation is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inventory: Option<Vec<InventoryItemView>>,
}

/// Something that still carried the environment's tag when its destroy was through.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InventoryItemView {
    /// Its ARN.
    #[schema(example = "arn:aws:kms:eu-west-1:123456789012:key/8f1c2d3e")]
    pub arn: String,
    /// Terraform's address; `null` if Terrane didn't make it.
    #[schema(required = true, example = "aws_kms_key.main")]
    pub address: Option<String>,
    /// `kept`: meant to stay, such as a final snapshot. `pending`: out of use, AWS takes it away by itself. `leftover`: it
    /// stands, and the destroy has failed for it. `unconfirmed`: listed by its tag, but its service didn't say.
    #[schema(schema_with = words::remnant)]
    pub remnant: Remnant,
    /// When AWS takes it away, where that is known.
    #[schema(required = true)]
    pub until: Option<DateTime<Utc>>,
    /// Its service's word for how it is, where that says more.
    #[schema(required = true)]
    pub status: Option<String>,
}

/// How far a plan is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgressView {
    /// Resources that the plan touches; unknown before the plan.
    #[schema(required = true)]
    pub planned: Option<u32>,
    /// How many of them are done.
    pub done: u32,
}

/// Why an operation ended badly.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorView {
    /// What a program may branch on, for example `throttled` or `access_denied`.
    pub kind: String,
    /// What happened; free of secrets.
    pub message: String,
    /// What to do about it.
    #[schema(required = true)]
    pub hint: Option<String>,
    /// Whether trying again may help without changing anything.
    pub retryable: bool,
    /// The step in which it happened.
    #[schema(schema_with = words::step_name)]
    pub step: Option<StepName>,
}

/// One page of operations, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperationList {
    /// The page.
    pub items: Vec<OperationView>,
    /// Send it as `cursor` for the next page; `null` on the last one.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// One step of an attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    /// What is done in it.
    #[schema(schema_with = words::step_name)]
    pub name: StepName,
    /// Where it stands.
    #[schema(schema_with = words::step_state)]
    pub state: StepState,
    /// The attempt that it belongs to.
    pub attempt: u32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    #[schema(required = true)]
    pub finished_at: Option<DateTime<Utc>>,
    /// What came of it, in a few words.
    #[schema(required = true)]
    pub detail: Option<String>,
}

/// All steps of an operation, in the order in which they began.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepList {
    /// The steps.
    pub items: Vec<StepView>,
}

/// What an operation would do, as Terraform planned it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// Names exactly these actions; send it with an approval.
    #[schema(required = true)]
    pub digest: Option<String>,
    /// Resources to make.
    pub add: u32,
    /// Resources to change in place.
    pub change: u32,
    /// Resources to destroy.
    pub remove: u32,
    /// Every action.
    pub actions: Vec<PlannedActionView>,
}

/// What is planned for one resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedActionView {
    /// Terraform's address.
    #[schema(example = "aws_db_instance.main[\"orders\"]")]
    pub address: String,
    /// Terraform's type.
    #[schema(example = "aws_db_instance")]
    pub resource_type: String,
    /// `create`, `update`, `replace`, `delete` and so on.
    pub action: String,
    /// Why, for example `cannot_update`.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Whether data would be lost if it were destroyed.
    pub holds_data: bool,
}

impl From<Operation> for OperationView {
    fn from(row: Operation) -> Self {
        Self {
            id: row.id,
            environment_id: row.environment_id,
            kind: row.kind,
            state: row.state,
            generation: row.generation,
            attempt: row.attempt,
            failures: row.failures,
            progress: ProgressView { planned: row.planned, done: row.done },
            error: row.error.map(ErrorView::from),
            plan_digest: row.plan_digest,
            approval_expires_at: row.approval_expires_at,
            cancel_requested_at: row.cancel_requested_at,
            next_attempt_at: row.next_attempt_at,
            retry_of: row.retry_of,
            request_id: row.request_id,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            inventory: None,
        }
    }
}

impl OperationView {
    /// The same with what a destroy left.
    #[must_use]
    pub fn with_inventory(mut self, items: Option<Vec<InventoryItem>>) -> Self {
        self.inventory = items.map(|items| items.into_iter().map(InventoryItemView::from).collect());
        self
    }
}

impl From<InventoryItem> for InventoryItemView {
    fn from(item: InventoryItem) -> Self {
        Self {
            arn: item.arn,
            address: item.address,
            remnant: item.remnant,
            until: item.until,
            status: item.status,
        }
    }
}

impl From<OperationError> for ErrorView {
    fn from(error: OperationError) -> Self {
        Self {
            kind: error.kind,
            message: error.message,
            hint: error.hint,
            retryable: error.retryable,
            step: error.step,
        }
    }
}

impl From<Step> for StepView {
    fn from(row: Step) -> Self {
        Self {
            name: row.name,
            state: row.state,
            attempt: row.attempt,
            started_at: row.started_at,
            finished_at: row.finished_at,
            detail: row.detail,
        }
    }
}

impl PlanView {
    /// A stored plan and the digest that stands at its operation.
    pub fn new(plan: Plan, digest: Option<String>) -> Self {
        Self {
            digest,
            add: plan.add,
            change: plan.change,
            remove: plan.remove,
            actions: plan.actions.into_iter().map(PlannedActionView::from).collect(),
        }
    }
}

impl From<PlannedAction> for PlannedActionView {
    fn from(action: PlannedAction) -> Self {
        Self {
            address: action.address,
            resource_type: action.resource_type,
            action: action.action,
            reason: action.reason,
            holds_data: action.holds_data,
        }
    }
}
