//! A VPC that was there before: read, checked, and left as it is.
//!
//! A wrong id is found by the data sources, and what can't work by their postconditions, before anything is made. What
//! comes and goes, such as free addresses, is a `check`, which warns: it must not stop a plan that needs none of them.
//! Nothing here is tagged, because a tag that two environments set would go with the first of them.

use terrane_domain::{ExistingVpc, InfraModel, Network};

use super::{vpc_cidr, vpc_id};
use crate::{
    files::part::Part,
    hcl::{Block, Expr, File, For, Object, Reference, Resource, each_key, local, template},
};

pub(super) const VPC: Resource = Resource::data("aws_vpc", "main");
pub(super) const PUBLIC_SUBNET: Resource = Resource::data_per_key("aws_subnet", "public");
pub(super) const PRIVATE_SUBNET: Resource = Resource::data_per_key("aws_subnet", "private");
const ISOLATED_SUBNET: Resource = Resource::data_per_key("aws_subnet", "isolated");

/// What differs, in `locals.tf`.
const LOCAL: &str = "existing_network";

/// Load balancers need a /27, with eight free addresses.
/// Source: Elastic Load Balancing user guide, "Subnets for your load balancer".
const LONGEST_PREFIX: u8 = 27;
const FREE_ADDRESSES: u8 = 8;

/// The subnets in which databases and caches stand.
pub(super) fn for_databases(vpc: &ExistingVpc) -> Resource {
    if vpc.isolated_subnet_ids.is_empty() { PRIVATE_SUBNET } else { ISOLATED_SUBNET }
}

/// The zone of number `at`, from 0 and round and round, of those in which databases stand.
pub(super) fn zone(vpc: &ExistingVpc, at: usize) -> Expr {
    let zones = Expr::call("sort", [for_databases(vpc).all("availability_zone")]);
    Expr::call("element", [zones, u64::try_from(at).unwrap_or_default().into()])
}

/// Subnets of one kind.
struct Kind<'a> {
    subnets: Resource,
    ids: &'a [String],
    /// Its name in the environment file, in `locals.tf` and among the outputs.
    name: &'static str,
    about: &'static str,
    /// The output's.
    description: &'static str,
}

/// Those that are named.
fn kinds(vpc: &ExistingVpc) -> impl Iterator<Item = Kind<'_>> {
    let all = [
        Kind {
            subnets: PUBLIC_SUBNET,
            ids: &vpc.public_subnet_ids,
            name: "public_subnet_ids",
            about: "For load balancers that the internet reaches.",
            description: "Subnets with a route to the internet gateway, by availability zone",
        },
        Kind {
            subnets: PRIVATE_SUBNET,
            ids: &vpc.private_subnet_ids,
            name: "private_subnet_ids",
            about: "For workloads.",
            description: "Subnets for workloads, by availability zone",
        },
        Kind {
            subnets: ISOLATED_SUBNET,
            ids: &vpc.isolated_subnet_ids,
            name: "isolated_subnet_ids",
            about: "For databases and caches.",
            description: "Subnets for databases and caches, by availability zone",
        },
    ];
    all.into_iter().filter(|kind| !kind.ids.is_empty())
}

pub(super) fn part(model: &InfraModel, network: &Network, vpc: &ExistingVpc) -> Part {
    let ids = kinds(vpc).fold(Object::new().field("vpc_id", &vpc.vpc_id), |object, kind| {
        object.field(kind.name, Expr::list(kind.ids))
    });
    let part = Part::of(file(model, vpc))
        .local(LOCAL, ids)
        .output("vpc_id", "The VPC", vpc_id(network))
        .output("vpc_cidr", "Address range of the VPC", vpc_cidr(network));
    kinds(vpc).fold(part, |mut part, kind| {
        part.outputs.push(output(&kind));
        part
    })
}

fn file(model: &InfraModel, vpc: &ExistingVpc) -> File {
    let file = File::new("network.tf", "A VPC that was there before: looked at, and left as it is.").block(
        Block::of(VPC).arg("id", local(LOCAL).attr("vpc_id")).block(Block::lifecycle().postcondition(
            own("enable_dns_support").and(own("enable_dns_hostnames")),
            template![
                "Turn on DNS support and DNS hostnames of ",
                Reference::variable("self").attr("id"),
                ": the names of databases and caches need both."
            ],
        )),
    );
    let unfit = model.kubernetes.as_ref().and_then(|_| model.cloud.zone_without_control_planes());
    let file = kinds(vpc).fold(file, |file, kind| file.noted(kind.about, subnets(&kind, unfit)));
    let file = file.noted(
        "Warns only: addresses come and go.",
        check(
            "free_addresses",
            every(vpc, |_, subnet| {
                Expr::from(subnet.attr("available_ip_address_count")).at_least(FREE_ADDRESSES)
            }),
            "A subnet has fewer than eight free addresses. A load balancer needs so many in each of its subnets.",
        ),
    );
    if model.kubernetes.is_none() {
        return file;
    }
    // https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
    file.noted(
        "Warns only: the tags are for what runs in the cluster, and whoever owns the subnets sets them.",
        check(
            "subnet_tags",
            every(vpc, |kind, subnet| {
                let key = if kind == PUBLIC_SUBNET { "elb" } else { "internal-elb" };
                let key = format!("kubernetes.io/role/{key}");
                let tags = Expr::from(subnet.attr("tags"));
                Expr::call("lookup", [tags, key.into(), "".into()]).equals("1")
            }),
            "Controllers in a cluster find the subnets of load balancers by tags: kubernetes.io/role/elb = 1 on public and kubernetes.io/role/internal-elb = 1 on private ones.",
        ),
    )
}

