//! One attempt at one operation: what every step needs, and how a step is begun, run and recorded.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::OnceLock,
    time::{Duration, Instant},
};

use terrane_domain::{StepName, StepState};
use terrane_store::{Claim, Holder, HolderError, LogLevel, StepEnd};
use terrane_telemetry::Chain;
use terrane_terraform::{
    Body, Change, Command, ErrorKind, Event, Exit, Message, Outcome, OutputValue, Progress, Run, RunOptions,
    Workspace,
};

use crate::{
    Engine,
    failure::{self, StepError},
    lease::{Lease, Lost},
    lines::Lines,
    stop::Stop,
};

/// How long a Postgres that answers with errors is asked again.
const PATIENCE: Duration = Duration::from_secs(300);

/// What every step of an attempt needs.
pub(crate) struct Attempt<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) claim: &'a Claim,
    /// When the claim was answered.
    pub(crate) claimed: Instant,
    pub(crate) lease: &'a Lease<'a>,
    pub(crate) stop: &'a Stop,
    /// The step that did not get to its end; empty as long as all did.
    pub(crate) stuck_in: OnceLock<StepName>,
}

/// A step that was begun; [`Attempt::end`] records its end.
pub(crate) struct Step<'a> {
    name: StepName,
    started: Instant,
    pub(crate) lines: Lines<'a>,
}

/// What a command said, as far as a later step needs it.
#[derive(Default)]
pub(crate) struct Finished {
    /// The changes that a plan contains.
    pub(crate) changes: Vec<Change>,
    /// The outputs as they are after an apply.
    pub(crate) outputs: BTreeMap<String, OutputValue>,
}

/// A command that ended, however it did.
pub(crate) struct Ran {
    pub(crate) finished: Finished,
    pub(crate) exit: Exit,
    /// Somebody asked to stop.
    pub(crate) interrupted: bool,
    /// For the document that it printed.
    pub(crate) run: Run,
}

impl Finished {
    fn observe(&mut self, message: &Message) {
        match &message.body {
            Body::PlannedChange(change) => self.changes.push(change.clone()),
            Body::Outputs(outputs) => self.outputs.clone_from(outputs),
            _ => {}
        }
    }
}

impl<'a> Attempt<'a> {
    pub(crate) fn holder(&self) -> &Holder {
        self.lease.holder()
    }

    /// Where this attempt works. Made of ids and numbers of our own.
    pub(crate) fn directory(&self) -> PathBuf {
        let operation = &self.claim.operation;
        self.engine.settings.work_dir.join(operation.id.to_string()).join(operation.attempt.to_string())
    }

