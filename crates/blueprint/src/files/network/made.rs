//! A VPC of the environment's own: three subnets in each zone, and the ways out.

use terrane_domain::{InfraModel, MadeVpc, Nat, Network};

use super::{ANYWHERE, access_list, ipv6, vpc_cidr, vpc_id};
use crate::{
    files::part::{Part, of_each},
    hcl::{Block, Expr, File, Object, Reference, Resource, Text, each_key, each_value, local, template},
};

pub(super) const VPC: Resource = Resource::one("aws_vpc", "main");
const DEFAULT_SECURITY_GROUP: Resource = Resource::one("aws_default_security_group", "main");
const DEFAULT_ROUTE_TABLE: Resource = Resource::one("aws_default_route_table", "main");
pub(super) const INTERNET_GATEWAY: Resource = Resource::one("aws_internet_gateway", "main");
pub(super) const PUBLIC_SUBNET: Resource = Resource::per_key("aws_subnet", "public");
pub(super) const PRIVATE_SUBNET: Resource = Resource::per_key("aws_subnet", "private");
pub(super) const ISOLATED_SUBNET: Resource = Resource::per_key("aws_subnet", "isolated");
pub(super) const NAT_ADDRESS: Resource = Resource::per_key("aws_eip", "nat");
const NAT_GATEWAY: Resource = Resource::per_key("aws_nat_gateway", "main");
pub(super) const PUBLIC_ROUTES: Resource = Resource::one("aws_route_table", "public");
pub(super) const PRIVATE_ROUTES: Resource = Resource::per_key("aws_route_table", "private");
pub(super) const ISOLATED_ROUTES: Resource = Resource::one("aws_route_table", "isolated");
const PUBLIC_DEFAULT_ROUTE: Resource = Resource::one("aws_route", "public_internet");
pub(super) const PRIVATE_DEFAULT_ROUTE: Resource = Resource::per_key("aws_route", "private_nat");
const PUBLIC_ASSOCIATION: Resource = Resource::per_key("aws_route_table_association", "public");
const PRIVATE_ASSOCIATION: Resource = Resource::per_key("aws_route_table_association", "private");
const ISOLATED_ASSOCIATION: Resource = Resource::per_key("aws_route_table_association", "isolated");

pub(super) fn part(model: &InfraModel, network: &Network, vpc: &MadeVpc) -> Part {
    let part = Part::of(file(model, network, vpc)).local("zones", zones(vpc));
    outputs(part, network, vpc)
}

fn zones(vpc: &MadeVpc) -> Object {
    vpc.zones.iter().fold(Object::new(), |object, zone| {
        let entry = Object::new()
            .field("public", zone.public.to_string())
            .field("private", zone.private.to_string())
            .field("isolated", zone.isolated.to_string());
        let entry = if vpc.ipv6 { entry.field("ipv6", ipv6::numbers(zone)) } else { entry };
        object.entry(&zone.name, entry)
    })
}

fn outputs(part: Part, network: &Network, vpc: &MadeVpc) -> Part {
    let ids = |subnet| of_each(subnet, "subnet", Reference::variable("subnet").attr("id"));
    let part = part
        .output("vpc_id", "The VPC", vpc_id(network))
        .output("vpc_cidr", "Address range of the VPC", vpc_cidr(network))
        .output(
            "public_subnet_ids",
            "Subnets with a route to the internet gateway, by availability zone",
            ids(PUBLIC_SUBNET),
        )
        .output("private_subnet_ids", "Subnets for workloads, by availability zone", ids(PRIVATE_SUBNET))
        .output(
            "isolated_subnet_ids",
            "Subnets without a route out, by availability zone",
            ids(ISOLATED_SUBNET),
        );
    let part = if vpc.ipv6 { ipv6::output(part) } else { part };
    if vpc.nat == Nat::None {
        return part;
    }
    part.output(
        "nat_public_ips",
        "Addresses from which private subnets reach the internet, by availability zone",
        of_each(NAT_GATEWAY, "gateway", Reference::variable("gateway").attr("public_ip")),
    )
}

