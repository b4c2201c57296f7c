//! How tests get at the whole product.

mod calls;
mod gate;
pub mod python;
mod world;

pub use calls::{Accepted, PATIENCE, eventually, send, text};
pub use gate::{is_open, memory_for};
pub use world::{Servers, World, assert_exit, assert_success};
