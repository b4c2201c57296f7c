//! What the API shows: the JSON of its answers, apart from the rows of the store so that neither binds the other.

mod environment;
mod file;
mod log;
mod operation;

pub use environment::{AcceptedView, EnvironmentList, EnvironmentSummary, EnvironmentView, OutputsView};
pub use file::{BucketFileView, FilesView, ReasonView, ValidView};
pub use log::LogPageView;
pub use operation::{ErrorView, OperationList, OperationView, PlanView, ProgressView, StepList};