fn file(model: &InfraModel, network: &Network, made: &MadeVpc) -> File {
    let file = File::new("network.tf", "The VPC, its subnets, and the ways out of it.");
    let file = vpc(file, network, made);
    let file = subnets(file, made, SubnetTags::of(model));
    let file = access_list::add_to(file, made);
    let file = nat(file, made);
    let file = if made.ipv6 { ipv6::gateway(file, made) } else { file };
    let file = public_routes(file, made);
    let file = private_routes(file, made);
    isolated_routes(file)
}

fn vpc(file: File, network: &Network, made: &MadeVpc) -> File {
    let vpc = Block::of(VPC).arg("cidr_block", made.cidr.to_string());
    let vpc = if made.ipv6 { ipv6::range(vpc) } else { vpc };
    file.block(
        vpc.note("Both are needed for the private names of databases and interface endpoints.")
            .arg("enable_dns_support", true)
            .arg("enable_dns_hostnames", true)
            .named_tags(VPC, &network.name),
    )
    .noted(
        "Adopted without rules: what is started without a security group of its own can talk to nobody.",
        Block::of(DEFAULT_SECURITY_GROUP)
            .arg("vpc_id", VPC.attr("id"))
            .note(
                "Said, and not left out: Terraform would take away what is there now, and never look again.",
            )
            .arg("ingress", Expr::list::<Expr>([]))
            .arg("egress", Expr::list::<Expr>([]))
            .named_tags(DEFAULT_SECURITY_GROUP, template![local("name"), "-default-unused"]),
    )
    .noted(
        "Adopted without routes: a subnet that somebody adds by hand gets no way out.",
        Block::of(DEFAULT_ROUTE_TABLE)
            .arg("default_route_table_id", VPC.attr("default_route_table_id"))
            .arg("route", Expr::list::<Expr>([]))
            .named_tags(DEFAULT_ROUTE_TABLE, template![local("name"), "-default-unused"]),
    )
    .block(
        Block::of(INTERNET_GATEWAY).arg("vpc_id", VPC.attr("id")).named_tags(INTERNET_GATEWAY, local("name")),
    )
}

fn subnets(file: File, vpc: &MadeVpc, tags: SubnetTags) -> File {
    let subnet = |resource, kind, tags| subnet(resource, kind, vpc.ipv6, tags);
    file.noted(
        "Load balancers and NAT gateways. Nothing gets a public address unless it asks for one.",
        subnet(PUBLIC_SUBNET, "public", tags.public),
    )
    .noted("Workloads.", subnet(PRIVATE_SUBNET, "private", tags.private))
    .noted(
        "Databases and caches: no route to the internet, in or out.",
        subnet(ISOLATED_SUBNET, "isolated", Vec::new()),
    )
}

fn subnet(resource: Resource, kind: &'static str, has_ipv6: bool, tags: Vec<(Text, Text)>) -> Block {
    let block = Block::of(resource)
        .arg("for_each", local("zones"))
        .arg("vpc_id", VPC.attr("id"))
        .arg("availability_zone", each_key())
        .arg("cidr_block", each_value(kind));
    let block = if has_ipv6 { ipv6::addresses(block, kind) } else { block };
    block.named_tags_and(resource, template![local("name"), "-", kind, "-", each_key()], tags)
}

/// Tags by which others find their subnets.
#[derive(Default)]
struct SubnetTags {
    public: Vec<(Text, Text)>,
    private: Vec<(Text, Text)>,
}

impl SubnetTags {
    /// What runs in a cluster looks for the subnets of its load balancers and, if it is Karpenter, of its nodes.
    /// Source: EKS user guide, "Route application and HTTP traffic with Application Load Balancers"; Karpenter
    /// documentation, "NodeClasses", `subnetSelectorTerms`.
    fn of(model: &InfraModel) -> Self {
        model.kubernetes.as_ref().map_or_else(Self::default, |cluster| Self {
            public: vec![("kubernetes.io/role/elb".into(), "1".into())],
            private: vec![
                ("karpenter.sh/discovery".into(), (&cluster.name).into()),
                ("kubernetes.io/role/internal-elb".into(), "1".into()),
            ],
        })
    }
}

