//! "Is that attempt over?": the question that decides whether somebody else may start.
//!
//! Three things prove it, and nothing else does: its guard reported Terraform's exit; on the same
//! host and boot, the guard and Terraform's process group are gone; or so much time has passed that
//! the guard must have killed it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::identity::{HostIdentity, ProcessIdentity};
use super::records::{ExitReport, GuardRecord, GuardRequest, read_record};
use crate::boot_time::BootTime;

/// What is known about one run of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptFacts {
    /// The guard's report of the end.
    pub reported: bool,
    /// The guard's record, if there is one and it can be read here.
    pub record: Option<RecordedRun>,
    /// A guard that has written no record yet would find itself too late to start anything.
    pub too_late_to_start: bool,
}

/// What the processes of a recorded run are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedRun {
    /// Recorded on this host, in this boot and this pid namespace: the two answers below mean it.
    pub same_host: bool,
    /// The guard runs.
    pub guard_running: bool,
    /// A process is left in Terraform's group. `None` if Terraform was never recorded as started.
    pub group_left: Option<bool>,
}

/// What the database knows about the attempt's lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseFacts {
    /// Database's now minus the last renewal.
    pub since_renewal: Duration,
    /// Fence of the attempt's runs.
    pub fence: Duration,
    /// How long a run goes on after the loss of its worker.
    pub orphan_grace: Duration,
    /// Added before time alone is taken as proof: for clocks, and for a kernel that takes long to
    /// end a process.
    pub margin: Duration,
}

impl LeaseFacts {
    /// How long after the last renewal time alone proves the end.
    #[must_use]
    pub fn over_after(&self) -> Duration {
        self.fence.saturating_add(self.orphan_grace).saturating_add(self.margin)
    }
}

/// The answer, with its reason for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing of it runs or will run.
    Over(&'static str),
    /// It may still run.
    NotOver(&'static str),
}

impl Verdict {
    /// Whether it is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Over(_))
    }

    /// The reason.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Over(reason) | Self::NotOver(reason) => reason,
        }
    }
}

/// Judges one run. An attempt is over when each of its runs is, and its worker may start no more
/// (that is the lease's business).
#[must_use]
pub fn attempt_is_over(facts: &AttemptFacts, lease: Option<&LeaseFacts>) -> Verdict {
    if facts.reported {
        return Verdict::Over("the guard reported the exit");
    }
    if let Some(lease) = lease
        && lease.since_renewal > lease.over_after()
    {
        return Verdict::Over("fence, grace and margin have passed since the last renewal");
    }
    match facts.record {
        None if facts.too_late_to_start => {
            Verdict::Over("no guard had begun when it became too late to start")
        }
        None => Verdict::NotOver("there is no record of a guard"),
        Some(RecordedRun { same_host: false, .. }) => Verdict::NotOver("it runs on another host"),
        Some(RecordedRun { guard_running: true, .. }) => Verdict::NotOver("its guard runs"),
        Some(RecordedRun { group_left: Some(true), .. }) => Verdict::NotOver("its process group has members"),
        // The engine can't have outlived a guard that had no time to write down its pid: it dies of
        // the parent-death signal, or finds its parent gone before it becomes Terraform.
        Some(RecordedRun { group_left: None, .. }) => {
            Verdict::Over("its guard ended before the engine was recorded")
        }
        Some(RecordedRun { group_left: Some(false), .. }) => {
            Verdict::Over("its guard and its process group are gone")
        }
    }
}

impl AttemptFacts {
    /// Reads what a run's directory says and asks the kernel about its processes.
    pub fn gather(run_directory: &Path) -> io::Result<Self> {
        let here = HostIdentity::current()?;
        // Asked first: a guard writes its record and then looks whether it is too late, so one whose record isn't seen
        // below finds that it is. A worker that had not even written its request finds its lease taken.
        let request = read_record::<GuardRequest>(run_directory)?;
        let too_late_to_start = request.is_none_or(|request| BootTime::now() >= request.start_by);
        let record = read_record::<GuardRecord>(run_directory)?.map(|record| RecordedRun {
            same_host: record.host == here,
            guard_running: record.guard.is_running(),
            group_left: record.engine.as_ref().map(ProcessIdentity::group_has_members),
        });
        // Read last: a report that appears in between must win over processes that were seen.
        let reported = read_record::<ExitReport>(run_directory)?.is_some();
        Ok(Self { reported, record, too_late_to_start })
    }

    /// The facts of every run in an attempt's directory, with the run's directory.
    pub fn gather_all(attempt_directory: &Path) -> io::Result<Vec<(PathBuf, Self)>> {
        let mut runs = Vec::new();
        for entry in std::fs::read_dir(attempt_directory.join(crate::workspace::RUNS))? {
            let path = entry?.path();
            let facts = Self::gather(&path)?;
            runs.push((path, facts));
        }
        runs.sort_by(|(left, _), (right, _)| left.cmp(right));
        Ok(runs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(same_host: bool, guard_running: bool, group_left: Option<bool>) -> AttemptFacts {
        AttemptFacts {
            reported: false,
            record: Some(RecordedRun { same_host, guard_running, group_left }),
            too_late_to_start: true,
        }
    }

    fn lease(since_renewal: u64) -> LeaseFacts {
        LeaseFacts {
            since_renewal: Duration::from_secs(since_renewal),
            fence: Duration::from_secs(90),
            orphan_grace: Duration::from_secs(60),
            margin: Duration::from_secs(30),
        }
    }

    #[test]
    fn only_the_three_proofs_end_an_attempt() {
        let nothing = AttemptFacts { reported: false, record: None, too_late_to_start: false };
        let cases = [
            (AttemptFacts { reported: true, ..nothing.clone() }, None, true),
            (AttemptFacts { too_late_to_start: true, ..nothing.clone() }, None, true),
            // A report outweighs a pid that somebody else may have got since.
            (AttemptFacts { reported: true, ..recorded(true, true, Some(true)) }, None, true),
            (nothing.clone(), None, false),
            (nothing.clone(), Some(lease(180)), false),
            (nothing, Some(lease(181)), true),
            (recorded(true, false, Some(false)), None, true),
            (recorded(true, false, None), None, true),
            (recorded(true, true, None), None, false),
            (recorded(true, true, Some(true)), None, false),
            (recorded(true, true, Some(false)), None, false),
            (recorded(true, false, Some(true)), None, false),
            // Elsewhere "gone" says nothing.
            (recorded(false, false, Some(false)), None, false),
            (recorded(false, false, None), None, false),
            (recorded(false, false, Some(false)), Some(lease(181)), true),
        ];
        for (facts, lease, expected) in cases {
            let verdict = attempt_is_over(&facts, lease.as_ref());
            assert_eq!(verdict.is_over(), expected, "{facts:?} {lease:?}: {verdict:?}");
        }
    }
}
