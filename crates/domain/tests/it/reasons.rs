//! What a file does not say is filled in, and the answer says why.

use std::collections::BTreeMap;

use terrane_domain::{
    Acus, Ami, ApprovalPolicy, AuroraCluster, AuroraCompute, CacheTopology, ClusterAddon, ClusterController,
    Compute, DataOnDestroy, Database, DatabaseKind, Drivers, EnvironmentId, FinalSnapshot, Key,
    LifecyclePolicy, Nat, NodeImage, ResolveContext, TenantId, resolve,
};

use crate::{made, pins, read, resolved, with_base};

fn reasons(yaml: &str) -> BTreeMap<String, String> {
    resolved(&read(yaml))
        .reasons
        .into_iter()
        .map(|r| (r.path, format!("{} ({})", r.value, r.because)))
        .collect()
}

fn reason(yaml: &str, path: &str) -> String {
    reasons(yaml).get(path).cloned().unwrap_or_default()
}

#[test]
fn each_default_says_where_it_comes_from() {
    let large = with_base("profile: large\nnetwork: {}\ndatabases: { main: { size: small } }\n");
    for (path, expected) in [
        ("network.nat", "per_az (profile large)"),
        ("network.cidr", "10.0.0.0/16 (default)"),
        ("network.ipv6", "false (default)"),
        ("network.endpoints", "[s3] (profile large)"),
        ("network.flow_logs.retention_days", "90 (profile large)"),
        ("databases.main.high_availability", "true (profile large)"),
        ("databases.main.size.instance_class", "db.t4g.micro (because size small)"),
        ("databases.main.storage", "20 GiB (because size small)"),
        ("databases.main.deletion_protection", "true (profile large)"),
        ("state.region", "eu-west-1 (because cloud.region)"),
        ("state.bucket", "terrane-state-000000000000-eu-west-1 (because one per account and region)"),
    ] {
        assert_eq!(reason(&large, path), expected, "{path}");
    }
    assert_eq!(reason(&large, "profile"), "", "what is given needs no reason");
    assert_eq!(reason(&with_base(""), "profile"), "small (default)");
}

#[test]
fn the_one_switch_against_deletion_reaches_everything_and_says_so() {
    let yaml = with_base(
        "lifecycle: { deletion_protection: true }\ndatabases: { main: {} }\ndocument_database: {}\nbuckets: { a: {} }\n",
    );
    let model = resolved(&read(&yaml)).model;
    assert!(model.protected && model.databases.values().all(|database| database.deletion_protection));
    assert!(model.document_database.is_some_and(|database| database.deletion_protection));
    for path in ["databases.main.deletion_protection", "document_database.deletion_protection"] {
        assert_eq!(reason(&yaml, path), "true (because lifecycle.deletion_protection)", "{path}");
    }
    assert_eq!(reason(&yaml, "buckets.a.force_destroy"), "false (default)");
    let one = resolved(&read(&with_base("databases: { main: { deletion_protection: true } }"))).model;
    assert!(!one.protected, "a single database can be protected by itself");
}

#[test]
fn governance_says_what_the_file_leaves_open() {
    let yaml = with_base(
        "governance: { budget: { monthly_usd: 500, emails: [ops@acme.example] }, backup: {} }\n\
         databases: { main: {} }\nsecrets: { key: {} }\n",
    );
    for (path, expected) in [
        ("governance.budget.alert_at_percent", "[80, 100] (default)"),
        ("governance.backup.schedule", "daily (default)"),
        ("governance.backup.retention_days", "7 (profile small)"),
        ("secrets.key.length", "40 (default)"),
        ("secrets.key.alphabet", "alphanumeric (default)"),
        ("secrets.key.recovery_days", "7 (profile small)"),
    ] {
        assert_eq!(reason(&yaml, path), expected, "{path}");
    }
}

