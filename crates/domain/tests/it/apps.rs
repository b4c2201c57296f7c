//! Apps and the cluster that runs them: what a file becomes, and why.

use terrane_domain::{
    AppRuntime, Certificate, Deploy, EcsApp, InfraModel, Key, LoadBalancerKind, OnDestroy, Reference, Secret,
    SecretField,
};

use crate::{read, resolved, with_base};

fn model(yaml: &str) -> InfraModel {
    resolved(&read(&with_base(yaml))).model
}

fn reason(yaml: &str, path: &str) -> String {
    let reasons = resolved(&read(&with_base(yaml))).reasons;
    let found = reasons.into_iter().find(|reason| reason.path == path);
    found.map(|reason| format!("{} ({})", reason.value, reason.because)).unwrap_or_default()
}

fn on_ecs(model: &InfraModel, name: &str) -> EcsApp {
    let app = model.apps.iter().find(|(key, _)| key.as_str() == name);
    let Some(AppRuntime::Ecs(app)) = app.map(|(_, app)| &app.runtime) else { panic!("{name}") };
    app.clone()
}

#[test]
fn an_app_takes_the_smallest_size_that_fargate_sells() {
    let size = "ecs: {}\napps: { api: { image: nginx, resources: { cpu: 250m, memory: 3Gi } } }";
    let app = on_ecs(&model(size), "api");
    assert_eq!((app.cpu_units, app.memory_mib), (512, 3_072));
    assert_eq!(
        reason(size, "apps.api.resources"),
        "512 CPU units, 3072 MiB (because Fargate sells nothing smaller with at least 250m and 3Gi)"
    );
    let default = "profile: large\necs: {}\napps: { api: { image: nginx } }";
    assert_eq!(reason(default, "apps.api.resources.cpu"), "1000m (profile large)");
    assert_eq!(
        reason(default, "apps.api.resources"),
        "1024 CPU units, 2048 MiB (because resources ask for 1000m and 2Gi)"
    );
    assert_eq!(reason(default, "apps.api.replicas"), "3 (profile large)");
    assert_eq!(reason(default, "ecs.container_insights"), "enhanced (profile large)");
    assert_eq!(reason(default, "apps.api.deploy"), "{ rolling: {} } (default)");
}

#[test]
fn copies_follow_what_is_said_about_the_others() {
    let copies = |rest: &str| {
        let model = model(&format!("ecs: {{}}\napps: {{ api: {{ image: nginx, {rest} }} }}"));
        let app = model.apps.into_values().next().unwrap();
        (app.replicas, app.scaling.map(|scaling| (scaling.min, scaling.max, scaling.cpu_percent)))
    };
    assert_eq!(copies("replicas: 2"), (2, None));
    assert_eq!(copies("autoscaling: {}"), (1, Some((1, 4, Some(60)))));
    assert_eq!(copies("replicas: 3, autoscaling: { max: 12 }"), (3, Some((3, 12, Some(60)))));
    assert_eq!(copies("replicas: 3, autoscaling: { min: 2 }"), (3, Some((2, 8, Some(60)))));
    assert_eq!(copies("autoscaling: { min: 2, memory_percent: 70 }"), (2, Some((2, 8, None))));
}

#[test]
fn apps_share_the_load_balancer_of_their_kind() {
    let certificate = "arn:aws:acm:eu-west-1:222222222222:certificate";
    let model = model(&format!(
        "profile: large\necs: {{}}\napps:\n\
         \x20 a: {{ image: nginx, port: 80, expose: {{ load_balancer: {{ certificate_arn: \"{certificate}/0a\" }} }} }}\n\
         \x20 b: {{ image: nginx, port: 80, expose: {{ load_balancer: {{ host: b.example, certificate_arn: \"{certificate}/0b\" }} }} }}\n\
         \x20 c: {{ image: nginx, port: 80, expose: {{ load_balancer: {{ internal: true }} }} }}\n\
         \x20 d: {{ image: nginx, port: 80, expose: {{ api_gateway: {{}} }} }}\n\
         \x20 e: {{ image: nginx, port: 80, expose: {{ api_gateway: {{}} }} }}\n\
         \x20 worker: {{ image: nginx }}\n"
    ));
    let ecs = model.ecs.clone().unwrap();
    let kinds: Vec<LoadBalancerKind> = ecs.load_balancers.keys().copied().collect();
    assert_eq!(kinds, [LoadBalancerKind::Public, LoadBalancerKind::Internal, LoadBalancerKind::Gateway]);
    let public = &ecs.load_balancers[&LoadBalancerKind::Public];
    let given = |id: &str| Certificate::Given(format!("{certificate}/{id}"));
    assert_eq!(public.certificates, [given("0a"), given("0b")]);
    assert!(ecs.load_balancers.values().all(|balancer| balancer.deletion_protection));
    assert!(!ecs.access_logs.as_ref().unwrap().force_destroy);

    let priority = |name: &str| on_ecs(&model, name).route.map(|route| route.priority);
    let last = priority("a");
    assert!(last.is_some_and(|last| last <= 50_000), "{last:?}");
    assert!(priority("b").is_some_and(|priority| priority > 0) && priority("b") < last);
    assert!(priority("d") != priority("e") && priority("d") < last);
    assert_eq!(priority("worker"), None);

    let open = model.unprotected(OnDestroy::Delete).ecs.unwrap();
    assert!(open.load_balancers.values().all(|balancer| !balancer.deletion_protection));
    assert!(open.access_logs.unwrap().force_destroy);
}

