//! Why an attempt did not get to its end, and what is recorded about it.

use terrane_aws::{AwsError, AwsErrorKind};
use terrane_blueprint::{ImportsError, RenderError};
use terrane_domain::{Problems, StepName};
use terrane_store::{HolderError, OperationError, StoreError};
use terrane_terraform::{DocumentError, ErrorKind, RunError, TerraformError, WorkspaceError};

use crate::{
    lease::{Barred, Lost},
    recover::Running,
    retry::Failure,
};

/// Why a step did not get to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error("somebody else holds the operation")]
    Lost(#[from] Lost),
    #[error("stopped on request")]
    Stopped,
    #[error("attempt {} on {} may still run", .0.attempt, .0.host)]
    MayRun(Running),
    #[error("there is no end to what is to be adopted")]
    EndlessAdoption,
    #[error("the imports can't be written")]
    Imports(#[from] ImportsError),
    #[error("the plan can't be read")]
    Plan(#[source] DocumentError),
    #[error("too late to start")]
    Barred(#[from] Barred),
    #[error("Terraform did not succeed")]
    Terraform(#[source] Box<TerraformError>),
    #[error("an AWS call failed")]
    Aws(#[from] AwsError),
    #[error("the account is {found}, not {expected}")]
    WrongAccount { expected: String, found: String },
    #[error("the stored spec can't be resolved")]
    Spec(#[source] Problems),
    #[error("the model can't be rendered")]
    Render(#[from] RenderError),
    #[error("the work directory can't be used")]
    WorkDirectory(#[source] std::io::Error),
    #[error("the workspace can't be prepared")]
    Workspace(#[from] WorkspaceError),
    #[error("the command can't be started")]
    Start(#[from] RunError),
    #[error("what is protected would be deleted")]
    Protected { addresses: Vec<String> },
    #[error("{} things still stand after the destroy", arns.len())]
    Leftovers { arns: Vec<String> },
    #[error("the attempt took longer than {minutes} minutes")]
    Deadline { minutes: u64 },
    #[error("the store failed")]
    Store(#[source] StoreError),
}

impl StepError {
    /// Whether the work directory holds what nobody else has: the state of a Terraform that could not save it, or the
    /// records by which whoever takes over judges the attempt.
    pub(crate) fn leaves_something_behind(&self) -> bool {
        match self {
            Self::Lost(_) => true,
            Self::Terraform(error) => error.kind == ErrorKind::StateNotSaved,
            _ => false,
        }
    }
}

impl From<HolderError> for StepError {
    fn from(error: HolderError) -> Self {
        match error {
            HolderError::Fenced(_) => Self::Lost(Lost),
            HolderError::Store(error) => Self::Store(error),
        }
    }
}

/// What is recorded and whether it is tried again.
pub(crate) struct Classified {
    pub(crate) error: OperationError,
    pub(crate) failure: Failure,
}

/// Puts a step's error into words for the environment's owner; nothing internal gets through.
pub(crate) fn classify(error: &StepError, step: Option<StepName>) -> Classified {
    let (kind, message, hint, failure): (&str, String, Option<String>, Failure) = match error {
        StepError::Terraform(error) => (
            error.kind.as_str(),
            error.message.clone(),
            Some(error.hint.clone()),
            match error.kind {
                ErrorKind::Locked { .. } => Failure::Locked,
                _ if error.retryable() => Failure::Transient,
                _ => Failure::Permanent,
            },
        ),
        StepError::Aws(error) => (
            aws_kind(error.kind),
            error.to_string(),
            Some(error.hint().to_owned()),
            if error.retryable() { Failure::Transient } else { Failure::Permanent },
        ),
        StepError::MayRun(Running { attempt, host, because, over_in }) => (
            "attempt_may_run",
            format!("attempt {attempt} on {host} was lost and may still run Terraform: {because}"),
            Some(format!("nothing to do: this one goes on by itself in {} s at the latest", over_in.as_secs() + 1)),
            Failure::NotYet(*over_in),
        ),
        StepError::WrongAccount { expected, found } => (
            "wrong_account",
            format!("cloud.account_id is {expected}, but these credentials act in account {found}"),
            Some("correct cloud.account_id, or name a role of that account in cloud.role_arn".to_owned()),
            Failure::Permanent,
        ),
        StepError::Spec(problems) => (
            "invalid_spec",
            problems.to_string(),
            Some("change the environment file and apply it again".to_owned()),
            Failure::Permanent,
        ),
        StepError::Render(error) => ("invalid_spec", error.to_string(), None, Failure::Permanent),
        StepError::Protected { addresses } => (
            "protected",
            format!("{}: protected against deletion, and the plan would delete or replace it", addresses.join(", ")),
            Some(
                "apply the file with lifecycle.deletion_protection: false first, by itself; then this change, which asks for \
                 approval"
                    .to_owned(),
            ),
            Failure::Permanent,
        ),
        StepError::Leftovers { arns } => (
            "leftovers",
            format!("everything was destroyed that Terraform knew of, but this still stands: {}", list(arns)),
            Some(
                "find out what made it (an attempt that was lost, a controller, a person) and delete it there, then \
                 destroy the environment again; if it is not this environment's, take its tag terrane:environment away"
                    .to_owned(),
            ),
            Failure::Permanent,
        ),
        StepError::Deadline { minutes } => (
            "timeout",
            format!("the attempt was stopped after {minutes} minutes"),
            Some("see the log for what it waited for; retry continues from where it stands".to_owned()),
            Failure::Permanent,
        ),
        StepError::Lost(_) | StepError::Stopped => {
            ("cancelled", "the attempt was stopped".to_owned(), None, Failure::Transient)
        }
        StepError::Barred(_)
        | StepError::EndlessAdoption
        | StepError::Imports(_)
        | StepError::Plan(_)
        | StepError::WorkDirectory(_)
        | StepError::Workspace(_)
        | StepError::Start(_)
        | StepError::Store(_) => (
            "internal",
            "the worker could not carry out the step".to_owned(),
            Some("the worker's log has the reason under this operation's id".to_owned()),
            Failure::Transient,
        ),
    };
    let error = OperationError {
        kind: kind.to_owned(),
        message,
        hint,
        retryable: failure != Failure::Permanent,
        step,
    };
    Classified { error, failure }
}

/// As many as a person reads; the API shows all.
fn list(arns: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = arns.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match arns.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn aws_kind(kind: AwsErrorKind) -> &'static str {
    match kind {
        AwsErrorKind::Credentials => "credentials",
        AwsErrorKind::AccessDenied => "access_denied",
        AwsErrorKind::WrongOwner => "wrong_owner",
        AwsErrorKind::Throttled => "throttled",
        AwsErrorKind::Network => "network",
        AwsErrorKind::Unavailable => "unavailable",
        AwsErrorKind::Other => "aws",
    }
}

#[cfg(test)]
mod tests {
    use terrane_terraform::TerraformError;

    use super::*;

    #[test]
    fn a_state_that_was_not_saved_is_kept_for_the_next_attempt() {
        let error = StepError::Terraform(Box::new(TerraformError {
            kind: ErrorKind::StateNotSaved,
            message: "the state could not be saved".to_owned(),
            hint: "push it".to_owned(),
            address: None,
        }));
        assert!(error.leaves_something_behind());
        let told = classify(&error, Some(StepName::Apply));
        assert_eq!(told.failure, Failure::Transient);
    }

    #[test]
    fn what_is_protected_is_named_with_the_remedy_and_is_not_tried_again() {
        let error = StepError::Protected { addresses: vec!["aws_db_instance.main[\"main\"]".to_owned()] };
        let told = classify(&error, Some(StepName::Plan));
        assert_eq!((told.failure, told.error.kind.as_str()), (Failure::Permanent, "protected"));
        assert!(told.error.message.contains("aws_db_instance.main[\"main\"]"), "{}", told.error.message);
        assert!(told.error.hint.unwrap_or_default().contains("lifecycle.deletion_protection: false"));
    }

    #[test]
    fn leftovers_are_named_and_not_waited_for_again() {
        let arns: Vec<_> = (1..=12).map(|n| format!("arn:aws:ec2:eu-west-1:1:vpc/vpc-{n}")).collect();
        let told = classify(&StepError::Leftovers { arns }, Some(StepName::Inventory));
        assert_eq!((told.failure, told.error.kind.as_str()), (Failure::Permanent, "leftovers"));
        assert!(told.error.message.ends_with("vpc/vpc-10 and 2 more"), "{}", told.error.message);
        assert!(told.error.hint.unwrap_or_default().contains("destroy the environment again"));
    }

    #[test]
    fn an_ordinary_failure_leaves_no_directory_behind() {
        assert!(!StepError::Stopped.leaves_something_behind());
        assert!(StepError::Lost(Lost).leaves_something_behind());
    }
}