    /// Begins a step: only with a fresh lease, and only if nobody asked to stop.
    pub(crate) async fn begin(&self, name: StepName) -> Result<Step<'_>, StepError> {
        self.lease.renew_now().await?;
        if self.stop.asked().is_some() {
            return Err(StepError::Stopped);
        }
        self.insist(|| self.engine.store.begin_step(self.holder(), name)).await?;
        let attempt = self.claim.operation.attempt;
        tracing::info!(step = %name, attempt, "step_started");
        let lines = Lines::new(&self.engine.store, self.holder(), attempt, name)
            .within(self.engine.settings.log_limits);
        Ok(Step { name, started: Instant::now(), lines })
    }

    /// Records how a step ended and passes its outcome on. A step counts as done only after a renewal.
    pub(crate) async fn end<T>(&self, step: Step<'_>, outcome: Result<T, StepError>) -> Result<T, StepError> {
        let Step { name, started, mut lines } = step;
        if outcome.is_err() {
            self.stuck_in.get_or_init(|| name);
        }
        let (end, detail) = match &outcome {
            Ok(_) => (StepEnd::Succeeded, None),
            Err(StepError::Lost(lost)) => return Err(StepError::Lost(*lost)),
            Err(StepError::Stopped) => (StepEnd::Interrupted, None),
            Err(error) => {
                let told = failure::classify(error, Some(name)).error;
                lines.say(LogLevel::Error, &told.message);
                (StepEnd::Failed, Some(told.message))
            }
        };
        self.store_lines(&mut lines).await?;
        self.lease.renew_now().await?;
        self.insist(|| self.engine.store.finish_step(self.holder(), name, end, detail.as_deref())).await?;
        let state = StepState::from(end);
        let took = started.elapsed();
        tracing::info!(step = %name, outcome = %state, duration_ms = took.as_millis(), "step_ended");
        let labels = [name.as_str(), state.as_str()];
        self.engine.metrics.step_duration.with_label_values(&labels).observe(took.as_secs_f64());
        outcome
    }

    /// Runs a command, storing its lines and progress on the way. That it doesn't succeed is an error.
    pub(crate) async fn terraform(
        &self,
        workspace: &Workspace,
        command: &Command,
        deadline: Duration,
        lines: &mut Lines<'_>,
    ) -> Result<Finished, StepError> {
        let ran = self.run(workspace, command, deadline, lines).await?;
        self.verdict(command, &ran.exit, ran.interrupted)?;
        Ok(ran.finished)
    }

    /// The same for a command whose failure says something.
    pub(crate) async fn run(
        &self,
        workspace: &Workspace,
        command: &Command,
        deadline: Duration,
        lines: &mut Lines<'_>,
    ) -> Result<Ran, StepError> {
        self.lease.may_start()?;
        let timing = &self.engine.settings.timing;
        let options = RunOptions {
            fence: timing.fence,
            grace: timing.grace,
            orphan_grace: timing.orphan_grace,
            start_barrier: timing.start_barrier,
            held_as_of: Some(self.lease.held_as_of()),
            label: lines.step().as_str(),
            ..RunOptions::with_deadline(deadline)
        };
        let mut run = workspace.start(command, &options, &self.engine.guard)?;
        self.lease.tick_with(run.ticker());

        let mut finished = Finished::default();
        let mut progress = Watched::new(matches!(command, Command::Apply { .. }));
        let mut interrupted = false;
        let exit = loop {
            let due = lines.due();
            tokio::select! {
                event = run.next(), if !lines.is_full() => match event {
                    Some(Event::Line(line)) => {
                        if let Some(message) = &line.parsed {
                            progress.observe(message);
                            finished.observe(message);
                        }
                        lines.push(line);
                    }
                    Some(Event::Silent(since)) => {
                        if let Some(still) = progress.still() {
                            lines.say(LogLevel::Info, still);
                        }
                        tracing::debug!(silent_s = since.as_secs(), "terraform_silent");
                    }
                    Some(Event::Exited(exit)) => break exit,
                    None => return Err(StepError::Stopped),
                },
                () = sleep_until(due), if due.is_some() => {
                    self.try_flush(lines).await?;
                    self.record(&mut progress).await?;
                }
                () = self.stop.wait(), if !interrupted => {
                    interrupted = true;
                    run.cancel();
                    lines.say(LogLevel::Warn, format!("interrupting terraform {command}: it saves what it has done"));
                }
            }
        };
        lines.next_command();
        self.store_lines(lines).await?;
        let unsaved = exit.error(command).is_some_and(|error| error.kind == ErrorKind::StateNotSaved);
        if unsaved || matches!(exit.outcome, Outcome::Killed | Outcome::GuardLost) {
            // Before anything else: the state is behind the world, and its lock may stand.
            self.insist(|| self.engine.store.mark_unsettled(self.holder())).await?;
        }
        self.record(&mut progress).await?;
        Ok(Ran { finished, exit, interrupted, run })
    }

    /// Whether a command did what it was to do.
    pub(crate) fn verdict(&self, command: &Command, exit: &Exit, interrupted: bool) -> Result<(), StepError> {
        self.engine.count_exit(command, exit);
        match exit.error(command) {
            None => Ok(()),
            // Outweighs the interrupt: somebody has to know.
            Some(error) if error.kind == ErrorKind::StateNotSaved => {
                Err(StepError::Terraform(Box::new(error)))
            }
            Some(_) if interrupted && matches!(exit.outcome, Outcome::Interrupted | Outcome::Killed) => {
                Err(StepError::Stopped)
            }
            Some(error) => {
                for diagnostic in exit.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
                    tracing::warn!(
                        command = command.name(),
                        summary = %terrane_terraform::scrub(&diagnostic.summary),
                        address = diagnostic.address.as_deref(),
                        "terraform_error"
                    );
                }
                Err(StepError::Terraform(Box::new(error)))
            }
        }
    }

    /// Stores what waits, for as long as it takes: no line that was read is lost to a Postgres that is away.
    pub(crate) async fn store_lines(&self, lines: &mut Lines<'_>) -> Result<(), StepError> {
        let began = Instant::now();
        loop {
            match lines.flush().await {
                Ok(()) => return Ok(()),
                Err(error) => self.wait_out(error, began).await?,
            }
        }
    }

    /// Stores what waits if that is possible now: a log line is no reason to leave a Terraform that runs.
    async fn try_flush(&self, lines: &mut Lines<'_>) -> Result<(), StepError> {
        pass_over(lines.flush().await, "lines_not_stored")
    }

    async fn record(&self, progress: &mut Watched) -> Result<(), StepError> {
        let Some((planned, done)) = progress.changed() else { return Ok(()) };
        let recorded = self.engine.store.record_progress(self.holder(), Some(planned), done).await;
        if recorded.is_ok() {
            progress.told = Some((planned, done));
        }
        pass_over(recorded, "progress_not_recorded")
    }

    /// Writes, for as long as it takes to reach Postgres. A Postgres that refuses is asked again for a while: it may be
    /// failing over, or a lock may be held.
    pub(crate) async fn insist<T, F>(&self, write: impl Fn() -> F) -> Result<T, StepError>
    where
        F: Future<Output = Result<T, HolderError>>,
    {
        let began = Instant::now();
        loop {
            match write().await {
                Ok(written) => return Ok(written),
                Err(error) => self.wait_out(error, began).await?,
            }
        }
    }

    async fn wait_out(&self, error: HolderError, began: Instant) -> Result<(), StepError> {
        match &error {
            HolderError::Store(store) if store.is_unavailable() || began.elapsed() < PATIENCE => {}
            _ => return Err(error.into()),
        }
        tracing::warn!(error = %Chain(&error), "store_failed");
        tokio::time::sleep(self.engine.settings.timing.renew_every / 5).await;
        Ok(())
    }
}

