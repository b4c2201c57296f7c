//! Builds the crate anew when a migration changes: what `embed_migrations!` reads, cargo does not see.
#![allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
