//! The command line client; see the library of this crate.

use std::sync::Arc;

use clap::Parser;
use terrane_cli::{Cli, Exit, Terminal, run};

fn main() {
    let cli = Cli::parse();
    let terminal = Arc::new(Terminal::of_process());
    // One thread: a command waits far more than it works, and starts faster without a pool.
    let exit = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(cli, terminal)),
        Err(error) => {
            terminal.note(&format!("error: the runtime can't be made: {error}"));
            Exit::Unavailable
        }
    };
    // Not by returning: a thread that still waits for an answer to a question must not hold the process.
    std::process::exit(exit.code());
}
