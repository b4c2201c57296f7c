//! Terraform's planned changes as a person decides about them and as the store keeps them.

use terrane_blueprint::holds_data;
use terrane_store::{Plan, PlannedAction};
use terrane_terraform::{Action, Change};

/// What a plan would do, without reads and no-ops.
pub(crate) fn summarize(changes: &[Change]) -> Plan {
    let mut plan = Plan { actions: Vec::new(), add: 0, change: 0, remove: 0 };
    for change in changes {
        let (add, update, remove) = match change.action {
            Action::Create => (1, 0, 0),
            Action::Update => (0, 1, 0),
            Action::Replace => (1, 0, 1),
            Action::Delete | Action::Unknown => (0, 0, 1),
            Action::Noop | Action::Read => continue,
            Action::Import | Action::Move | Action::Remove => (0, 0, 0),
        };
        plan.add += add;
        plan.change += update;
        plan.remove += remove;
        plan.actions.push(PlannedAction {
            address: change.resource.address.clone(),
            resource_type: change.resource.kind.clone(),
            action: change.action.to_string(),
            reason: change.reason.clone(),
            holds_data: change.action.destroys() && holds_data(&change.resource.kind),
        });
    }
    plan
}
