//! Following an operation until it is over.
//!
//! ```text
//! events, snapshots --> View (what a person has to know) --> live: lines redrawn in place
//!                                                       \-> plain: a line per change
//! ```
//! The view and both of its forms are pure; [`watch`] does the waiting and [`approval`] the asking.

mod approval;
mod live;
mod plain;
mod poll;
mod resource;
mod view;
mod wait;
mod watch;

pub use wait::{Approval, wait};