#[test]
fn a_database_brings_a_network_without_a_way_out() {
    let spec = read(&with_base("databases: { main: {} }"));
    let network = made(resolved(&spec).model.network);
    assert_eq!((network.nat, network.zones.len()), (Nat::None, 2));
    let reasons = reasons(&with_base("databases: { main: {} }"));
    assert_eq!(reasons["network"], "{} (because databases.main needs one)");
    assert_eq!(reasons["network.nat"], "none (because nothing in it needs a way out)");
}

#[test]
fn a_cluster_brings_a_network_with_a_way_out_a_node_group_and_a_key() {
    let yaml = with_base("kubernetes: {}");
    let model = resolved(&read(&yaml)).model;
    assert_eq!(made(model.network).nat, Nat::Single);
    assert!(model.encryption_key.is_some());
    let cluster = model.kubernetes.unwrap();
    assert!(cluster.public_cidrs.is_empty());
    let Compute::NodeGroups(groups) = cluster.compute else { panic!("{:?}", cluster.compute) };
    let general = &groups[&Key::parse("general").unwrap()];
    assert_eq!(
        (general.instance_types.as_slice(), general.min, general.max),
        (&["t3.large".to_owned()][..], 1, 3)
    );
    for (path, expected) in [
        ("network", "{} (because kubernetes needs one)"),
        ("network.nat", "single (profile small)"),
        ("kubernetes.version", "1.35 (default)"),
        ("kubernetes.endpoint.public_cidrs", "[] (because the file names nobody outside)"),
        ("kubernetes.node_groups", "{ general: {} } (because pods need nodes)"),
        ("kubernetes.node_groups.general.instance_types", "[t3.large] (profile small)"),
        ("kubernetes.logs.types", "[api, audit, authenticator] (profile small)"),
    ] {
        assert_eq!(reason(&yaml, path), expected);
    }
}

#[test]
fn the_image_of_a_group_follows_its_machines() {
    let ami = |group: &str| {
        let model =
            resolved(&read(&with_base(&format!("kubernetes: {{ node_groups: {{ a: {group} }} }}")))).model;
        match model.kubernetes.unwrap().compute {
            Compute::NodeGroups(groups) => groups.values().next().unwrap().ami,
            other @ (Compute::AutoMode | Compute::Fargate(_)) => panic!("{other:?}"),
        }
    };
    let of = |image, arm, drivers| Ami { image, arm, drivers };
    use NodeImage::{Al2023, Bottlerocket};
    assert_eq!(ami("{}"), of(Al2023, false, Drivers::Standard));
    assert_eq!(
        ami("{ instance_types: [t4g.small], image: bottlerocket }"),
        of(Bottlerocket, true, Drivers::Standard)
    );
    assert_eq!(
        ami("{ instance_types: [g5g.xlarge], accelerator: nvidia }"),
        of(Al2023, true, Drivers::Nvidia)
    );
    assert_eq!(
        ami("{ instance_types: [inf2.xlarge], accelerator: neuron }"),
        of(Al2023, false, Drivers::Neuron)
    );
}

#[test]
fn auto_mode_leaves_out_what_it_brings_itself() {
    let cluster = resolved(&read(&with_base("kubernetes: { auto_mode: true }"))).model.kubernetes.unwrap();
    assert_eq!(cluster.compute, Compute::AutoMode);
    assert_eq!(cluster.addons, [ClusterAddon::MetricsServer]);
    assert_eq!(
        cluster.controllers.iter().map(|c| c.kind).collect::<Vec<_>>(),
        [ClusterController::ExternalSecrets]
    );
}

#[test]
fn the_role_that_makes_the_cluster_needs_no_entry() {
    let yaml = "name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::222222222222:role/P\" }\nkubernetes: { access: { p: { principal: \"arn:aws:iam::222222222222:role/P\", policy: view } } }\n";
    let problems = terrane_domain::parse(yaml.as_bytes(), terrane_domain::Format::Yaml).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "1 problem\n  kubernetes.access.p.principal: is the role that makes the cluster, which has cluster_admin anyway; take it out   (line 3)"
    );
}

