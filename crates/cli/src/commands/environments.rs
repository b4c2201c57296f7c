//! `get` and `list`.

use serde_json::Value;

use crate::{
    args::{EnvironmentArgs, ListArgs},
    client::Filter,
    clock::now,
    context::Context,
    exit::Exit,
    failure::Failure,
    output::{environment_details, environment_table},
};

/// Shows one environment.
pub async fn get(context: &Context, args: &EnvironmentArgs) -> Result<Exit, Failure> {
    let environment = context.client()?.environment(args.environment.as_str()).await?;
    context.print(args.format.format, &environment.json, |palette| {
        environment_details(&environment.value, now(), palette)
    });
    Ok(Exit::Ok)
}

/// Lists environments; as JSON an array, of all pages.
pub async fn list(context: &Context, args: &ListArgs) -> Result<Exit, Failure> {
    let labels = (!args.label.is_empty()).then(|| args.label.join(","));
    let filter = Filter { states: args.state.clone(), labels, text: args.query.clone() };
    let environments = context.client()?.environments(&filter).await?;
    let json = Value::Array(environments.iter().map(|environment| environment.json.clone()).collect());
    context.print(args.format.format, &json, |palette| {
        if environments.is_empty() {
            "No environments.".to_owned()
        } else {
            environment_table(&environments, now(), palette)
        }
    });
    Ok(Exit::Ok)
}
