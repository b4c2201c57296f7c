//! What databases, caches and document databases write in the same way: names, subnets, keys, logs, and the name of the
//! snapshot that is taken at the end. Who gets to them is said in [`super::doors`].

use terrane_domain::{FinalSnapshot, Network};

use super::{kms, network};
use crate::hcl::{Block, Expr, Reference, Resource, each_key, each_value, local, template};

/// `${local.name}-<kind>-${each.key}`
pub(super) fn name_of(kind: &'static str) -> Expr {
    template![local("name"), "-", kind, "-", each_key()]
}

/// The ARN of the environment's key where a condition holds, otherwise null: AWS's own key.
pub(super) fn key_if(condition: impl Into<Expr>) -> Expr {
    Expr::choose(condition.into(), kms::KEY.attr("arn"), Expr::null())
}

/// Where they stand: one group for all of a kind.
pub(super) fn subnet_group(group: Resource, suffix: &'static str, network: &Network) -> Block {
    Block::of(group)
        .arg("name", template![local("name"), suffix])
        .arg("description", "Isolated subnets of the VPC")
        .arg("subnet_ids", network::isolated_subnet_ids(network))
        .tags(group)
}

/// A log group; AWS would make it itself, without an end to retention. `over` is the map that there is one for each of.
pub(super) fn log_group(
    group: Resource,
    over: Option<&'static str>,
    name: impl Into<Expr>,
    retention_days: impl Into<Expr>,
    key: Option<Reference>,
) -> Block {
    Block::of(group)
        .arg_if_some("for_each", over.map(local))
        .arg("name", name)
        .arg("retention_in_days", retention_days)
        .arg_if_some("kms_key_id", key)
        .tags(group)
}

/// Whether a snapshot is named after an incarnation, which is then needed.
pub(super) const fn is_per_incarnation(snapshot: Option<&FinalSnapshot>) -> bool {
    matches!(snapshot, Some(FinalSnapshot::PerIncarnation { .. }))
}

/// Name of the snapshot that is taken at the end, or what comes before the id of an incarnation; null for none.
pub(super) fn snapshot(snapshot: Option<&FinalSnapshot>) -> Expr {
    Expr::from(snapshot.map(|snapshot| match snapshot {
        FinalSnapshot::PerIncarnation { prefix } => prefix,
        FinalSnapshot::Named(name) => name,
    }))
}

/// The name of a snapshot that is new with every incarnation.
pub(super) fn of_incarnation(prefix: impl Into<Expr>, incarnation: Resource) -> Expr {
    let id = Expr::call("substr", [Expr::from(incarnation.attr("id")), 0_u8.into(), 8_u8.into()]);
    Expr::call("join", ["-".into(), Expr::list([prefix.into(), id])])
}

/// The snapshot of the one that `each` is about, out of its entry `final_snapshot`, which is what [`snapshot`] gives;
/// `incarnation` where any is named so.
pub(super) fn final_snapshot(incarnation: Option<Resource>) -> Expr {
    let given = || Expr::from(each_value("final_snapshot"));
    match incarnation {
        None => given(),
        Some(incarnation) => {
            Expr::choose(given().equals(Expr::null()), Expr::null(), of_incarnation(given(), incarnation))
        }
    }
}
