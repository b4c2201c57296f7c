//! Identities and the state bucket on the emulated AWS.

#![allow(clippy::unwrap_used, reason = "clippy allows it in tests, but not in what they share")]

mod failures;
mod identity;
mod state_bucket;
mod state_lock;
mod support;
