//! What Terraform prints with `-json`: one message per line.
//!
//! Format: <https://developer.hashicorp.com/terraform/internals/machine-readable-ui>; OpenTofu
//! prints the same. Its rule for readers is ours: unknown fields are ignored, an unknown type is
//! kept as it is and never an error.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnostic::Diagnostic;

/// One line of a `-json` run.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Severity as Terraform prints it.
    pub level: Level,
    /// The same event in words, for people (`@message`).
    pub text: String,
    /// When Terraform printed it.
    pub at: Option<DateTime<Utc>>,
    /// The event.
    pub body: Body,
}

/// Severity of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A warning diagnostic.
    Warn,
    /// An error diagnostic, or an apply that failed.
    Error,
    /// Trace and debug output.
    #[serde(alias = "trace")]
    Debug,
    /// The usual.
    #[serde(other)]
    Info,
}

/// The event that a message carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// First line of every run: who is talking.
    Version {
        /// Version of the engine.
        engine: String,
        /// Version of this format, `1.x`.
        ui: String,
    },
    /// Free text.
    Log,
    /// Free text of `init`, with a code that is stable.
    InitOutput {
        /// For example `initializing_backend_message`.
        code: String,
    },
    /// An error or a warning.
    Diagnostic(Diagnostic),
    /// A change that the plan contains. Also printed when a saved plan is applied.
    PlannedChange(Change),
    /// A difference between state and the world, found while refreshing.
    ResourceDrift(Change),
    /// The totals of a plan, an apply or a destroy.
    ChangeSummary(ChangeSummary),
    /// Work on an object begins.
    ApplyStart(Hook),
    /// Work on an object goes on; about every ten seconds.
    ApplyProgress(Hook),
    /// Work on an object ended well.
    ApplyComplete(Hook),
    /// Work on an object failed; a diagnostic follows.
    ApplyErrored(Hook),
    /// Reading an object begins.
    RefreshStart(Hook),
    /// An object was read.
    RefreshComplete(Hook),
    /// Planned or final outputs.
    Outputs(BTreeMap<String, OutputValue>),
    /// Anything else (provisioners, ephemeral resources, what later versions add), as it came.
    Unknown(Value),
}

/// Where an object stands in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Full address, `module.a.aws_vpc.main["x"]`.
    #[serde(rename = "addr")]
    pub address: String,
    /// `aws_vpc`.
    #[serde(rename = "resource_type", default)]
    pub kind: String,
    /// `main`.
    #[serde(rename = "resource_name", default)]
    pub name: String,
    /// Key of `for_each` (text) or index of `count` (number).
    #[serde(rename = "resource_key", default)]
    pub key: Option<Value>,
    /// Address of the module, empty in the root.
    #[serde(default)]
    pub module: String,
}

/// What is done, or to be done, to one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing.
    Noop,
    /// Make it.
    Create,
    /// Read a data source.
    Read,
    /// Change it in place.
    Update,
    /// Delete and make it anew, in either order.
    Replace,
    /// Delete it.
    Delete,
    /// Take an existing object into state.
    Import,
    /// The address changes, the object does not.
    Move,
    /// Drop it from state, leaving the object (a `removed` block).
    Remove,
    /// A word that this version of Terrane does not know.
    #[serde(other)]
    Unknown,
}

impl Action {
    /// Whether the object, as it is now, would be gone afterwards. A word that is not known counts:
    /// asking once too often is the cheaper mistake.
    #[must_use]
    pub const fn destroys(self) -> bool {
        matches!(self, Self::Delete | Self::Replace | Self::Unknown)
    }

    /// How many `apply_complete` messages end this action.
    #[must_use]
    pub const fn steps(self) -> u64 {
        match self {
            Self::Create | Self::Update | Self::Delete => 1,
            Self::Replace => 2,
            Self::Noop | Self::Read | Self::Import | Self::Move | Self::Remove | Self::Unknown => 0,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Noop => "noop",
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Import => "import",
            Self::Move => "move",
            Self::Remove => "remove",
            Self::Unknown => "unknown",
        })
    }
}

/// One entry of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The object.
    pub resource: Resource,
    /// Where it stood before, if it moves.
    #[serde(default)]
    pub previous_resource: Option<Resource>,
    /// What is to be done.
    pub action: Action,
    /// Why, in Terraform's word (`cannot_update`, `tainted`, `delete_because_no_resource_config`).
    #[serde(default)]
    pub reason: Option<String>,
}

/// Which run a summary belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Summarized {
    /// What would be done.
    Plan,
    /// What was done.
    Apply,
    /// What was done by `destroy`.
    Destroy,
    /// A word that this version of Terrane does not know.
    #[serde(other)]
    Unknown,
}

