//! RDS for PostgreSQL.

use serde::Serialize;

use super::OnDestroy;

/// An RDS for PostgreSQL instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Database {
    /// DB instance identifier.
    pub identifier: String,
    /// Major version, for example `17`; minor versions are upgraded by AWS in the maintenance window.
    pub version: String,
    /// For example `db.t4g.micro`.
    pub instance_class: String,
    /// Allocated at creation, in GiB.
    pub storage_gib: u32,
    /// Autoscaling ends here, in GiB; larger than `storage_gib`.
    pub max_storage_gib: u32,
    /// A standby in a second zone.
    pub multi_az: bool,
    /// 0 (off) to 35.
    pub backup_retention_days: u8,
    /// AWS refuses to delete the instance.
    pub deletion_protection: bool,
    /// Name of the snapshot taken when the instance is destroyed; `None` takes none and loses the data.
    pub final_snapshot: Option<String>,
    /// Encrypt with the environment's key; otherwise AWS's `aws/rds`. Storage is always encrypted.
    pub environment_key: bool,
    /// Seven days of Performance Insights, which are free of charge.
    pub performance_insights: bool,
    /// Seconds between samples of Enhanced Monitoring and the name of the role that writes them; `None` is off.
    pub enhanced_monitoring: Option<EnhancedMonitoring>,
    /// Name of the database that AWS creates inside.
    pub database_name: String,
    /// Name of the master user; its password is made, kept and rotated by AWS in Secrets Manager.
    pub master_username: String,
}

/// Enhanced Monitoring of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnhancedMonitoring {
    /// 1, 5, 10, 15, 30 or 60.
    pub interval_seconds: u8,
    /// Name of the role that RDS assumes.
    pub role_name: String,
}

impl Database {
    /// The variables in which libpq looks for user and password, in this order.
    /// Source: PostgreSQL documentation, "Environment Variables" of libpq.
    pub const LIBPQ_VARIABLES: [&'static str; 2] = ["PGUSER", "PGPASSWORD"];

    /// Takes off what would keep it from being destroyed, and says what becomes of its data.
    pub(super) fn unprotect(&mut self, data: OnDestroy<'_>) {
        self.deletion_protection = false;
        self.final_snapshot = match data {
            OnDestroy::Snapshot { suffix } => Some(format!("{}-final-{suffix}", self.identifier)),
            OnDestroy::Delete => None,
        };
    }
}
