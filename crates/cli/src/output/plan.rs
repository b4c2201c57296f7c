//! Plans for people. What destroys data must not be overlooked.

use super::{
    Colour, Palette,
    table::{Cell, Table},
};
use crate::client::{Plan, PlannedAction};

/// Everything that is planned, and the totals.
pub fn plan_lines(plan: &Plan, palette: Palette) -> Vec<String> {
    let mut lines = actions(plan.actions.iter().filter(|action| action.action != "no-op"), palette);
    lines.push(totals(plan));
    lines
}

/// What is planned to be destroyed, and the totals.
pub fn destroyed_lines(plan: &Plan, palette: Palette) -> Vec<String> {
    let mut lines = actions(plan.actions.iter().filter(|action| action.destroys()), palette);
    lines.push(totals(plan));
    lines
}

fn actions<'a>(actions: impl Iterator<Item = &'a PlannedAction>, palette: Palette) -> Vec<String> {
    let mut table = Table::bare();
    for action in actions {
        let colour = match action.action.as_str() {
            _ if action.destroys() => Colour::Bad,
            "create" => Colour::Good,
            _ => Colour::Busy,
        };
        let loses_data = action.destroys() && action.holds_data;
        table.row([
            Cell::painted(format!("  {}", action.action), colour),
            Cell::new(&action.address),
            Cell::painted(if loses_data { "HOLDS DATA" } else { "" }, Colour::Bad),
            Cell::new(action.reason.as_deref().unwrap_or_default().replace('_', " ")),
        ]);
    }
    table.lines(palette)
}

fn totals(plan: &Plan) -> String {
    format!("{} to add, {} to change, {} to destroy", plan.add, plan.change, plan.remove)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        serde_json::from_value(serde_json::json!({
            "digest": "abc", "add": 2, "change": 1, "remove": 2,
            "actions": [
                {"address": "aws_vpc.main", "action": "update", "holds_data": false},
                {"address": "aws_db_instance.main[\"orders\"]", "action": "replace", "reason": "replace_because_cannot_update", "holds_data": true},
                {"address": "aws_eip.nat[\"eu-west-1a\"]", "action": "delete", "holds_data": false},
                {"address": "aws_s3_bucket.main[\"a\"]", "action": "create", "holds_data": true},
            ],
        }))
        .unwrap()
    }

    #[test]
    fn a_plan_names_every_action_and_marks_lost_data() {
        insta::assert_snapshot!(plan_lines(&plan(), Palette::new(false)).join("\n"), @r#"
          update    aws_vpc.main
          replace   aws_db_instance.main["orders"]   HOLDS DATA   replace because cannot update
          delete    aws_eip.nat["eu-west-1a"]
          create    aws_s3_bucket.main["a"]
        2 to add, 1 to change, 2 to destroy
        "#);
    }

    #[test]
    fn only_what_is_destroyed_is_asked_about() {
        insta::assert_snapshot!(destroyed_lines(&plan(), Palette::new(false)).join("\n"), @r#"
          replace   aws_db_instance.main["orders"]   HOLDS DATA   replace because cannot update
          delete    aws_eip.nat["eu-west-1a"]
        2 to add, 1 to change, 2 to destroy
        "#);
    }
}
