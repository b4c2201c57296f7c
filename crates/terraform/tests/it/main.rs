//! Runs real Terraform (and OpenTofu where `TERRANE_TEST_TOFU` names it) with the provider that is
//! built in, under the real guard.

// Tests may unwrap and print; clippy knows only those that are marked, not their helpers.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod compatibility;
mod locate;
mod mishaps;
mod ordinary;
mod output;
mod support;
