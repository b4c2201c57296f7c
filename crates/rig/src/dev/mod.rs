//! A rig that outlives the command that started it.
//!
//! `up` leaves a process behind, the holder, which owns the rig: `down` ends the holder, and if anything
//! else ends it, its keeper tidies up. While it lives the holder has a lock on `.dev/lock`, so a stale file
//! never passes for a running rig and no signal goes to a process that happens to have an old number.

pub(crate) mod down;
mod env_file;
pub(crate) mod hold;
pub(crate) mod inventory;
mod state;
pub(crate) mod status;
pub(crate) mod up;
