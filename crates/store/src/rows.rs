//! What callers see of the tables: typed, serialisable, and without what only the store needs.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terrane_domain::{
    DataOnDestroy, EnvironmentId, EnvironmentState, OperationId, OperationKind, OperationState, Remnant,
    StepName, StepState, TenantId, WorkerId,
};

use crate::enums::{AttemptEnd, CancelReason};

/// A number that every claim of an environment raises. A write by whoever holds an earlier one does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fence(pub(crate) i64);

impl Fence {
    /// The number itself, for logs.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A customer of this installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, unique.
    pub name: String,
    /// What Terrane sends when it assumes one of the tenant's roles, for the role's trust policy. Not to be guessed,
    /// and the same for ever.
    pub external_id: String,
    /// When it was first seen.
    pub created_at: DateTime<Utc>,
}

/// What made an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentPins {
    /// Version of the blueprint.
    pub blueprint: u32,
    /// Exact version of hashicorp/aws.
    pub aws_provider: String,
    /// What ran it, `terraform` or `tofu`, and its version; `None` before the first run.
    pub engine: Option<PinnedEngine>,
}

/// The program that ran an environment's Terraform files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedEngine {
    /// `terraform` or `tofu`.
    pub name: String,
    /// For example `1.11.4`.
    pub version: String,
}

/// An environment, without its specs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Its id.
    pub id: EnvironmentId,
    /// Its owner.
    pub tenant_id: TenantId,
    /// Its name, unique among the tenant's living environments.
    pub name: String,
    /// The user's labels.
    pub labels: BTreeMap<String, String>,
    /// Where it stands.
    pub state: EnvironmentState,
    /// The newest generation of its spec.
    pub generation: i64,
    /// The generation that stands in the cloud as a whole; `None` before the first success and once destroyed.
    pub applied_generation: Option<i64>,
    /// Raised by every claim.
    pub fence: Fence,
    /// The region, for example `eu-west-1`.
    pub region: String,
    /// What made it.
    pub pins: EnvironmentPins,
    /// The outputs of the last success.
    pub outputs: Option<serde_json::Value>,
    /// Whether a destroy is refused.
    pub deletion_protection: bool,
    /// Why it is `failed`.
    pub error: Option<OperationError>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When nothing was left of it.
    pub destroyed_at: Option<DateTime<Utc>>,
    /// When it is destroyed by itself; `None` if never, or if its destruction has been asked for.
    pub expires_at: Option<DateTime<Utc>>,
}

/// An operation, without its plan, steps and lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// Whose environment it works on.
    pub tenant_id: TenantId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// What it is to do.
    pub kind: OperationKind,
    /// Where it stands.
    pub state: OperationState,
    /// The generation of the spec that it applies.
    pub generation: i64,
    /// How often it was claimed.
    pub attempt: u32,
    /// How many of those attempts failed.
    pub failures: u32,
    /// Whether it may have changed the cloud.
    pub touched: bool,
    /// The state in which its first attempt found the environment.
    pub environment_state_before: Option<EnvironmentState>,
    /// Who works on it.
    pub owner: Option<WorkerId>,
    /// Until when the owner may go without a sign of life.
    pub lease_until: Option<DateTime<Utc>>,
    /// When the next attempt is due.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was asked to stop.
    pub cancel_requested_at: Option<DateTime<Utc>>,
    /// Why it was cancelled, or is to be.
    pub cancel_reason: Option<CancelReason>,
    /// How many resources its plan changes; `None` before there is a plan.
    pub planned: Option<u32>,
    /// How many of them are done.
    pub done: u32,
    /// Digest of the actions that it last planned.
    pub plan_digest: Option<String>,
    /// Digest of the actions that a person approved.
    pub approved_digest: Option<String>,
    /// Until when somebody may approve.
    pub approval_expires_at: Option<DateTime<Utc>>,
    /// Why it failed, or why its last attempt did.
    pub error: Option<OperationError>,
    /// The operation that this one repeats.
    pub retry_of: Option<OperationId>,
    /// For a destroy: what happens to data, where that differs from the spec.
    pub data_on_destroy: Option<DataOnDestroy>,
    /// For a destroy: whether to skip what can't be reached.
    pub force: bool,
    /// The request that asked for it.
    pub request_id: Option<String>,
    /// Its W3C trace context.
    pub traceparent: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When its first attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Why an operation or an attempt failed, in words that may be shown to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationError {
    /// A stable word, for example `throttled` or `quota`.
    pub kind: String,
    /// What happened, without anything internal.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether trying again may help.
    pub retryable: bool,
    /// The step in which it happened.
    pub step: Option<StepName>,
}

