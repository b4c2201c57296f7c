//! The engine: takes a claim to one of its ends.

use std::{
    path::Path,
    sync::OnceLock,
    time::{Duration, Instant},
};

use terrane_aws::Aws;
use terrane_domain::{OperationKind, OperationState};
use terrane_store::{Claim, Holder, OperationError, PinnedEngine, Store};
use terrane_telemetry::{Chain, WorkerMetrics};
use terrane_terraform::{
    BootTime, Command, Engine as Terraform, Exit, GuardProgram, ProviderMirror, guard::Cause,
};
use tracing::Instrument;

use crate::{
    EngineSettings,
    attempt::Attempt,
    failure::{self, StepError},
    lease::Lease,
    retry::{self, Verdict},
    script::Done,
    stop::{Asked, Stop},
};

/// What every attempt of a worker shares.
pub struct Engine {
    /// The truth.
    pub store: Store,
    /// The worker's own identity in AWS.
    pub aws: Aws,
    /// The terraform or tofu binary.
    pub terraform: Terraform,
    /// Where providers come from; `None` lets Terraform download them.
    pub mirror: Option<ProviderMirror>,
    /// How a guard is started.
    pub guard: GuardProgram,
    /// Limits and places.
    pub settings: EngineSettings,
    /// What is counted.
    pub metrics: WorkerMetrics,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Done.
    Succeeded,
    /// Failed for good.
    Failed,
    /// Ended on request.
    Cancelled,
    /// Waits for a person.
    AwaitingApproval,
    /// Waits for its next attempt.
    Retrying,
    /// Given back by a draining worker.
    HandedBack,
    /// Somebody else holds it; nothing was written.
    Lost,
}

impl Ended {
    /// The spelling used in metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Retrying => "retrying",
            Self::HandedBack => "handed_back",
            Self::Lost => "lost",
        }
    }
}

impl Engine {
    /// Works on a claim that was sent at `claimed`, until it is done, stopped or lost. Its work directory is removed
    /// unless the lease was lost: then it belongs to whoever takes over.
    pub async fn attempt(&self, claim: Claim, claimed: BootTime, stop: Stop) -> Ended {
        let operation = &claim.operation;
        let (kind, started) = (operation.kind, Instant::now());
        let span = tracing::info_span!(
            "operation",
            operation = %operation.id,
            environment = %claim.environment.id,
            tenant = %claim.tenant.id,
            request_id = operation.request_id.as_deref(),
        );
        let ended = async {
            tracing::info!(kind = %kind, attempt = claim.operation.attempt, fence = claim.holder.fence.get(), "attempt_started");
            let lease =
                Lease::new(&self.store, claim.holder, &self.settings, claimed, stop.cancel.clone(), &self.metrics);
            let attempt = Attempt {
                engine: self,
                claim: &claim,
                claimed: started,
                lease: &lease,
                stop: &stop,
                stuck_in: OnceLock::new(),
            };
            let ended = tokio::select! {
                biased;
                ended = attempt.conclude() => ended,
                _lost = lease.keep() => Ended::Lost,
            };
            tracing::info!(kind = %kind, outcome = ended.as_str(), duration_ms = started.elapsed().as_millis(), "attempt_ended");
            ended
        }
        .instrument(span)
        .await;
        self.count(kind, ended, started.elapsed());
        ended
    }

    /// Ends an operation whose attempt panicked: a fault of ours, and nobody is left to say how it ended.
    pub async fn give_up_after_panic(&self, holder: &Holder) {
        let error = OperationError {
            kind: "internal".to_owned(),
            message: "the worker failed in the middle of the attempt".to_owned(),
            hint: Some("retry it; the worker's log has the reason under this operation's id".to_owned()),
            retryable: true,
            step: None,
        };
        // Its guard interrupts Terraform now that nobody ticks it; what it had under way is for a later attempt.
        let ended = async {
            self.store.mark_unsettled(holder).await?;
            self.store.fail(holder, &error).await
        };
        if let Err(error) = ended.await {
            tracing::error!(operation = %holder.operation_id, error = %Chain(&error), "end_not_recorded");
        }
    }

    /// What makes the environments that this worker touches.
    pub(crate) fn engine_pin(&self) -> PinnedEngine {
        PinnedEngine { name: self.terraform.kind.to_string(), version: self.terraform.version.to_string() }
    }

    pub(crate) fn count_exit(&self, command: &Command, exit: &Exit) {
        if exit.cause == Some(Cause::NoTick) {
            self.metrics.fences.inc();
        }
        if let Some(error) = exit.error(command) {
            self.metrics.terraform_errors.with_label_values(&[error.kind.as_str()]).inc();
        }
    }

