//! `network.tf`: the VPC, three subnets in each zone, and the ways out; or a look at a VPC that was there before.
//!
//! Other blocks speak of the network through the functions here, which alone know whether it is made.

mod access_list;
mod existing;
mod ipv6;
mod made;

use terrane_domain::{ClusterInstance, InfraModel, Nat, Network, Vpc};

use super::part::Part;
use crate::{
    hcl::{Block, Expr, File, Resource},
    render::RenderError,
};

pub(super) const ANYWHERE: &str = "0.0.0.0/0";
pub(super) const ANYWHERE_IPV6: &str = "::/0";

/// The id of the VPC in which everything stands.
pub(super) fn vpc_id(network: &Network) -> Expr {
    match network.vpc {
        Vpc::Made(_) => made::VPC.attr("id").into(),
        Vpc::Existing(_) => existing::VPC.attr("id").into(),
    }
}

/// The address range of the VPC; of one that was there before, the first.
pub(super) fn vpc_cidr(network: &Network) -> Expr {
    match network.vpc {
        Vpc::Made(_) => made::VPC.attr("cidr_block").into(),
        Vpc::Existing(_) => existing::VPC.attr("cidr_block").into(),
    }
}

/// A map by zone: the addresses from which everything in private subnets reaches the internet, as `public_ip`. `None`
/// where somebody else made them.
pub(super) fn nat_addresses(network: &Network) -> Option<Expr> {
    network.made().map(|_| made::NAT_ADDRESS.whole().into())
}

/// What leads out of private subnets, where it is made here: what pulls an image when it starts has to wait for it, and
/// has to be gone before it.
pub(super) fn way_out(network: &Network) -> Option<Resource> {
    network.made().filter(|vpc| vpc.nat != Nat::None).map(|_| made::PRIVATE_DEFAULT_ROUTE)
}

/// What leads to and from the internet, where it is made here.
pub(super) fn internet_gateway(network: &Network) -> Option<Resource> {
    network.made().map(|_| made::INTERNET_GATEWAY)
}

/// A list: subnets with a route to the internet gateway.
pub(super) fn public_subnet_ids(network: &Network) -> Expr {
    match network.vpc {
        Vpc::Made(_) => made::PUBLIC_SUBNET.all("id"),
        Vpc::Existing(_) => existing::PUBLIC_SUBNET.all("id"),
    }
}

/// A list: subnets for workloads.
pub(super) fn private_subnet_ids(network: &Network) -> Expr {
    match network.vpc {
        Vpc::Made(_) => made::PRIVATE_SUBNET.all("id"),
        Vpc::Existing(_) => existing::PRIVATE_SUBNET.all("id"),
    }
}

/// A list: subnets for databases and caches; without a route out, if they are made here.
pub(super) fn isolated_subnet_ids(network: &Network) -> Expr {
    match &network.vpc {
        Vpc::Made(_) => made::ISOLATED_SUBNET.all("id"),
        Vpc::Existing(vpc) => existing::for_databases(vpc).all("id"),
    }
}

/// A list: the route tables of all subnets but the public ones, if they are made here.
pub(super) fn private_and_isolated_route_table_ids() -> Expr {
    Expr::call("concat", [made::PRIVATE_ROUTES.all("id"), Expr::list([made::ISOLATED_ROUTES.attr("id")])])
}

/// The zone of an instance of a cluster, which is number `at` from 0: one after the other.
pub(super) fn zone_of(network: &Network, instance: &ClusterInstance, at: usize) -> Expr {
    match (&instance.zone, &network.vpc) {
        (None, Vpc::Existing(vpc)) => existing::zone(vpc, at),
        (zone, _) => zone.as_ref().into(),
    }
}

/// Whether workloads have IPv6 addresses, by which they may go out.
pub(super) fn has_ipv6(network: &Network) -> bool {
    network.made().is_some_and(|vpc| vpc.ipv6)
}

/// Lets a security group of workloads out over IPv6 as it is over IPv4. Without such a rule what has addresses of both
/// kinds tries the one of IPv6 first, and waits in vain.
pub(super) fn out_over_ipv6(file: File, network: &Network, rule: Resource, group: Resource) -> File {
    if !has_ipv6(network) {
        return file;
    }
    file.block(
        Block::of(rule)
            .arg("security_group_id", group.attr("id"))
            .arg("description", "Anywhere, over IPv6")
            .arg("cidr_ipv6", ANYWHERE_IPV6)
            .arg("ip_protocol", "-1")
            .tags(rule),
    )
}

/// For the checks of other blocks: `wanted_at` is where the model asks for something that stands in the network.
pub(super) fn require(model: &InfraModel, wanted_at: Option<String>) -> Result<(), RenderError> {
    match (&model.network, wanted_at) {
        (None, Some(path)) => Err(RenderError::NoNetwork { path }),
        _ => Ok(()),
    }
}

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    match model.network.as_ref().map(|network| &network.vpc) {
        Some(Vpc::Made(vpc)) if vpc.zones.is_empty() => Err(RenderError::NoZones),
        Some(Vpc::Existing(vpc)) if vpc.private_subnet_ids.is_empty() => Err(RenderError::NoZones),
        _ => Ok(()),
    }
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let network = model.network.as_ref()?;
    Some(match &network.vpc {
        Vpc::Made(vpc) => made::part(model, network, vpc),
        Vpc::Existing(vpc) => existing::part(model, network, vpc),
    })
}
