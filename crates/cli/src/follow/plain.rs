//! The view as one line per change, for logs and pipes. Pure.

use chrono::{DateTime, Utc};

use super::view::{Change, View};
use crate::output::{duration, plain};

/// The line of a change that the view has just taken in.
pub fn line(view: &View, change: &Change, now: DateTime<Utc>) -> String {
    let text = match change {
        Change::State(state) if view.operation.is_over() => format!("{} {state}", view.operation.kind),
        Change::State(state) => format!("{} is {}", view.operation.kind, state.to_string().replace('_', " ")),
        Change::StepStarted(name, 0 | 1) => format!("{name} started"),
        Change::StepStarted(name, attempt) => format!("{name} started (attempt {attempt})"),
        Change::StepEnded { name, state, took, detail } => {
            let detail = detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
            format!("{name} {state} after {}{detail}", duration(*took))
        }
        Change::Completed { address, told } => match view.progress.planned {
            Some(planned) => format!("{address}: {told} ({} of {planned})", view.progress.done),
            None => format!("{address}: {told}"),
        },
        Change::Trouble(text) => format!("error: {text}"),
    };
    plain(&format!("[{:>6}] {}: {text}", duration(view.elapsed(now)), view.name))
}

#[cfg(test)]
mod tests {
    use super::{
        super::view::testing::{applying, at, line as log_line, operation, step},
        *,
    };

    #[test]
    fn each_change_is_one_line_with_the_time_since_the_beginning() {
        let mut view = applying();
        let mut changes = view.line(&log_line(
            90,
            "aws_subnet.private[\"eu-west-1a\"]",
            "Creation complete after 70s [id=s-1]",
        ));
        let mut lines: Vec<String> = changes.drain(..).map(|change| line(&view, &change, at(90))).collect();
        let ended = vec![step("apply", "failed", 12, Some(190))];
        changes = view.snapshot(operation("failed"), ended);
        changes.push(Change::Trouble("no\u{1b} good".into()));
        changes.push(Change::StepStarted(view.steps[0].name.clone(), 2));
        lines.extend(changes.iter().map(|change| line(&view, change, at(4000))));
        insta::assert_snapshot!(lines.join("\n"), @r#"
        [ 1m30s] acme-prod: aws_subnet.private["eu-west-1a"]: Creation complete after 70s (17 of 42)
        [ 3m20s] acme-prod: apply failed after 2m58s
        [ 3m20s] acme-prod: create failed
        [ 3m20s] acme-prod: error: no� good
        [ 3m20s] acme-prod: apply started (attempt 2)
        "#);
    }
}
