//! `graph`: how the parts of an environment file hang together, without a server.

use crate::{args::GraphArgs, context::Context, exit::Exit, failure::Failure, spec_file::SpecFile};

use super::validate::resolve_offline;

/// Prints a mermaid diagram.
pub fn run(context: &Context, args: &GraphArgs) -> Result<Exit, Failure> {
    let file = SpecFile::read(&args.file)?;
    let files = terrane_blueprint::render(&resolve_offline(&file)?.model)?;
    context.terminal.print_exactly(&terrane_blueprint::graph(&files));
    Ok(Exit::Ok)
}