#[test]
fn a_cluster_that_an_update_was_to_remove_is_still_there_when_all_is_taken_down() {
    let with = |yaml: &str| resolved(&read(&with_base(yaml))).model;
    let kept = with("buckets: { a: {} }").with_data_of(&with("kubernetes: {}"));
    assert!(kept.kubernetes.is_some() && kept.network.is_some() && kept.encryption_key.is_some());
}

#[test]
fn nothing_brings_a_network_by_itself() {
    assert_eq!(resolved(&read(&with_base("buckets: { a: {} }\nregistries: { b: {} }"))).model.network, None);
}

#[test]
fn a_region_with_two_zones_limits_the_default() {
    let yaml = "name: dev\nprofile: large\ncloud: { region: us-west-1 }\nnetwork: {}";
    assert_eq!(reason(yaml, "network.availability_zones"), "2 (because us-west-1 has 2 zones)");
}

#[test]
fn zones_in_another_order_give_the_same_subnets() {
    let with = |zones: &str| {
        resolved(&read(&with_base(&format!("network: {{ availability_zones: [{zones}] }}")))).model
    };
    assert_eq!(with("eu-west-1c, eu-west-1a"), with("eu-west-1a, eu-west-1c"));
    let all = made(with("eu-west-1a, eu-west-1b, eu-west-1c").network).zones;
    assert_eq!(made(with("eu-west-1a, eu-west-1c").network).zones, [all[0].clone(), all[2].clone()]);
}

#[test]
fn an_account_may_have_a_zone_that_the_table_does_not_know() {
    let yaml =
        "name: dev\ncloud: { region: us-west-1 }\nnetwork: { availability_zones: [us-west-1a, us-west-1c] }";
    assert_eq!(made(resolved(&read(yaml)).model.network).zones[1].name, "us-west-1c");
}

#[test]
fn a_switch_turns_on_with_its_defaults_and_off_with_false() {
    let flow_logs = |yaml: &str| resolved(&read(&with_base(yaml))).model.network.unwrap().flow_logs;
    assert_eq!(flow_logs("network: {}"), None);
    assert_eq!(flow_logs("network: { flow_logs: }").unwrap().retention_days, 7);
    assert_eq!(flow_logs("network: { flow_logs: { retention_days: 30 } }").unwrap().retention_days, 30);
    assert_eq!(flow_logs("profile: large\nnetwork: { flow_logs: false }"), None);
}

#[test]
fn a_section_without_a_value_is_a_section_with_all_defaults() {
    assert_eq!(read(&with_base("network:\n")), read(&with_base("network: {}\n")));
    assert_eq!(read(&with_base("buckets:\n  a:\n")), read(&with_base("buckets: { a: {} }\n")));
}

#[test]
fn small_uses_keys_of_aws_until_something_asks_for_its_own() {
    let model = |yaml: &str| resolved(&read(&with_base(yaml))).model;
    assert_eq!(model("buckets: { a: {} }").encryption_key, None);
    assert!(model("buckets: { a: { encryption: kms } }").encryption_key.is_some());
    let medium = model("profile: medium\nregistries: { a: {} }");
    assert!(
        medium.encryption_key.is_some()
            && medium.registries.values().all(|registry| registry.environment_key)
    );
}

#[test]
fn whatever_asks_for_the_environments_own_key_brings_it() {
    let key = |yaml: &str| resolved(&read(&with_base(yaml))).model.encryption_key;
    for section in ["buckets", "registries", "databases", "caches"] {
        let asked = |encryption: &str| key(&format!("{section}: {{ a: {{ encryption: {encryption} }} }}"));
        assert!(asked("kms").is_some() && asked("aws").is_none(), "{section}");
    }
    assert!(key("document_database: { encryption: kms }").is_some());
    assert!(key("profile: medium").is_some(), "the default of medium");
    assert!(key("profile: medium\nbuckets: { a: { encryption: aws } }").is_some());
}

#[test]
fn a_ttl_takes_protection_off_by_default() {
    let resolved =
        resolved(&read(&with_base("profile: large\ndatabases: { main: {} }\nlifecycle: { ttl: 6h }")));
    let expected = LifecyclePolicy {
        ttl_seconds: Some(21_600),
        deletion_protection: false,
        approval: ApprovalPolicy::WhenDestructive,
        on_destroy: DataOnDestroy::Snapshot,
    };
    assert_eq!(resolved.policy, expected);
    assert!(resolved.model.databases.values().all(|database| !database.deletion_protection));
}

