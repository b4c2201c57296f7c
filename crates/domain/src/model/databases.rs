//! RDS for PostgreSQL and Aurora PostgreSQL.

use serde::Serialize;

use super::{OnDestroy, snapshot::FinalSnapshot};
use crate::Acus;

/// A PostgreSQL database. Storage is always encrypted, connections are always TLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Database {
    /// Identifier of the instance or the cluster.
    pub identifier: String,
    /// Major version, for example `17`; minor versions are upgraded by AWS in the maintenance window.
    pub version: String,
    /// What runs it.
    pub kind: DatabaseKind,
    /// 0 (off) to 35; at least 1 for a cluster and for an instance with replicas.
    pub backup_retention_days: u8,
    /// AWS refuses to delete it.
    pub deletion_protection: bool,
    /// The snapshot that is taken when it is destroyed; `None` takes none and loses the data.
    pub final_snapshot: Option<FinalSnapshot>,
    /// Name or ARN of the snapshot from which it is made.
    pub restore_from: Option<String>,
    /// Encrypt with the environment's key; otherwise AWS's `aws/rds`.
    pub environment_key: bool,
    /// Seven days of Performance Insights, which are free of charge.
    pub performance_insights: bool,
    /// Seconds between samples of Enhanced Monitoring and the name of the role that writes them; `None` is off.
    pub enhanced_monitoring: Option<EnhancedMonitoring>,
    /// Lets identities of IAM in as users that were granted `rds_iam`.
    pub iam_authentication: bool,
    /// Of the logs that it writes; one of the retentions that CloudWatch knows.
    pub log_retention_days: u16,
    /// Name of the database that AWS creates inside; `None` where the snapshot says it.
    pub database_name: Option<String>,
    /// Name of the master user, whose password is made, kept and rotated by AWS in Secrets Manager; `None` where the
    /// snapshot says it.
    pub master_username: Option<String>,
}

/// What runs a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseKind {
    /// RDS for PostgreSQL.
    Instance(RdsInstance),
    /// Aurora PostgreSQL.
    Cluster(AuroraCluster),
}

/// An RDS for PostgreSQL instance and its replicas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RdsInstance {
    /// For example `db.t4g.micro`; also of the replicas.
    pub instance_class: String,
    /// Allocated at creation, in GiB.
    pub storage_gib: u32,
    /// Autoscaling ends here, in GiB; larger than `storage_gib`.
    pub max_storage_gib: u32,
    /// A standby in a second zone.
    pub multi_az: bool,
    /// Identifiers of read replicas.
    pub replicas: Vec<String>,
}

/// An Aurora PostgreSQL cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuroraCluster {
    /// What its instances run on.
    pub compute: AuroraCompute,
    /// At least one; one of them writes, the others take reads and stand ready to write.
    pub instances: Vec<ClusterInstance>,
}

/// What the instances of an Aurora cluster run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuroraCompute {
    /// Instances of a fixed size.
    Provisioned {
        /// For example `db.t4g.medium`.
        instance_class: String,
    },
    /// Serverless v2, which scales by itself.
    Serverless {
        /// 0 pauses it while nobody is connected.
        min: Acus,
        /// At least 1.
        max: Acus,
    },
}

/// An instance of a cluster of Aurora or DocumentDB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClusterInstance {
    /// DB instance identifier.
    pub identifier: String,
    /// For example `eu-west-1a`; `None` leaves it to AWS.
    pub zone: Option<String>,
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
        self.final_snapshot = FinalSnapshot::at_the_end(&self.identifier, data);
    }

    /// Names that it takes among all DB instances of the account, its own included.
    pub(crate) fn instance_identifiers(&self) -> Vec<&str> {
        match &self.kind {
            DatabaseKind::Instance(instance) => {
                std::iter::once(&self.identifier).chain(&instance.replicas).map(String::as_str).collect()
            }
            DatabaseKind::Cluster(cluster) => {
                cluster.instances.iter().map(|instance| instance.identifier.as_str()).collect()
            }
        }
    }
}
