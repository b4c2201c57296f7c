//! The AWS calls that Terrane makes itself: who am I in the target account, the bucket that holds state and its lock, and
//! what stands of an environment. Everything else in the cloud is Terraform's work.
//!
//! * [`Aws`]: the process's own identity, from the environment as every AWS tool reads it.
//! * [`Session`]: that identity, or the role of an environment assumed from it, in one region.
//! * [`Session::tagged`] and [`Session::standing`]: what carries an environment's tag, and how each of it is.
//! * [`AwsError`]: what went wrong as an operator needs it.

mod error;
mod inventory;
mod session;
mod state_bucket;
mod state_lock;

pub use error::{AwsError, AwsErrorKind};
pub use inventory::{Arn, Standing, Tagged};
pub use session::{Aws, Session, Target};
pub use state_lock::StateLock;
