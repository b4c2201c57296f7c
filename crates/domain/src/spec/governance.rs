//! `governance`: what an organisation asks of every environment: a limit to roles, a budget, backups.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    decode::Value,
    email::{self, Email},
    observability::topic_arn,
    problem::quoted,
    reading::word,
    rules,
    words::words,
};

/// What an organisation asks of every environment. Deletion protection is one switch too: `lifecycle.deletion_protection`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct GovernanceSpec {
    /// ARN of the policy beyond which no role of the environment can go, whatever else it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:aws:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_-]{1,128}$"))]
    pub permissions_boundary: Option<String>,
    /// What the environment may cost in a month, and who hears when it costs more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<BudgetSpec>,
    /// Copies of databases and buckets in a vault of AWS Backup, beside those that the services make themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupSpec>,
}

/// A budget of a month. It tells; it stops nothing.
///
/// AWS counts what carries the tag `terrane:environment`, once that tag is activated for cost allocation in the account
/// that pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BudgetSpec {
    /// In whole US dollars a month.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub monthly_usd: u32,
    /// At which parts of it somebody is told, in percent of what is spent; `[80, 100]` if not said. Beside these,
    /// somebody is told when AWS expects the month to end above the budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4), inner(range(min = 1, max = 1_000)))]
    pub alert_at_percent: Option<Vec<u16>>,
    /// Up to ten addresses that get an e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 10), with = "Option<Vec<Email>>")]
    pub emails: Option<Vec<String>>,
    /// ARN of an SNS topic whose policy lets `budgets.amazonaws.com` publish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
}

/// A plan of AWS Backup for every database, the document database, and every bucket that keeps versions, which is what S3
/// asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BackupSpec {
    /// How often; `daily` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<BackupSchedule>,
    /// For how many days a copy is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36_500))]
    pub retention_days: Option<u32>,
    /// After how many days a copy moves to cold storage, where it has to stay for 90. AWS moves only what it can, which
    /// copies of databases and buckets are not at present.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36_410))]
    pub cold_storage_after_days: Option<u32>,
}

words! {
    /// How often something is copied.
    BackupSchedule {
        /// Every night.
        Daily => "daily",
        /// In the night to Sunday.
        Weekly => "weekly",
        /// In the first night of a month.
        Monthly => "monthly",
    }
}

impl GovernanceSpec {
    /// The account of the boundary; `None` for a policy of AWS, which every account has.
    pub(crate) fn boundary_account(&self) -> Option<&str> {
        let account = rules::account_of_policy(self.permissions_boundary.as_deref()?)?;
        (account != "aws").then_some(account)
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<GovernanceSpec> {
    let f = value.fields()?;
    let section = GovernanceSpec {
        permissions_boundary: f.get("permissions_boundary", policy_arn),
        budget: f.get("budget", budget),
        backup: f.get("backup", backup),
    };
    f.close();
    Some(section)
}

fn budget(value: &Value<'_>) -> Option<BudgetSpec> {
    let f = value.fields()?;
    let monthly_usd = f.required("monthly_usd", "500", |value| value.integer(1, 10_000_000));
    let alert_at_percent = f.get("alert_at_percent", percents);
    let emails = f.get("emails", emails);
    let topic = f.get("topic", topic_arn);
    f.close();
    if !f.has("emails") && !f.has("topic") {
        return value
            .reject("tells nobody; give emails: [ops@acme.example], or the ARN of an SNS topic as topic");
    }
    Some(BudgetSpec { monthly_usd: monthly_usd?, alert_at_percent, emails, topic })
}

/// Source: AWS Cost Management user guide, "AWS Budgets quotas": five notifications for a budget. The fifth is ours, for
/// what AWS expects.
fn percents(value: &Value<'_>) -> Option<Vec<u16>> {
    let percents = value.list("a list of percentages, such as [80, 100]", |value| value.integer(1, 1_000))?;
    if (1..=4).contains(&percents.len()) {
        return Some(percents);
    }
    value.reject(format!("names {}; expected 1 to 4, which is as many as a budget may have", percents.len()))
}

/// Source: AWS Cost Management user guide, "AWS Budgets quotas": ten addresses for a notification.
fn emails(value: &Value<'_>) -> Option<Vec<String>> {
    let emails = value.list("a list of e-mail addresses", email::read)?;
    if (1..=10).contains(&emails.len()) {
        return Some(emails);
    }
    value.reject(format!("names {}; expected 1 to 10, which is as many as a budget may have", emails.len()))
}

fn backup(value: &Value<'_>) -> Option<BackupSpec> {
    let f = value.fields()?;
    let section = BackupSpec {
        schedule: f.get("schedule", word),
        retention_days: f.get("retention_days", |value| value.integer(1, 36_500)),
        cold_storage_after_days: f.get("cold_storage_after_days", |value| value.integer(1, 36_410)),
    };
    f.close();
    Some(section)
}

/// Source: IAM user guide, "Permissions boundaries for IAM entities": a managed policy, of AWS or of the account.
fn policy_arn(value: &Value<'_>) -> Option<String> {
    let text = value.text("the ARN of a policy")?;
    if rules::account_of_policy(text).is_some() {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the ARN of a policy; expected arn:aws:iam::<account id>:policy/<name>",
        quoted(text)
    ))
}
