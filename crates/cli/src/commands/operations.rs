//! `operations`: what was done to an environment.

use serde_json::Value;

use crate::{
    args::EnvironmentArgs, clock::now, context::Context, exit::Exit, failure::Failure,
    output::operation_table,
};

/// Lists them, newest first; as JSON an array, of all pages.
pub async fn run(context: &Context, args: &EnvironmentArgs) -> Result<Exit, Failure> {
    let operations = context.client()?.operations(args.environment.as_str()).await?;
    let json = Value::Array(operations.iter().map(|operation| operation.json.clone()).collect());
    context.print(args.format.format, &json, |palette| operation_table(&operations, now(), palette));
    Ok(Exit::Ok)
}
