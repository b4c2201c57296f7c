//! `observability`: how long logs are kept, what is watched, and who is told when something is wrong.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Switch,
    decode::Value,
    email::{self, Email},
    problem::quoted,
    reading::{flag, switch},
    rules,
};
use crate::facts;

/// Logs, alarms and a dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ObservabilitySpec {
    /// How long logs are kept, of whatever writes some and says nothing else itself; one of the retentions that CloudWatch
    /// knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::LOG_RETENTION_DAYS))]
    pub log_retention_days: Option<u16>,
    /// Alarms on apps, load balancers, databases, caches and the cluster; `{}` turns them on, `false` off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms: Option<Switch<AlarmsSpec>>,
    /// A CloudWatch dashboard with a row for each kind of thing that is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dashboard: Option<bool>,
}

/// Alarms: who hears when one goes off and when it is over, and where they go off. Without anybody who hears, alarms are
/// only seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AlarmsSpec {
    /// ARNs of up to five SNS topics that exist; four beside a topic of the environment's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 5))]
    pub actions: Option<Vec<String>>,
    /// An SNS topic of the environment's own, to which others subscribe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicSpec>,
    /// Addresses that an SNS topic of the environment's own writes to. AWS asks each of them first whether it wants that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 50), with = "Option<Vec<Email>>")]
    pub emails: Option<Vec<String>>,
    /// Where alarms go off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<ThresholdsSpec>,
}

/// An SNS topic. It has no settings yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TopicSpec {}

/// Where alarms go off: high enough that scaling has had its chance, low enough that a person still has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ThresholdsSpec {
    /// CPU of an app or a database, in percent, for five minutes; 85 if not said. Of a cache it is 90 % of the one core
    /// that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 10, max = 100))]
    pub cpu_percent: Option<u8>,
    /// Memory of an app or a cache, in percent, for five minutes; 85 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 10, max = 100))]
    pub memory_percent: Option<u8>,
    /// Connections to a database, in percent of those that its memory allows, for five minutes; 80 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 10, max = 100))]
    pub connections_percent: Option<u8>,
    /// What is left of the storage that a database began with, in percent, for a quarter of an hour; 10 if not said, where
    /// RDS makes it larger by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 50))]
    pub free_storage_percent: Option<u8>,
    /// Keys that a cache gives up for want of memory, in a minute, for five minutes; 100 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub evictions_per_minute: Option<u32>,
    /// Answers of 500 and more, in a minute, for two minutes; 10 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub errors_per_minute: Option<u32>,
    /// Seconds that one answer in twenty takes longer than, for five minutes; 2 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 60))]
    pub latency_seconds: Option<u8>,
}

pub(super) fn read(value: &Value<'_>) -> Option<ObservabilitySpec> {
    let f = value.fields()?;
    let section = ObservabilitySpec {
        log_retention_days: f.get("log_retention_days", rules::log_retention_days),
        alarms: f.get("alarms", |value| switch(value, alarms)),
        dashboard: f.get("dashboard", flag),
    };
    f.close();
    Some(section)
}

fn alarms(value: &Value<'_>) -> Option<AlarmsSpec> {
    let f = value.fields()?;
    let section = AlarmsSpec {
        actions: f.get("actions", actions),
        topic: f.get("topic", |value| {
            value.fields()?.close();
            Some(TopicSpec {})
        }),
        emails: f.get("emails", emails),
        thresholds: f.get("thresholds", thresholds),
    };
    f.close();
    if f.has("topic") && f.has("emails") {
        return value.reject("has topic and emails, which bring a topic anyway; keep one");
    }
    Some(section)
}

fn thresholds(value: &Value<'_>) -> Option<ThresholdsSpec> {
    fn percent(value: &Value<'_>) -> Option<u8> {
        value.integer(10, 100)
    }
    fn per_minute(value: &Value<'_>) -> Option<u32> {
        value.integer(1, 1_000_000)
    }
    let f = value.fields()?;
    let section = ThresholdsSpec {
        cpu_percent: f.get("cpu_percent", percent),
        memory_percent: f.get("memory_percent", percent),
        connections_percent: f.get("connections_percent", percent),
        free_storage_percent: f.get("free_storage_percent", |value| value.integer(1, 50)),
        evictions_per_minute: f.get("evictions_per_minute", per_minute),
        errors_per_minute: f.get("errors_per_minute", per_minute),
        latency_seconds: f.get("latency_seconds", |value| value.integer(1, 60)),
    };
    f.close();
    Some(section)
}

fn emails(value: &Value<'_>) -> Option<Vec<String>> {
    let emails = value.list("a list of addresses such as [ops@acme.example]", email::read)?;
    if emails.is_empty() {
        return value.reject("is empty; name at least one address, or leave it out");
    }
    Some(emails)
}

/// Source: CloudWatch API reference, `PutMetricAlarm`, `AlarmActions`: at most five.
fn actions(value: &Value<'_>) -> Option<Vec<String>> {
    let actions = value.list("a list of ARNs of SNS topics", topic_arn)?;
    if (1..=5).contains(&actions.len()) {
        return Some(actions);
    }
    value.reject(format!("names {}; expected 1 to 5, which is as many as an alarm may have", actions.len()))
}

/// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon SNS".
pub(super) fn topic_arn(value: &Value<'_>) -> Option<String> {
    let text = value.text("the ARN of an SNS topic")?;
    let is_topic = || {
        let parts: Vec<&str> = text.split(':').collect();
        let ["arn", "aws", "sns", region, account, name] = parts.as_slice() else { return false };
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        !region.is_empty()
            && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && (1..=256).contains(&name.len())
            && name.bytes().all(is_name)
    };
    if is_topic() {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the ARN of an SNS topic; expected arn:aws:sns:<region>:<account id>:<name>",
        quoted(text)
    ))
}
