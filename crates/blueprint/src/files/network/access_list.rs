//! Network ACLs: that of the VPC's own subnets, and the default one, which nothing uses.
//!
//! WHY the first lets everything pass: a network ACL knows no connections. What comes back to an ephemeral port needs a
//! rule that lets everybody in, through NAT too; narrower rules cut off some of it and stop nobody who may begin.
//! Source: Amazon VPC user guide, "Control subnet traffic with network access control lists", "Ephemeral ports".

use terrane_domain::MadeVpc;

use super::{
    ANYWHERE, ANYWHERE_IPV6,
    made::{ISOLATED_SUBNET, PRIVATE_SUBNET, PUBLIC_SUBNET, VPC},
};
use crate::hcl::{Block, Expr, File, Resource, local, template};

const ACL: Resource = Resource::one("aws_network_acl", "main");
const DEFAULT_ACL: Resource = Resource::one("aws_default_network_acl", "main");

pub(super) fn add_to(file: File, vpc: &MadeVpc) -> File {
    let subnets = [PUBLIC_SUBNET, PRIVATE_SUBNET, ISOLATED_SUBNET].map(|subnet| subnet.all("id"));
    let block = Block::of(ACL).arg("vpc_id", VPC.attr("id")).arg("subnet_ids", Expr::call("concat", subnets));
    let block = ["ingress", "egress"].into_iter().fold(block, |block, direction| {
        let block = block.block(everything(direction, 100, "cidr_block", ANYWHERE));
        if vpc.ipv6 {
            block.block(everything(direction, 101, "ipv6_cidr_block", ANYWHERE_IPV6))
        } else {
            block
        }
    });
    file.noted(
        "A network ACL knows no connections: answers can only come in if everything can. Who may begin is said by\nsecurity groups.",
        block.named_tags(ACL, local("name")),
    )
    .noted(
        "Adopted without rules: a subnet that somebody adds by hand talks to nobody.",
        Block::of(DEFAULT_ACL)
            .arg("default_network_acl_id", VPC.attr("default_network_acl_id"))
            .named_tags(DEFAULT_ACL, template![local("name"), "-default-unused"])
            .note("Every subnet begins in it and has to leave before the rules go.")
            .arg("depends_on", Expr::list([ACL.whole()])),
    )
}

fn everything(direction: &'static str, number: u8, kind: &'static str, range: &'static str) -> Block {
    Block::new(direction)
        .arg("rule_no", number)
        .arg("action", "allow")
        .arg("protocol", "-1")
        .arg(kind, range)
        .arg("from_port", 0_u8)
        .arg("to_port", 0_u8)
}
