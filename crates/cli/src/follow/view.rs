//! What a person who waits has to know, kept up to date from events and snapshots. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use terrane_domain::{OperationState, StepName, StepState};

use super::resource::{ResourceEvent, resource_event};
use crate::client::{LogLine, Operation, Progress, Step, Word};

/// An operation as somebody sees it who waits for it.
#[derive(Debug, Clone)]
pub struct View {
    /// Name of the environment.
    pub name: String,
    /// The operation as it was last seen.
    pub operation: Operation,
    /// The steps of all attempts.
    pub steps: Vec<Step>,
    /// How far the plan is carried out.
    pub progress: Progress,
    /// What is being worked on, in the order of its beginning.
    pub current: Vec<Current>,
}

/// A resource that is being worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// Terraform's address.
    pub address: String,
    /// `creating` and so on.
    pub verb: &'static str,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Something worth a line of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The operation is in another state.
    State(Word<OperationState>),
    /// A step began, in this attempt.
    StepStarted(Word<StepName>, u32),
    /// A step ended.
    StepEnded {
        /// Which one.
        name: Word<StepName>,
        /// How.
        state: Word<StepState>,
        /// After how long.
        took: TimeDelta,
        /// What came of it.
        detail: Option<String>,
    },
    /// Work on a resource ended well.
    Completed {
        /// Terraform's address.
        address: String,
        /// `Creation complete after 2s`.
        told: String,
    },
    /// Something is wrong, or may be.
    Trouble(String),
}

impl View {
    /// At the beginning.
    pub fn new(name: &str, operation: Operation) -> Self {
        let progress = operation.progress;
        Self { name: name.to_owned(), operation, steps: Vec::new(), progress, current: Vec::new() }
    }

    /// Takes in what the API says now.
    pub fn snapshot(&mut self, operation: Operation, steps: Vec<Step>) -> Vec<Change> {
        let mut changes = Vec::new();
        for step in &steps {
            let before =
                self.steps.iter().find(|known| known.name == step.name && known.attempt == step.attempt);
            if before.is_none() {
                changes.push(Change::StepStarted(step.name.clone(), step.attempt));
            }
            let was_running = before.is_none_or(|known| known.finished_at.is_none());
            if let Some(finished_at) = step.finished_at.filter(|_| was_running) {
                changes.push(Change::StepEnded {
                    name: step.name.clone(),
                    state: step.state.clone(),
                    took: finished_at - step.started_at,
                    detail: step.detail.clone(),
                });
            }
        }
        if operation.state != self.operation.state {
            changes.push(Change::State(operation.state.clone()));
        }
        if operation.state != OperationState::Running {
            self.current.clear();
        }
        self.take_progress(operation.progress);
        self.operation = operation;
        self.steps = steps;
        changes
    }

    /// Takes in how far the plan is carried out. What is known is never forgotten: events and snapshots overtake each
    /// other.
    pub fn take_progress(&mut self, progress: Progress) {
        if progress.planned.is_some()
            && (progress.planned != self.progress.planned || progress.done > self.progress.done)
        {
            self.progress = progress;
        }
    }

    /// Takes in a line of the log.
    pub fn line(&mut self, line: &LogLine) -> Vec<Change> {
        let trouble = || Change::Trouble(line.text.clone());
        let Some((address, event)) = resource_event(line) else {
            return if line.level == "error" { vec![trouble()] } else { Vec::new() };
        };
        self.current.retain(|current| current.address != address);
        match event {
            ResourceEvent::Started(verb) => {
                self.current.push(Current { address: address.to_owned(), verb, since: line.at });
                Vec::new()
            }
            // Data sources are read by the dozen; nobody waits for them.
            ResourceEvent::Completed(told) if told.starts_with("Read ") => Vec::new(),
            ResourceEvent::Completed(told) => {
                vec![Change::Completed { address: address.to_owned(), told: told.to_owned() }]
            }
            ResourceEvent::Errored(_) => vec![trouble()],
        }
    }

    /// Whether the line belongs to a step that the last snapshot doesn't have as running: time for a new one.
    pub fn is_behind(&self, line: &LogLine) -> bool {
        !self.steps.iter().any(|step| step.name == line.step && step.started_at <= line.at)
    }

    /// The steps of the newest attempt.
    pub fn current_steps(&self) -> impl Iterator<Item = &Step> {
        let newest = self.steps.iter().map(|step| step.attempt).max();
        self.steps.iter().filter(move |step| Some(step.attempt) == newest)
    }

