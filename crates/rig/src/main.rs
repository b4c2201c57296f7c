//! `terrane-rig`: keeps a rig for work at the terminal.
#![allow(clippy::print_stdout, reason = "a program for a terminal")]

mod dev;

use clap::{Parser, Subcommand};

/// Starts Postgres, Redis and the AWS emulator on loopback and keeps them until told.
#[derive(Parser)]
#[command(name = "terrane-rig", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything in the background and write a file of settings for scripts.
    Up(dev::up::Up),
    /// Stop what `up` started and wait until it is gone.
    Down(dev::down::Down),
    /// Show what runs; exit code 3 if nothing does.
    Status(dev::status::Status),
    /// List what exists in the emulated AWS, with tags.
    Inventory(dev::inventory::Inventory),
    /// What `up` leaves in the background.
    #[command(hide = true)]
    Hold(dev::up::Up),
}

#[tokio::main]
async fn main() -> anyhow::Result<std::process::ExitCode> {
    match Arguments::parse().command {
        Command::Up(up) => up.run(),
        Command::Down(down) => down.run().await,
        Command::Status(status) => status.run(),
        Command::Inventory(inventory) => inventory.run().await,
        Command::Hold(up) => dev::hold::run(up).await,
    }
}
