//! Apps on Kubernetes, Fargate profiles and MongoDB Atlas: what a file becomes, and why.

use terrane_domain::{
    App, Architecture, AtlasProject, ClusterAddon, ClusterController, ClusterRoute, Compute, InfraModel,
    KubernetesApp, Nat, OnDestroy,
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

fn app<'a>(model: &'a InfraModel, name: &str) -> &'a App {
    let app = model.apps.iter().find(|(key, _)| key.as_str() == name);
    app.map(|(_, app)| app).unwrap_or_else(|| panic!("{name}"))
}

fn pods<'a>(model: &'a InfraModel, name: &str) -> &'a KubernetesApp {
    app(model, name).on_kubernetes().unwrap_or_else(|| panic!("{name} is not on Kubernetes"))
}

#[test]
fn an_app_on_kubernetes_says_that_nothing_starts_it() {
    let yaml = "kubernetes: {}\napps: { api: { image: nginx } }";
    let said = reason(yaml, "apps.api");
    assert!(said.starts_with("prepared, not running (because no workload is applied"), "{said}");
    assert_eq!(reason("ecs: {}\napps: { api: { image: nginx } }", "apps.api"), "");
}

#[test]
fn an_app_runs_on_the_cluster_that_there_is_or_on_the_one_that_it_names() {
    assert!(app(&model("kubernetes: {}\napps: { a: { image: nginx } }"), "a").on_kubernetes().is_some());
    assert!(app(&model("ecs: {}\napps: { a: { image: nginx } }"), "a").on_ecs().is_some());
    let both = model(
        "kubernetes: {}\necs: {}\napps: { a: { image: nginx, runtime: ecs }, b: { image: nginx, runtime: kubernetes } }",
    );
    assert!(app(&both, "a").on_ecs().is_some() && app(&both, "b").on_kubernetes().is_some());
}

#[test]
fn an_app_on_kubernetes_gets_what_it_asks_for_and_no_size_of_fargate() {
    let yaml = "kubernetes: {}\napps: { api: { image: nginx, resources: { cpu: 100m, memory: 256Mi, limits: { cpu: 500m, memory: 512Mi } } } }";
    let model = model(yaml);
    let app = pods(&model, "api");
    assert_eq!((app.cpu_millicores, app.memory_mib), (100, 256));
    assert_eq!((app.cpu_limit_millicores, app.memory_limit_mib), (Some(500), 512));
    assert_eq!((app.namespace.as_str(), app.name.as_str()), ("apps", "api"));
    let plain = "kubernetes: {}\napps: { api: { image: nginx } }";
    assert_eq!(reason(plain, "apps.api.resources.limits.memory"), "512Mi (because resources.memory)");
}

#[test]
fn the_ways_in_of_a_cluster_are_facts_of_the_model() {
    let model = model(
        "kubernetes: {}\napps:\n  a: { image: nginx, port: 80, expose: { ingress: { host: a.example, tls: true } } }\n  b: { image: nginx, port: 80, expose: { gateway: {} } }\n  c: { image: nginx, port: 80, expose: { load_balancer: { internal: true } } }\n  d: { image: nginx, port: 80 }\n",
    );
    let host = || Some("a.example".to_owned());
    assert_eq!(pods(&model, "a").expose, Some(ClusterRoute::Ingress { host: host(), tls: true }));
    assert_eq!(pods(&model, "b").expose, Some(ClusterRoute::Gateway { host: None }));
    let internal = ClusterRoute::LoadBalancer { certificate_arn: None, internal: true };
    assert_eq!(pods(&model, "c").expose, Some(internal));
    assert_eq!(pods(&model, "d").expose, None);
    assert!(model.ecs.is_none());
}

#[test]
fn the_architecture_of_an_app_is_that_of_the_nodes() {
    let arm = "kubernetes: { node_groups: { a: { instance_types: [m7g.large] } } }\napps: { api: { image: nginx } }";
    assert_eq!(app(&model(arm), "api").architecture, Architecture::Arm64);
    assert_eq!(reason(arm, "apps.api.architecture"), "arm64 (because all nodes are arm64)");
    let both = "kubernetes: { node_groups: { a: { instance_types: [m7g.large] }, b: {} } }\napps: { api: { image: nginx } }";
    assert_eq!(app(&model(both), "api").architecture, Architecture::X86_64);
}

#[test]
fn a_cluster_on_fargate_has_one_profile_for_all_pods_and_nothing_that_needs_nodes() {
    let cluster = model("kubernetes: { fargate: {} }").kubernetes.unwrap();
    let Compute::Fargate(profiles) = &cluster.compute else { panic!("{:?}", cluster.compute) };
    let (name, profile) = profiles.first_key_value().unwrap();
    assert_eq!((profiles.len(), name.as_str()), (1, "all"));
    assert_eq!(profile.selectors[0].namespace, "*");
    assert_eq!(cluster.addons, [ClusterAddon::MetricsServer]);
    let controllers: Vec<_> = cluster.controllers.iter().map(|controller| controller.kind).collect();
    assert_eq!(controllers, [ClusterController::LoadBalancer, ClusterController::ExternalSecrets]);
    assert_eq!(
        reason("kubernetes: { fargate: {} }", "kubernetes.fargate.profiles"),
        "{ all: { selectors: [{ namespace: \"*\" }] } } (because a pod that no profile takes waits for ever)"
    );
}

const ATLAS: &str =
    "document_database: { engine: mongodb_atlas, atlas: { org_id: 5f0c1b2a3d4e5f6a7b8c9d0e } }\n";

#[test]
fn a_cluster_of_atlas_stands_in_the_region_and_brings_a_way_out() {
    let model = model(ATLAS);
    let cluster = model.atlas.as_ref().unwrap();
    assert!(model.document_database.is_none());
    assert_eq!((cluster.region.as_str(), cluster.instance_size.as_str()), ("EU_WEST_1", "M10"));
    assert_eq!((cluster.version.as_str(), cluster.database.as_str()), ("8.0", "app"));
    assert!(cluster.name.len() <= 23 && matches!(cluster.project, AtlasProject::Own { .. }));
    assert_eq!(model.network.unwrap().made().unwrap().nat, Nat::Single);
    assert_eq!(reason(ATLAS, "network"), "{} (because document_database needs one)");
    assert_eq!(reason(ATLAS, "document_database.atlas.instance_size"), "M10 (because size small)");
}

#[test]
fn snapshots_of_atlas_stay_or_go_as_it_is_said() {
    let model = model(&format!("profile: large\n{ATLAS}"));
    assert!(model.atlas.as_ref().is_some_and(|cluster| cluster.deletion_protection));
    let kept = model.unprotected(OnDestroy::Snapshot { suffix: "0a1b2c3d" }).atlas.unwrap();
    assert!(!kept.deletion_protection && kept.retain_backups);
    assert!(!model.unprotected(OnDestroy::Delete).atlas.unwrap().retain_backups);
}

#[test]
fn what_an_update_removes_may_still_be_there() {
    let before = model(&format!("kubernetes: {{}}\n{ATLAS}"));
    let after = model("kubernetes: {}\n");
    assert!(after.with_data_of(&before).atlas.is_some());
}