    /// How long it has been going on, or took.
    pub fn elapsed(&self, now: DateTime<Utc>) -> TimeDelta {
        let since = self.operation.started_at.unwrap_or(self.operation.created_at);
        self.operation.finished_at.unwrap_or(now) - since
    }
}

#[cfg(test)]
pub(super) mod testing {
    //! An operation at every stage of its life.

    use serde_json::json;

    use super::*;

    pub fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    pub fn operation(state: &str) -> Operation {
        let over = matches!(state, "succeeded" | "failed" | "cancelled");
        serde_json::from_value(json!({
            "id": "op_0193a5c0dead7eef8badf00dcafe0001",
            "environment_id": "env_0193a5c0dead7eef8badf00dcafe0001",
            "kind": "create", "state": state, "generation": 1, "attempt": 1,
            "created_at": at(0),
            "started_at": (state != "queued").then(|| at(0)),
            "finished_at": over.then(|| at(200)),
        }))
        .unwrap()
    }

    pub fn step(name: &str, state: &str, from: i64, to: Option<i64>) -> Step {
        serde_json::from_value(json!({
            "name": name, "state": state, "attempt": 1, "started_at": at(from), "finished_at": to.map(at),
        }))
        .unwrap()
    }

    pub fn line(second: i64, address: &str, words: &str) -> LogLine {
        serde_json::from_value(json!({
            "at": at(second), "step": "apply", "level": "info", "text": format!("{address}: {words}"), "resource": address,
        }))
        .unwrap()
    }

    /// In the middle of an apply, 90 seconds after its beginning.
    pub fn applying() -> View {
        let mut view = View::new("acme-prod", operation("queued"));
        view.snapshot(
            operation("running"),
            vec![
                step("prepare", "succeeded", 0, Some(1)),
                step("plan", "succeeded", 1, Some(12)),
                step("apply", "running", 12, None),
            ],
        );
        view.take_progress(Progress { planned: Some(42), done: 17 });
        for (second, key) in [(20, "a"), (30, "b"), (40, "c"), (50, "d"), (60, "e"), (70, "f"), (80, "g")] {
            view.line(&line(second, &format!("aws_subnet.private[\"eu-west-1{key}\"]"), "Creating..."));
        }
        view
    }
}

#[cfg(test)]
mod tests {
    use super::{testing::*, *};

    fn states(changes: &[Change]) -> Vec<String> {
        changes
            .iter()
            .map(|change| format!("{change:?}").split(['(', ' ']).next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn each_change_is_told_once_however_often_it_is_seen() {
        let mut view = View::new("a", operation("queued"));
        let running = || vec![step("prepare", "succeeded", 0, Some(1)), step("plan", "running", 1, None)];
        let changes = view.snapshot(operation("running"), running());
        assert_eq!(states(&changes), ["StepStarted", "StepEnded", "StepStarted", "State"]);
        assert_eq!(view.snapshot(operation("running"), running()), []);
        let ended = vec![step("prepare", "succeeded", 0, Some(1)), step("plan", "failed", 1, Some(5))];
        assert_eq!(states(&view.snapshot(operation("failed"), ended)), ["StepEnded", "State"]);
    }

    #[test]
    fn a_resource_is_current_from_its_start_to_its_end() {
        let mut view = View::new("a", operation("running"));
        assert_eq!(view.line(&line(3, "aws_vpc.main", "Creating...")), []);
        assert_eq!(
            view.current,
            [Current { address: "aws_vpc.main".into(), verb: "creating", since: at(3) }]
        );
        assert_eq!(
            states(&view.line(&line(5, "aws_vpc.main", "Creation complete after 2s [id=x]"))),
            ["Completed"]
        );
        assert_eq!(view.current, []);
    }

    #[test]
    fn nothing_is_current_when_nobody_works() {
        let mut view = applying();
        view.snapshot(operation("retrying"), Vec::new());
        assert_eq!(view.current, []);
    }

    #[test]
    fn a_snapshot_from_before_an_event_does_not_turn_progress_back() {
        let mut view = applying();
        let mut late = operation("running");
        late.progress = Progress { planned: Some(42), done: 11 };
        view.snapshot(late, view.steps.clone());
        assert_eq!(view.progress.done, 17);
    }

    #[test]
    fn a_new_plan_begins_to_count_anew() {
        let mut view = applying();
        view.take_progress(Progress { planned: Some(25), done: 0 });
        assert_eq!(view.progress, Progress { planned: Some(25), done: 0 });
    }
}