fn nat(file: File, network: &MadeVpc) -> File {
    let zones: Expr = match network.nat {
        Nat::None => return file,
        // Keyed by zone like the others, so that going to one per zone adds gateways and replaces none.
        Nat::Single => Expr::call("toset", [Expr::list(network.zones.first().map(|zone| &zone.name))]),
        Nat::PerAz => Expr::from(local("zones")),
    };
    let note = match network.nat {
        Nat::Single => {
            "One for all zones, to save money: if its zone fails, no private subnet reaches the internet."
        }
        Nat::None | Nat::PerAz => {
            "One in each zone, so that the failure of a zone is felt in that zone only."
        }
    };
    file.block(
        Block::of(NAT_ADDRESS)
            .arg("for_each", zones.clone())
            .arg("domain", "vpc")
            .named_tags(NAT_ADDRESS, template![local("name"), "-nat-", each_key()])
            .arg("depends_on", Expr::list([INTERNET_GATEWAY.whole()])),
    )
    .noted(
        note,
        Block::of(NAT_GATEWAY)
            .arg("for_each", zones)
            .arg("allocation_id", NAT_ADDRESS.attr("id"))
            .arg("subnet_id", PUBLIC_SUBNET.attr("id"))
            .named_tags(NAT_GATEWAY, template![local("name"), "-", each_key()])
            .note("AWS refuses a NAT gateway in a VPC whose internet gateway isn't attached yet.")
            .arg("depends_on", Expr::list([INTERNET_GATEWAY.whole()])),
    )
}

fn public_routes(file: File, vpc: &MadeVpc) -> File {
    let file = file
        .block(
            Block::of(PUBLIC_ROUTES)
                .arg("vpc_id", VPC.attr("id"))
                .named_tags(PUBLIC_ROUTES, template![local("name"), "-public"]),
        )
        .block(
            Block::of(PUBLIC_DEFAULT_ROUTE)
                .arg("route_table_id", PUBLIC_ROUTES.attr("id"))
                .arg("destination_cidr_block", ANYWHERE)
                .arg("gateway_id", INTERNET_GATEWAY.attr("id")),
        );
    let file = if vpc.ipv6 { ipv6::public_route(file) } else { file };
    file.block(association(PUBLIC_ASSOCIATION, PUBLIC_SUBNET, PUBLIC_ROUTES.attr("id")))
}

fn private_routes(file: File, network: &MadeVpc) -> File {
    let file = file.noted(
        "One for each zone, even where all go the same way: more NAT gateways later move no subnet.",
        Block::of(PRIVATE_ROUTES)
            .arg("for_each", local("zones"))
            .arg("vpc_id", VPC.attr("id"))
            .named_tags(PRIVATE_ROUTES, template![local("name"), "-private-", each_key()]),
    );
    let gateway = match (network.nat, network.zones.first()) {
        (Nat::PerAz, _) => Some(Expr::from(NAT_GATEWAY.attr("id"))),
        (Nat::Single, Some(zone)) => Some(NAT_GATEWAY.at(&zone.name, "id")),
        (Nat::None, _) | (Nat::Single, None) => None,
    };
    let file = match gateway {
        None => file,
        Some(gateway) => file.block(
            Block::of(PRIVATE_DEFAULT_ROUTE)
                .arg("for_each", local("zones"))
                .arg("route_table_id", PRIVATE_ROUTES.attr("id"))
                .arg("destination_cidr_block", ANYWHERE)
                .arg("nat_gateway_id", gateway),
        ),
    };
    let file = if network.ipv6 { ipv6::private_route(file, network) } else { file };
    file.block(association(PRIVATE_ASSOCIATION, PRIVATE_SUBNET, PRIVATE_ROUTES.attr("id")))
}

fn isolated_routes(file: File) -> File {
    file.noted(
        "No routes but the VPC's own.",
        Block::of(ISOLATED_ROUTES)
            .arg("vpc_id", VPC.attr("id"))
            .named_tags(ISOLATED_ROUTES, template![local("name"), "-isolated"]),
    )
    .block(association(ISOLATED_ASSOCIATION, ISOLATED_SUBNET, ISOLATED_ROUTES.attr("id")))
}

fn association(resource: Resource, subnet: Resource, route_table_id: Reference) -> Block {
    Block::of(resource)
        .arg("for_each", local("zones"))
        .arg("subnet_id", subnet.attr("id"))
        .arg("route_table_id", route_table_id)
}
