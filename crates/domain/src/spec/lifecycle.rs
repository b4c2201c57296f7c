//! `lifecycle`: how an environment lives and ends.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Minutes,
    decode::Value,
    node::Kind,
    problem::quoted,
    reading::{flag, word},
    words::words,
};

/// How an environment lives and ends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LifecycleSpec {
    /// Destroyed so long after it was made or last changed, for example `6h` or `14 days`; never if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Minutes>,
    /// Refuse to destroy it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// When a plan waits for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalPolicy>,
    /// What a destroy does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_destroy: Option<OnDestroySpec>,
}

/// What a destroy does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OnDestroySpec {
    /// What becomes of the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<DataOnDestroy>,
}

words! {
    /// When a plan waits for a person.
    ApprovalPolicy {
        /// Each plan that changes something.
        Always => "always",
        /// A plan that would delete or replace something that holds data.
        WhenDestructive => "when_destructive",
        /// No plan.
        Never => "never",
    }
}

words! {
    /// What becomes of the data when the environment is destroyed.
    DataOnDestroy {
        /// Databases leave a final snapshot.
        Snapshot => "snapshot",
        /// Nothing is kept.
        Delete => "delete",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<LifecycleSpec> {
    let f = value.fields()?;
    let section = LifecycleSpec {
        ttl: f.get("ttl", ttl),
        deletion_protection: f.get("deletion_protection", flag),
        approval: f.get("approval", word),
        on_destroy: f.get("on_destroy", on_destroy),
    };
    f.close();
    Some(section)
}

fn on_destroy(value: &Value<'_>) -> Option<OnDestroySpec> {
    let f = value.fields()?;
    let section = OnDestroySpec { data: f.get("data", word) };
    f.close();
    Some(section)
}

/// How long an environment may be told to live: an hour at least, so that it can be raised, and ten years at most.
fn ttl(value: &Value<'_>) -> Option<Minutes> {
    let what = "a length of time such as 6h or \"14 days\"";
    let text = match &value.node.kind {
        Kind::Number(_) => return value.expected(what),
        _ => value.text(what)?,
    };
    match Minutes::parse(text) {
        Some(time) if (60..=10 * 365 * 24 * 60).contains(&time.0) => Some(time),
        Some(_) => value.reject(format!("{} is out of range; expected 1h to 3650 days", quoted(text))),
        None => value.expected(what),
    }
}
