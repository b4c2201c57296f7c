//! The example files are valid, and the full one is full.

use std::{collections::BTreeSet, fs, path::PathBuf};

use terrane_domain::{
    BucketEncryption, Certificate, DatabaseKind, Deploy, LoadBalancerKind, Nat, ZoneOrigin,
};

use crate::{made, read, resolved, schema};

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text_of(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_example_is_read_and_resolves() {
    let mut count = 0;
    for entry in fs::read_dir(repository().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            count += 1;
            resolved(&read(&fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(count >= 3);
}

#[test]
fn the_full_example_mentions_every_key_that_there_is() {
    let text = text_of("example-config.yaml");
    resolved(&read(&text));
    let words: BTreeSet<&str> = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    for section in schema::sections() {
        for key in section.keys {
            assert!(words.contains(key.as_str()), "{}: {key} is missing", section.pointer);
        }
    }
}

#[test]
fn the_minimal_example_is_one_nat_gateway_and_two_zones() {
    let network = made(resolved(&read(&text_of("examples/minimal.yaml"))).model.network);
    assert_eq!((network.zones.len(), network.nat), (2, Nat::Single));
}

#[test]
fn the_production_example_is_protected_and_spread_over_three_zones() {
    let resolved = resolved(&read(&text_of("examples/production.yaml")));
    let model = resolved.model;
    let network = made(model.network);
    assert_eq!((network.zones.len(), network.nat), (3, Nat::PerAz));
    assert_eq!(network.interface_endpoints, ["ecr.api", "ecr.dkr", "secretsmanager"]);
    assert!(resolved.policy.deletion_protection && model.encryption_key.is_some());
    let (_, database) = model.databases.first_key_value().unwrap();
    let DatabaseKind::Instance(instance) = &database.kind else { panic!("{database:?}") };
    assert!(instance.multi_az && database.deletion_protection && database.environment_key);
    assert!(model.buckets.values().all(|bucket| bucket.encryption == BucketEncryption::EnvironmentKey));
    let observability = model.observability;
    assert!(observability.dashboard.is_some());
    let alarms = observability.alarms.unwrap();
    assert_eq!((alarms.databases.len(), alarms.caches.len()), (1, 1));
    assert_eq!(alarms.topic.unwrap().emails.len(), 2);
}

#[test]
fn the_service_on_fargate_is_reached_through_api_gateway_and_deployed_blue_green() {
    let model = resolved(&read(&text_of("examples/ecs-service.yaml"))).model;
    let (key, app) = model.apps.first_key_value().unwrap();
    let app = app.on_ecs().unwrap();
    let route = app.route.as_ref().unwrap();
    assert_eq!(route.load_balancer, LoadBalancerKind::Gateway);
    assert_eq!((route.record, &route.certificate), (true, &Some(Certificate::RequestedFor(key.clone()))));
    assert_eq!(model.dns.unwrap().origin, ZoneOrigin::Existing);
    let Deploy::BlueGreen(deploy) = &app.deploy else { panic!("{app:?}") };
    assert!(deploy.rollback_on_alarm);
    assert_eq!(model.ecs.unwrap().load_balancers.len(), 1);
    assert_eq!(model.observability.alarms.unwrap().actions.len(), 1);
}
