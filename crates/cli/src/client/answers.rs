//! What the API answers, as far as the client looks at it. Unknown fields are ignored and unknown words are kept as
//! text, so that an older client goes on working with a newer server.

use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use terrane_domain::{
    EnvironmentId, EnvironmentState, OperationId, OperationKind, OperationState, Remnant, StepName, StepState,
};

/// An answer as it came, for `-o json`, and as this client understands it.
#[derive(Debug, Clone)]
pub struct Document<T> {
    /// As understood.
    pub value: T,
    /// As it came, unknown fields included.
    pub json: Value,
}

impl<T: DeserializeOwned> Document<T> {
    /// Reads an answer.
    pub fn read(json: Value) -> Result<Self, serde_json::Error> {
        T::deserialize(&json).map(|value| Self { value, json })
    }
}

/// A word that this client knows, or one that came later.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Word<T> {
    /// One that it knows.
    Known(T),
    /// One that came later.
    New(String),
}

impl<T: PartialEq> PartialEq<T> for Word<T> {
    fn eq(&self, other: &T) -> bool {
        matches!(self, Self::Known(known) if known == other)
    }
}

impl<T: fmt::Display> fmt::Display for Word<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(word) => word.fmt(f),
            Self::New(word) => f.pad(word),
        }
    }
}

/// One page of a list.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// The page.
    pub items: Vec<Value>,
    /// Where the next one begins.
    pub next_cursor: Option<String>,
}

/// The answer to every write.
#[derive(Debug, Clone, Deserialize)]
pub struct Accepted {
    /// The environment as the write left it.
    pub environment: Environment,
    /// What was put in line, or decided about.
    pub operation: Operation,
}

/// An environment. The last four fields are missing in lists.
#[derive(Debug, Clone, Deserialize)]
pub struct Environment {
    /// `env_…`
    pub id: EnvironmentId,
    /// Its name.
    pub name: String,
    /// What may be relied on.
    pub state: Word<EnvironmentState>,
    /// What else is worth knowing.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// How often the file was put.
    pub generation: i64,
    /// The generation that stands in the cloud.
    pub applied_generation: Option<i64>,
    /// The user's own words.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Where it is.
    #[serde(default)]
    pub region: String,
    /// Why it is `failed`.
    pub error: Option<OperationError>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When anything about it last changed.
    pub updated_at: DateTime<Utc>,
    /// The operation under way, or the newest one.
    pub operation: Option<Operation>,
}

/// The work that a write sets off.
#[derive(Debug, Clone, Deserialize)]
pub struct Operation {
    /// `op_…`
    pub id: OperationId,
    /// What it is to do.
    pub kind: Word<OperationKind>,
    /// Where it stands.
    pub state: Word<OperationState>,
    /// The generation that it applies.
    pub generation: i64,
    /// How often a worker has begun it.
    #[serde(default)]
    pub attempt: u32,
    /// How far the plan is carried out.
    #[serde(default)]
    pub progress: Progress,
    /// Why it ended badly, or why the last attempt did.
    pub error: Option<OperationError>,
    /// Names the planned actions.
    pub plan_digest: Option<String>,
    /// When nobody has decided by then, it is cancelled.
    pub approval_expires_at: Option<DateTime<Utc>>,
    /// When somebody asked to stop it.
    pub cancel_requested_at: Option<DateTime<Utc>>,
    /// When a retrying one is due.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was put in line.
    pub created_at: DateTime<Utc>,
    /// When a worker first began it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
    /// What a destroy left.
    #[serde(default)]
    pub inventory: Vec<InventoryItem>,
}

/// Something that still carried the environment's tag when its destroy was through.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct InventoryItem {
    /// Its ARN.
    pub arn: String,
    /// Terraform's address.
    pub address: Option<String>,
    /// Why it is there.
    pub remnant: Word<Remnant>,
    /// When AWS takes it away, where that is known.
    pub until: Option<DateTime<Utc>>,
    /// Its service's word for how it is.
    pub status: Option<String>,
}

