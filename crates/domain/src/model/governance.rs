//! What an organisation asks of every environment.

use serde::Serialize;

use crate::spec::BackupSchedule;

/// What an organisation asks of every environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Governance {
    /// ARN of the policy that limits every role.
    pub permissions_boundary: Option<String>,
    /// A budget of a month.
    pub budget: Option<Budget>,
    /// Copies in a vault of AWS Backup.
    pub backup: Option<Backup>,
}

/// A budget of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// Its name, up to 100 characters.
    pub name: String,
    /// In whole US dollars.
    pub monthly_usd: u32,
    /// One to four, in percent of what is spent.
    pub alert_at_percent: Vec<u16>,
    /// Up to ten addresses; there is one, or a topic.
    pub emails: Vec<String>,
    /// ARN of an SNS topic.
    pub topic: Option<String>,
}

/// Copies of databases and of buckets that keep versions. There is at least one such thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// Name of the vault and the plan: 2 to 50 characters.
    pub vault: String,
    /// Name of the role that makes the copies.
    pub role_name: String,
    /// How often.
    pub schedule: BackupSchedule,
    /// For how many days a copy is kept.
    pub retention_days: u32,
    /// After how many days it moves to cold storage; at least 90 less than `retention_days`.
    pub cold_storage_after_days: Option<u32>,
    /// Delete the copies too when the vault is destroyed.
    pub force_destroy: bool,
}

impl Governance {
    /// Takes off what would keep the vault from being destroyed.
    pub(super) fn unprotect(&mut self) {
        self.backup.iter_mut().for_each(|backup| backup.force_destroy = true);
    }
}
