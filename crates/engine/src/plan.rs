//! Terraform's planned changes as a person decides about them and as the store keeps them.

use terrane_blueprint::{holds_data, is_protected};
use terrane_domain::InfraModel;
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

/// Addresses of what a plan would delete or replace although one of `models`, which are what is wanted and what may stand,
/// protects it.
///
/// WHY what may stand too: AWS and the provider act on what was applied, not on what is wanted. A file that takes the
/// protection off and the thing out in one go would be refused by AWS half-way.
pub(crate) fn protected<'m>(
    plan: &Plan,
    models: impl Iterator<Item = &'m InfraModel> + Clone,
) -> Vec<String> {
    let lost = plan.actions.iter().filter(|action| action.holds_data);
    let protected = lost.filter(|action| models.clone().any(|model| is_protected(model, &action.address)));
    protected.map(|action| action.address.clone()).collect()
}

#[cfg(test)]
mod tests {
    use terrane_domain::{Format, Pins, ResolveContext, parse, resolve};
    use terrane_store::PlannedAction;

    use super::*;

    fn model(yaml: &str) -> InfraModel {
        let file = format!("name: dev\ncloud: {{ region: eu-west-1 }}\n{yaml}");
        let spec = parse(file.as_bytes(), Format::Yaml).unwrap();
        let pins = Pins { blueprint: 1, aws_provider: "5.100.0".to_owned() };
        resolve(&spec, &ResolveContext::preview(&spec, pins)).unwrap().model
    }

    fn action(address: &str, action: &str) -> PlannedAction {
        let resource_type = address.split('.').next().unwrap().to_owned();
        let holds_data = ["delete", "replace"].contains(&action) && holds_data(&resource_type);
        PlannedAction {
            address: address.to_owned(),
            resource_type,
            action: action.to_owned(),
            reason: None,
            holds_data,
        }
    }

    #[test]
    fn what_was_or_is_to_be_protected_is_not_deleted_and_everything_else_may_be() {
        let main = "aws_db_instance.main[\"main\"]";
        let actions = vec![
            action(main, "delete"),
            action("aws_db_instance.main[\"other\"]", "update"),
            action("aws_s3_bucket.main[\"uploads\"]", "replace"),
            action("aws_iam_role.flow_logs", "delete"),
        ];
        let plan = Plan { actions, add: 0, change: 1, remove: 3 };
        let told = |models: &[&InfraModel]| protected(&plan, models.iter().copied());
        let free = model("databases: { main: {} }");
        let one = model("databases: { main: { deletion_protection: true } }");
        let all = model("lifecycle: { deletion_protection: true }");
        assert_eq!(told(&[&free]), Vec::<String>::new());
        assert_eq!(told(&[&free, &one]), [main]);
        assert_eq!(told(&[&all, &free]), [main, "aws_s3_bucket.main[\"uploads\"]"]);
    }
}
