//! How much a database of a class can take, as far as its name says it.

/// Memory of an instance class in GiB, rounded down; `None` for a family that isn't known. Within a family memory doubles
/// from size to size.
/// Source: RDS user guide, "Hardware specifications for DB instance classes".
pub(crate) fn memory_gib(instance_class: &str) -> Option<u32> {
    let mut parts = instance_class.split('.').skip(1);
    let (family, size) = (parts.next()?, parts.next()?);
    let of_large = match family.chars().next()? {
        'x' if ["x1e", "x2iedn", "x2iezn"].contains(&family) => 60,
        'x' => 30,
        'r' | 'z' => 15,
        'm' | 't' => 8,
        'c' => 4,
        _ => return None,
    };
    let eighths_of_large = match size {
        "micro" => 1,
        "small" => 2,
        "medium" => 4,
        "large" => 8,
        "xlarge" => 16,
        _ => 16 * size.strip_suffix("xlarge")?.parse::<u32>().ok()?,
    };
    Some(of_large * eighths_of_large / 8)
}

/// Connections that PostgreSQL takes for certain with so much memory. The parameter groups of AWS allow
/// `LEAST({DBInstanceClassMemory/9531392}, 5000)`, and that memory is what operating system and service leave of the whole:
/// nine tenths, by the defaults that AWS lists for Aurora. Small machines keep less, so three quarters are counted.
/// Source: RDS user guide, "Quotas and constraints for Amazon RDS", maximum number of database connections; Aurora user
/// guide, "Maximum connections to an Aurora PostgreSQL DB instance".
pub(crate) fn max_connections(memory_gib: u32) -> u32 {
    let nominal = u64::from(memory_gib) * 1_024 * 1_024 * 1_024 / 9_531_392;
    u32::try_from((nominal * 3 / 4).min(5_000)).unwrap_or(5_000)
}

/// The same for Aurora Serverless v2, whose parameter follows from the most that it may grow to. One that may shrink to
/// half a unit or less is held to 2,000.
/// Source: Aurora user guide, "Maximum connections for Aurora Serverless v2".
pub(crate) fn max_serverless_connections(min_halves: u16, max_halves: u16) -> u32 {
    // A unit is about 2 GiB.
    let connections = max_connections(u32::from(max_halves));
    if min_halves <= 1 { connections.min(2_000) } else { connections }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_the_memory_of_its_size() {
        for (class, gib) in [
            ("db.t4g.micro", Some(1)),
            ("db.t4g.medium", Some(4)),
            ("db.t4g.large", Some(8)),
            ("db.m7i.2xlarge", Some(32)),
            ("db.r7g.large", Some(15)),
            ("db.r6i.32xlarge", Some(960)),
            ("db.x2iedn.xlarge", Some(120)),
            ("db.z1d.large", Some(15)),
            ("db.q1.large", None),
            ("db.r7g.huge", None),
            ("db.serverless", None),
        ] {
            assert_eq!(memory_gib(class), gib, "{class}");
        }
    }

    /// Defaults that AWS lists for Aurora.
    #[test]
    fn no_database_is_said_to_take_more_connections_than_it_does() {
        for (class, documented) in [
            ("db.t4g.medium", 405),
            ("db.t4g.large", 823),
            ("db.r7g.large", 1_600),
            ("db.r7g.xlarge", 3_200),
            ("db.r7g.4xlarge", 5_000),
        ] {
            let connections = max_connections(memory_gib(class).unwrap());
            assert!((documented * 2 / 3..=documented).contains(&connections), "{class}: {connections}");
        }
        assert_eq!(max_serverless_connections(1, 2), 168, "of 189");
        assert_eq!(max_serverless_connections(1, 256), 2_000);
        assert_eq!(max_serverless_connections(2, 256), 5_000);
    }
}
