//! `endpoints.tf`: ways to AWS's own services that don't leave the VPC.

use terrane_domain::{InfraModel, MadeVpc, Network};

use super::{data::REGION, network, part::Part};
use crate::hcl::{Block, Expr, File, Resource, each_key, local, template};

const GATEWAY: Resource = Resource::per_key("aws_vpc_endpoint", "gateway");
const INTERFACE: Resource = Resource::per_key("aws_vpc_endpoint", "interface");
const SECURITY_GROUP: Resource = Resource::one("aws_security_group", "endpoints");
const INGRESS: Resource = Resource::one("aws_vpc_security_group_ingress_rule", "endpoints_https");

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let network = model.network.as_ref()?;
    let vpc = network.made()?;
    if vpc.gateway_endpoints.is_empty() && vpc.interface_endpoints.is_empty() {
        return None;
    }
    let mut file = File::new("endpoints.tf", "Ways to services of AWS that don't leave the VPC.");
    if !vpc.gateway_endpoints.is_empty() {
        let about = "Free of charge, and it keeps this traffic off the NAT gateways.";
        file = file.noted(about, gateway(network, vpc));
    }
    if !vpc.interface_endpoints.is_empty() {
        file = file
            .block(interface(network, vpc))
            .block(
                Block::of(SECURITY_GROUP)
                    .arg("name", template![local("name"), "-endpoints"])
                    .arg("description", "Interface endpoints")
                    .arg("vpc_id", network::vpc_id(network))
                    .named_tags(SECURITY_GROUP, template![local("name"), "-endpoints"]),
            )
            .block(
                Block::of(INGRESS)
                    .arg("security_group_id", SECURITY_GROUP.attr("id"))
                    .arg("description", "HTTPS from the VPC")
                    .arg("cidr_ipv4", network::vpc_cidr(network))
                    .arg("ip_protocol", "tcp")
                    .arg("from_port", 443_u16)
                    .arg("to_port", 443_u16)
                    .tags(INGRESS),
            );
    }
    Some(Part::of(file))
}

fn gateway(network: &Network, vpc: &MadeVpc) -> Block {
    endpoint(network, GATEWAY, &vpc.gateway_endpoints, "Gateway")
        .arg("route_table_ids", network::private_and_isolated_route_table_ids())
        .named_tags(GATEWAY, template![local("name"), "-", each_key()])
}

fn interface(network: &Network, vpc: &MadeVpc) -> Block {
    endpoint(network, INTERFACE, &vpc.interface_endpoints, "Interface")
        .arg("subnet_ids", network::private_subnet_ids(network))
        .arg("security_group_ids", Expr::list([SECURITY_GROUP.attr("id")]))
        .note("The service's usual name leads here, so that no client has to know of the endpoint.")
        .arg("private_dns_enabled", true)
        .named_tags(INTERFACE, template![local("name"), "-", each_key()])
}

fn endpoint(network: &Network, resource: Resource, services: &[String], kind: &'static str) -> Block {
    Block::of(resource)
        .arg("for_each", Expr::call("toset", [Expr::list(services)]))
        .arg("vpc_id", network::vpc_id(network))
        .arg("service_name", template!["com.amazonaws.", REGION.attr("id"), ".", each_key()])
        .arg("vpc_endpoint_type", kind)
}
