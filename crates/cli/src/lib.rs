//! `terrane`, for a person at a terminal and for scripts.
//!
//! `init`, `validate`, `render`, `schema` and `completions` need no server; everything else talks to the API.
//!
//! | variable | what for | default |
//! |---|---|---|
//! | `TERRANE_URL` | address of the API | `http://127.0.0.1:8080` |
//! | `TERRANE_API_KEY` | the key to show; never printed | none |
//! | `TERRANE_TENANT` | tenant to act for, if the key serves several | none |
//! | `NO_COLOR` | any value: no colours | colours on a terminal |
//!
//! Results go to stdout, in the format of `-o`; questions, progress and errors to stderr. Exit codes: 0 done, 1 the
//! operation failed, 2 wrong usage or an invalid file, 3 not found, 4 refused or in conflict, 5 not authenticated or
//! not allowed, 6 server out of reach or unavailable, 7 waiting for approval, 8 cancelled, 130 interrupted ([`Exit`]).
//!
//! Every write carries an `Idempotency-Key`, so that trying again after a lost answer does nothing twice, and a change
//! or a destroy names the generation that was looked at (`If-Match`).
//!
//! ```text
//! args -> commands -> client (HTTP, retries, event stream) -> API
//!            |  \---> domain, blueprint (offline)
//!            \-----> follow (--wait), output (pure), terminal (the only door to the outside)
//! ```

mod args;
mod client;
mod clock;
mod commands;
mod context;
mod exit;
mod failure;
mod follow;
mod output;
mod rendered_dir;
mod spec_file;
mod target;
mod terminal;

use std::sync::Arc;

pub use args::Cli;
pub use exit::Exit;
pub use terminal::Terminal;

use context::Context;

/// Carries out a command line and says what the process ends with. Failures have been told on stderr by then.
pub async fn run(cli: Cli, terminal: Arc<Terminal>) -> Exit {
    let context =
        Context { terminal: terminal.clone(), server: cli.server.into_server(), format: cli.format.format };
    let exit = match commands::run(&context, cli.command).await {
        Ok(exit) => exit,
        Err(failure) => {
            output::failure_lines(&failure, terminal.err_palette())
                .iter()
                .for_each(|line| terminal.note(line));
            failure.exit()
        }
    };
    match terminal.output_error() {
        Some(error) if exit == Exit::Ok => {
            terminal.note(&format!("error: the output can't be written: {error}"));
            Exit::Unavailable
        }
        _ => exit,
    }
}
