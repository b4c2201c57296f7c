//! Identities, the state bucket and inventories on the emulated AWS.

#![allow(clippy::unwrap_used, reason = "clippy allows it in tests, but not in what they share")]

mod failures;
mod identity;
mod inventory;
mod state_bucket;
mod state_lock;
mod support;
