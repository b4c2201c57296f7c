//! What is watched, where alarms go off and how long logs are kept.

use terrane_domain::{Alarms, CacheCpu, CacheLimits, Compute, DatabaseLimits, InfraModel, Key};

use crate::{read, resolved, with_base};

fn model(yaml: &str) -> InfraModel {
    resolved(&read(&with_base(yaml))).model
}

fn alarms(yaml: &str) -> Alarms {
    let alarms = model(&format!("observability: {{ alarms: {{}} }}\n{yaml}")).observability.alarms;
    alarms.unwrap_or_else(|| panic!("no alarms:\n{yaml}"))
}

fn reason(yaml: &str, path: &str) -> String {
    let reasons = resolved(&read(&with_base(yaml))).reasons;
    let found = reasons.into_iter().find(|reason| reason.path == path);
    found.map(|reason| format!("{} ({})", reason.value, reason.because)).unwrap_or_default()
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_database_has_alarms_as_large_as_it_is() {
    let of = |database: &str| alarms(&format!("databases: {{ main: {database} }}")).databases[&key("main")];
    let limits = |connections, free_storage_bytes| DatabaseLimits { connections, free_storage_bytes };
    const GIB: u64 = 1 << 30;
    // 1 GiB of memory gives 112 connections, of which three quarters are counted and four fifths of those are many.
    assert_eq!(of("{}"), limits(Some(67), Some(2 * GIB)));
    assert_eq!(of("{ size: large }"), limits(Some(1_012), Some(10 * GIB)));
    assert_eq!(
        of("{ size: { instance_class: db.r7g.16xlarge }, storage: 1 TiB }"),
        limits(Some(4_000), Some(1_024 * GIB / 10))
    );
    assert_eq!(of("{ engine: aurora_postgres }"), limits(Some(269), None));
    assert_eq!(of("{ engine: aurora_postgres, capacity: { min: 0.5, max: 1 } }"), limits(Some(134), None));
    assert_eq!(
        of("{ engine: aurora_postgres, capacity: { min: 0.5, max: 128 } }"),
        limits(Some(1_600), None)
    );
    assert_eq!(of("{ size: { instance_class: db.q9.large } }").connections, None, "a family nobody knows");
}

#[test]
fn a_cache_has_alarms_for_what_it_is_meant_to_do() {
    let of = |cache: &str| alarms(&format!("caches: {{ main: {cache} }}")).caches[&key("main")];
    let small = CacheLimits {
        cpu: CacheCpu::Host,
        cpu_percent: 45,
        memory_percent: Some(85),
        evictions_per_minute: Some(100),
    };
    assert_eq!(of("{}"), small);
    let large = "{ size: { node_type: cache.r7g.xlarge } }";
    assert_eq!(of(large), CacheLimits { cpu: CacheCpu::Engine, cpu_percent: 90, ..small });
    let forgets = "{ parameters: { maxmemory-policy: allkeys-lru } }";
    assert_eq!(of(forgets), CacheLimits { memory_percent: None, evictions_per_minute: None, ..small });
    let keeps = "{ parameters: { maxmemory-policy: noeviction } }";
    assert_eq!(of(keeps), CacheLimits { evictions_per_minute: None, ..small });
}

#[test]
fn thresholds_can_be_set_and_say_where_they_come_from() {
    let yaml = "databases: { main: {} }\ncaches: { main: {} }\nobservability: { alarms: { thresholds: { \
                cpu_percent: 70, memory_percent: 60, connections_percent: 50, free_storage_percent: 25, \
                evictions_per_minute: 7, errors_per_minute: 3, latency_seconds: 1 } } }";
    let alarms = model(yaml).observability.alarms.unwrap();
    let of_all = alarms.thresholds;
    assert_eq!((of_all.cpu_percent, of_all.memory_percent), (70, 60));
    assert_eq!((of_all.errors_per_minute, of_all.latency_seconds), (3, 1));
    let database = alarms.databases[&key("main")];
    assert_eq!((database.connections, database.free_storage_bytes), (Some(42), Some(5 << 30)));
    let cache = alarms.caches[&key("main")];
    assert_eq!((cache.memory_percent, cache.evictions_per_minute), (Some(60), Some(7)));
    let path = "observability.alarms.thresholds.cpu_percent";
    assert_eq!(reason(yaml, path), "");
    assert_eq!(reason("databases: { main: {} }\nobservability: { alarms: {} }", path), "85 (default)");
}

#[test]
fn a_topic_of_its_own_comes_with_a_key() {
    let observed = |rest: &str| {
        model(&format!("databases: {{ main: {{}} }}\nobservability: {{ alarms: {{ {rest} }} }}"))
    };
    let given = observed("actions: [\"arn:aws:sns:eu-west-1:222222222222:ops\"]");
    assert!(given.encryption_key.is_none());
    assert_eq!(given.observability.alarms.unwrap().topic, None);
    let told = observed("emails: [z@acme.example, ops+night@acme.example]");
    assert!(told.encryption_key.is_some(), "CloudWatch may not use a key of AWS");
    let topic = told.observability.alarms.unwrap().topic.unwrap();
    assert_eq!(topic.emails, ["ops+night@acme.example", "z@acme.example"]);
    let topic = observed("topic: {}").observability.alarms.unwrap().topic.unwrap();
    assert!(topic.emails.is_empty() && topic.name.ends_with("-alarms"));
}

#[test]
fn a_dashboard_is_there_where_the_profile_or_the_file_wants_one_and_it_has_something_to_show() {
    let shown = |yaml: &str| model(yaml).observability.dashboard.is_some();
    assert!(!shown("databases: { main: {} }"));
    assert!(shown("databases: { main: {} }\nobservability: { dashboard: true }"));
    assert!(shown("profile: medium\ncaches: { main: {} }"));
    assert!(!shown("profile: large\nkubernetes: {}\nobservability: { dashboard: false }"));
    assert!(!shown("profile: large\nbuckets: { a: {} }"));
    assert_eq!(reason("profile: large\nkubernetes: {}", "observability.dashboard"), "true (profile large)");
}

#[test]
fn one_setting_says_how_long_every_log_is_kept() {
    let yaml = "profile: medium\nnetwork: {}\nkubernetes: {}\ndatabases: { main: {} }\ncaches: { main: { log_retention_days: 1 } }\n\
                document_database: {}\nobservability: { log_retention_days: 545 }";
    let model = model(yaml);
    assert_eq!(model.network.unwrap().flow_logs.unwrap().retention_days, 545);
    let cluster = model.kubernetes.unwrap();
    assert!(matches!(cluster.compute, Compute::NodeGroups(_)));
    assert_eq!(cluster.log_retention_days, 545);
    assert_eq!(model.databases[&key("main")].log_retention_days, 545);
    assert_eq!(model.document_database.unwrap().log_retention_days, 545);
    assert_eq!(model.caches[&key("main")].log_retention_days, 1, "unless it says so itself");
    let because = "545 (because observability.log_retention_days)";
    for path in [
        "network.flow_logs.retention_days",
        "kubernetes.logs.retention_days",
        "databases.main.log_retention_days",
    ] {
        assert_eq!(reason(yaml, path), because, "{path}");
    }
}
