//! What AWS has and allows, as far as a file can be judged without asking AWS.
//!
//! Regions and retentions are extracted (see `generated.rs`). The rest is short and comes from the AWS documentation
//! named beside it, read in November 2026.

pub(crate) mod caches;
pub(crate) mod database_classes;
pub(crate) mod databases;
mod generated;
mod instance_types;
mod machines;

pub(crate) use machines::{Accelerators, Boots, Machine, MachineArchitecture, Room};

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

/// The zone, by id, in which EKS makes no control plane, in the regions that have one. Which name it has differs from
/// account to account, and not every account has it.
/// Source: EKS user guide, "View Amazon EKS networking requirements for VPC and subnets", "Subnet requirements for
/// clusters".
const ZONES_WITHOUT_CONTROL_PLANES: &[(&str, &str)] =
    &[("ca-central-1", "cac1-az3"), ("us-east-1", "use1-az3"), ("us-west-1", "usw1-az2")];

/// The zone of a region, by id, in which EKS makes no control plane.
pub(crate) fn zone_without_control_planes(region: &str) -> Option<&'static str> {
    ZONES_WITHOUT_CONTROL_PLANES.iter().find(|(known, _)| *known == region).map(|(_, zone)| *zone)
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

/// Major versions of MongoDB that Atlas offers for new clusters, newest last.
/// Source: Atlas documentation, "MongoDB Versions of Dedicated Clusters".
pub(crate) const ATLAS_VERSIONS: &[&str] = &["7.0", "8.0"];

/// Sizes of dedicated clusters of Atlas in AWS, smallest first.
/// Source: Atlas documentation, "Amazon AWS", "Cluster Configuration Options".
pub(crate) const ATLAS_INSTANCE_SIZES: &[&str] =
    &["M10", "M20", "M30", "M40", "M50", "M60", "M80", "M140", "M200", "M300"];

/// Most read replicas of an instance, and most readers of a cluster.
/// Source: RDS user guide, "Working with DB instance read replicas"; Aurora user guide, "Replication with Aurora".
pub(crate) const MAX_REPLICAS: i64 = 15;

/// Least and most storage of an RDS for PostgreSQL instance on gp3, in GiB. The most leaves room for autoscaling, which
/// must end at least 10 % above.
/// Source: RDS user guide, "Amazon RDS DB instance storage" and "Managing capacity automatically with autoscaling".
pub(crate) const POSTGRES_STORAGE_GIB: std::ops::RangeInclusive<u32> = 20..=59_392;

/// Where storage autoscaling may end at most, in GiB.
pub(crate) const POSTGRES_MAX_STORAGE_GIB: u32 = 65_536;

/// Intervals of Enhanced Monitoring in seconds, without 0, which is off.
/// Source: RDS API reference, `CreateDBInstance`, `MonitoringInterval`.
pub(crate) const MONITORING_INTERVALS: &[u16] = &[1, 5, 10, 15, 30, 60];

/// Versions of Kubernetes in standard support on EKS, newest last.
/// Source: EKS user guide, "Understand the Kubernetes version lifecycle on EKS".
pub(crate) const KUBERNETES_VERSIONS: &[&str] = &["1.33", "1.34", "1.35", "1.36"];

/// Least disk of a node in GiB: the images of EKS need that much and room for a few containers.
pub(crate) const NODE_DISK_GIB: std::ops::RangeInclusive<u32> = 20..=16_384;

/// Most nodes of a group. Source: EKS user guide, "View and manage Amazon EKS and Fargate service quotas".
pub(crate) const MAX_NODES: u16 = 450;

/// What Fargate sells: CPU units (1,024 are a vCPU), and with each the least and the most memory and its steps, in MiB.
/// Source: Amazon ECS developer guide, "Amazon ECS task definition parameters for Fargate", task size.
pub(crate) const FARGATE_SIZES: &[FargateSize] = &[
    // With a quarter of a vCPU it is 0.5, 1 or 2 GiB.
    FargateSize { cpu_units: 256, memory_mib: &[512, 1_024, 2_048] },
    FargateSize { cpu_units: 512, memory_mib: &gibibytes::<4>(1, 1) },
    FargateSize { cpu_units: 1_024, memory_mib: &gibibytes::<7>(2, 1) },
    FargateSize { cpu_units: 2_048, memory_mib: &gibibytes::<13>(4, 1) },
    FargateSize { cpu_units: 4_096, memory_mib: &gibibytes::<23>(8, 1) },
    FargateSize { cpu_units: 8_192, memory_mib: &gibibytes::<12>(16, 4) },
    FargateSize { cpu_units: 16_384, memory_mib: &gibibytes::<12>(32, 8) },
];

/// The largest of them, in CPU units and MiB.
pub(crate) const LARGEST_FARGATE_SIZE: (u32, u32) = (16_384, 122_880);

/// A number of CPU units and the memory that may go with it.
pub(crate) struct FargateSize {
    pub(crate) cpu_units: u32,
    /// Ascending.
    pub(crate) memory_mib: &'static [u32],
}

/// `COUNT` amounts from `least` GiB up, in steps of `step` GiB, in MiB.
const fn gibibytes<const COUNT: usize>(least: u32, step: u32) -> [u32; COUNT] {
    let mut amounts = [0; COUNT];
    let (mut at, mut amount) = (0, least);
    while at < COUNT {
        amounts[at] = amount * 1_024;
        amount += step;
        at += 1;
    }
    amounts
}

/// The smallest size of Fargate with at least so many thousandths of a vCPU and so much memory, in CPU units and MiB.
pub(crate) fn fargate_size(millicores: u32, mebibytes: u32) -> Option<(u32, u32)> {
    // 1,024 units are 1,000 thousandths: 250m are 256 units.
    let units = (u64::from(millicores) * 1_024).div_ceil(1_000);
    FARGATE_SIZES.iter().filter(|size| u64::from(size.cpu_units) >= units).find_map(|size| {
        size.memory_mib.iter().find(|memory| **memory >= mebibytes).map(|memory| (size.cpu_units, *memory))
    })
}

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
    fn fargate_gives_the_smallest_size_that_is_no_smaller() {
        for (asked, given) in [
            ((250, 512), Some((256, 512))),
            ((1, 1), Some((256, 512))),
            ((250, 513), Some((256, 1_024))),
            ((250, 3_000), Some((512, 3_072))),
            ((500, 5_000), Some((1_024, 5_120))),
            ((251, 512), Some((512, 1_024))),
            ((4_000, 30_720), Some((4_096, 30_720))),
            ((4_000, 30_721), Some((8_192, 32_768))),
            ((8_000, 61_440), Some((8_192, 61_440))),
            ((16_000, 122_880), Some(LARGEST_FARGATE_SIZE)),
            ((16_001, 512), None),
            ((250, 122_881), None),
        ] {
            assert_eq!(fargate_size(asked.0, asked.1), given, "{asked:?}");
        }
    }

    #[test]
    fn regions_of_other_partitions_are_told_from_typos() {
        assert!(matches!(Region::find("us-gov-west-1"), RegionLookup::OtherPartition("aws-us-gov")));
        assert!(matches!(Region::find("eu-west-9"), RegionLookup::Unknown));
    }
}
