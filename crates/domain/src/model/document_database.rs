//! DocumentDB.

use serde::Serialize;

use super::{ClusterInstance, OnDestroy, snapshot::FinalSnapshot};

/// A DocumentDB cluster. Storage is always encrypted, connections are always TLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentDatabase {
    /// Cluster identifier.
    pub identifier: String,
    /// Version as AWS calls it, for example `5.0.0`.
    pub version: String,
    /// Family of its parameter group, for example `docdb5.0`.
    pub family: String,
    /// Name of its parameter group, with the major version, in which no dot may stand.
    pub parameter_group: String,
    /// For example `db.t4g.medium`.
    pub instance_class: String,
    /// At least one; one of them writes, the others take reads and stand ready to write.
    pub instances: Vec<ClusterInstance>,
    /// 1 to 35.
    pub backup_retention_days: u8,
    /// AWS refuses to delete it.
    pub deletion_protection: bool,
    /// The snapshot that is taken when it is destroyed; `None` takes none and loses the data.
    pub final_snapshot: Option<FinalSnapshot>,
    /// Encrypt with the environment's key; otherwise AWS's `aws/rds`.
    pub environment_key: bool,
    /// Of the audit log; one of the retentions that CloudWatch knows.
    pub log_retention_days: u16,
    /// Name of the master user; its password is made, kept and rotated by AWS in Secrets Manager.
    pub master_username: String,
}

impl DocumentDatabase {
    /// Takes off what would keep it from being destroyed, and says what becomes of its data.
    pub(super) fn unprotect(&mut self, data: OnDestroy<'_>) {
        self.deletion_protection = false;
        self.final_snapshot = FinalSnapshot::at_the_end(&self.identifier, data);
    }
}
