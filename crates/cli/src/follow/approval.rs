//! A plan that would destroy something: showing it, and asking.

use crate::{
    client::{Client, Operation},
    failure::Failure,
    output::{Colour, destroyed_lines},
    terminal::{Answer, Terminal},
};

/// What was decided about a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is carried out.
    Approved,
    /// It is not.
    Discarded,
    /// Nobody decided; it goes on waiting.
    Left,
    /// Ctrl-C at the question.
    Interrupted,
}

/// Shows what would be destroyed and has it decided: by `--approve`, by the person, or by nobody. What is approved is
/// the digest of exactly the plan that was shown.
pub async fn decide(
    terminal: &Terminal,
    client: &Client,
    name: &str,
    operation: &Operation,
    approve: bool,
) -> Result<Decision, Failure> {
    let plan = client.plan(operation.id).await?.value;
    let palette = terminal.err_palette();
    let heading = format!("{name}: the {} waits for approval. It would destroy:", operation.kind);
    terminal.note(&palette.paint(Colour::Strong, &heading));
    destroyed_lines(&plan, palette).iter().for_each(|line| terminal.note(line));
    let digest = plan.digest.as_deref().or(operation.plan_digest.as_deref());

    if approve {
        terminal.note("Approved by --approve.");
        client.approve(operation.id, digest).await?;
        return Ok(Decision::Approved);
    }
    if !terminal.is_interactive() {
        return Ok(left(terminal, operation));
    }
    match terminal.ask("Type yes to approve, no to discard, anything else to leave it waiting:").await {
        Answer::Line(line) if line.trim() == "yes" => {
            client.approve(operation.id, digest).await?;
            Ok(Decision::Approved)
        }
        Answer::Line(line) if line.trim() == "no" => {
            client.discard(operation.id).await?;
            Ok(Decision::Discarded)
        }
        Answer::Line(_) | Answer::End => Ok(left(terminal, operation)),
        Answer::Interrupted => Ok(Decision::Interrupted),
    }
}

fn left(terminal: &Terminal, operation: &Operation) -> Decision {
    let id = operation.id;
    terminal.note(&format!("It waits. Decide with: terrane approve {id}   or: terrane discard {id}"));
    if let Some(expires_at) = operation.approval_expires_at {
        terminal.note(&format!(
            "Without a decision it is cancelled at {}.",
            expires_at.format("%Y-%m-%d %H:%M UTC")
        ));
    }
    Decision::Left
}
