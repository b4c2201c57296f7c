//! Clearing up after attempts whose Terraform did not end in order: is it over, whose is the lock on the state, which
//! of its lines did nobody store.
//!
//! An attempt is over, and its lock may be broken, on proof and on nothing less. [`is_over`] asks for one of
//! `terrane_terraform::guard`'s three proofs; [`may_break_lock`] wants a lock that can only have been taken by an
//! attempt that is over. The lock itself says who took it: its host and its time are compared with those of the
//! attempts. (Noting the lock's id when it is taken would be no better: Terraform doesn't tell it, and a worker may be
//! killed between Terraform's taking it and the note.) What isn't proved waits, and says for whom.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use terrane_aws::StateLock;
use terrane_domain::StepName;
use terrane_store::{LogLevel, LogStream, UnsettledAttempt};
use terrane_terraform::{
    PastRun, Stream,
    guard::{AttemptFacts, HostIdentity, LeaseFacts, attempt_is_over},
};

use crate::{Timing, attempt::Attempt, failure::StepError, lines::Lines, script::Prepared};

/// How long a step waits for a lost attempt to end before it lets go of its slot. Enough for a Terraform that was
/// interrupted and has nothing slow under way.
const PATIENCE: Duration = Duration::from_secs(20);

/// How far the clocks of workers and of Postgres may differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::seconds(30);

/// A lost attempt that may not be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MayRun {
    /// What is missing for a proof.
    pub because: &'static str,
    /// After this long, time alone is one.
    pub over_in: Duration,
}

/// Whether nothing of a lost attempt runs or will run, with the reason. `since_lease` is how long ago its lease ended;
/// `runs` are the facts of its runs, if they were gathered where its worker ran.
pub fn is_over(
    since_lease: Duration,
    runs: Option<&[AttemptFacts]>,
    timing: &Timing,
) -> Result<&'static str, MayRun> {
    let lease = LeaseFacts {
        since_renewal: since_lease,
        fence: timing.fence,
        orphan_grace: timing.orphan_grace,
        margin: timing.margin,
    };
    let over_in = lease.over_after().saturating_sub(since_lease) + Duration::from_millis(1);
    let nothing = AttemptFacts { reported: false, record: None, too_late_to_start: false };
    let elsewhere = [nothing];
    let mut because = "its worker had started nothing";
    for run in runs.unwrap_or(&elsewhere) {
        let verdict = attempt_is_over(run, Some(&lease));
        if !verdict.is_over() {
            let because = if runs.is_some() { verdict.reason() } else { "its worker's host can't be asked" };
            return Err(MayRun { because, over_in });
        }
        because = verdict.reason();
    }
    Ok(because)
}

/// The attempt that has to be waited for.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    pub(crate) attempt: u32,
    pub(crate) host: String,
    pub(crate) because: &'static str,
    pub(crate) over_in: Duration,
}

/// When and where a lost attempt that is over may have taken a lock.
#[derive(Debug, Clone, Copy)]
pub struct Suspect<'a> {
    /// Its worker's host.
    pub host: &'a str,
    /// When it began.
    pub from: DateTime<Utc>,
    /// When its end was noted; since then it may start nothing.
    pub until: DateTime<Utc>,
}

