//! `plan`: what an operation would do, or did.

use crate::{
    args::OperationArgs,
    context::{Context, operation_id},
    exit::Exit,
    failure::Failure,
    output::plan_lines,
};

/// Shows every action, and marks those that would destroy data.
pub async fn run(context: &Context, args: &OperationArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    let id = operation_id(&client, &args.operation).await?;
    let plan = client.plan(id).await?;
    context.print(args.format.format, &plan.json, |palette| plan_lines(&plan.value, palette).join("\n"));
    Ok(Exit::Ok)
}