#[test]
fn data_that_is_to_be_deleted_leaves_no_snapshot() {
    let snapshot = |data: &str| {
        let yaml = with_base(&format!(
            "databases: {{ main: {{}} }}\nlifecycle: {{ on_destroy: {{ data: {data} }} }}"
        ));
        resolved(&read(&yaml)).model.databases.into_values().next().unwrap().final_snapshot
    };
    assert_eq!(snapshot("delete"), None);
    let prefix = "dev-anna-aaaaaaaa-main-final".to_owned();
    assert_eq!(snapshot("snapshot"), Some(FinalSnapshot::PerIncarnation { prefix }));
}

fn database(yaml: &str) -> Database {
    resolved(&read(&with_base(yaml))).model.databases.into_values().next().unwrap_or_else(|| panic!("{yaml}"))
}

fn cluster(settings: &str) -> AuroraCluster {
    let yaml = format!("databases: {{ main: {{ engine: aurora_postgres, {settings} }} }}");
    match database(&yaml).kind {
        DatabaseKind::Cluster(cluster) => cluster,
        DatabaseKind::Instance(_) => panic!("{yaml}"),
    }
}

#[test]
fn an_aurora_cluster_has_a_reader_in_another_zone_exactly_if_it_has_to_survive_one() {
    let instances = |settings: &str| {
        let instances = cluster(settings).instances.into_iter();
        instances.map(|i| (i.identifier, i.zone.unwrap())).collect::<Vec<_>>()
    };
    let of =
        |number: u8, letter: char| (format!("dev-anna-aaaaaaaa-main-{number}"), format!("eu-west-1{letter}"));
    assert_eq!(instances("size: small"), [of(1, 'a')]);
    assert_eq!(instances("high_availability: true"), [of(1, 'a'), of(2, 'b')]);
    assert_eq!(instances("replicas: 2"), [of(1, 'a'), of(2, 'b'), of(3, 'a')]);
}

#[test]
fn aurora_runs_on_a_class_or_scales_between_two_capacities() {
    let provisioned = |class: &str| AuroraCompute::Provisioned { instance_class: class.to_owned() };
    assert_eq!(cluster("size: small").compute, provisioned("db.t4g.medium"));
    assert_eq!(cluster("size: { instance_class: db.r8g.2xlarge }").compute, provisioned("db.r8g.2xlarge"));
    let serverless = |min, max| {
        let [min, max] = [min, max].map(Acus::from_halves);
        AuroraCompute::Serverless { min, max }
    };
    assert_eq!(cluster("capacity: { min: 0.5, max: 8 }").compute, serverless(1, 16));
    assert_eq!(cluster("capacity: { min: 0, max: 256 }").compute, serverless(0, 512));
}

#[test]
fn a_restored_database_keeps_the_names_that_it_had() {
    let restored = database(
        "databases: { main: { version: \"16\", storage: 100 GiB, restore_from: { snapshot: before-the-move } } }",
    );
    assert_eq!(restored.restore_from.as_deref(), Some("before-the-move"));
    assert_eq!((restored.database_name, restored.master_username), (None, None));
    let named = database(
        "databases: { main: { version: \"16\", storage: 100 GiB, restore_from: { snapshot: a }, database_name: shop } }",
    );
    assert_eq!(named.database_name.as_deref(), Some("shop"));
}

#[test]
fn logs_are_kept_as_long_as_the_profile_says() {
    let days = |yaml: &str| database(yaml).log_retention_days;
    assert_eq!(days("databases: { main: {} }"), 7);
    assert_eq!(days("profile: large\ndatabases: { main: {} }"), 90);
    assert_eq!(days("databases: { main: { log_retention_days: 365 } }"), 365);
}

