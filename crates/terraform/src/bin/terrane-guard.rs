//! The guard alone: what a worker does for its hidden subcommand, and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    terrane_terraform::guard::run(std::env::args_os().skip(1))
}
