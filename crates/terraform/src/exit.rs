//! How a run ended, and the errors that it printed.

use crate::classify::{ErrorKind, TerraformError, classify};
use crate::command::Command;
use crate::diagnostic::{self, Diagnostic};
use crate::guard::{Cause, EndedBy, ExitReport};
use crate::message::Message;
use crate::run::Stream;

/// Enough of standard error for any message; a stack trace may be longer.
const TEXT_LIMIT: usize = 32 * 1024;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Exit code 0, even if an interrupt was on its way.
    Succeeded,
    /// Terraform gave up by itself.
    Failed,
    /// It was interrupted (see [`Exit::cause`]) and ended in time.
    Interrupted,
    /// Its deadline passed; it was interrupted and ended in time.
    DeadlineExceeded,
    /// It was killed: by the guard after the grace time, or by somebody else (out of memory).
    /// State is behind the world.
    Killed,
    /// The guard ended without a report, and Terraform with it. State is behind the world.
    GuardLost,
}

/// How a run ended and what it complained about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// The verdict.
    pub outcome: Outcome,
    /// Terraform's exit code, if it exited by itself.
    pub code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// Why the guard interrupted it, if it did.
    pub cause: Option<Cause>,
    /// Errors and warnings in the order in which they were printed.
    pub diagnostics: Vec<Diagnostic>,
}

impl Exit {
    pub(crate) fn from_report(report: ExitReport, diagnostics: Vec<Diagnostic>, stderr: &str) -> Self {
        let (code, signal) = match report.ended_by {
            EndedBy::Code(code) => (Some(code), None),
            EndedBy::Signal(signal) => (None, Some(signal)),
        };
        let outcome = match (code, report.killed, report.interrupted) {
            (Some(0), _, _) => Outcome::Succeeded,
            (_, true, _) => Outcome::Killed,
            (_, false, Some(Cause::Deadline)) => Outcome::DeadlineExceeded,
            (_, false, Some(_)) => Outcome::Interrupted,
            (None, false, None) => Outcome::Killed,
            (Some(_), false, None) => Outcome::Failed,
        };
        let mut exit = Self { outcome, code, signal, cause: report.interrupted, diagnostics };
        // A run that dies before it speaks JSON says why in text.
        if outcome == Outcome::Failed && !exit.diagnostics.iter().any(Diagnostic::is_error) {
            exit.diagnostics.extend(diagnostic::from_text(stderr));
        }
        exit
    }

    pub(crate) fn guard_lost(diagnostics: Vec<Diagnostic>) -> Self {
        Self { outcome: Outcome::GuardLost, code: None, signal: None, cause: None, diagnostics }
    }

    /// Whether Terraform did what it was asked to.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.outcome == Outcome::Succeeded
    }

    /// The error in one typed value; `None` after a success.
    #[must_use]
    pub fn error(&self, command: &Command) -> Option<TerraformError> {
        let told = || classify(&self.diagnostics, command);
        let cut_short = match self.outcome {
            Outcome::Succeeded => return None,
            Outcome::Failed => return Some(told()),
            Outcome::Interrupted => TerraformError::cancelled(self.cause),
            Outcome::DeadlineExceeded => TerraformError::deadline(command),
            Outcome::Killed => TerraformError::killed(self.cause),
            Outcome::GuardLost => TerraformError::guard_lost(),
        };
        // Complaints about being cut short say nothing new, but a state that wasn't saved matters.
        let told = told();
        Some(if told.kind == ErrorKind::StateNotSaved { told } else { cut_short })
    }
}

/// What a run keeps of its lines until the end.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The last of what was printed as text: standard error, and whatever of standard output is no
    /// message.
    pub(crate) text: String,
}

impl Collected {
    pub(crate) fn take(&mut self, stream: Stream, line: &str, parsed: Option<&Message>) {
        if let Some(message) = parsed {
            self.diagnostics.extend(message.diagnostic().cloned());
            return;
        }
        if stream == Stream::Stdout && line.starts_with('{') {
            return;
        }
        self.text.push_str(line);
        self.text.push('\n');
        if self.text.len() > 2 * TEXT_LIMIT {
            let cut = self.text.len() - TEXT_LIMIT;
            let cut = (cut..).find(|&at| self.text.is_char_boundary(at)).unwrap_or(cut);
            self.text.drain(..cut);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(outcome: Outcome, diagnostics: Vec<Diagnostic>) -> Exit {
        Exit { outcome, diagnostics, ..Exit::guard_lost(Vec::new()) }
    }

    fn kind(outcome: Outcome, error: &str) -> &'static str {
        let error = exit(outcome, vec![Diagnostic::error(error, "")]).error(&Command::init());
        error.map_or("none", |error| error.kind.as_str())
    }

    #[test]
    fn an_interrupted_run_is_cancelled_unless_its_state_was_not_saved() {
        assert_eq!(kind(Outcome::Interrupted, "context canceled"), "cancelled");
        assert_eq!(kind(Outcome::Interrupted, "api error AccessDenied: no"), "cancelled");
        assert_eq!(kind(Outcome::Interrupted, "Failed to save state"), "state_not_saved");
        assert_eq!(kind(Outcome::DeadlineExceeded, "execution halted"), "timeout");
        assert_eq!(kind(Outcome::Killed, ""), "killed");
        assert_eq!(kind(Outcome::GuardLost, ""), "killed");
        assert_eq!(kind(Outcome::Failed, "api error AccessDenied: no"), "access_denied");
        assert_eq!(kind(Outcome::Succeeded, "odd"), "none");
    }
}
