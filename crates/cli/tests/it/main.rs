//! The program as it is run: its own process, its real arguments, its exit code.
//!
//! What needs no server is tried for real. For the rest there is a scripted server here that speaks the contract, and
//! only for what a real API can't be made to do on command: 503 and then success, a connection that breaks in the
//! middle of a stream, an answer that is lost. The real API is met in the end-to-end tests.

#![allow(clippy::unwrap_used, reason = "helpers of tests, not only their bodies")]

mod decisions;
mod following;
mod offline;
mod program;
mod refusals;
mod repeating;
mod server;
mod world;
