//! What holds for every file, however it is put together.

use proptest::{prelude::*, strategy::ValueTree};
use serde_json::{Value, json};
use terrane_domain::{Format, ResolveContext, parse, parse_value, resolve};
use terrane_samples::samples;

use crate::pins;

/// A value for a key: mostly one of those given, sometimes nonsense, often left out.
fn one(values: Vec<Value>) -> impl Strategy<Value = Option<Value>> {
    let nonsense = prop_oneof![
        Just(Value::Null),
        Just(json!({})),
        Just(json!([])),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    prop_oneof![30 => Just(None), 60 => prop::sample::select(values).prop_map(Some), 1 => nonsense.prop_map(Some)]
}

/// A mapping with some of these keys.
fn section(keys: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> BoxedStrategy<Option<Value>> {
    let (names, values): (Vec<_>, Vec<_>) = keys.into_iter().unzip();
    let mapping = values.prop_map(move |values| {
        let entries = names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
        Some(Value::Object(entries.collect()))
    });
    prop_oneof![1 => Just(None), 4 => mapping].boxed()
}

/// A mapping with one or two chosen names.
fn named(item: BoxedStrategy<Option<Value>>) -> BoxedStrategy<Option<Value>> {
    let names = prop::sample::subsequence(vec!["main", "b", "third-one"], 1..=2);
    (names, item)
        .prop_map(|(names, item)| {
            item.map(|item| names.into_iter().map(|name| (name.to_owned(), item.clone())).collect())
        })
        .boxed()
}

macro_rules! values {
    ($($value:tt),+ $(,)?) => { one(vec![$(json!($value)),+]).boxed() };
}

fn environments() -> impl Strategy<Value = Value> {
    let cloud = section(vec![
        ("provider", values!["aws"]),
        ("region", values!["eu-west-1", "us-east-1", "us-west-1"]),
        ("account_id", values!["222222222222"]),
        ("role_arn", values!["arn:aws:iam::222222222222:role/Terrane", "arn:aws:iam::111111111111:role/a/b"]),
    ]);
    let network = section(vec![
        ("cidr", values!["10.0.0.0/16", "10.1.0.0/22", "192.168.0.0/24"]),
        ("availability_zones", values![2, 3, 6, ["us-east-1a", "us-east-1f"], ["eu-west-1c", "eu-west-1a"]]),
        // Without NAT much of what else is drawn is refused.
        ("nat", values!["none", "single", "single", "per_az"]),
        ("ipv6", values![true, false]),
        ("endpoints", values![["s3", "ecr", "logs"], [], ["ssm"]]),
        ("flow_logs", values![false, {}, { "retention_days": 7 }]),
    ]);
    // A cluster on which nothing may run is refused, so most groups take any pod.
    let taints = values![{ "dedicated": { "effect": "no_schedule" }, "x/y": { "value": "z", "effect": "no_execute" } }];
    let group = section(vec![
        ("instance_types", values![["m7i.large", "m6i.large"], ["m7g.large"], ["t3.large", "t3a.large"]]),
        ("image", values!["al2023", "bottlerocket"]),
        ("capacity", values!["on_demand", "spot"]),
        ("min", values![0, 1, 2]),
        ("max", values![1, 450]),
        ("disk", values!["50 GiB", "1 TiB"]),
        ("labels", values![{ "pool": "a", "example.com/team": "b" }]),
        ("taints", prop_oneof![3 => Just(None), 1 => taints].boxed()),
    ]);
    let cluster = section(vec![
        ("version", values!["1.33", "1.36"]),
        ("support", values!["standard", "extended"]),
        ("endpoint", values![{}, { "private": true, "public_cidrs": ["203.0.113.0/24", "198.51.100.7/32"] }]),
        ("logs", values![{}, { "types": [] }, { "types": ["scheduler", "api"], "retention_days": 1 }]),
        (
            "access",
            values![{ "dev": { "principal": "arn:aws:iam::222222222222:role/Dev", "policy": "edit", "namespaces": ["a"] } }],
        ),
        ("auto_mode", values![false]),
        ("node_groups", named(group)),
        ("addons", values![[], ["metrics-server"]]),
        ("controllers", values![[], ["aws-load-balancer-controller", "external-secrets"]]),
    ]);
    let bucket = section(vec![
        ("versioning", values![true, false]),
        ("encryption", values!["aws", "kms"]),
        (
            "lifecycle",
            values![{}, { "glacier_after_days": 9, "expire_after_days": 9 }, { "glacier_after_days": 9, "expire_after_days": 99 }, { "expire_old_versions_after_days": 3 }],
        ),
        ("force_destroy", values![true]),
    ]);
    let registry = section(vec![
        ("keep_last", values![1, 1000]),
        ("encryption", values!["kms"]),
        ("scan", values![false]),
    ]);
    let database = section(vec![
        ("engine", values!["postgres"]),
        ("version", values!["14", "18"]),
        ("replicas", values![0, 2]),
        ("restore_from", values![{ "snapshot": "before" }]),
        ("size", values!["small", "large", { "instance_class": "db.r7g.2xlarge" }]),
        ("storage", values!["20 GiB", "58 TiB"]),
        ("max_storage", values!["64 TiB", "30 GiB"]),
        ("high_availability", values![true, false]),
        ("enhanced_monitoring", values![false, {}, { "interval_seconds": 5 }]),
        ("database_name", values!["app", "orders_2"]),
    ]);
    let serverless = one(vec![
        json!({ "engine": "aurora_postgres", "capacity": { "min": 0.5, "max": 8 } }),
        json!({ "engine": "aurora_postgres", "capacity": { "min": 0, "max": 1 }, "replicas": 2 }),
        json!({ "engine": "aurora_postgres", "size": { "instance_class": "db.r8g.large" } }),
    ]);
    let database = prop_oneof![3 => database, 1 => serverless].boxed();
    let cache = section(vec![
        ("engine", values!["valkey"]),
        ("version", values!["7.2", "8.0"]),
        ("size", values!["small", { "node_type": "cache.r7g.large" }]),
        ("high_availability", values![true, false]),
        ("shards", values![1, 3]),
        ("replicas_per_shard", values![1, 2]),
        ("parameters", values![{ "timeout": 300, "activedefrag": "yes" }]),
        ("authentication", values!["network", "iam"]),
    ]);
    let app = section(vec![
        ("image", values!["nginx:1", "111111111111.dkr.ecr.eu-west-1.amazonaws.com/api:1"]),
        ("port", values![80]),
        ("health", values!["/health"]),
        ("replicas", values![2]),
        ("resources", values![{ "cpu": "250m", "memory": "2Gi" }, { "memory": "100Gi" }]),
        ("architecture", values!["arm64", "x86_64"]),
        ("command", values![["serve", "serve"]]),
        ("env", values![{ "A": "${x}" }, {}]),
        ("secrets", values![{ "B": { "secret": "a/b", "key": "c" } }]),
        ("autoscaling", values![{}, { "min": 1, "max": 9, "requests_per_target": 10 }]),
        ("expose", values![{ "load_balancer": { "internal": true } }, { "api_gateway": {} }]),
        (
            "deploy",
            values![{ "rolling": {} }, { "blue_green": { "shift": "all_at_once", "rollback_on_alarm": true } }],
        ),
    ]);
    let lifecycle = section(vec![
        ("ttl", values!["6h", "90 days"]),
        ("deletion_protection", values![true, false]),
        ("on_destroy", values![{ "data": "delete" }, {}]),
    ]);
    section(vec![
        ("name", values!["dev-anna", "a-name-of-24-characters1", "a-name-of-25-characters-x"]),
        ("profile", values!["small", "medium", "large"]),
        ("labels", values![{ "team": "platform" }]),
        ("tags", values![{ "cost-center": "4711", "Größe": "å/b" }]),
        ("cloud", cloud),
        ("network", network),
        ("kubernetes", cluster),
        ("buckets", named(bucket)),
        ("registries", named(registry)),
        ("databases", named(database)),
        ("state", values![{ "bucket": "my-state" }, { "region": "us-east-1", "lock": "s3" }, { "lock": "dynamodb", "lock_table": "locks" }]),
        ("caches", named(cache)),
        (
            "document_database",
            values![{}, { "high_availability": true }, { "version": "8.0", "replicas": 2 }],
        ),
        ("ecs", values![{}, { "capacity": { "fargate_spot": 1 } }, { "container_insights": "enhanced" }]),
        // Apps have many rules that rest on other sections; most files are to be about those.
        ("apps", prop_oneof![3 => Just(None), 1 => named(app)].boxed()),
        ("observability", values![{}, { "alarms": false }, { "log_retention_days": 7, "alarms": {} }, { "dashboard": true, "alarms": { "topic": {} } }]),
        ("lifecycle", lifecycle),
    ])
    .prop_map(|environment| {
        let mut environment = environment.unwrap_or_default();
        // Most files name what is required; the rest of the file would never be reached otherwise.
        if let Some(map) = environment.as_object_mut() {
            map.entry("name").or_insert_with(|| json!("dev"));
            let cloud = map.entry("cloud").or_insert_with(|| json!({}));
            if let Some(cloud) = cloud.as_object_mut() {
                cloud.entry("region").or_insert_with(|| json!("eu-west-1"));
            }
        }
        complete_apps(&mut environment);
        complete_restored(&mut environment);
        environment
    })
}

/// Most apps have an image, a port and something to run on; without them nothing else of an app would be judged.
fn complete_apps(environment: &mut Value) {
    let apps = environment.get_mut("apps").and_then(Value::as_object_mut);
    let Some(apps) = apps else { return };
    for app in apps.values_mut().filter_map(Value::as_object_mut) {
        app.entry("image").or_insert_with(|| json!("nginx"));
        app.entry("port").or_insert_with(|| json!(8000));
    }
    if let Some(environment) = environment.as_object_mut() {
        environment.entry("ecs").or_insert_with(|| json!({}));
    }
}

/// What is restored says what it was.
fn complete_restored(environment: &mut Value) {
    let databases = environment.get_mut("databases").and_then(Value::as_object_mut);
    let restored = databases.into_iter().flat_map(|databases| databases.values_mut());
    let restored =
        restored.filter_map(Value::as_object_mut).filter(|database| database.contains_key("restore_from"));
    restored.for_each(|database| {
        database.entry("version").or_insert_with(|| json!("17"));
        database.entry("storage").or_insert_with(|| json!("100 GiB"));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn every_file_that_is_read_resolves_and_reads_back(environment in environments()) {
        let Ok(spec) = parse_value(&environment) else { return Ok(()) };
        let context = ResolveContext::preview(&spec, pins());
        let resolved = resolve(&spec, &context);
        prop_assert!(resolved.is_ok(), "{:?}", resolved.err());
        prop_assert_eq!(&resolve(&spec, &context).unwrap(), &resolved.unwrap());

        let written = spec.to_json();
        prop_assert_eq!(&parse_value(&written).unwrap(), &spec);
        // JSON is YAML, so the other reader has to agree.
        prop_assert_eq!(&parse(written.to_string().as_bytes(), Format::Yaml).unwrap(), &spec);
    }

    #[test]
    fn every_refusal_names_what_it_is_about(environment in environments()) {
        if let Err(problems) = parse_value(&environment) {
            prop_assert!(problems.iter().next().is_some());
            for problem in &problems {
                prop_assert!(!problem.message.is_empty() && !problem.message.contains('\n'));
                prop_assert_eq!(problem.path.is_empty(), problem.pointer.is_empty());
            }
        }
    }
}

/// The strategy above knows what is easily got wrong; the samples reach every key of the schema.
#[test]
fn every_random_sample_resolves_the_same_twice_and_reads_back() {
    let batch = samples(100_000, 300);
    for sample in &batch.samples {
        let (seed, spec) = (sample.seed, &sample.spec);
        let context = ResolveContext::preview(spec, pins());
        let resolved = resolve(spec, &context).unwrap_or_else(|problems| panic!("seed {seed}: {problems}"));
        assert_eq!(resolve(spec, &context).unwrap(), resolved, "seed {seed}");
        let written = spec.to_json().to_string();
        assert_eq!(&parse(written.as_bytes(), Format::Yaml).unwrap(), spec, "seed {seed}");
        assert_eq!(&parse(written.as_bytes(), Format::Json).unwrap(), spec, "seed {seed}");
    }
    assert_eq!(batch.samples.len(), 300, "{}", batch.tally);
}

#[test]
fn the_strategy_gives_files_of_both_kinds() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let tries = 1_000;
    let read = (0..tries)
        .filter(|_| parse_value(&environments().new_tree(&mut runner).unwrap().current()).is_ok())
        .count();
    assert!((tries / 20..tries * 19 / 20).contains(&read), "{read} of {tries} were read");
}
