//! IPv6 beside IPv4: a range of Amazon's for the VPC, a /64 for each subnet, and routes.
//!
//! Workloads get addresses of both kinds. An IPv6 address is known everywhere, so what keeps strangers out is the
//! egress-only gateway, through which nobody begins a connection, and security groups. Databases and endpoints keep to
//! IPv4 until they are told otherwise.

use terrane_domain::{MadeVpc, Nat, Zone};

use super::{
    ANYWHERE_IPV6,
    made::{INTERNET_GATEWAY, PRIVATE_ROUTES, PUBLIC_ROUTES, VPC},
};
use crate::{
    files::part::Part,
    hcl::{Block, Expr, File, Object, Reference, Resource, local},
};

const EGRESS_ONLY_GATEWAY: Resource = Resource::one("aws_egress_only_internet_gateway", "main");
const PUBLIC_ROUTE: Resource = Resource::one("aws_route", "public_internet_ipv6");
const PRIVATE_ROUTE: Resource = Resource::per_key("aws_route", "private_egress_ipv6");

/// Amazon gives a VPC a /56, and a subnet has a /64.
/// Source: Amazon VPC user guide, "IPv6 VPC CIDR blocks" and "Subnet sizing for IPv6".
const SUBNET_BITS: u8 = 8;
/// Room for each zone, so that adding another one moves no subnet; there are three, and one to spare.
const SUBNETS_PER_ZONE: u8 = 4;

/// Which of the 256 ranges each subnet of a zone takes.
pub(super) fn numbers(zone: &Zone) -> Object {
    let first = zone.position.saturating_mul(SUBNETS_PER_ZONE);
    let number = |at: u8| first.saturating_add(at);
    Object::new().field("public", number(0)).field("private", number(1)).field("isolated", number(2))
}

pub(super) fn range(vpc: Block) -> Block {
    vpc.arg("assign_generated_ipv6_cidr_block", true)
}

pub(super) fn addresses(subnet: Block, kind: &'static str) -> Block {
    let number = Expr::from(Reference::variable("each").attr("value").attr("ipv6").attr(kind));
    let range = Expr::call("cidrsubnet", [VPC.attr("ipv6_cidr_block").into(), SUBNET_BITS.into(), number]);
    let subnet = subnet.arg("ipv6_cidr_block", range);
    match kind {
        "private" => subnet.arg("assign_ipv6_address_on_creation", true),
        _ => subnet,
    }
}

pub(super) fn gateway(file: File, vpc: &MadeVpc) -> File {
    if vpc.nat == Nat::None {
        return file;
    }
    file.noted(
        "What NAT is to IPv4: a way out by which nobody comes in. It is free of charge.",
        Block::of(EGRESS_ONLY_GATEWAY)
            .arg("vpc_id", VPC.attr("id"))
            .named_tags(EGRESS_ONLY_GATEWAY, local("name")),
    )
}

pub(super) fn public_route(file: File) -> File {
    file.block(
        Block::of(PUBLIC_ROUTE)
            .arg("route_table_id", PUBLIC_ROUTES.attr("id"))
            .arg("destination_ipv6_cidr_block", ANYWHERE_IPV6)
            .arg("gateway_id", INTERNET_GATEWAY.attr("id")),
    )
}

pub(super) fn private_route(file: File, vpc: &MadeVpc) -> File {
    if vpc.nat == Nat::None {
        return file;
    }
    file.block(
        Block::of(PRIVATE_ROUTE)
            .arg("for_each", local("zones"))
            .arg("route_table_id", PRIVATE_ROUTES.attr("id"))
            .arg("destination_ipv6_cidr_block", ANYWHERE_IPV6)
            .arg("egress_only_gateway_id", EGRESS_ONLY_GATEWAY.attr("id")),
    )
}

pub(super) fn output(part: Part) -> Part {
    part.output("vpc_ipv6_cidr", "IPv6 range of the VPC", VPC.attr("ipv6_cidr_block"))
}
