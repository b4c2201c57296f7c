//! What is left of a database or a cache that is destroyed.

use serde::Serialize;

use super::OnDestroy;

/// The snapshot that is taken when a database or a cache is destroyed.
///
/// Its name has to be new every time, because snapshots outlive what they were taken of: a database that is removed,
/// added again and removed again would otherwise find its own snapshot in the way, and could not be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FinalSnapshot {
    /// `<prefix>-<id>`, with an id that Terraform makes together with the database.
    PerIncarnation {
        /// Up to 246 characters.
        prefix: String,
    },
    /// Exactly this, for a database that is about to be destroyed; up to 255 characters.
    Named(String),
}

impl FinalSnapshot {
    /// What is taken of the thing `identifier` when its environment is destroyed.
    pub(super) fn at_the_end(identifier: &str, data: OnDestroy<'_>) -> Option<Self> {
        match data {
            OnDestroy::Snapshot { suffix } => Some(Self::Named(format!("{identifier}-final-{suffix}"))),
            OnDestroy::Delete => None,
        }
    }
}