impl Operation {
    /// Whether nothing will happen to it any more.
    pub fn is_over(&self) -> bool {
        matches!(self.state, Word::Known(state) if state.is_over())
    }
}

/// How far a plan is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct Progress {
    /// Resources that the plan touches; unknown before the plan.
    pub planned: Option<u32>,
    /// How many of them are done.
    #[serde(default)]
    pub done: u32,
}

/// Why an operation ended badly.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OperationError {
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether trying again may help without changing anything.
    #[serde(default)]
    pub retryable: bool,
}

/// One step of an attempt.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Step {
    /// What is done in it.
    pub name: Word<StepName>,
    /// Where it stands.
    pub state: Word<StepState>,
    /// The attempt that it belongs to.
    pub attempt: u32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What came of it, in a few words.
    pub detail: Option<String>,
}

/// All steps of an operation.
#[derive(Debug, Deserialize)]
pub struct Steps {
    /// In the order in which they began.
    pub items: Vec<Step>,
}

/// One line of an operation's log.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LogLine {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The step that wrote it.
    pub step: Word<StepName>,
    /// `info`, `warn` or `error`.
    #[serde(default)]
    pub level: String,
    /// The line.
    pub text: String,
    /// The resource that it is about.
    pub resource: Option<String>,
}

/// One page of a log.
#[derive(Debug, Deserialize)]
pub struct LogPage {
    /// The page.
    pub items: Vec<Value>,
    /// For what comes next.
    pub next_cursor: Option<String>,
    /// Whether nothing will come behind this page.
    #[serde(default)]
    pub complete: bool,
}

/// What an operation would do.
#[derive(Debug, Clone, Deserialize)]
pub struct Plan {
    /// Names exactly these actions.
    pub digest: Option<String>,
    /// Resources to make.
    #[serde(default)]
    pub add: u32,
    /// Resources to change in place.
    #[serde(default)]
    pub change: u32,
    /// Resources to destroy.
    #[serde(default)]
    pub remove: u32,
    /// Every action.
    #[serde(default)]
    pub actions: Vec<PlannedAction>,
}

/// What is planned for one resource.
#[derive(Debug, Clone, Deserialize)]
pub struct PlannedAction {
    /// Terraform's address.
    pub address: String,
    /// `create`, `update`, `replace`, `delete` and so on.
    pub action: String,
    /// Why, for example `cannot_update`.
    pub reason: Option<String>,
    /// Whether data would be lost if it were destroyed.
    #[serde(default)]
    pub holds_data: bool,
}

impl PlannedAction {
    /// Whether the resource that stands now would be gone.
    pub fn destroys(&self) -> bool {
        matches!(self.action.as_str(), "delete" | "replace" | "remove")
    }
}

/// The outputs of an environment.
#[derive(Debug, Deserialize)]
pub struct Outputs {
    /// By name.
    pub outputs: serde_json::Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_of_a_newer_server_is_still_understood() {
        let json = json!({
            "id": "op_0193a5c0dead7eef8badf00dcafe0001",
            "environment_id": "env_0193a5c0dead7eef8badf00dcafe0001",
            "kind": "drift_check", "state": "pondering", "generation": 3,
            "created_at": "2026-01-02T03:04:05.678Z", "mood": ["new", "field"],
        });
        let document = Document::<Operation>::read(json.clone()).unwrap();
        assert_eq!(document.json, json);
        assert_eq!(document.value.kind, Word::New("drift_check".into()));
        assert!(!document.value.is_over());
    }

    #[test]
    fn a_known_word_is_known() {
        let word: Word<OperationState> = serde_json::from_value(json!("awaiting_approval")).unwrap();
        assert_eq!(word, OperationState::AwaitingApproval);
        assert_eq!(word.to_string(), "awaiting_approval");
    }
}
