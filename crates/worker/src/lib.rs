//! The process that does the work: claims operations, runs each through crate `engine`, and drains when told to stop.
//!
//! ```text
//! supervise (PID 1 in a container)
//!    └ run: slots, doorbell, polling ──claim──> Engine::attempt
//!         └ guard: Terraform's parent; outlives the worker if it has to
//! ```
//!
//! * [`Settings`] reads the environment; a worker that couldn't work (no Terraform, no place to work in) doesn't start.
//! * [`Application`] builds, runs until it is stopped, and shows the port of its metrics.
//! * [`supervise`] is the parent of `run` that waits for guards which outlive it.

mod application;
mod claims;
mod janitor;
mod settings;
mod supervise;
mod sweep;
mod watch;

pub use application::{Application, StartError};
pub use settings::{Settings, SettingsError};
pub use supervise::supervise;