/// Whether a lock can only have been taken by one of the attempts that are over.
pub fn may_break_lock(host: &str, created: DateTime<Utc>, over: &[Suspect<'_>]) -> bool {
    over.iter().any(|attempt| {
        attempt.host == host
            && created >= attempt.from - CLOCKS_DIFFER
            && created <= attempt.until + CLOCKS_DIFFER
    })
}

impl Attempt<'_> {
    /// Waits until the lost attempts are over, stores their last lines and breaks the lock that they left.
    pub(crate) async fn recover(&self, prepared: &Prepared, lines: &mut Lines<'_>) -> Result<(), StepError> {
        let (mut over, mut may_run) = (Vec::new(), Vec::new());
        for left in &self.claim.unsettled {
            let directory = self.directory_of(left);
            match self.wait_for_end_of(left, &directory, lines).await {
                Ok(()) => over.extend(suspect(left)),
                // It changes nothing: it never came to that, and to do so it would have to write what it can't any more.
                Err(StepError::MayRun(running)) if !left.touched => {
                    may_run.extend(suspect(left).map(|suspect| (suspect, running)));
                    continue;
                }
                Err(error) => return Err(error),
            }
            if left.operation_id == self.claim.operation.id {
                self.store_late_lines(left, &directory, lines).await?;
            }
        }
        let state = &prepared.resolved.model.state;
        let Some(lock) = prepared.session.state_lock(&state.bucket, &state.key).await? else {
            return Ok(());
        };
        let StateLock { id, who, created, .. } = &lock;
        if !may_break_lock(lock.host(), *created, &over) {
            let holds = |suspect| may_break_lock(lock.host(), *created, &[suspect]);
            if let Some((_, running)) = may_run.into_iter().find(|(suspect, _)| holds(*suspect)) {
                return Err(StepError::MayRun(running));
            }
            lines.say(
                LogLevel::Warn,
                format!("{who} has held the lock on the state since {created}: it is none of ours ({id})"),
            );
            return Ok(());
        }
        self.lease.may_start()?;
        if prepared.session.break_state_lock(&state.bucket, &state.key, &lock).await? {
            self.engine.metrics.locks_broken.inc();
            lines.say(
                LogLevel::Warn,
                format!("broke the lock on the state that {who} took at {created} and left behind ({id})"),
            );
        }
        Ok(())
    }

    /// Where another attempt worked, if that was on this host.
    pub(crate) fn directory_of(&self, left: &UnsettledAttempt) -> PathBuf {
        let operation = self.engine.settings.work_dir.join(left.operation_id.to_string());
        operation.join(left.record.attempt.to_string())
    }

    async fn wait_for_end_of(
        &self,
        left: &UnsettledAttempt,
        directory: &Path,
        lines: &mut Lines<'_>,
    ) -> Result<(), StepError> {
        let (attempt, host) = (left.record.attempt, &left.worker.host);
        let begun = Instant::now();
        loop {
            let runs = if is_this_host(left) { facts(directory)? } else { None };
            let since_lease = left.since_lease + self.claimed.elapsed();
            let MayRun { because, over_in } =
                match is_over(since_lease, runs.as_deref(), &self.engine.settings.timing) {
                    Ok(because) => {
                        lines.say(LogLevel::Info, format!("attempt {attempt} on {host} is over: {because}"));
                        return Ok(());
                    }
                    Err(may_run) => may_run,
                };
            let patience = PATIENCE.saturating_sub(begun.elapsed());
            // Elsewhere nothing but time can tell: wait here only if that is enough.
            if patience.is_zero() || (runs.is_none() && over_in > patience) {
                return Err(StepError::MayRun(Running { attempt, host: host.clone(), because, over_in }));
            }
            tokio::select! {
                () = tokio::time::sleep(over_in.min(Duration::from_millis(250))) => {}
                () = self.stop.wait() => return Err(StepError::Stopped),
            }
        }
    }

    /// Stores what the worker of a lost attempt hadn't. Nothing is stored twice, however often this is begun.
    async fn store_late_lines(
        &self,
        left: &UnsettledAttempt,
        directory: &Path,
        lines: &mut Lines<'_>,
    ) -> Result<(), StepError> {
        let Some(runs) = found(PastRun::all(directory))? else { return Ok(()) };
        let attempt = left.record.attempt;
        for step in StepName::ALL {
            let of_step = |run: &PastRun| run.label.as_deref() == Some(step.as_str());
            if !runs.iter().any(of_step) {
                continue;
            }
            let stored = self.stored_until(attempt, *step).await?;
            let mut late = Lines::resumed(&self.engine.store, self.holder(), attempt, *step, stored)
                .within(self.engine.settings.log_limits);
            let count = read_late(&runs, of_step, &mut late).map_err(StepError::WorkDirectory)?;
            if count > 0 {
                late.say(LogLevel::Info, format!("stored late: {count} lines"));
                self.store_lines(&mut late).await?;
                lines.say(
                    LogLevel::Info,
                    format!("stored {count} lines of {step} that attempt {attempt} hadn't"),
                );
            }
        }
        Ok(())
    }

    async fn stored_until(&self, attempt: u32, step: StepName) -> Result<[u64; 3], StepError> {
        let (store, operation) = (&self.engine.store, self.claim.operation.id);
        let mut stored = [0; 3];
        for (stream, until) in LogStream::ALL.iter().zip(&mut stored) {
            let known = store.stored_until(operation, attempt, step, *stream).await;
            *until = known.map_err(StepError::Store)?;
        }
        Ok(stored)
    }
}

