//! What can be reached from everywhere, and what has a public address.
//!
//! Network ACLs are left out: they know no connections, so an answer from the internet needs a rule that lets
//! everybody in. What may be reached is said by security groups.

use hcl::Value;
use ipnet::IpNet;

use crate::unfolded::{Contents, Module, Object};

/// Ports that a public load balancer may open to everybody.
const PUBLIC_PORTS: [&str; 2] = ["80", "443"];

pub fn ingress(module: &Module) -> Vec<String> {
    let mut findings = Vec::new();
    for object in module.objects.iter().filter(|object| !object.is_data) {
        let address = object.address();
        let lets_all_in = |(rule, group): &(&Contents, String)| {
            sources(rule).any(is_everybody) && !is_public_door(module, rule, group)
        };
        if ways_in(object).iter().any(lets_all_in) {
            findings.push(format!("{address} lets everybody in"));
        }
        match object.kind.as_str() {
            "aws_default_security_group" if object.body.blocks("ingress").next().is_some() => {
                findings.push(format!("{address} lets something in; nothing should use it"));
            }
            // The door to a cluster is no rule of a security group, but it is one that everybody can knock at.
            "aws_eks_cluster" => {
                let open = |config: &&Contents| {
                    !config.is("endpoint_public_access", false)
                        && (config.get("public_access_cidrs").is_none() || sources(config).any(is_everybody))
                };
                if object.body.blocks("vpc_config").any(|config| open(&config)) {
                    findings.push(format!("{address} has an endpoint for everybody"));
                }
            }
            _ => {}
        }
    }
    findings
}

/// What an object lets in, and into which security group.
fn ways_in(object: &Object) -> Vec<(&Contents, String)> {
    let of_group = || object.body.text("security_group_id").to_owned();
    match object.kind.as_str() {
        "aws_vpc_security_group_ingress_rule" => vec![(&object.body, of_group())],
        "aws_security_group_rule" if object.body.text("type") != "egress" => vec![(&object.body, of_group())],
        "aws_security_group" => {
            let own = format!("⟦{}.{}.id⟧", object.kind, object.name);
            object.body.blocks("ingress").map(|rule| (rule, own.clone())).collect()
        }
        _ => Vec::new(),
    }
}

/// Arguments by which a store names the security groups of its door.
const DOORS: [&str; 2] = ["security_group_ids", "vpc_security_group_ids"];

/// Types of stores that stand behind a door.
const BEHIND_DOORS: [&str; 4] =
    ["aws_db_instance", "aws_docdb_cluster", "aws_elasticache_replication_group", "aws_rds_cluster"];

/// Where apps or a cluster are part of the module, these come in by their security groups and nobody by an address.
pub fn doors(module: &Module) -> Vec<String> {
    let made = || module.objects.iter().filter(|object| !object.is_data);
    if !made().any(|object| ["aws_ecs_service", "aws_eks_cluster"].contains(&object.kind.as_str())) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for store in made().filter(|object| BEHIND_DOORS.contains(&object.kind.as_str())) {
        let names = DOORS.into_iter().filter_map(|name| store.body.get(name)).map(ToString::to_string);
        let groups: Vec<String> = names.collect();
        let guards = |group: &Object| {
            group.kind == "aws_security_group" && groups.iter().any(|names| group.is_named_in(names))
        };
        if !made().any(guards) {
            findings.push(format!("{} has no security group of this module", store.address()));
        }
        for rule in made() {
            let by_address = ways_in(rule).into_iter().any(|(way, into)| {
                sources(way).next().is_some() && made().any(|group| guards(group) && group.is_named_in(&into))
            });
            if by_address {
                findings.push(format!("{} lets addresses into {}", rule.address(), store.address()));
            }
        }
    }
    findings
}

/// Every address range that something names.
fn sources(rule: &Contents) -> impl Iterator<Item = &Value> {
    let names = ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks", "public_access_cidrs"];
    names.into_iter().filter_map(|name| rule.get(name)).flat_map(|value| match value {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    })
}