/// Only a lost lease ends what is under way.
fn pass_over(written: Result<(), HolderError>, event: &'static str) -> Result<(), StepError> {
    match written {
        Ok(()) => Ok(()),
        Err(HolderError::Fenced(_)) => Err(StepError::Lost(Lost)),
        Err(error) => {
            tracing::warn!(error = %Chain(&error), event);
            Ok(())
        }
    }
}

/// Progress, and whether it changed since it was last asked for.
struct Watched {
    progress: Progress,
    counts: bool,
    told: Option<(u32, u32)>,
}

impl Watched {
    fn new(counts: bool) -> Self {
        Self { progress: Progress::default(), counts, told: None }
    }

    fn observe(&mut self, message: &Message) {
        self.progress.observe(message);
    }

    fn still(&self) -> Option<String> {
        self.progress.snapshot().still()
    }

    fn changed(&self) -> Option<(u32, u32)> {
        let snapshot = self.progress.snapshot();
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let now = (small(snapshot.planned), small(snapshot.done));
        (self.counts && self.told != Some(now)).then_some(now)
    }
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use terrane_store::{Fenced, StoreError};

    use super::*;

    #[test]
    fn only_a_lost_lease_ends_what_is_under_way() {
        let refused = StoreError::Query {
            doing: "store lines",
            source: "a column is missing".into(),
            constraint: None,
        };
        assert!(pass_over(Err(refused.into()), "lines_not_stored").is_ok());
        let fenced = Fenced { operation: "op_00000000000000000000000000000000".parse().unwrap() };
        assert!(matches!(pass_over(Err(fenced.into()), "lines_not_stored"), Err(StepError::Lost(Lost))));
    }
}
