//! Logs, metrics and correlation ids, the same in every process.
//!
//! * [`Chain`]: an error with its sources, for one field of a log line.
//! * [`LogSettings`] and [`init_logs`]: one subscriber, JSON lines in production and text at a terminal.
//!   docs/LOGGING.md says what each level means.
//! * [`Metrics`]: a Prometheus registry and the instruments that more than one place needs.
//! * [`RequestId`] and [`TraceParent`]: the ids that go from the call through the row, the worker and Terraform's
//!   environment into every log line.

mod chain;
mod correlation;
mod logs;
mod metrics;
mod server;

pub use chain::Chain;
pub use correlation::{InvalidCorrelation, RequestId, TraceParent};
pub use logs::{LogFormat, LogSettings, LogSettingsError, init_logs};
pub use metrics::{HttpMetrics, Metrics, WorkerMetrics};
pub use prometheus::Error as MetricsError;
pub use server::MetricsServer;
