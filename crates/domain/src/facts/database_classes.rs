//! Which engine runs on which class of instance, as far as the family says it.
//!
//! Refused is only what AWS says that it doesn't offer: a family that isn't known here may be newer than this list.

/// Families on which neither RDS for PostgreSQL nor Aurora PostgreSQL runs in a version that is offered, and what comes
/// nearest. Some are gone, others were always for Oracle and SQL Server.
/// Source: RDS user guide and Aurora user guide, "Supported DB engines for DB instance classes".
const NOT_FOR_POSTGRES: &[(&str, &str)] = &[
    ("t1", "t4g"),
    ("t2", "t4g"),
    ("m1", "m7g"),
    ("m3", "m7g"),
    ("m4", "m7g"),
    ("m2", "r7g"),
    ("r3", "r7g"),
    ("r4", "r7g"),
    ("z1d", "r7g"),
    ("x1", "x2g"),
    ("x1e", "x2g"),
    ("x2iezn", "x2g"),
];

/// The family to take instead of that of a class on which PostgreSQL doesn't run.
pub(crate) fn instead_for_postgres(instance_class: &str) -> Option<&'static str> {
    let (family, _) = family_and_size(instance_class);
    NOT_FOR_POSTGRES.iter().find(|(refused, _)| *refused == family).map(|(_, instead)| *instead)
}

/// Whether Aurora PostgreSQL runs on a class: of the burstable families only the medium and large ones, and none of
/// the general-purpose families.
/// Source: Aurora user guide, "Supported DB engines for DB instance classes".
pub(crate) fn aurora_runs_on(instance_class: &str) -> bool {
    let (family, size) = family_and_size(instance_class);
    match family.chars().next() {
        Some('r' | 'x') => true,
        Some('t') => ["medium", "large"].contains(&size),
        _ => false,
    }
}

/// Whether DocumentDB runs on a class.
/// Source: DocumentDB developer guide, "Managing instance classes".
pub(crate) fn documentdb_runs_on(instance_class: &str) -> bool {
    let (family, size) = family_and_size(instance_class);
    match family.chars().next() {
        Some('r') => family != "r3",
        Some('t') => size == "medium" && !["t1", "t2"].contains(&family),
        _ => false,
    }
}

/// `r7g` and `large` of `db.r7g.large`.
fn family_and_size(instance_class: &str) -> (&str, &str) {
    let mut parts = instance_class.split('.').skip(1);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_instead_is_not_refused_itself() {
        for (refused, instead) in NOT_FOR_POSTGRES {
            let class = format!("db.{instead}.medium");
            assert_eq!(instead_for_postgres(&class), None, "{refused}");
        }
    }

    #[test]
    fn classes_that_are_sold_are_let_through() {
        for class in [
            "db.t3.micro",
            "db.t4g.large",
            "db.m5d.large",
            "db.m8g.48xlarge",
            "db.r6gd.xlarge",
            "db.x2iedn.xlarge",
        ] {
            assert_eq!(instead_for_postgres(class), None, "{class}");
        }
        assert!(aurora_runs_on("db.r8g.large") && documentdb_runs_on("db.r8g.large"));
        assert!(documentdb_runs_on("db.r4.large") && documentdb_runs_on("db.t3.medium"));
    }
}
