//! What the doorbell promises, on a real Redis; every test has a database of its own.

#![allow(clippy::unwrap_used, reason = "clippy allows it in tests, but not in what they share")]

mod listening;
mod outages;
mod support;
