//! `--wait`: from an accepted call to an exit code.

use std::sync::Arc;

use terrane_domain::OperationState;

use super::{
    approval::{Decision, decide},
    view::View,
    watch::{Stop, Watch},
};
use crate::{
    client::{Client, Operation, Word},
    clock::now,
    exit::Exit,
    failure::Failure,
    output::{duration, operation_error},
    terminal::Terminal,
};

/// Who decides about a plan that would destroy something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// The person at the terminal; without one it goes on waiting.
    Ask,
    /// It was allowed beforehand, whatever it is.
    Given,
}

/// Follows an operation until it is over, or until nobody is there to decide.
pub async fn wait(
    terminal: &Terminal,
    client: &Arc<Client>,
    name: &str,
    operation: Operation,
    approval: Approval,
) -> Result<Exit, Failure> {
    let mut watch = Watch::start(terminal, client, name, operation);
    loop {
        match watch.until_stop().await? {
            Stop::Over => return Ok(over(terminal, &watch.view)),
            Stop::Interrupted => return Ok(interrupted(terminal, &watch.view)),
            Stop::AwaitingApproval => {
                let approve = approval == Approval::Given;
                match decide(terminal, client, name, &watch.view.operation, approve).await? {
                    Decision::Approved | Decision::Discarded => {}
                    Decision::Left => return Ok(Exit::AwaitingApproval),
                    Decision::Interrupted => return Ok(interrupted(terminal, &watch.view)),
                }
            }
        }
    }
}

fn over(terminal: &Terminal, view: &View) -> Exit {
    let View { name, operation, .. } = view;
    terminal.note(&format!(
        "{name}: {} {} after {}",
        operation.kind,
        operation.state,
        duration(view.elapsed(now()))
    ));
    if let Some(error) = operation.error.as_ref().filter(|_| operation.state != OperationState::Succeeded) {
        operation_error(error, terminal.err_palette()).iter().for_each(|line| terminal.note(line));
        let again = if error.retryable { "try again with" } else { "when that is put right, try again with" };
        terminal
            .note(&format!("  {again}: terrane retry {name}   all it wrote: terrane logs {}", operation.id));
    }
    match operation.state {
        Word::Known(OperationState::Succeeded) => Exit::Ok,
        Word::Known(OperationState::Cancelled) => Exit::Cancelled,
        _ => Exit::Failed,
    }
}

fn interrupted(terminal: &Terminal, view: &View) -> Exit {
    let View { name, operation, .. } = view;
    let id = operation.id;
    terminal.note(&format!(
        "Interrupted. The {} of {name} goes on.\n  follow it: terrane logs -f {id}\n  stop it:   terrane cancel {id}",
        operation.kind
    ));
    Exit::Interrupted
}
