//! Runs one operation: its steps, its lease, its cancellation and its ends. Knows nothing of HTTP.
//!
//! ```text
//! Claim ──attempt──> prepare (recover adopt) render init plan (approval) apply outputs ──> one of Ended
//!            │
//!            └ beside the steps, in the same future: the lease, renewed until the attempt ends
//! ```
//!
//! A destroy ends with `inventory` in the place of `outputs`: it asks AWS what is left.
//!
//! Decisions are pure functions over facts, each with its reason: [`may_start`] (lease), [`approval::decide`] (plans),
//! [`retry::after_failure`] (attempts), [`takeover::may_take_over`] (lost workers),
//! [`recover::is_over`] and [`recover::may_break_lock`] (what they leave). `script.rs` reads as the list
//! of steps; `attempt.rs` is how any step is run.

pub mod approval;
pub mod recover;
pub mod retry;
pub mod takeover;

mod adoption;
mod allowance;
mod attempt;
mod engine;
mod failure;
mod inventory;
mod lease;
mod lines;
mod plan;
mod script;
mod settings;
mod stop;
mod timing;

pub use allowance::LogLimits;
pub use engine::{Ended, Engine};
pub use lease::{Barred, may_start};
pub use settings::{Deadlines, EngineSettings, RetryPolicy};
pub use stop::{Asked, Stop};
pub use timing::{Misfit, Timing};
