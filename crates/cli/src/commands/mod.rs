//! One module per command, or per group of commands that share their shape. Each takes its arguments and the
//! [`Context`], and ends with an exit code or a [`Failure`].

mod accepted;
mod apply;
mod decide;
mod destroy;
mod environments;
mod graph;
mod init;
mod logs;
mod operations;
mod outputs;
mod plan;
mod render;
mod schema;
mod validate;

use crate::{args::Command, context::Context, exit::Exit, failure::Failure};

/// Runs one command.
pub async fn run(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Init(args) => init::run(context, &args),
        Command::Validate(args) => validate::run(context, &args),
        Command::Render(args) => render::run(context, &args),
        Command::Graph(args) => graph::run(context, &args),
        Command::Apply(args) => apply::run(context, args).await,
        Command::Get(args) => environments::get(context, &args).await,
        Command::List(args) => environments::list(context, &args).await,
        Command::Operations(args) => operations::run(context, &args).await,
        Command::Logs(args) => logs::run(context, &args).await,
        Command::Plan(args) => plan::run(context, &args).await,
        Command::Approve(args) => decide::approve(context, &args).await,
        Command::Discard(args) => decide::discard(context, &args).await,
        Command::Outputs(args) => outputs::run(context, &args).await,
        Command::Destroy(args) => destroy::run(context, &args).await,
        Command::Cancel(args) => decide::cancel(context, &args).await,
        Command::Retry(args) => decide::retry(context, &args).await,
        Command::Schema => schema::print(context),
        Command::Completions { shell } => schema::completions(context, shell),
    }
}