/// Hands the lines of a step's runs on that aren't stored; how many there were.
fn read_late(
    runs: &[PastRun],
    of_step: impl Fn(&PastRun) -> bool,
    late: &mut Lines<'_>,
) -> std::io::Result<usize> {
    let mut count = 0;
    for run in runs.iter().filter(|run| of_step(run)) {
        let mut lengths = [0; 2];
        for (stream, length) in [Stream::Stdout, Stream::Stderr].into_iter().zip(&mut lengths) {
            *length = run.lines(stream, late.unstored_from(stream), |line| {
                count += 1;
                late.push(line);
                Ok::<_, std::io::Error>(())
            })?;
        }
        late.next_command_after(lengths);
    }
    Ok(count)
}

fn suspect(left: &UnsettledAttempt) -> Option<Suspect<'_>> {
    let until = left.record.ended_at?;
    Some(Suspect { host: &left.worker.host, from: left.record.started_at, until })
}

/// Whether the kernel here can be asked about its processes.
fn is_this_host(left: &UnsettledAttempt) -> bool {
    let (Some(place), Ok(here)) = (&left.worker.place, HostIdentity::current()) else { return false };
    left.worker.host == here.hostname
        && place.boot_id == here.boot_id
        && place.pid_namespace == here.pid_namespace
}

fn facts(directory: &Path) -> Result<Option<Vec<AttemptFacts>>, StepError> {
    let runs = found(AttemptFacts::gather_all(directory))?;
    Ok(runs.map(|runs| runs.into_iter().map(|(_, facts)| facts).collect()))
}

fn found<T>(read: std::io::Result<T>) -> Result<Option<T>, StepError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StepError::WorkDirectory(error)),
    }
}

#[cfg(test)]
mod tests {
    use terrane_terraform::guard::RecordedRun;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn run(reported: bool, guard_running: bool) -> AttemptFacts {
        let record = RecordedRun { same_host: true, guard_running, group_left: Some(guard_running) };
        AttemptFacts { reported, record: Some(record), too_late_to_start: true }
    }

    #[test]
    fn every_run_of_an_attempt_has_to_be_over() {
        let over = |runs: &[AttemptFacts]| is_over(SECOND, Some(runs), &Timing::DEFAULT);
        assert_eq!(over(&[]), Ok("its worker had started nothing"));
        assert_eq!(
            over(&[run(true, false), run(false, false)]),
            Ok("its guard and its process group are gone")
        );
        let may_run = over(&[run(false, true), run(true, false)]).unwrap_err();
        assert_eq!(may_run.because, "its guard runs");
        assert_eq!(may_run.over_in.as_secs(), 179);
    }

    #[test]
    fn elsewhere_only_time_proves_it() {
        let after = |seconds: u64| is_over(SECOND * seconds as u32, None, &Timing::DEFAULT);
        let may_run = after(100).unwrap_err();
        assert_eq!(may_run.because, "its worker's host can't be asked");
        assert!(after(180).is_err());
        assert!(after(181).is_ok());
        // What it says is long enough.
        let waited = SECOND * 100 + may_run.over_in;
        assert!(is_over(waited, None, &Timing::DEFAULT).is_ok());
        // A guard that nobody can kill any more is no reason to wait for ever.
        assert!(is_over(SECOND * 181, Some(&[run(false, true)]), &Timing::DEFAULT).is_ok());
    }

    #[test]
    fn a_lock_is_broken_only_if_a_lost_attempt_must_have_taken_it() {
        let at = |second: i64| DateTime::from_timestamp(1_000_000 + second, 0).unwrap();
        let lost = Suspect { host: "worker-1", from: at(100), until: at(200) };
        let may = |host, created| may_break_lock(host, at(created), &[lost]);
        assert!(may("worker-1", 150));
        assert!(may("worker-1", 70) && may("worker-1", 230), "clocks differ");
        assert!(!may("worker-2", 150), "somebody else's");
        assert!(!may("worker-1", 69) && !may("worker-1", 231), "before and after it");
        assert!(!may_break_lock("worker-1", at(150), &[]));
    }
}
