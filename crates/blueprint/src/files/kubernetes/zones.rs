//! Zones in which EKS makes no control plane.
//!
//! WHY: some regions have a zone in which EKS makes none, and which name it has differs from account to account: a file
//! names zones or counts them, so only the account can tell. Without a check the network would be made, and then EKS
//! would refuse the cluster. So the account is asked while Terraform plans.
//!
//! The zones stay those of the file, and none is left out in silence: what the file counts on (addresses, databases) is
//! divided by zone, and a network with another number of zones than was asked for is no answer. For a network that was
//! there before, the subnets say themselves in which zone they are: see `network/existing.rs`.
//!
//! Source: <https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html>, "Subnet requirements for clusters".

use terrane_domain::{InfraModel, Network};

use crate::hcl::{Block, Expr, File, For, Reference, Resource, local};

/// The one zone, or none if the account doesn't have it.
const UNFIT: Resource = Resource::data("aws_availability_zones", "without_control_planes");

/// The zone's id, where zones are made here and one of them may be it.
fn unfit(model: &InfraModel, network: &Network) -> Option<&'static str> {
    network.made().and_then(|_| model.cloud.zone_without_control_planes())
}

/// Looks for the zone's name.
pub(super) fn data(file: File, model: &InfraModel, network: &Network) -> File {
    let Some(zone) = unfit(model, network) else { return file };
    let is_zone = Block::new("filter").arg("name", "zone-id").arg("values", Expr::list([zone]));
    file.noted("EKS makes no control plane in it. Its name differs from account to account.", {
        Block::of(UNFIT).block(is_zone)
    })
}

/// In the cluster's `lifecycle`: none of the network's zones is it.
pub(super) fn precondition(lifecycle: Block, model: &InfraModel, network: &Network) -> Block {
    let Some(zone) = unfit(model, network) else { return lifecycle };
    let names = || Expr::from(UNFIT.attr("names"));
    let zones = Expr::call("keys", [local("zones")]);
    let is_among = Expr::call("contains", [zones, Reference::variable("zone").into()]);
    let message = format!(
        "%s is {zone} in this account, where EKS makes no control plane: name other zones in network.availability_zones."
    );
    lifecycle.precondition(
        Expr::call("alltrue", [For::list("zone", names(), is_among.negated())]),
        Expr::call("format", [message.into(), Expr::call("join", [", ".into(), names()])]),
    )
}