/// A range of which nobody has so much: half of the internet is everybody too.
fn is_everybody(source: &Value) -> bool {
    let range = source.as_str().and_then(|text| text.parse::<IpNet>().ok());
    range.is_some_and(|range| range.prefix_len() < if range.addr().is_ipv4() { 8 } else { 16 })
}

fn is_public_door(module: &Module, rule: &Contents, group: &str) -> bool {
    let port = |name| rule.get(name).map(ToString::to_string).unwrap_or_default();
    let one_port = PUBLIC_PORTS.contains(&port("from_port").as_str()) && port("from_port") == port("to_port");
    let of_group = |name: &str| {
        module.objects.iter().any(|object| {
            object.kind == "aws_security_group" && object.is_named_in(group) && object.is_named_in(name)
        })
    };
    let is_public = |object: &&Object| {
        ["aws_lb", "aws_alb"].contains(&object.kind.as_str())
            && object.body.is("internal", false)
            && object.body.get("security_groups").is_some_and(|groups| of_group(&groups.to_string()))
    };
    one_port && module.objects.iter().any(|object| is_public(&object))
}

/// Arguments that give something a public address.
const PUBLIC_ARGUMENTS: [&str; 4] =
    ["publicly_accessible", "map_public_ip_on_launch", "associate_public_ip_address", "assign_public_ip"];

/// Types that have to say that they aren't.
const SAYS_SO: [&str; 4] =
    ["aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster", "aws_dms_replication_instance"];

/// Types that stand in subnets without a way in.
const INSIDE: [&str; 7] = [
    "aws_db_subnet_group",
    "aws_docdb_subnet_group",
    "aws_eks_fargate_profile",
    "aws_eks_node_group",
    "aws_elasticache_subnet_group",
    "aws_instance",
    "aws_vpc_endpoint",
];

