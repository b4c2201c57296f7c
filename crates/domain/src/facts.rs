//! What AWS has and allows, as far as a file can be judged without asking AWS.
//!
//! Regions and retentions are extracted (see `generated.rs`). The rest is short and comes from the AWS documentation
//! named beside it, read in November 2026.

pub(crate) mod caches;
mod generated;

/// What is known about a region's name.
pub(crate) enum RegionLookup {
    /// Usable.
    Known(Region),
    /// Exists, in a partition (China, GovCloud, …) that is not supported.
    OtherPartition(&'static str),
    /// Does not exist.
    Unknown,
}

/// A region of the partition `aws`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    pub(crate) name: &'static str,
    letters: &'static str,
}

impl Region {
    pub(crate) fn find(name: &str) -> RegionLookup {
        if let Some((name, letters)) = generated::REGIONS.iter().find(|(known, _)| *known == name) {
            return RegionLookup::Known(Self { name, letters });
        }
        match generated::OTHER_REGIONS.iter().find(|(known, _)| *known == name) {
            Some((_, partition)) => RegionLookup::OtherPartition(partition),
            None => RegionLookup::Unknown,
        }
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        generated::REGIONS.iter().map(|(name, _)| *name)
    }

    /// Names of the zones, in alphabetical order. A particular account may see others: AWS hides full zones from new
    /// accounts and, in the oldest regions, gives each account its own choice of letters.
    pub(crate) fn zones(self) -> impl Iterator<Item = String> {
        self.letters.chars().map(move |letter| format!("{}{letter}", self.name))
    }

    pub(crate) fn zone_count(self) -> usize {
        self.letters.len()
    }
}

/// Letters that a zone may have in some account of some region.
pub(crate) const ZONE_LETTERS: std::ops::RangeInclusive<char> = 'a'..='f';

/// Retentions that CloudWatch Logs knows, in days.
pub(crate) const LOG_RETENTION_DAYS: &[u16] = generated::LOG_RETENTION_DAYS;

/// Major versions of RDS for PostgreSQL in standard support, newest last.
/// Source: RDS release notes, "Release calendars for Amazon RDS for PostgreSQL".
pub(crate) const POSTGRES_VERSIONS: &[&str] = &["14", "15", "16", "17", "18"];

/// Major versions of Aurora PostgreSQL in standard support, newest last.
/// Source: Aurora user guide, "Release calendars for Aurora PostgreSQL".
pub(crate) const AURORA_POSTGRES_VERSIONS: &[&str] = &["14", "15", "16", "17"];

/// Versions of DocumentDB in standard support, newest last.
/// Source: DocumentDB developer guide, "Amazon DocumentDB engine versions".
pub(crate) const DOCUMENTDB_VERSIONS: &[&str] = &["5.0", "8.0"];

/// Whether DocumentDB runs on a class.
/// Source: DocumentDB developer guide, "Managing instance classes".
pub(crate) fn documentdb_runs_on(instance_class: &str) -> bool {
    let mut parts = instance_class.split('.').skip(1);
    let (family, size) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    family.starts_with('r') || (family.starts_with('t') && size == "medium")
}

/// Most read replicas of an instance, and most readers of a cluster.
/// Source: RDS user guide, "Working with DB instance read replicas"; Aurora user guide, "Replication with Aurora".
pub(crate) const MAX_REPLICAS: i64 = 15;

/// Whether Aurora PostgreSQL runs on a class: of the burstable families only the medium and large ones, and none of
/// the general-purpose families.
/// Source: Aurora user guide, "Supported DB engines for DB instance classes".
pub(crate) fn aurora_runs_on(instance_class: &str) -> bool {
    let mut parts = instance_class.split('.').skip(1);
    let (family, size) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match family.chars().next() {
        Some('r' | 'x') => true,
        Some('t') => ["medium", "large"].contains(&size),
        _ => false,
    }
}

/// Least and most storage of an RDS for PostgreSQL instance on gp3, in GiB. The most leaves room for autoscaling, which
/// must end at least 10 % above.
/// Source: RDS user guide, "Amazon RDS DB instance storage" and "Managing capacity automatically with autoscaling".
pub(crate) const POSTGRES_STORAGE_GIB: std::ops::RangeInclusive<u32> = 20..=59_392;

/// Where storage autoscaling may end at most, in GiB.
pub(crate) const POSTGRES_MAX_STORAGE_GIB: u32 = 65_536;

/// Intervals of Enhanced Monitoring in seconds, without 0, which is off.
/// Source: RDS API reference, `CreateDBInstance`, `MonitoringInterval`.
pub(crate) const MONITORING_INTERVALS: &[u16] = &[1, 5, 10, 15, 30, 60];

/// Words that are no name of a master user or a database.
/// Source: PostgreSQL documentation, appendix C, reserved key words; and RDS's own users.
pub(crate) const POSTGRES_RESERVED: &[&str] = &[
    "admin",
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "current_catalog",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "intersect",
    "into",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "localtimestamp",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "rdsadmin",
    "references",
    "returning",
    "select",
    "session_user",
    "some",
    "symmetric",
    "system_user",
    "table",
    "template0",
    "template1",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "when",
    "where",
    "window",
    "with",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_at_least_two_zones_for_a_database_and_known_letters() {
        for name in Region::names() {
            let RegionLookup::Known(region) = Region::find(name) else { panic!("{name}") };
            assert!(region.zone_count() >= 2, "{name}");
            assert!(region.letters.chars().all(|letter| ZONE_LETTERS.contains(&letter)), "{name}");
        }
    }

    #[test]
    fn regions_of_other_partitions_are_told_from_typos() {
        assert!(matches!(Region::find("us-gov-west-1"), RegionLookup::OtherPartition("aws-us-gov")));
        assert!(matches!(Region::find("eu-west-9"), RegionLookup::Unknown));
    }
}
