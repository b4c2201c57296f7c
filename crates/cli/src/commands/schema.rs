//! `schema` and `completions`: what other programs read about this one.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{args::Cli, context::Context, exit::Exit, failure::Failure};

/// The JSON Schema of the environment file.
pub fn print(context: &Context) -> Result<Exit, Failure> {
    let schema = terrane_domain::json_schema();
    context.terminal.print(&serde_json::to_string_pretty(&schema).unwrap_or_default());
    Ok(Exit::Ok)
}

/// A completion script.
pub fn completions(context: &Context, shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "terrane", &mut script);
    context.terminal.print_exactly(&String::from_utf8_lossy(&script));
    Ok(Exit::Ok)
}