    fn count(&self, kind: OperationKind, ended: Ended, took: Duration) {
        let labels = [kind.as_str(), ended.as_str()];
        self.metrics.operations.with_label_values(&labels).inc();
        self.metrics.operation_duration.with_label_values(&labels).observe(took.as_secs_f64());
    }
}

impl Attempt<'_> {
    /// Goes through the steps and records the end.
    async fn conclude(&self) -> Ended {
        let outcome = self.perform_in_time().await;
        // Before the row says that it is over: afterwards the next operation of this environment may begin.
        if !outcome.as_ref().is_err_and(StepError::leaves_something_behind) {
            self.remove_directory(&self.directory()).await;
        }
        match self.record_end(outcome).await {
            Ok(ended) => ended,
            Err(StepError::Lost(_)) => Ended::Lost,
            Err(error) => {
                tracing::error!(error = %Chain(&error), "end_not_recorded");
                Ended::Lost
            }
        }
    }

    /// Past the deadline the steps are asked to stop and waited for: a Terraform that was left alone would go on working
    /// in a directory and an environment that somebody else may have.
    async fn perform_in_time(&self) -> Result<Done, StepError> {
        let limit = self.engine.settings.deadlines.attempt;
        let mut performance = std::pin::pin!(self.perform());
        tokio::select! {
            outcome = &mut performance => return outcome,
            () = tokio::time::sleep(limit) => self.stop.overdue.cancel(),
        }
        match performance.await {
            Err(StepError::Stopped) => Err(StepError::Deadline { minutes: limit.as_secs() / 60 }),
            outcome => outcome,
        }
    }

    async fn record_end(&self, outcome: Result<Done, StepError>) -> Result<Ended, StepError> {
        let (store, holder) = (&self.engine.store, self.holder());
        let error = match outcome {
            Ok(Done::Succeeded { outputs }) => {
                self.insist(|| store.succeed(holder, outputs.as_ref())).await?;
                return Ok(Ended::Succeeded);
            }
            Ok(Done::ApprovalNeeded { digest }) => {
                let expires_after = self.engine.settings.approval_expires_after;
                let state = self.insist(|| store.await_approval(holder, &digest, expires_after)).await?;
                return Ok(ended_as(state));
            }
            Err(StepError::Lost(lost)) => return Err(StepError::Lost(lost)),
            Err(error) => error,
        };
        match self.stop.asked() {
            Some(Asked::Cancel) => {
                self.insist(|| store.cancelled(holder)).await?;
                return Ok(Ended::Cancelled);
            }
            Some(Asked::HandBack) if matches!(error, StepError::Stopped) => {
                return match self.insist(|| store.hand_back(holder)).await? {
                    OperationState::Retrying => Ok(Ended::HandedBack),
                    other => Ok(ended_as(other)),
                };
            }
            _ => {}
        }
        tracing::warn!(error = %Chain(&error), "attempt_failed");
        let told = failure::classify(&error, self.stuck_in.get().copied());
        let failures = self.claim.operation.failures;
        match retry::after_failure(told.failure, failures, chance(), &self.engine.settings.retry) {
            Verdict::Again { after, counts } => {
                let state = self.insist(|| store.retry_later(holder, &told.error, after, counts)).await?;
                Ok(ended_as(state))
            }
            Verdict::GiveUp(_) => {
                self.insist(|| store.fail(holder, &told.error)).await?;
                Ok(Ended::Failed)
            }
        }
    }

    /// Removes the directory of an attempt.
    pub(crate) async fn remove_directory(&self, directory: &Path) {
        let removed = tokio::fs::remove_dir_all(directory).await;
        if let Err(error) = removed
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, directory = %directory.display(), "work_directory_not_removed");
        }
        // The operation's own directory, once no attempt is left in it.
        if let Some(parent) = directory.parent() {
            let _still_used = tokio::fs::remove_dir(parent).await;
        }
    }
}

/// A write that puts an operation off ends it instead if somebody cancelled it in the meantime.
const fn ended_as(state: OperationState) -> Ended {
    match state {
        OperationState::AwaitingApproval => Ended::AwaitingApproval,
        OperationState::Cancelled => Ended::Cancelled,
        _ => Ended::Retrying,
    }
}

/// A number in `0.0..1.0` to spread retries: the low bits of the clock are random enough for that.
fn chance() -> f64 {
    let nanos = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.subsec_nanos());
    f64::from(nanos % 1_000_000) / 1_000_000.0
}
