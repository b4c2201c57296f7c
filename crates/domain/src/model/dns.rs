//! The zone in which the names of apps stand, and their certificates.

use serde::Serialize;

use super::Key;

/// A public hosted zone of Route 53.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dns {
    /// Its name without a dot at the end.
    pub zone: String,
    /// Where it comes from.
    pub origin: ZoneOrigin,
}

/// Where a zone comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneOrigin {
    /// It is in the account, made by somebody else.
    Existing,
    /// The environment makes it.
    Created {
        /// Zone in the account that leads to it; `None` leaves that to somebody else.
        parent: Option<String>,
    },
}

/// A certificate of ACM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certificate {
    /// The ARN of one that somebody else made.
    Given(String),
    /// One for the host of this app, proved by a record in the zone. The app has a host there.
    RequestedFor(Key),
}

impl Dns {
    /// Whether the environment makes the zone.
    pub(super) const fn is_created(&self) -> bool {
        matches!(self.origin, ZoneOrigin::Created { .. })
    }
}