/// Whether something holds for every subnet that isn't for databases alone.
fn every(vpc: &ExistingVpc, holds: impl Fn(Resource, Reference) -> Expr) -> Expr {
    let each = |kind: Kind<'_>| {
        let condition = holds(kind.subnets, Reference::variable("subnet"));
        Expr::call("alltrue", [For::list("subnet", kind.subnets.whole(), condition)])
    };
    let conditions = kinds(vpc).filter(|kind| kind.subnets != ISOLATED_SUBNET).map(each);
    conditions.reduce(Expr::and).unwrap_or_else(|| true.into())
}

fn check(name: &'static str, condition: Expr, error_message: &'static str) -> Block {
    Block::labelled("check", name)
        .block(Block::new("assert").arg("condition", condition).arg("error_message", error_message))
}

/// An attribute of the object to which a condition belongs.
fn own(name: &'static str) -> Expr {
    Reference::variable("self").attr(name).into()
}

/// `unfit` is the zone, by id, in which a cluster can't be.
fn subnets(kind: &Kind<'_>, unfit: Option<&'static str>) -> Block {
    let me = || Reference::variable("self").attr("id");
    let length = Expr::call("split", ["/".into(), own("cidr_block")]).nth(1);
    let is_large = Expr::call("tonumber", [length]).at_most(LONGEST_PREFIX);
    let conditions = Block::lifecycle().postcondition(
        own("vpc_id").equals(local(LOCAL).attr("vpc_id")),
        template![
            me(),
            " is in ",
            Reference::variable("self").attr("vpc_id"),
            ", not in the VPC of this environment."
        ],
    );
    let conditions = if kind.subnets == ISOLATED_SUBNET {
        conditions
    } else {
        // A subnet with IPv6 alone has no range that could be looked at.
        conditions.postcondition(
            Expr::call("try", [is_large, false.into()]),
            template![me(), " is too small: load balancers need a /27 or larger."],
        )
    };
    let conditions =
        if kind.subnets == PUBLIC_SUBNET { conditions } else { without_public_addresses(conditions) };
    let conditions = if kind.subnets == PRIVATE_SUBNET { in_first_range(conditions) } else { conditions };
    let conditions = match unfit.filter(|_| kind.subnets == PRIVATE_SUBNET) {
        Some(zone) => with_control_planes(conditions, zone),
        None => conditions,
    };
    Block::of(kind.subnets)
        .arg("for_each", Expr::call("toset", [local(LOCAL).attr(kind.name)]))
        .arg("id", each_key())
        .block(conditions)
}

/// What starts in a subnet that hands out public addresses, a node for example, gets one.
fn without_public_addresses(conditions: Block) -> Block {
    conditions.postcondition(
        own("map_public_ip_on_launch").negated(),
        template![
            Reference::variable("self").attr("id"),
            " gives public addresses to what starts in it: turn that off, or name another subnet."
        ],
    )
}

/// See `kubernetes/zones.rs`.
fn with_control_planes(conditions: Block, unfit: &'static str) -> Block {
    conditions.postcondition(
        own("availability_zone_id").differs(unfit),
        template![
            Reference::variable("self").attr("id"),
            " is in ",
            unfit,
            ", where EKS makes no control plane: name a subnet of another zone."
        ],
    )
}

/// A VPC may have further ranges, and security groups here let in the first.
fn in_first_range(conditions: Block) -> Block {
    let split = |range: Expr, at| Expr::call("split", ["/".into(), range]).nth(at);
    let range = || Expr::from(VPC.attr("cidr_block"));
    // The subnet's first address in a range as wide as the VPC's.
    let widened =
        Expr::call("join", ["/".into(), Expr::list([split(own("cidr_block"), 0), split(range(), 1)])]);
    let first = |range: Expr| Expr::call("cidrhost", [range, 0_u8.into()]);
    let note = "A VPC may have further ranges, but security groups here let in its first: cut to the prefix of that, a subnet\nhas to begin where it begins.";
    conditions.note(note).postcondition(
        Expr::call("try", [first(widened).equals(first(range())), false.into()]),
        template![
            Reference::variable("self").attr("id"),
            " is outside of ",
            VPC.attr("cidr_block"),
            ", the first range of the VPC, and databases let in nothing else."
        ],
    )
}

fn output(kind: &Kind<'_>) -> Block {
    let ids = For::keyed(
        "subnet",
        kind.subnets.whole(),
        Reference::variable("subnet").attr("availability_zone"),
        Reference::variable("subnet").attr("id"),
    );
    let zones = Expr::call("distinct", [kind.subnets.all("availability_zone")]);
    let one_of_each = Expr::call("length", [zones]).equals(Expr::call("length", [kind.subnets.whole()]));
    let message = template![
        "network.existing.",
        kind.name,
        " names two subnets of one zone: give one of each, because a load balancer takes no more."
    ];
    Block::labelled("output", kind.name)
        .arg("description", kind.description)
        .arg("value", ids)
        .precondition(one_of_each, message)
}
