//! What is watched: `alarms.tf`, `alarm_topic.tf` and `dashboard.tf`.
//!
//! Alarms and dashboard look at the same things, so what these are called in CloudWatch stands in `locals.tf` once.

mod alarms;
mod app_alarms;
mod dashboard;
mod topic;
mod watch;
mod watched;

use terrane_domain::InfraModel;

use super::{kms, part::Part};
use crate::{hcl::Expr, render::RenderError};

pub(super) use app_alarms::traffic_alarm_names;
pub(super) use topic::kms_statement;

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    let topic = model.observability.alarms.as_ref().and_then(|alarms| alarms.topic.as_ref());
    kms::require(model, topic.map(|_| "observability.alarms".to_owned()))
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let alarms = model.observability.alarms.as_ref();
    let dashboard = dashboard::file(model);
    let alarm_file = alarms.and_then(|alarms| alarms::file(model, alarms));
    let mut part = Part::default();
    if dashboard.is_some() || alarm_file.is_some() {
        part = watched::locals(part, model);
    }
    if let Some((alarms, file)) = alarms.zip(alarm_file) {
        let own = alarms.topic.as_ref().map(|_| topic::TOPIC.attr("arn").into());
        let actions = own.into_iter().chain(alarms.actions.iter().map(Expr::from));
        part = part.file(file).local("alarm_actions", Expr::list(actions));
    }
    if let Some(topic) = alarms.and_then(|alarms| alarms.topic.as_ref()) {
        part = topic::add_to(part, topic);
    }
    if let Some(dashboard) = dashboard {
        part = part.file(dashboard);
    }
    let is_empty = part.files.is_empty();
    (!is_empty).then_some(part)
}
