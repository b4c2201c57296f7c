//! Alarms and dashboards over everything that is watched, and over little of it.

use std::collections::BTreeMap;

use terrane_domain::*;

use super::{aurora, cache, key, minimal, network, provisioned, queue, sharded_cache, side_database};

const TOPIC: &str = "arn:aws:sns:eu-west-1:222222222222:ops";

/// Watches everything in a model that has everything.
pub fn add_to(model: &mut InfraModel) {
    let limits = |free_storage_bytes| DatabaseLimits { connections: Some(1_013), free_storage_bytes };
    let unknown = DatabaseLimits { connections: None, free_storage_bytes: Some(2_147_483_648) };
    let of_cache = |cpu, cpu_percent| CacheLimits {
        cpu,
        cpu_percent,
        memory_percent: Some(85),
        evictions_per_minute: Some(100),
    };
    let full =
        CacheLimits { memory_percent: None, evictions_per_minute: None, ..of_cache(CacheCpu::Host, 45) };
    model.observability = Observability {
        log_retention_days: 90,
        alarms: Some(Alarms {
            actions: vec![TOPIC.to_owned()],
            topic: Some(AlarmTopic {
                name: "dev-anna-4f2a91c0-alarms".to_owned(),
                emails: vec!["ops@acme.example".to_owned(), "team+night@acme.example".to_owned()],
            }),
            thresholds: thresholds(),
            databases: BTreeMap::from([
                (key("events"), limits(None)),
                (key("main"), limits(Some(10_737_418_240))),
                (key("orders"), limits(None)),
                (key("side"), unknown),
            ]),
            caches: BTreeMap::from([
                (key("queue"), of_cache(CacheCpu::Engine, 90)),
                (key("sessions"), full),
                (key("shards"), of_cache(CacheCpu::Host, 45)),
            ]),
        }),
        dashboard: Some("dev-anna-4f2a91c0".to_owned()),
    };
}

/// Models in which other lines are left out.
pub fn small() -> Vec<(&'static str, InfraModel)> {
    let stores = || {
        let mut model = minimal();
        model.network = Some(network(2, Nat::None));
        model.databases = BTreeMap::from([(key("main"), side_database())]);
        model.caches = BTreeMap::from([(key("queue"), Cache { users: None, ..queue() })]);
        model
    };
    let alarms = |databases, caches| Alarms {
        actions: vec![TOPIC.to_owned()],
        thresholds: thresholds(),
        databases,
        caches,
        ..Alarms::default()
    };
    let mut shown = stores();
    shown.observability.dashboard = Some("dev-anna-4f2a91c0".to_owned());

    let mut watched = stores();
    let nothing = DatabaseLimits { connections: None, free_storage_bytes: None };
    let cpu_alone = CacheLimits {
        cpu: CacheCpu::Host,
        cpu_percent: 45,
        memory_percent: None,
        evictions_per_minute: None,
    };
    watched.observability.alarms =
        Some(alarms(BTreeMap::from([(key("main"), nothing)]), BTreeMap::from([(key("queue"), cpu_alone)])));

    // What only an older file had has no limits.
    let mut going = stores();
    going.databases =
        BTreeMap::from([(key("old"), Database { environment_key: false, ..aurora("old", provisioned()) })]);
    going.caches = BTreeMap::from([
        (key("old"), Cache { users: None, ..cache("old", false) }),
        (key("shards"), Cache { environment_key: false, ..sharded_cache() }),
    ]);
    going.observability.alarms = Some(alarms(BTreeMap::new(), BTreeMap::new()));

    let mut told = minimal();
    told.encryption_key =
        Some(EncryptionKey { alias: "alias/dev-anna-4f2a91c0".to_owned(), deletion_window_days: 7 });
    told.observability.alarms = Some(Alarms {
        topic: Some(AlarmTopic { name: "dev-anna-4f2a91c0-alarms".to_owned(), emails: Vec::new() }),
        ..Alarms::default()
    });
    vec![("shown", shown), ("watched", watched), ("watched_going", going), ("told", told)]
}

fn thresholds() -> Thresholds {
    Thresholds { cpu_percent: 85, memory_percent: 85, errors_per_minute: 10, latency_seconds: 2 }
}