/// Totals; a replacement counts in `add` and in `remove`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSummary {
    /// Objects made.
    #[serde(default)]
    pub add: u64,
    /// Objects changed in place.
    #[serde(default)]
    pub change: u64,
    /// Objects taken into state.
    #[serde(default)]
    pub import: u64,
    /// Objects deleted.
    #[serde(default)]
    pub remove: u64,
    /// Plan or apply.
    pub operation: Summarized,
}

/// A moment in the work on one object.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Hook {
    /// The object.
    pub resource: Resource,
    /// What is done to it; absent while refreshing.
    #[serde(default)]
    pub action: Option<Action>,
    /// Name of the attribute that identifies it, usually `id`.
    #[serde(default)]
    pub id_key: Option<String>,
    /// Its value: the id that adoption goes by.
    #[serde(default)]
    pub id_value: Option<String>,
    /// Seconds since the work on it began.
    #[serde(default)]
    pub elapsed_seconds: Option<f64>,
}

/// One output, planned (`action`) or final (`value`).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputValue {
    /// Marked sensitive in the configuration; then `value` is left out of messages.
    #[serde(default)]
    pub sensitive: bool,
    /// Type in Terraform's JSON notation.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Value>,
    /// Value, after an apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What the plan would do to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

impl fmt::Debug for OutputValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match (&self.value, self.sensitive) {
            (Some(_), true) => Some(Value::from("(sensitive)")),
            (value, _) => value.clone(),
        };
        f.debug_struct("OutputValue")
            .field("sensitive", &self.sensitive)
            .field("kind", &self.kind)
            .field("value", &value)
            .field("action", &self.action)
            .finish()
    }
}

impl Message {
    /// Reads one line; `None` if it is not a message (plain text, a line that was cut, a JSON
    /// document).
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        if !line.starts_with('{') {
            return None;
        }
        let envelope: Envelope = serde_json::from_str(line).ok()?;
        let at = envelope
            .timestamp
            .and_then(|text| DateTime::parse_from_rfc3339(&text).ok())
            .map(|time| time.with_timezone(&Utc));
        Some(Self {
            level: envelope.level,
            text: envelope.message,
            at,
            body: body(&envelope.kind, envelope.rest),
        })
    }

    /// The diagnostic, if that is what this is.
    #[must_use]
    pub fn diagnostic(&self) -> Option<&Diagnostic> {
        match &self.body {
            Body::Diagnostic(diagnostic) => Some(diagnostic),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "@level")]
    level: Level,
    #[serde(rename = "@message", default)]
    message: String,
    #[serde(rename = "@timestamp", default)]
    timestamp: Option<String>,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

fn body(kind: &str, mut rest: serde_json::Map<String, Value>) -> Body {
    let known = match kind {
        "version" => version(&rest),
        "log" => Some(Body::Log),
        "init_output" => field(&rest, "message_code").map(|code| Body::InitOutput { code }),
        "diagnostic" => field(&rest, "diagnostic").map(Body::Diagnostic),
        "planned_change" => field(&rest, "change").map(Body::PlannedChange),
        "resource_drift" => field(&rest, "change").map(Body::ResourceDrift),
        "change_summary" => field(&rest, "changes").map(Body::ChangeSummary),
        "apply_start" => field(&rest, "hook").map(Body::ApplyStart),
        "apply_progress" => field(&rest, "hook").map(Body::ApplyProgress),
        "apply_complete" => field(&rest, "hook").map(Body::ApplyComplete),
        "apply_errored" => field(&rest, "hook").map(Body::ApplyErrored),
        "refresh_start" => field(&rest, "hook").map(Body::RefreshStart),
        "refresh_complete" => field(&rest, "hook").map(Body::RefreshComplete),
        "outputs" => field(&rest, "outputs").map(Body::Outputs),
        _ => None,
    };
    known.unwrap_or_else(|| {
        rest.insert("type".to_owned(), Value::from(kind));
        Body::Unknown(Value::Object(rest))
    })
}

fn version(rest: &serde_json::Map<String, Value>) -> Option<Body> {
    let text = |name: &str| rest.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Body::Version { engine: text("terraform").or_else(|| text("tofu"))?, ui: text("ui")? })
}

/// Reads a field; `None` if it is missing or not what the documentation says.
fn field<T: serde::de::DeserializeOwned>(rest: &serde_json::Map<String, Value>, name: &str) -> Option<T> {
    T::deserialize(rest.get(name)?).ok()
}

#[cfg(test)]
mod tests;
