//! What the store promises, on a real Postgres; every test has a database of its own.

mod approvals;
mod availability;
mod cancellations;
mod claims;
mod ends;
mod fence;
mod idempotency;
mod line;
mod lists;
mod logs;
mod outcomes;
mod schema;
mod support;
mod tenancy;
