//! Apps on Kubernetes: `app_identities.tf`, and an output of what their workloads are made of.
//!
//! WHY no workload: Terraform would have to reach the API server, which is private as a rule, and would hold in its state
//! what the cluster changes by itself. So this is where Terraform ends: the roles, and what only it knows.

use terrane_domain::{App, InfraModel, Key, Kubernetes, KubernetesApp, Reference as Wish, Secret};

use super::{
    apps::{
        grants::{self, Grants},
        variables::{self, Source, Variables},
    },
    kubernetes::{self, trust},
    part::Part,
};
use crate::{
    hcl::{Block, Expr, File, Object, Reference, Resource, each_key, each_value, local, template},
    render::RenderError,
};

pub(super) const ROLE: Resource = Resource::per_key("aws_iam_role", "app_pod");
const TRUST: Resource = Resource::data_per_key("aws_iam_policy_document", "app_pod_trust");
const USE: Resource = Resource::per_key("aws_iam_role_policy", "app_pod");
const DOCUMENT: Resource = Resource::data_per_key("aws_iam_policy_document", "app_pod");
const ASSOCIATION: Resource = Resource::per_key("aws_eks_pod_identity_association", "app");
const ENTRY: Resource = Resource::data_per_key("aws_secretsmanager_secret", "app_pod");
const GRANTS: &str = "app_pod_grants";

/// The apps that run on Kubernetes.
fn on_kubernetes(model: &InfraModel) -> impl Iterator<Item = (&Key, &App, &KubernetesApp)> {
    model.apps.iter().filter_map(|(key, app)| app.on_kubernetes().map(|pods| (key, app, pods)))
}

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    match (&model.kubernetes, on_kubernetes(model).next()) {
        (None, Some((key, ..))) => Err(RenderError::NoCluster { path: format!("apps.{key}") }),
        _ => Ok(()),
    }
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let cluster = model.kubernetes.as_ref()?;
    on_kubernetes(model).next()?;
    let (mut identities, mut granted, mut workloads) = (None, Vec::new(), Object::new());
    for (key, app, pods) in on_kubernetes(model) {
        let variables = Variables::of(model, ENTRY, key, app);
        let grants = grants_of(model, key, app, &variables);
        let has_role = !grants.is_empty() || logs_in_to_atlas(model, app);
        if has_role {
            let identity = Object::new()
                .field("role", &pods.role)
                .field("namespace", &pods.namespace)
                .field("service_account", &pods.name);
            identities = Some(identities.unwrap_or_else(Object::new).entry(key, identity));
        }
        if !grants.is_empty() {
            granted.push((key, grants));
        }
        workloads = workloads.entry(key, workload(model, (key, app, pods), variables, has_role));
    }
    let entries = variables::secret_entries(on_kubernetes(model).map(|(key, app, _)| (key, app)));
    let part = Part::default();
    let part = match identities {
        Some(identities) => {
            part.local("app_identities", identities).file(file(model, cluster, &granted, entries.is_some()))
        }
        None => part,
    };
    let part = if granted.is_empty() { part } else { part.local(GRANTS, grants::entries(&granted)) };
    let part = match entries {
        Some(entries) => part.local("app_pod_secret_names", entries),
        None => part,
    };
    Some(part.output(
        "kubernetes_apps",
        "What the workloads of the apps on Kubernetes are made of; nothing here starts them",
        workloads,
    ))
}

/// The secrets that a copy reads, when it starts or by itself, each once.
fn read_by(variables: &Variables) -> Vec<Expr> {
    let mut seen: Vec<&Source> = Vec::new();
    let mut arns = Vec::new();
    for (source, arn) in variables.read_at_start.iter().chain(&variables.read_by_app) {
        if !seen.contains(&source) {
            seen.push(source);
            arns.push(arn.clone());
        }
    }
    arns
}

/// Whether any app gets a role.
pub(super) fn any_role(model: &InfraModel) -> bool {
    on_kubernetes(model).any(|(key, app, _)| {
        let variables = Variables::of(model, ENTRY, key, app);
        !grants_of(model, key, app, &variables).is_empty() || logs_in_to_atlas(model, app)
    })
}

/// What a copy does with its role: unlike on ECS, where another role starts it, it reads its secrets itself.
fn grants_of(model: &InfraModel, key: &Key, app: &App, variables: &Variables) -> Grants {
    let mut grants = Grants::of(model, key, app);
    grants.secrets = read_by(variables);
    grants
}

/// Whether MongoDB Atlas has to know the app.
fn logs_in_to_atlas(model: &InfraModel, app: &App) -> bool {
    let refers = |secret: &Secret| matches!(secret, Secret::Reference(Wish::DocumentDatabase { .. }));
    model.atlas.is_some() && app.secrets.values().any(refers)
}

fn file(model: &InfraModel, cluster: &Kubernetes, granted: &[(&Key, Grants)], entries: bool) -> File {
    let about = "Roles of the apps on the cluster. The workloads themselves are no part of this module.";
    let file = File::new("app_identities.tf", about).block(
        Block::of(ROLE)
            .arg("for_each", local("app_identities"))
            .arg("name", each_value("role"))
            .arg("description", template!["What may be done by the app ", each_key(), " on the EKS cluster"])
            .arg("assume_role_policy", trust::policy(cluster, TRUST))
            .tags(ROLE),
    );
    let file = if trust::by_pod_identity(cluster) {
        file.noted(
            "One service account of this cluster: pod identity says in tags for whom it asks.",
            trust::of_pod_identity(TRUST, local("app_identities")),
        )
        .block(
            Block::of(ASSOCIATION)
                .arg("for_each", local("app_identities"))
                .arg("cluster_name", kubernetes::CLUSTER.attr("name"))
                .arg("namespace", each_value("namespace"))
                .arg("service_account", each_value("service_account"))
                .arg("role_arn", ROLE.attr("arn"))
                .tags(ASSOCIATION),
        )
    } else {
        file
    };
    let file = if granted.is_empty() {
        file
    } else {
        // Whatever mounts secrets into pods looks at their versions first.
        // https://docs.aws.amazon.com/secretsmanager/latest/userguide/ascp-pod-identity-integration.html
        let reads = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
        file.noted(
            "Exactly the secrets that the app names, and the caches and buckets.",
            Block::of(USE)
                .arg("for_each", local(GRANTS))
                .arg("name", "use")
                .arg("role", ROLE.attr("id"))
                .arg("policy", DOCUMENT.attr("json")),
        )
        .block(grants::document(model, (DOCUMENT, GRANTS), &reads, granted))
    };
    if !entries {
        return file;
    }
    file.noted(
        "Made by somebody else. Only the names are looked up, no value: that is read when a copy starts.",
        Block::of(ENTRY)
            .arg("for_each", local("app_pod_secret_names"))
            .arg("name", Reference::variable("each").attr("value")),
    )
}

/// What only Terraform knows of a workload: addresses, ARNs, the registry.
fn workload(
    model: &InfraModel,
    (key, app, pods): (&Key, &App, &KubernetesApp),
    variables: Variables,
    has_role: bool,
) -> Object {
    Object::new()
        .field("namespace", &pods.namespace)
        .field("service_account", &pods.name)
        .field("role_arn", has_role.then(|| ROLE.at(key, "arn")))
        .field("image", variables::image(model, app))
        .field("variables", variables::object(variables.plain))
        .field("secrets", variables::object(variables.secret))
}
