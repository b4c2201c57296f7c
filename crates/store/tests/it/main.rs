//! What the store promises, on a real Postgres; every test has a database of its own.

#![allow(clippy::unwrap_used, reason = "clippy allows it in tests, but not in what they share")]

mod approvals;
mod availability;
mod cancellations;
mod claims;
mod ends;
mod expiry;
mod fence;
mod idempotency;
mod line;
mod lists;
mod logs;
mod outcomes;
mod retention;
mod schema;
mod support;
mod takeovers;
mod tenancy;
