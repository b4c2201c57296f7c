//! What is peculiar to networks: one that was there before is looked at and left alone, IPv6 is whole or not there.

use std::collections::BTreeSet;

use terrane_blueprint::{RenderedFiles, render};
use terrane_domain::{InfraModel, Vpc};

use crate::{
    corpus,
    hostile_text::NASTY,
    models, tree,
    unfolded::{Module, module},
};

fn model(name: &str) -> InfraModel {
    models::all().into_iter().find(|(other, _)| *other == name).unwrap().1
}

pub fn unfolded(files: &RenderedFiles) -> Module {
    fn shortened<'a>(file: (&'static str, &'a str)) -> (&'a str, &'a str) {
        file
    }
    module(files.iter().map(shortened))
}

#[test]
fn a_network_that_was_there_before_reads_well() {
    let files = render(&model("in_existing")).unwrap();
    insta::assert_snapshot!("network_in_existing", files.get("network.tf").unwrap());
}

#[test]
fn a_network_with_both_kinds_of_addresses_reads_well() {
    let files = render(&model("dual_stack")).unwrap();
    insta::assert_snapshot!("network_dual_stack", files.get("network.tf").unwrap());
}

#[test]
fn nothing_of_a_network_that_was_there_before_is_made_or_changed() {
    let of_network = [
        "aws_vpc",
        "aws_subnet",
        "aws_route",
        "aws_internet_gateway",
        "aws_nat_gateway",
        "aws_eip",
        "aws_ec2_tag",
    ];
    let parts =
        ["aws_route_table", "aws_default_", "aws_network_acl", "aws_vpc_endpoint", "aws_egress_only_"];
    for case in
        corpus::all().filter(|case| case.model.network.as_ref().is_some_and(|n| n.existing().is_some()))
    {
        let name = &case.name;
        for object in module(case.files.iter()).objects.iter().filter(|object| !object.is_data) {
            let kind = object.kind.as_str();
            let is_part = of_network.contains(&kind) || parts.iter().any(|part| kind.starts_with(part));
            assert!(!is_part, "{name}: {}", object.address());
        }
        let text: String = case.files.iter().map(|(_, content)| content).collect();
        for kind in ["aws_vpc.", "aws_subnet."] {
            let managed = text.matches(kind).count() - text.matches(&format!("data.{kind}")).count();
            assert_eq!(managed, 0, "{name} refers to a managed {kind}");
        }
    }
}

#[test]
fn ids_of_a_network_that_was_there_before_are_text_whatever_they_hold() {
    for nasty in NASTY {
        let mut model = model("in_private");
        let Some(Vpc::Existing(vpc)) = model.network.as_mut().map(|network| &mut network.vpc) else {
            panic!()
        };
        nasty.clone_into(&mut vpc.vpc_id);
        vpc.private_subnet_ids = vec![nasty.to_owned(), format!("{nasty}x")];
        let files = render(&model).unwrap();
        let usual: Vec<String> = tree::blocks(&crate::networks::model("in_private"))
            .iter()
            .filter(|block| block.identifier() != "locals")
            .map(|block| hcl::format::to_string(block).unwrap())
            .collect();
        let blocks = tree::blocks_of(&files);
        let others = blocks.iter().filter(|block| block.identifier() != "locals");
        assert_eq!(others.map(|block| hcl::format::to_string(block).unwrap()).collect::<Vec<_>>(), usual);
        let locals = unfolded(&files).locals;
        let network = locals["existing_network"].as_object().unwrap();
        assert_eq!(network["vpc_id"].as_str(), Some(nasty));
        let private = network["private_subnet_ids"].as_array().unwrap();
        assert_eq!(private[0].as_str(), Some(nasty));
    }
}

#[test]
fn clusters_of_databases_are_spread_over_the_zones_of_the_subnets_in_which_they_stand() {
    let files = render(&model("in_private")).unwrap();
    let locals = files.get("locals.tf").unwrap();
    for number in 0..2 {
        let zone = format!("element(sort(values(data.aws_subnet.private)[*].availability_zone), {number})");
        assert!(locals.contains(&zone), "{locals}");
    }
}

#[test]
fn each_subnet_has_an_ipv6_range_of_its_own() {
    let locals = unfolded(&render(&model("dual_stack")).unwrap()).locals;
    let zones = locals["zones"].as_object().unwrap().values();
    let numbers: Vec<u64> = zones
        .flat_map(|zone| zone.as_object().unwrap()["ipv6"].as_object().unwrap().values())
        .map(|number| number.as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [0, 1, 2, 4, 5, 6, 8, 9, 10]);
}

#[test]
fn what_goes_out_over_ipv4_goes_out_over_ipv6_too_where_there_is_any() {
    for case in corpus::all() {
        if case.model.network.as_ref().and_then(|n| n.made()).is_none_or(|vpc| !vpc.ipv6) {
            assert!(case.files.iter().all(|(_, text)| !text.contains("::/0")), "{}", case.name);
            continue;
        }
        let objects = module(case.files.iter()).objects;
        let to = |argument: &str, range: &str| -> BTreeSet<String> {
            let rules = objects.iter().filter(|object| object.kind == "aws_vpc_security_group_egress_rule");
            let rules = rules.filter(|rule| rule.body.text(argument) == range);
            rules.map(|rule| rule.body.text("security_group_id").to_owned()).collect()
        };
        assert_eq!(to("cidr_ipv6", "::/0"), to("cidr_ipv4", "0.0.0.0/0"), "{}", case.name);
    }
}
