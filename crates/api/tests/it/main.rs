//! The API as its callers see it: each test starts the real application on a port of its own, with a database of its
//! own, on the servers of the rig.

#![allow(clippy::unwrap_used, reason = "helpers of tests are not seen as tests by clippy.toml")]

mod bad_input;
mod binary;
mod environments;
mod faults;
mod files;
mod idempotency;
mod logs;
mod openapi;
mod operations;
mod preconditions;
mod service;
mod support;
mod tenancy;
