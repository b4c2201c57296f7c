//! `observability`: how long logs are kept, and who is told when something is wrong.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Switch, decode::Value, problem::quoted, reading::switch, rules};
use crate::facts;

/// Logs and alarms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ObservabilitySpec {
    /// How long the logs of apps, load balancers and APIs are kept; one of the retentions that CloudWatch knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::LOG_RETENTION_DAYS))]
    pub log_retention_days: Option<u16>,
    /// Alarms on what apps use and how they answer; `{}` turns them on, `false` off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms: Option<Switch<AlarmsSpec>>,
}

/// Alarms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AlarmsSpec {
    /// ARNs of up to five SNS topics that hear when an alarm goes off and when it is over; without any, alarms are only seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 5))]
    pub actions: Option<Vec<String>>,
}

pub(super) fn read(value: &Value<'_>) -> Option<ObservabilitySpec> {
    let f = value.fields()?;
    let section = ObservabilitySpec {
        log_retention_days: f.get("log_retention_days", rules::log_retention_days),
        alarms: f.get("alarms", |value| switch(value, alarms)),
    };
    f.close();
    Some(section)
}

fn alarms(value: &Value<'_>) -> Option<AlarmsSpec> {
    let f = value.fields()?;
    let section = AlarmsSpec { actions: f.get("actions", actions) };
    f.close();
    Some(section)
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
