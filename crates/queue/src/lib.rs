//! The doorbell: a Redis stream that wakes a worker within milliseconds.
//!
//! WHY a doorbell and not a queue: Postgres is the queue. A ring carries nothing that is needed, so it may be lost,
//! doubled or late, and Redis may be empty, down or flushed at any time: workers also look by themselves every few
//! seconds. Hence the choices here:
//!
//! * One stream, trimmed to about [`MAX_LEN`] entries, read by one consumer group with `NOACK`: each ring wakes one
//!   worker, and an entry that was handed out is never handed out again.
//! * The group starts at `$`: rings from before its birth are found by polling.
//! * A worker listens on a connection of its own without a reply time limit (a blocking read outlives any), and only
//!   while it has a free slot.
//! * A flushed Redis answers `NOGROUP`; the group is made again and the worker looks at the queue, since rings may
//!   have been lost with it.

mod doorbell;
mod listener;

pub use doorbell::{Doorbell, DoorbellSettings, QueueError};
pub use listener::{Listener, Wake};

/// About how many rings the stream keeps.
pub const MAX_LEN: usize = 1_000;