#[test]
fn storage_that_is_given_moves_the_end_of_its_growth() {
    let storage = |yaml: &str| match database(yaml).kind {
        DatabaseKind::Instance(instance) => (instance.storage_gib, instance.max_storage_gib),
        DatabaseKind::Cluster(_) => panic!("{yaml}"),
    };
    assert_eq!(storage("databases: { main: {} }"), (20, 100));
    assert_eq!(storage("databases: { main: { storage: 300 GiB } }"), (300, 600));
    assert_eq!(storage("databases: { main: { storage: 58 TiB } }"), (59_392, 65_536));
}

#[test]
fn identity_and_account_come_from_the_context() {
    let spec =
        read("name: dev\ncloud: { region: eu-west-1, role_arn: \"arn:aws:iam::222222222222:role/P\" }");
    let mut context = ResolveContext {
        environment_id: "env_0193a5c0dead7eef8badf00dcafe0001".parse::<EnvironmentId>().unwrap(),
        tenant_id: "ten_0193a5c0dead7eef8badf00dcafe0002".parse::<TenantId>().unwrap(),
        external_id: "external".to_owned(),
        account_id: "222222222222".to_owned(),
        pins: pins(),
    };
    let model = resolve(&spec, &context).unwrap().model;
    assert_eq!(
        model.state.key,
        "tenants/ten_0193a5c0dead7eef8badf00dcafe0002/environments/env_0193a5c0dead7eef8badf00dcafe0001/terraform.tfstate"
    );
    assert_eq!(model.cloud.assume_role.unwrap().external_id, "external");
    assert_eq!(model.cloud.account_id, "222222222222");

    context.account_id = "333333333333".to_owned();
    assert_eq!(
        resolve(&spec, &context).unwrap_err().to_string(),
        "1 problem\n  cloud.account_id: the file asks for account 222222222222, but Terrane acts in 333333333333"
    );
}

#[test]
fn a_cache_has_a_replica_exactly_if_it_has_to_survive_a_zone() {
    let cache = |settings: &str| {
        let yaml = with_base(&format!("caches: {{ a: {settings} }}"));
        resolved(&read(&yaml)).model.caches.into_values().next().unwrap()
    };
    let single = |replicas| CacheTopology::Single { replicas };
    assert_eq!((cache("{}").topology, cache("{}").multi_az), (single(0), false));
    let available = cache("{ high_availability: true }");
    assert_eq!((available.topology, available.multi_az), (single(1), true));
    assert_eq!(cache("{ replicas_per_shard: 2 }").topology, single(2));
    let sharded = cache("{ shards: 3, high_availability: true }");
    assert_eq!(sharded.topology, CacheTopology::Sharded { shards: 3, replicas_per_shard: 1 });
    assert_eq!(sharded.topology.nodes(), 6);
}

#[test]
fn only_redis_wants_a_default_user_that_can_do_nothing() {
    let users = |engine: &str| {
        let yaml = with_base(&format!("caches: {{ a: {{ engine: {engine}, authentication: iam }} }}"));
        resolved(&read(&yaml)).model.caches.into_values().next().unwrap().users.unwrap()
    };
    assert_eq!(users("valkey").default_user_id, None);
    assert_eq!(users("redis").default_user_id.as_deref(), Some("dev-anna-aaaaaaaa-a-off"));
    assert_eq!(users("redis").user_id, "dev-anna-aaaaaaaa-a-app");
}

#[test]
fn the_document_database_has_its_replica_in_another_zone() {
    let instances = |settings: &str| {
        let yaml = with_base(&format!("document_database: {settings}"));
        let database = resolved(&read(&yaml)).model.document_database.unwrap();
        database.instances.into_iter().map(|i| (i.identifier, i.zone.unwrap())).collect::<Vec<_>>()
    };
    let of = |number: u8, letter: char| {
        (format!("dev-anna-aaaaaaaa-documents-{number}"), format!("eu-west-1{letter}"))
    };
    assert_eq!(instances("{}"), [of(1, 'a')]);
    assert_eq!(instances("{ high_availability: true }"), [of(1, 'a'), of(2, 'b')]);
}