pub fn public(module: &Module) -> Vec<String> {
    let mut findings = Vec::new();
    for object in module.objects.iter().filter(|object| !object.is_data) {
        let address = object.address();
        object.body.walk(&mut |name, value| {
            let closed = value.is_null() || value.as_bool() == Some(false) || value.as_str() == Some("false");
            if PUBLIC_ARGUMENTS.contains(&name) && !closed {
                findings.push(format!("{address} has {name} = {value}"));
            }
        });
        if SAYS_SO.contains(&object.kind.as_str()) && !object.body.is("publicly_accessible", false) {
            findings.push(format!("{address} doesn't say that it isn't public"));
        }
        if INSIDE.contains(&object.kind.as_str()) {
            let subnets = ["subnet_ids", "subnet_id"].into_iter().filter_map(|name| object.body.get(name));
            for subnets in subnets.filter(|subnets| subnets.to_string().contains("aws_subnet.public")) {
                findings.push(format!("{address} stands in public subnets: {subnets}"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{caught, passes};

    #[test]
    fn a_rule_for_everybody_is_caught() {
        let rule = |cidr: &str, port: u16| {
            format!(
                "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {{\n  security_group_id = aws_security_group.x.id\n  cidr_{cidr}\n  from_port = {port}\n  to_port = {port}\n}}\nresource \"aws_security_group\" \"x\" {{}}\n"
            )
        };
        let balancer = |internal: bool| {
            format!(
                "resource \"aws_lb\" \"x\" {{\n  internal = {internal}\n  security_groups = [aws_security_group.x.id]\n}}\n"
            )
        };
        for cidr in ["ipv4 = \"0.0.0.0/0\"", "ipv6 = \"::/0\"", "ipv4 = \"128.0.0.0/1\""] {
            caught(ingress, &rule(cidr, 443), "lets everybody in");
            caught(ingress, &(rule(cidr, 443) + &balancer(true)), "lets everybody in");
            caught(ingress, &(rule(cidr, 22) + &balancer(false)), "lets everybody in");
            passes(ingress, &(rule(cidr, 443) + &balancer(false)));
        }
        passes(ingress, &rule("ipv4 = \"10.0.0.0/16\"", 5432));
        passes(ingress, &rule("ipv4 = aws_vpc.main.cidr_block", 5432));
    }

    #[test]
    fn the_older_forms_of_rules_are_caught_too() {
        for text in [
            "resource \"aws_security_group\" \"x\" {\n  ingress {\n    cidr_blocks = [\"10.0.0.0/8\", \"0.0.0.0/0\"]\n  }\n}\n",
            "resource \"aws_security_group_rule\" \"x\" {\n  type = \"ingress\"\n  ipv6_cidr_blocks = [\"::/0\"]\n}\n",
        ] {
            caught(ingress, text, "lets everybody in");
        }
        caught(
            ingress,
            "resource \"aws_default_security_group\" \"x\" {\n  ingress {}\n}\n",
            "lets something in",
        );
        let cluster = |config: &str| {
            format!("resource \"aws_eks_cluster\" \"x\" {{\n  vpc_config {{\n{config}\n  }}\n}}\n")
        };
        caught(ingress, &cluster("endpoint_public_access = true"), "endpoint for everybody");
        caught(ingress, &cluster("public_access_cidrs = [\"0.0.0.0/0\"]"), "endpoint for everybody");
        passes(ingress, &cluster("endpoint_public_access = false"));
        passes(ingress, &cluster("public_access_cidrs = [\"203.0.113.0/24\"]"));
    }

    #[test]
    fn an_address_that_is_let_into_a_store_is_caught_where_apps_or_a_cluster_are() {
        let store = "resource \"aws_db_instance\" \"x\" {\n  vpc_security_group_ids = [aws_security_group.x.id]\n}\n\
                     resource \"aws_security_group\" \"x\" {}\n";
        let rule = |group: &str, from: &str| {
            format!(
                "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {{\n  security_group_id = aws_security_group.{group}.id\n  {from}\n}}\n"
            )
        };
        let range = "cidr_ipv4 = aws_vpc.main.cidr_block";
        for clients in ["resource \"aws_ecs_service\" \"x\" {}\n", "resource \"aws_eks_cluster\" \"x\" {}\n"]
        {
            caught(doors, &(store.to_owned() + &rule("x", range) + clients), "lets addresses into");
            passes(doors, &(store.to_owned() + &rule("other", range) + clients));
            let group = "referenced_security_group_id = aws_security_group.app.id";
            passes(doors, &(store.to_owned() + &rule("x", group) + clients));
            caught(
                doors,
                &("resource \"aws_rds_cluster\" \"x\" {}\n".to_owned() + clients),
                "no security group",
            );
        }
        passes(doors, &(store.to_owned() + &rule("x", range)));
        let inline = "resource \"aws_elasticache_replication_group\" \"x\" {\n  security_group_ids = [aws_security_group.x.id]\n}\n\
                      resource \"aws_security_group\" \"x\" {\n  ingress {\n    cidr_blocks = [\"10.0.0.0/16\"]\n  }\n}\n\
                      resource \"aws_eks_cluster\" \"x\" {}\n";
        caught(doors, inline, "lets addresses into");
    }

    #[test]
    fn a_public_address_is_caught() {
        let with = |kind: &str, body: &str| format!("resource \"{kind}\" \"x\" {{\n{body}\n}}\n");
        caught(public, &with("aws_db_instance", "publicly_accessible = true"), "publicly_accessible");
        caught(public, &with("aws_db_instance", ""), "doesn't say");
        caught(public, &with("aws_subnet", "map_public_ip_on_launch = true"), "map_public_ip_on_launch");
        caught(public, &with("aws_subnet", "map_public_ip_on_launch = var.x"), "map_public_ip_on_launch");
        caught(
            public,
            &with("aws_ecs_service", "network_configuration {\nassign_public_ip = true\n}"),
            "assign",
        );
        caught(
            public,
            &with("aws_eks_node_group", "subnet_ids = values(aws_subnet.public)[*].id"),
            "public subnets",
        );
        passes(public, &with("aws_db_instance", "publicly_accessible = false"));
        passes(public, &with("aws_eks_node_group", "subnet_ids = values(aws_subnet.private)[*].id"));
    }
}
