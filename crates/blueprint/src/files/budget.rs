//! `budget.tf`: what the environment may cost in a month, and who hears when it costs more.

use terrane_domain::{Budget, InfraModel};

use super::{part::Part, tags};
use crate::hcl::{Block, Expr, File, Object, Reference, Resource, local};

const BUDGET: Resource = Resource::one("aws_budgets_budget", "main");

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let budget = model.governance.budget.as_ref()?;
    let file = File::new("budget.tf", "What this environment may cost in a month. It tells, and stops nothing.")
        .block(
            Block::of(BUDGET)
                .arg("name", &budget.name)
                .arg("budget_type", "COST")
                .arg("limit_amount", Expr::call("tostring", [local("budget").attr("monthly_usd")]))
                .arg("limit_unit", "USD")
                .arg("time_unit", "MONTHLY")
                .note(
                    "Counts what carries the environment's tag, once the account that pays has activated the tag for cost\n\
                     allocation.",
                )
                .block(
                    Block::new("cost_filter")
                        .arg("name", "TagKeyValue")
                        .arg("values", Expr::list([tag_filter(model)])),
                )
                .block(Block::dynamic(
                    local("budget").attr("alert_at_percent"),
                    notification(Reference::variable("notification").attr("value"), "ACTUAL"),
                ))
                .note("What AWS expects of the month: it says so before the money is spent.")
                .block(notification(100_u8, "FORECASTED"))
                .tags(BUDGET),
        );
    Some(Part::of(file).local("budget", entry(budget)))
}

/// <https://docs.aws.amazon.com/cost-management/latest/userguide/create-budget-filters.html>
fn tag_filter(model: &InfraModel) -> String {
    format!("user:{}${}", tags::ENVIRONMENT, model.identity.environment_id)
}

fn notification(threshold: impl Into<Expr>, kind: &'static str) -> Block {
    Block::new("notification")
        .arg("notification_type", kind)
        .arg("comparison_operator", "GREATER_THAN")
        .arg("threshold", threshold)
        .arg("threshold_type", "PERCENTAGE")
        .arg("subscriber_email_addresses", local("budget").attr("emails"))
        .arg("subscriber_sns_topic_arns", local("budget").attr("topics"))
}

fn entry(budget: &Budget) -> Object {
    Object::new()
        .field("monthly_usd", budget.monthly_usd)
        .field("alert_at_percent", Expr::list(budget.alert_at_percent.iter().copied()))
        .field("emails", Expr::list(&budget.emails))
        .field("topics", Expr::list(&budget.topic))
}
