//! `approve`, `discard`, `cancel` and `retry`: decisions about one operation.

use crate::{
    args::DecisionArgs,
    context::{Context, operation_id},
    exit::Exit,
    failure::Failure,
    follow::Approval,
    output::plan_lines,
};

use super::accepted::finish;

/// Shows the plan and allows exactly that: if another one has taken its place meanwhile, the server refuses.
pub async fn approve(context: &Context, args: &DecisionArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    let id = operation_id(&client, &args.operation.operation).await?;
    let plan = client.plan(id).await?.value;
    plan_lines(&plan, context.terminal.err_palette()).iter().for_each(|line| context.terminal.note(line));
    let accepted = client.approve(id, plan.digest.as_deref()).await?;
    finish(context, &client, accepted, args.wait, Approval::Ask, args.operation.format).await
}

/// Refuses a plan.
pub async fn discard(context: &Context, args: &DecisionArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    let id = operation_id(&client, &args.operation.operation).await?;
    let accepted = client.discard(id).await?;
    as_wished(finish(context, &client, accepted, args.wait, Approval::Ask, args.operation.format).await)
}

/// Stops an operation.
pub async fn cancel(context: &Context, args: &DecisionArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    let id = operation_id(&client, &args.operation.operation).await?;
    let accepted = client.cancel(id).await?;
    as_wished(finish(context, &client, accepted, args.wait, Approval::Ask, args.operation.format).await)
}

/// Does again what failed or was cancelled.
pub async fn retry(context: &Context, args: &DecisionArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    let id = operation_id(&client, &args.operation.operation).await?;
    let accepted = client.retry(id).await?;
    finish(context, &client, accepted, args.wait, Approval::Ask, args.operation.format).await
}

/// Who asks for an operation to end has got what was asked for when it is cancelled.
fn as_wished(exit: Result<Exit, Failure>) -> Result<Exit, Failure> {
    exit.map(|exit| if exit == Exit::Cancelled { Exit::Ok } else { exit })
}
