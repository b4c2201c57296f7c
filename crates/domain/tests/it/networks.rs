//! Networks: those that are made with the environment, and those that were there before.

use terrane_domain::{DatabaseKind, ExistingVpc, InfraModel, Vpc};

use crate::{made, read, resolved, with_base};

const EXISTING: &str = "network:
  existing:
    vpc_id: vpc-0a1b2c3d4e5f60718
    private_subnet_ids: [subnet-0a1b2c3d4e5f60711, subnet-0a1b2c3d4e5f60712]
";

fn model(sections: &str) -> InfraModel {
    resolved(&read(&with_base(sections))).model
}

fn existing(model: InfraModel) -> ExistingVpc {
    match model.network.map(|network| network.vpc) {
        Some(Vpc::Existing(vpc)) => vpc,
        other => panic!("{other:?}"),
    }
}

#[test]
fn six_zones_share_a_range_and_each_has_a_place_of_its_own() {
    let text =
        "name: dev\ncloud: { region: us-east-1 }\nnetwork: { cidr: 10.8.0.0/21, availability_zones: 6 }\n";
    let vpc = made(resolved(&read(text)).model.network);
    let positions: Vec<u8> = vpc.zones.iter().map(|zone| zone.position).collect();
    assert_eq!(positions, [0, 1, 2, 3, 4, 5]);
    assert!(
        vpc.zones.iter().all(|zone| vpc.cidr.contains(&zone.private) && zone.isolated.prefix_len() == 27)
    );
}

#[test]
fn the_place_of_a_zone_is_that_of_its_letter() {
    let vpc = made(model("network: { availability_zones: [eu-west-1c, eu-west-1a], ipv6: true }").network);
    assert!(vpc.ipv6);
    let places: Vec<_> = vpc.zones.iter().map(|zone| (zone.name.as_str(), zone.position)).collect();
    assert_eq!(places, [("eu-west-1a", 0), ("eu-west-1c", 2)]);
}

#[test]
fn databases_stand_with_the_workloads_if_an_existing_network_has_no_place_for_them() {
    let text = with_base(&format!("{EXISTING}databases: {{ main: {{ engine: aurora_postgres }} }}\n"));
    let resolved = resolved(&read(&text));
    let reason = |path: &str| resolved.reasons.iter().find(|reason| reason.path == path);
    let isolated = reason("network.existing.isolated_subnet_ids").unwrap();
    assert_eq!(isolated.value, "[subnet-0a1b2c3d4e5f60711, subnet-0a1b2c3d4e5f60712]");
    assert_eq!(isolated.because, "because databases and caches then stand with the workloads");
    for path in ["network.cidr", "network.nat", "network.endpoints", "network.availability_zones"] {
        assert_eq!(reason(path), None, "nothing is decided about a network that is there");
    }
    let database = resolved.model.databases.values().next().unwrap();
    let DatabaseKind::Cluster(cluster) = &database.kind else { panic!("{database:?}") };
    assert!(cluster.instances.iter().all(|instance| instance.zone.is_none()), "only AWS knows the zones");
    assert!(existing(resolved.model).isolated_subnet_ids.is_empty());
}

#[test]
fn an_existing_network_is_only_watched_if_somebody_asks() {
    let flow_logs = |sections: &str| model(sections).network.unwrap().flow_logs;
    assert_eq!(flow_logs(&format!("profile: large\n{EXISTING}")), None);
    let asked = format!("{EXISTING}  flow_logs: {{ retention_days: 30 }}\n");
    assert_eq!(flow_logs(&asked).map(|logs| logs.retention_days), Some(30));
}

#[test]
fn what_needs_a_way_out_may_stand_in_an_existing_network() {
    let vpc = existing(model(&format!("{EXISTING}kubernetes: {{}}\n")));
    assert_eq!(vpc.private_subnet_ids.len(), 2);
    let apps = "ecs: {}\napps: { api: { image: nginx, port: 80, health: /, expose: { load_balancer: { internal: true } } } }\n";
    assert!(existing(model(&format!("{EXISTING}{apps}"))).public_subnet_ids.is_empty());
    let public = "    public_subnet_ids: [subnet-0a1b2c3d4e5f60721, subnet-0a1b2c3d4e5f60722]\n";
    let apps = apps.replace("{ internal: true }", "{}");
    assert_eq!(existing(model(&format!("{EXISTING}{public}{apps}"))).public_subnet_ids.len(), 2);
}
