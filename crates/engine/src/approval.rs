//! Whether a plan may be applied without asking. Pure.
//!
//! What is approved is the **digest** of the planned actions: address, action and reason of everything that isn't a
//! no-op or a read, sorted. After an approval the worker plans again; if the world changed in between, the digest
//! differs and the new plan asks again. Values are left out on purpose: they may hold secrets, and what a person decides
//! about is what is destroyed.

use sha2::{Digest, Sha256};
use terrane_domain::{ApprovalPolicy, OperationKind};
use terrane_store::{Plan, PlannedAction};

/// What to do with a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Apply it.
    Apply(Why),
    /// Ask a person.
    Ask(Ask),
}

/// Why a plan may be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing that holds data would be destroyed.
    Harmless,
    /// The environment never asks.
    NeverAsks,
    /// This operation was asked for as a destroy; that was the decision.
    DestroyWasAsked,
    /// A person approved exactly this.
    Approved,
}

/// Why a person has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The environment always asks.
    AlwaysAsks,
    /// Something that holds data would be deleted or replaced.
    Destructive,
    /// Something else was approved than what would happen now.
    ChangedSinceApproval,
}

/// Decides about a plan of this [`digest`]. `approved` is the digest that a person approved, if one did.
pub fn decide(
    kind: OperationKind,
    policy: ApprovalPolicy,
    plan: &Plan,
    digest: &str,
    approved: Option<&str>,
) -> Decision {
    let because = match policy {
        ApprovalPolicy::Never => return Decision::Apply(Why::NeverAsks),
        ApprovalPolicy::Always if !plan.actions.is_empty() => Ask::AlwaysAsks,
        ApprovalPolicy::WhenDestructive if kind == OperationKind::Destroy => {
            return Decision::Apply(Why::DestroyWasAsked);
        }
        ApprovalPolicy::WhenDestructive if destroys_data(plan) => Ask::Destructive,
        ApprovalPolicy::Always | ApprovalPolicy::WhenDestructive => return Decision::Apply(Why::Harmless),
    };
    match approved {
        Some(approved) if approved == digest => Decision::Apply(Why::Approved),
        Some(_) => Decision::Ask(Ask::ChangedSinceApproval),
        None => Decision::Ask(because),
    }
}

/// SHA-256 over the actions, in hexadecimal; independent of their order.
pub fn digest(actions: &[PlannedAction]) -> String {
    let mut lines: Vec<String> = actions
        .iter()
        .map(|action| {
            let reason = action.reason.as_deref().unwrap_or("");
            format!("{}\0{}\0{reason}\n", action.address, action.action)
        })
        .collect();
    lines.sort_unstable();
    let mut hasher = Sha256::new();
    for line in &lines {
        hasher.update(line.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Ask {
    /// For the log of the operation.
    pub const fn explain(self) -> &'static str {
        match self {
            Self::AlwaysAsks => "waiting for approval: this environment asks before every change",
            Self::Destructive => {
                "waiting for approval: the plan would delete or replace something that holds data"
            }
            Self::ChangedSinceApproval => {
                "waiting for approval again: the plan is not the one that was approved"
            }
        }
    }
}

fn destroys_data(plan: &Plan) -> bool {
    plan.actions.iter().any(|action| action.holds_data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(address: &str, action: &str, holds_data: bool) -> PlannedAction {
        PlannedAction {
            address: address.into(),
            resource_type: address.split('.').next().unwrap().into(),
            action: action.into(),
            reason: None,
            holds_data,
        }
    }

    fn plan(actions: &[PlannedAction]) -> Plan {
        Plan { actions: actions.to_vec(), add: 0, change: 0, remove: 0 }
    }

    #[test]
    fn a_digest_covers_address_action_and_reason_but_not_the_order() {
        let (a, b) =
            (action("aws_vpc.this", "update", false), action("aws_s3_bucket.this[\"x\"]", "delete", true));
        let both = digest(&[a.clone(), b.clone()]);
        assert_eq!(both, digest(&[b.clone(), a.clone()]));
        assert_ne!(both, digest(std::slice::from_ref(&a)));
        assert_ne!(both, digest(&[a.clone(), PlannedAction { action: "replace".into(), ..b.clone() }]));
        assert_ne!(both, digest(&[a, PlannedAction { reason: Some("tainted".into()), ..b }]));
    }

    #[test]
    fn what_may_be_applied_and_what_asks() {
        use ApprovalPolicy::{Always, Never, WhenDestructive};
        use OperationKind::{Create, Destroy, Update};
        let empty = plan(&[]);
        let harmless = plan(&[action("aws_vpc.this", "create", false)]);
        let destructive = plan(&[action("aws_db_instance.this[\"main\"]", "replace", true)]);
        let seen = digest(&destructive.actions);
        let ask = Decision::Ask;
        for (kind, policy, plan, approved, expected) in [
            (Create, WhenDestructive, &harmless, None, Decision::Apply(Why::Harmless)),
            (Update, WhenDestructive, &empty, None, Decision::Apply(Why::Harmless)),
            (Update, WhenDestructive, &destructive, None, ask(Ask::Destructive)),
            (Update, WhenDestructive, &destructive, Some(seen.as_str()), Decision::Apply(Why::Approved)),
            (Update, WhenDestructive, &destructive, Some("other"), ask(Ask::ChangedSinceApproval)),
            (Update, Never, &destructive, None, Decision::Apply(Why::NeverAsks)),
            (Update, Always, &empty, None, Decision::Apply(Why::Harmless)),
            (Update, Always, &destructive, None, ask(Ask::AlwaysAsks)),
            (Destroy, WhenDestructive, &destructive, None, Decision::Apply(Why::DestroyWasAsked)),
            (Destroy, Always, &destructive, None, ask(Ask::AlwaysAsks)),
        ] {
            assert_eq!(
                decide(kind, policy, plan, &digest(&plan.actions), approved),
                expected,
                "{kind} {policy:?} {approved:?}"
            );
        }
    }
}
