//! `outputs`: what Terraform says about what stands.

use crate::{
    args::OutputsArgs,
    context::Context,
    exit::Exit,
    failure::Failure,
    output::{output_text, outputs_table},
};

/// Shows all of them, or the bare value of one.
pub async fn run(context: &Context, args: &OutputsArgs) -> Result<Exit, Failure> {
    let outputs = context.client()?.outputs(args.environment.as_str()).await?;
    let by_name = &outputs.value.outputs;
    let Some(name) = &args.output else {
        context.print(args.format.format, &outputs.json, |palette| {
            if by_name.is_empty() { "No outputs yet.".to_owned() } else { outputs_table(by_name, palette) }
        });
        return Ok(Exit::Ok);
    };
    let Some(output) = by_name.get(name) else {
        let known: Vec<&str> = by_name.keys().map(String::as_str).collect();
        return Err(Failure::NoSuchOutput {
            environment: args.environment.to_string(),
            output: name.clone(),
            known: if known.is_empty() { "none yet".to_owned() } else { known.join(", ") },
        });
    };
    context.print(args.format.format, output, |_| output_text(output));
    Ok(Exit::Ok)
}
