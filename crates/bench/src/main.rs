//! `terrane-bench`: what `make bench` prints. Every figure comes from the real programs and servers of one rig, in one
//! run; nothing is asserted. docs/BENCHMARKS.md says what each line means.
//!
//! | module | measures |
//! |---|---|
//! | `render` | reads what criterion measured of the blueprint |
//! | `command` | `terrane render` as a process |
//! | `claims` | from an insert to its claim |
//! | `traffic` | GET and POST of the API |
//! | `memory` | resident memory of idle processes |
//! | `overhead` | a whole operation against the same files under bare Terraform (`bare`) |
#![allow(clippy::print_stdout, reason = "a program for a terminal")]

mod bare;
mod claims;
mod command;
mod machine;
mod memory;
mod overhead;
mod render;
mod statistics;
mod table;
mod traffic;

use std::path::{Path, PathBuf};

use clap::Parser;
use terrane_rig::{Rig, RigOptions};

use crate::table::Table;

/// Measures Terrane on this machine and prints one table.
#[derive(Parser)]
#[command(name = "terrane-bench", version)]
struct Arguments {
    /// Where terrane, terrane-api and terrane-worker are, built for release.
    #[arg(long, value_name = "DIRECTORY")]
    bin_dir: PathBuf,
    /// Where criterion keeps what it measured of rendering.
    #[arg(long, value_name = "DIRECTORY")]
    criterion: Option<PathBuf>,
    /// How many operations are queued and claimed, one after the other.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    claims: usize,
    /// How many pairs of a Terrane operation and bare Terraform; 0 leaves them out.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pairs: usize,
    /// Milliseconds by which the emulated AWS delays every call that changes something.
    #[arg(long, default_value_t = 4_000, value_name = "MS")]
    delay_ms: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let bin_dir = arguments.bin_dir.canonicalize()?;
    let mut table = Table::default();
    if let Some(directory) = &arguments.criterion {
        render::add(&mut table, directory)?;
    }
    // Before the rig: its servers are children of this program too.
    command::add(&mut table, &bin_dir.join("terrane"))?;
    let rig = Rig::start(RigOptions::ALL).await?;
    let outcome = measure(&mut table, &rig, &bin_dir, &arguments).await;
    rig.stop().await;
    outcome?;
    println!("\n{}\n\n{table}", machine::described());
    Ok(())
}

async fn measure(table: &mut Table, rig: &Rig, bin_dir: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    eprint_stage("claims");
    claims::add(table, rig, arguments.claims).await?;
    eprint_stage("API");
    traffic::add(table, rig, &bin_dir.join("terrane-api")).await?;
    eprint_stage("memory");
    memory::add(table, rig, bin_dir).await?;
    if arguments.pairs > 0 {
        eprint_stage("whole operations, which take minutes");
        overhead::add(table, rig, bin_dir, arguments.pairs, arguments.delay_ms).await?;
    }
    Ok(())
}

/// A person who waits for minutes wants to know for what.
#[allow(clippy::print_stderr, reason = "a program for a terminal")]
fn eprint_stage(what: &str) {
    eprintln!("measuring: {what}");
}
