//! How far an apply is, folded from its messages.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::message::{Action, Body, Hook, Message};

/// Objects done of objects planned, and what is worked on right now.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    planned: u64,
    done: u64,
    failed: u64,
    current: BTreeMap<String, Current>,
}

/// Work on one object.
#[derive(Debug, Clone, Copy)]
struct Current {
    action: Action,
    since: Instant,
}

/// [`Progress`] at one moment, to be stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// Actions planned; a replacement is two.
    pub planned: u64,
    /// Actions that ended well.
    pub done: u64,
    /// Actions that failed.
    pub failed: u64,
    /// What is worked on, the longest first.
    pub current: Vec<Working>,
}

/// Work on one object at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Working {
    /// Address of the object.
    pub address: String,
    /// What is done to it.
    pub action: Action,
    /// For how long.
    pub elapsed_seconds: u64,
}

impl Progress {
    /// Takes one message into account; whether the counts or the current work changed.
    pub fn observe(&mut self, message: &Message) -> bool {
        match &message.body {
            Body::PlannedChange(change) => {
                self.planned += change.action.steps();
                change.action.steps() > 0
            }
            Body::ApplyStart(hook) => self.started(hook),
            Body::ApplyComplete(hook) => self.ended(hook, |progress| &mut progress.done),
            Body::ApplyErrored(hook) => self.ended(hook, |progress| &mut progress.failed),
            _ => false,
        }
    }

    /// The present moment.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut current: Vec<Working> = self
            .current
            .iter()
            .map(|(address, current)| Working {
                address: address.clone(),
                action: current.action,
                elapsed_seconds: current.since.elapsed().as_secs(),
            })
            .collect();
        current.sort_by(|left, right| {
            right.elapsed_seconds.cmp(&left.elapsed_seconds).then_with(|| left.address.cmp(&right.address))
        });
        Snapshot { planned: self.planned, done: self.done, failed: self.failed, current }
    }

    fn started(&mut self, hook: &Hook) -> bool {
        let Some(action) = hook.action.filter(|action| action.steps() > 0) else { return false };
        let current = Current { action, since: Instant::now() };
        self.current.insert(hook.resource.address.clone(), current);
        true
    }

    fn ended(&mut self, hook: &Hook, count: impl Fn(&mut Self) -> &mut u64) -> bool {
        if hook.action.is_none_or(|action| action.steps() == 0) {
            return false;
        }
        self.current.remove(&hook.resource.address);
        *count(self) += 1;
        true
    }
}

impl Snapshot {
    /// A line for a log that has been silent: `still creating aws_eks_cluster.main, 7m20s`, with
    /// the number of others. `None` while nothing is worked on.
    #[must_use]
    pub fn still(&self) -> Option<String> {
        let (first, others) = self.current.split_first()?;
        let more = match others.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        Some(format!("still {first}{more}"))
    }
}

impl fmt::Display for Working {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.action {
            Action::Create => "creating",
            Action::Update => "changing",
            Action::Delete => "deleting",
            Action::Replace => "replacing",
            _ => "working on",
        };
        let elapsed = Duration::from_secs(self.elapsed_seconds);
        let (minutes, seconds) = (elapsed.as_secs() / 60, elapsed.as_secs() % 60);
        match minutes {
            0 => write!(f, "{verb} {}, {seconds}s", self.address),
            _ => write!(f, "{verb} {}, {minutes}m{seconds:02}s", self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: &str, action: &str, address: &str) -> Message {
        let (field, addr) = if kind == "planned_change" { ("change", address) } else { ("hook", address) };
        let line = format!(
            r#"{{"@level":"info","@message":"m","type":"{kind}","{field}":{{"resource":{{"addr":"{addr}"}},"action":"{action}"}}}}"#
        );
        Message::parse(&line).unwrap()
    }

    #[test]
    fn a_replacement_counts_as_two_and_reads_do_not_count() {
        let mut progress = Progress::default();
        for (kind, action, address) in [
            ("planned_change", "create", "a"),
            ("planned_change", "replace", "b"),
            ("planned_change", "read", "c"),
            ("planned_change", "noop", "d"),
            ("apply_start", "read", "c"),
            ("apply_complete", "read", "c"),
            ("apply_start", "delete", "b"),
            ("apply_complete", "delete", "b"),
            ("apply_start", "create", "b"),
            ("apply_start", "create", "a"),
            ("apply_errored", "create", "a"),
        ] {
            progress.observe(&message(kind, action, address));
        }
        let snapshot = progress.snapshot();
        assert_eq!((snapshot.planned, snapshot.done, snapshot.failed), (3, 1, 1));
        assert_eq!(snapshot.still().as_deref(), Some("still creating b, 0s"));
    }

    #[test]
    fn long_work_is_shown_in_minutes() {
        let working = |seconds| Working {
            address: "aws_eks_cluster.main".to_owned(),
            action: Action::Create,
            elapsed_seconds: seconds,
        };
        let snapshot = Snapshot { current: vec![working(440), working(3)], ..Snapshot::default() };
        assert_eq!(snapshot.still().unwrap(), "still creating aws_eks_cluster.main, 7m20s and 1 more");
    }
}