#[test]
fn an_app_that_changes_who_deploys_it_has_room_for_both_rules() {
    let priority = |expose: &str, deploy: &str| {
        let model = model(&format!(
            "ecs: {{}}\napps: {{ a: {{ image: nginx, port: 80, expose: {{ {expose} }}, deploy: {{ {deploy}: {{}} }} }} }}"
        ));
        on_ecs(&model, "a").route.unwrap().priority
    };
    for expose in ["api_gateway: {}", "load_balancer: {}", "load_balancer: { host: a.example }"] {
        assert_ne!(priority(expose, "rolling"), priority(expose, "blue_green"), "{expose}");
    }
}

#[test]
fn a_load_balancer_that_only_an_older_file_had_is_taken_down_too() {
    let older = model("ecs: {}\napps: { a: { image: nginx, port: 80, expose: { load_balancer: {} } } }");
    let kept = |newest: &str| model(newest).with_data_of(&older).ecs;
    assert_eq!(kept("buckets: { a: {} }"), older.ecs);
    assert_eq!(kept("ecs: {}"), older.ecs);
}

#[test]
fn rolling_back_on_alarm_brings_alarms() {
    let app = |deploy: &str, rest: &str| {
        format!(
            "ecs: {{}}\n{rest}apps: {{ api: {{ image: nginx, port: 80, expose: {{ api_gateway: {{}} }}, deploy: {{ blue_green: {{ {deploy} }} }} }} }}"
        )
    };
    let wanted = app("rollback_on_alarm: true", "");
    assert!(model(&wanted).observability.alarms.is_some());
    assert_eq!(reason(&wanted, "observability.alarms"), "{} (because apps.api.deploy rolls back on alarm)");
    let rolls_back = |yaml: &str| match on_ecs(&model(yaml), "api").deploy {
        Deploy::BlueGreen(blue_green) => blue_green.rollback_on_alarm,
        Deploy::Rolling => panic!("{yaml}"),
    };
    assert!(rolls_back(&wanted));
    assert!(!rolls_back(&app("", "")), "small has no alarms");
    assert!(rolls_back(&app("", "observability: { alarms: {} }\n")));
    assert_eq!(reason("buckets: { a: {} }", "observability.alarms"), "", "nobody asks");
}

#[test]
fn a_cluster_brings_a_network_with_a_way_out() {
    let yaml = "ecs: {}\ndatabases: { main: {} }";
    assert_eq!(reason(yaml, "network"), "{} (because ecs needs one)");
    assert_eq!(reason(yaml, "network.nat"), "single (profile small)");
}

#[test]
fn secrets_are_kept_as_references() {
    let model = model(
        "ecs: {}\ndatabases: { main: {} }\napps: { api: { image: nginx, secrets: { A: { from: databases.main.url }, B: { secret: x, key: y } } } }",
    );
    let secrets = model.apps.into_values().next().unwrap().secrets;
    assert!(matches!(&secrets["A"], Secret::Reference(Reference::Database { .. })));
    assert_eq!(secrets["B"], Secret::Entry { name: "x".to_owned(), key: Some("y".to_owned()) });
}

#[test]
fn an_app_reads_a_random_value_whole_or_by_key() {
    let model = model(
        "ecs: {}\nsecrets: { session-key: { length: 64, alphabet: hex }, tokens: { keys: [access, refresh] } }\n\
         apps: { api: { image: nginx, secrets: { SESSION_KEY: { from: secrets.session-key.value }, \
         TOKEN: { from: secrets.tokens.value, key: access }, ARN: { from: secrets.tokens.arn } } } }",
    );
    let [session, tokens] = ["session-key", "tokens"].map(|key| Key::parse(key).unwrap());
    let secret = |name: &str| model.apps.values().next().unwrap().secrets[name].clone();
    assert_eq!(secret("SESSION_KEY"), Secret::Generated { secret: session.clone(), key: None });
    assert_eq!(secret("TOKEN"), Secret::Generated { secret: tokens.clone(), key: Some("access".to_owned()) });
    let arn = Reference::Secret { key: tokens, field: SecretField::Arn };
    assert_eq!(secret("ARN"), Secret::Reference(arn));
    assert!(model.secrets[&session].name_prefix.ends_with("/session-key-"));
}
