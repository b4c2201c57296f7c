//! The AWS calls that Terrane makes itself: who am I in the target account, and the bucket that holds state and its lock.
//! Everything else in the cloud is Terraform's work.
//!
//! * [`Aws`]: the process's own identity, from the environment as every AWS tool reads it.
//! * [`Session`]: that identity, or the role of an environment assumed from it, in one region.
//! * [`AwsError`]: what went wrong as an operator needs it.

mod error;
mod session;
mod state_bucket;
mod state_lock;

pub use error::{AwsError, AwsErrorKind};
pub use session::{Aws, Session, Target};
pub use state_lock::StateLock;
