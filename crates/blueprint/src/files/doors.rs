//! What databases and caches have in common: a security group that lets in the VPC and nobody else, and the choice of
//! key and last snapshot.

use terrane_domain::{FinalSnapshot, Network};

use super::network;
use crate::hcl::{Block, Expr, File, Reference, Resource, template};

/// The way in to things of one kind.
pub(super) struct Door {
    /// One security group for each of them.
    pub(super) group: Resource,
    /// The rule that lets the VPC in.
    pub(super) ingress: Resource,
    /// What there is one group for each of; left out where there is only one.
    pub(super) for_each: Option<Reference>,
    /// Name of the group.
    pub(super) name: fn() -> Expr,
    /// `PostgreSQL database`
    pub(super) description: &'static str,
    /// `PostgreSQL from the VPC`
    pub(super) rule: &'static str,
    pub(super) port: u16,
}

impl Door {
    /// Adds the group and its rule.
    pub(super) fn add_to(self, file: File, network: &Network) -> File {
        file.noted(
            "Without an egress rule: it opens no connections of its own.",
            Block::of(self.group)
                .arg_if_some("for_each", self.for_each.clone())
                .arg("name", (self.name)())
                .arg("description", self.description)
                .arg("vpc_id", network::vpc_id(network))
                .named_tags(self.group, (self.name)()),
        )
        .block(
            Block::of(self.ingress)
                .arg_if_some("for_each", self.for_each)
                .arg("security_group_id", self.group.attr("id"))
                .arg("description", self.rule)
                .arg("cidr_ipv4", network::vpc_cidr(network))
                .arg("ip_protocol", "tcp")
                .arg("from_port", self.port)
                .arg("to_port", self.port)
                .tags(self.ingress),
        )
    }
}

/// The ARN of the environment's key where a condition holds, otherwise null: AWS's own key.
pub(super) fn key_if(condition: impl Into<Expr>) -> Expr {
    Expr::choose(condition.into(), super::kms::KEY.attr("arn"), Expr::null())
}

/// Name of the snapshot that is taken at the end, or what comes before the id of an incarnation; null for none.
pub(super) fn snapshot(snapshot: Option<&FinalSnapshot>) -> Expr {
    Expr::from(snapshot.map(|snapshot| match snapshot {
        FinalSnapshot::PerIncarnation { prefix } => prefix,
        FinalSnapshot::Named(name) => name,
    }))
}

/// `${local.name}-<kind>-${each.key}`
pub(super) fn name_of(kind: &'static str) -> Expr {
    use crate::hcl::{each_key, local};
    template![local("name"), "-", kind, "-", each_key()]
}
