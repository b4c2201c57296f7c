//! What the API says of a plan, as far as a life is judged by it.

use std::fmt;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;

use super::address::plain;

/// A plan. A key that the API no longer has is an error, and no number that happens to differ.
pub struct Plan {
    pub add: u32,
    pub change: u32,
    pub remove: u32,
    actions: Vec<Action>,
    /// Shown when something is wrong with it.
    said: Value,
}

#[derive(Deserialize)]
struct Read {
    add: u32,
    change: u32,
    remove: u32,
    actions: Vec<Action>,
}

/// What is planned for one resource.
#[derive(Deserialize)]
struct Action {
    address: String,
    action: Kind,
    holds_data: bool,
}

/// As the API spells it.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Create,
    Update,
    Replace,
    Delete,
    /// What neither makes nor takes anything.
    #[serde(other)]
    Other,
}

impl Plan {
    pub fn read(said: Value) -> Result<Self> {
        let Read { add, change, remove, actions } =
            Read::deserialize(&said).with_context(|| format!("a plan: {said}"))?;
        Ok(Self { add, change, remove, actions, said })
    }

    pub fn is_empty(&self) -> bool {
        (self.add, self.change, self.remove) == (0, 0, 0) && self.actions.is_empty()
    }

    /// Plain addresses of all that is planned.
    pub fn addresses(&self) -> Vec<String> {
        self.actions.iter().map(|action| plain(&action.address)).collect()
    }

    /// Whether something is deleted, or replaced that holds data.
    pub fn loses_data(&self) -> bool {
        self.actions.iter().any(|action| action.action == Kind::Delete || action.holds_data)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said.fmt(f)
    }
}

#[test]
fn a_plan_is_read_as_the_api_says_it() -> Result<()> {
    let action = |address: &str, action: &str, holds_data: bool| {
        serde_json::json!({
            "address": address, "resource_type": "aws_x", "action": action, "reason": null, "holds_data": holds_data,
        })
    };
    let plan = |remove: u32, actions: Vec<Value>| {
        Plan::read(
            serde_json::json!({ "digest": null, "add": 1, "change": 0, "remove": remove, "actions": actions }),
        )
    };
    let made = plan(1, vec![action("aws_ecs_task_definition.app[\"web\"]", "replace", false)])?;
    assert_eq!((made.add, made.change, made.remove), (1, 0, 1));
    assert_eq!(made.addresses(), ["aws_ecs_task_definition.app/web"]);
    assert!(!made.is_empty() && !made.loses_data());
    assert!(plan(1, vec![action("aws_eip.nat", "delete", false)])?.loses_data());
    assert!(plan(0, vec![action("aws_s3_bucket.main", "replace", true)])?.loses_data());
    assert!(Plan::read(serde_json::json!({ "add": 0, "change": 0, "actions": [] })).is_err());
    Ok(())
}