/// What an operation is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Everything that changes, in the order of the plan.
    pub actions: Vec<PlannedAction>,
    /// How many resources are made.
    pub add: u32,
    /// How many are changed in place.
    pub change: u32,
    /// How many are removed.
    pub remove: u32,
}

/// One change of one resource. It names the resource and holds none of its values: those may be secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedAction {
    /// For example `aws_db_instance.this["main"]`.
    pub address: String,
    /// For example `aws_db_instance`.
    pub resource_type: String,
    /// For example `create`, `update`, `replace`, `delete`.
    pub action: String,
    /// Why, where Terraform says so.
    pub reason: Option<String>,
    /// Whether the resource holds data that this action may destroy.
    pub holds_data: bool,
}

/// Something that still carried an environment's tag when its destroy was through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryItem {
    /// Its ARN.
    pub arn: String,
    /// Terraform's address, by its tag, for example `aws_kms_key.main`; `None` if Terrane didn't make it.
    pub address: Option<String>,
    /// Why it is there.
    pub remnant: Remnant,
    /// When AWS takes it away, where that is known.
    pub until: Option<DateTime<Utc>>,
    /// The service's word for how it is, where that says more.
    pub status: Option<String>,
}

/// One step of one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name.
    pub name: StepName,
    /// Where it stands.
    pub state: StepState,
    /// The attempt that it belongs to.
    pub attempt: u32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// A sentence on how it ended, or how it goes.
    pub detail: Option<String>,
}

/// A worker process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worker {
    /// Its id.
    pub id: WorkerId,
    /// The name of its host.
    pub host: String,
    /// Its process id.
    pub process_id: u32,
    /// Where that id means something, if its host says so.
    pub place: Option<ProcessPlace>,
    /// The release that it runs.
    pub version: String,
    /// How many operations it works on at once.
    pub slots: u32,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it was last heard of.
    pub seen_at: DateTime<Utc>,
    /// When it ended in good order.
    pub stopped_at: Option<DateTime<Utc>>,
}

/// What tells a process from every other that ever had its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessPlace {
    /// The host's boot id.
    pub boot_id: String,
    /// The set of processes that the id belongs to: `pid:[4026531836]`.
    pub pid_namespace: String,
    /// Clock ticks from the boot to its start.
    pub started: u64,
}

/// One attempt at an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// Which, from 1.
    pub attempt: u32,
    /// Who worked on it.
    pub worker_id: WorkerId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How it ended; `None` while it runs.
    pub ended: Option<AttemptEnd>,
    /// When its end was noted.
    pub ended_at: Option<DateTime<Utc>>,
}

/// An attempt whose Terraform did not end in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsettledAttempt {
    /// The operation that it was made at: this one, or an earlier one of the same environment.
    pub operation_id: OperationId,
    /// The attempt.
    pub record: AttemptRecord,
    /// It may have changed the cloud.
    pub touched: bool,
    /// How long ago its lease ended, on Postgres's clock: its last renewal is longer ago.
    pub since_lease: Duration,
    /// Who worked on it.
    pub worker: Worker,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T, C> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<C>,
}
