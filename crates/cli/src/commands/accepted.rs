//! What every write ends with: following the operation or not, and the result.

use std::sync::Arc;

use serde_json::json;

use crate::{
    args::{FormatArgs, WaitArgs},
    client::{Accepted, Client, Document},
    clock::now,
    context::Context,
    exit::Exit,
    failure::Failure,
    follow::{Approval, wait},
    output::{environment_details, inventory_lines},
};

/// Follows the operation if asked to, and prints the environment and the operation as they are then.
pub async fn finish(
    context: &Context,
    client: &Arc<Client>,
    accepted: Document<Accepted>,
    args: WaitArgs,
    approval: Approval,
    format: FormatArgs,
) -> Result<Exit, Failure> {
    let Accepted { environment, operation } = accepted.value;
    if !args.wait {
        context.terminal.note(&format!(
            "{}: {} {} ({id})\n  follow it: terrane logs -f {id}",
            environment.name,
            operation.kind,
            operation.state.to_string().replace('_', " "),
            id = operation.id
        ));
        context.print(format.format, &accepted.json, |palette| {
            environment_details(&environment, now(), palette)
        });
        return Ok(Exit::Ok);
    }
    let (id, environment_id) = (operation.id, environment.id);
    let exit = wait(&context.terminal, client, &environment.name, operation, approval).await?;
    if exit == Exit::Interrupted {
        return Ok(exit);
    }
    let environment = client.environment(&environment_id.to_string()).await?;
    let operation = client.operation(id).await?;
    let terminal = &context.terminal;
    for line in inventory_lines(&operation.value.inventory, terminal.err_palette()) {
        terminal.note(&line);
    }
    let json = json!({ "environment": environment.json, "operation": operation.json });
    context.print(format.format, &json, |palette| environment_details(&environment.value, now(), palette));
    Ok(exit)
}
