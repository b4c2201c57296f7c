//! Logs and alarms.

use serde::Serialize;

/// How long logs are kept and whether something watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observability {
    /// Of apps, load balancers and APIs; one of the retentions that CloudWatch knows.
    pub log_retention_days: u16,
    /// `None` has no alarms.
    pub alarms: Option<Alarms>,
}

/// Alarms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Alarms {
    /// ARNs of what hears when an alarm goes off and when it is over.
    pub actions: Vec<String>,
}
