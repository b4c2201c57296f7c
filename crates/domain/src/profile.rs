//! What each profile fills in, as one table.
//!
//! Small is for trying things: the cheapest of everything, keys that AWS manages, nothing that has to be switched off
//! before it can be deleted. Large is what a reviewer of a production account asks for. A setting in the file always
//! wins over the table.

use crate::{
    Nat,
    spec::{
        ApprovalPolicy, ClusterLog, ContainerInsights, DataOnDestroy, Encryption, Endpoint, Gibibytes,
        Mebibytes, Millicores, Profile, Size,
    },
};

#[cfg(test)]
mod docs;

macro_rules! profiles {
    ($($(#[doc = $doc:literal])* $setting:ident: $type:ty = $small:expr, $medium:expr, $large:expr;)+) => {
        /// The defaults of one profile.
        pub(crate) struct Defaults { $($(#[doc = $doc])* pub(crate) $setting: $type),+ }

        const SMALL: Defaults = Defaults { $($setting: $small),+ };
        const MEDIUM: Defaults = Defaults { $($setting: $medium),+ };
        const LARGE: Defaults = Defaults { $($setting: $large),+ };

        /// Setting, what is to be known of it, and its values: the rows of docs/PROFILES.md.
        #[cfg(test)]
        fn rows() -> Vec<(&'static str, &'static str, [String; 3])> {
            vec![$((
                stringify!($setting),
                concat!($($doc,)* ""),
                [&SMALL.$setting, &MEDIUM.$setting, &LARGE.$setting].map(|value: &$type| docs::spell(value)),
            )),+]
        }
    };
}

#[rustfmt::skip]
profiles! {
    // setting                               small                       medium                      large
    availability_zones: u8                 = 2,                          2,                          3;
    nat: Nat                               = Nat::Single,                Nat::Single,                Nat::PerAz;
    /// Only what is free of charge: an interface endpoint costs about as much as a small database.
    endpoints: &'static [Endpoint]         = &[Endpoint::S3],            &[Endpoint::S3],            &[Endpoint::S3];
    /// `None` is off.
    flow_logs: Option<u16>                 = None,                       Some(30),                   Some(90);
    /// Retention of flow logs that the file turns on.
    flow_log_retention_days: u16           = 7,                          30,                         90;

    encryption: Encryption                 = Encryption::Aws,            Encryption::Kms,            Encryption::Kms;
    key_deletion_window_days: u8           = 7,                          14,                         30;

    /// Audit and authenticator say who did what; the others are large and for people who debug the control plane.
    cluster_logs: &'static [ClusterLog]    = WHO_DID_WHAT,               WHO_DID_WHAT,               ALL_LOGS;
    cluster_log_retention_days: u16        = 7,                          30,                         90;

    /// x86, because an image that somebody brings is most likely built for it.
    node_instance_type: &'static str       = "t3.large",                 "m7i.large",                "m7i.xlarge";
    /// In large one for each zone.
    nodes_min: u16                         = 1,                          2,                          3;
    nodes_max: u16                         = 3,                          6,                          12;
    node_disk: Gibibytes                   = Gibibytes(30),              Gibibytes(50),              Gibibytes(100);

    bucket_versioning: bool                = false,                      true,                       true;
    expire_old_versions_after_days: u32    = 30,                         30,                         90;
    abort_uploads_after_days: u32          = 7,                          7,                          7;

    registry_keep_last: u32                = 10,                         20,                         50;
    registry_expire_untagged_after_days: u32 = 7,                        14,                         14;
    registry_immutable_tags: bool          = false,                      false,                      true;
    registry_scan: bool                    = true,                       true,                       true;

    database_size: Size                    = Size::Small,                Size::Medium,               Size::Large;
    high_availability: bool                = false,                      false,                      true;
    backup_retention_days: u8              = 1,                          7,                          30;
    performance_insights: bool             = false,                      true,                       true;
    /// Seconds between samples; `None` is off.
    enhanced_monitoring: Option<u8>        = None,                       None,                       Some(60);

    app_replicas: u16                      = 1,                          2,                          3;
    app_cpu: Millicores                    = Millicores(250),            Millicores(500),            Millicores(1_000);
    app_memory: Mebibytes                  = Mebibytes(512),             Mebibytes(1_024),           Mebibytes(2_048);
    container_insights: ContainerInsights  = ContainerInsights::Disabled, ContainerInsights::Enabled, ContainerInsights::Enhanced;

    /// Each alarm costs about as much as a gigabyte of logs.
    alarms: bool                           = false,                      true,                       true;
    /// Three are free of charge, each further one costs three dollars a month.
    dashboard: bool                        = false,                      true,                       true;
    iam_authentication: bool               = false,                      false,                      true;
    /// Of the logs that apps, databases and caches write; `observability.log_retention_days` is for all logs.
    log_retention_days: u16                = 7,                          30,                         90;

    cache_size: Size                       = Size::Small,                Size::Medium,               Size::Large;
    cache_snapshot_retention_days: u8      = 0,                          1,                          7;

    /// For which a secret can be restored after it was deleted.
    secret_recovery_days: u8               = 7,                          7,                          30;
    /// Of copies in a vault that the file asks for.
    vault_retention_days: u32              = 7,                          35,                         90;

    deletion_protection: bool              = false,                      false,                      true;
}

/// When a plan waits for a person, whatever the profile.
pub(crate) const APPROVAL: ApprovalPolicy = ApprovalPolicy::WhenDestructive;
/// What becomes of the data at the end, whatever the profile: losing it takes a word in the file.
pub(crate) const DATA_ON_DESTROY: DataOnDestroy = DataOnDestroy::Snapshot;

impl Defaults {
    pub(crate) const fn of(profile: Profile) -> &'static Self {
        match profile {
            Profile::Small => &SMALL,
            Profile::Medium => &MEDIUM,
            Profile::Large => &LARGE,
        }
    }
}

const WHO_DID_WHAT: &[ClusterLog] = &[ClusterLog::Api, ClusterLog::Audit, ClusterLog::Authenticator];
const ALL_LOGS: &[ClusterLog] = &[
    ClusterLog::Api,
    ClusterLog::Audit,
    ClusterLog::Authenticator,
    ClusterLog::ControllerManager,
    ClusterLog::Scheduler,
];

/// What a size in words means for RDS for PostgreSQL. Graviton, the newest generation that every region offers.
pub(crate) struct DatabaseShape {
    pub(crate) instance_class: &'static str,
    pub(crate) storage: Gibibytes,
    pub(crate) max_storage: Gibibytes,
}

impl DatabaseShape {
    pub(crate) const fn of(size: Size) -> Self {
        let (instance_class, storage, max_storage) = match size {
            Size::Small => ("db.t4g.micro", 20, 100),
            Size::Medium => ("db.t4g.large", 50, 500),
            Size::Large => ("db.r7g.large", 100, 1_000),
        };
        Self { instance_class, storage: Gibibytes(storage), max_storage: Gibibytes(max_storage) }
    }
}

/// What a size in words means for Aurora, which has no micro.
pub(crate) const fn aurora_instance_class(size: Size) -> &'static str {
    match size {
        Size::Small => "db.t4g.medium",
        Size::Medium => "db.t4g.large",
        Size::Large => "db.r7g.large",
    }
}

/// What a size in words means for ElastiCache. Graviton, as for databases.
pub(crate) const fn cache_node_type(size: Size) -> &'static str {
    match size {
        Size::Small => "cache.t4g.micro",
        Size::Medium => "cache.t4g.medium",
        Size::Large => "cache.r7g.large",
    }
}

/// The size of a cluster of MongoDB Atlas.
pub(crate) const fn atlas_instance_size(size: Size) -> &'static str {
    match size {
        Size::Small => "M10",
        Size::Medium => "M30",
        Size::Large => "M50",
    }
}

/// What a size in words means for DocumentDB, which has one burstable class.
pub(crate) const fn documentdb_instance_class(size: Size) -> &'static str {
    match size {
        Size::Small => "db.t4g.medium",
        Size::Medium => "db.r6g.large",
        Size::Large => "db.r6g.xlarge",
    }
}
