//! Apps on Kubernetes: `app_identities.tf`, and an output of what their workloads are made of.
//!
//! WHY no workload: Terraform would have to reach the API server, which is private as a rule, and would hold in its state
//! what the cluster changes by itself. So this is where Terraform ends: the roles, and what only it knows.

use terrane_domain::{App, InfraModel, Key, KubernetesApp, Reference as Wish, Secret};

use super::{
    apps::variables::{self, Source, Variables},
    data::REGION,
    kms,
    kubernetes::{self, trust},
    part::Part,
};
use crate::{
    hcl::{Block, Expr, File, Object, Reference, Resource, each_key, each_value, local, template},
    render::RenderError,
};

pub(super) const ROLE: Resource = Resource::per_key("aws_iam_role", "app_pod");
const TRUST: Resource = Resource::data_per_key("aws_iam_policy_document", "app_pod_trust");
const READ: Resource = Resource::per_key("aws_iam_role_policy", "app_pod");
const ASSOCIATION: Resource = Resource::per_key("aws_eks_pod_identity_association", "app");
const ENTRY: Resource = Resource::data_per_key("aws_secretsmanager_secret", "app_pod");

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
    let (mut identities, mut reads, mut workloads) = (None, None, Object::new());
    for (key, app, pods) in on_kubernetes(model) {
        let variables = Variables::of(model, ENTRY, key, app);
        let secrets = read_by(&variables);
        let has_role = has_role(model, app, &variables);
        if has_role {
            let identity = Object::new()
                .field("role", &pods.role)
                .field("namespace", &pods.namespace)
                .field("service_account", &pods.name);
            identities = Some(identities.unwrap_or_else(Object::new).entry(key, identity));
        }
        if !secrets.is_empty() {
            reads = Some(reads.unwrap_or_else(Object::new).entry(key, Expr::list(secrets)));
        }
        workloads = workloads.entry(key, workload(model, (key, app, pods), variables, has_role));
    }
    let entries = variables::secret_entries(on_kubernetes(model).map(|(key, app, _)| (key, app)));
    let part = Part::default();
    let part = match identities {
        Some(identities) => part.local("app_identities", identities).file(file(
            model,
            cluster,
            reads.is_some(),
            entries.is_some(),
        )),
        None => part,
    };
    let part = match reads {
        Some(reads) => part.local("app_pod_secret_arns", reads),
        None => part,
    };
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
    on_kubernetes(model).any(|(key, app, _)| has_role(model, app, &Variables::of(model, ENTRY, key, app)))
}

fn has_role(model: &InfraModel, app: &App, variables: &Variables) -> bool {
    !read_by(variables).is_empty() || logs_in_to_atlas(model, app)
}

/// Whether MongoDB Atlas has to know the app.
fn logs_in_to_atlas(model: &InfraModel, app: &App) -> bool {
    let refers = |secret: &Secret| matches!(secret, Secret::Reference(Wish::DocumentDatabase { .. }));
    model.atlas.is_some() && app.secrets.values().any(refers)
}

fn file(model: &InfraModel, cluster: &terrane_domain::Kubernetes, reads: bool, entries: bool) -> File {
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
    let file = if reads {
        file.noted(
            "Exactly the secrets that the app names.",
            Block::of(READ)
                .arg("for_each", local("app_pod_secret_arns"))
                .arg("name", "read-secrets")
                .arg("role", ROLE.attr("id"))
                .arg("policy", reading(model)),
        )
    } else {
        file
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

/// Secrets Manager decrypts in the name of who asks, and says for which secret.
/// Source: AWS Secrets Manager user guide, "Secret encryption and decryption in AWS Secrets Manager".
fn reading(model: &InfraModel) -> Expr {
    let arns = || Reference::variable("each").attr("value");
    let read = Object::new()
        .field("Effect", "Allow")
        .field("Action", Expr::list(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]))
        .field("Resource", arns());
    let mut statements = vec![read];
    if let Some(key) = kms::arn(model) {
        let service = template!["secretsmanager.", REGION.attr("id"), ".amazonaws.com"];
        let only =
            Object::new().entry("kms:ViaService", service).entry("kms:EncryptionContext:SecretARN", arns());
        statements.push(
            Object::new()
                .field("Effect", "Allow")
                .field("Action", "kms:Decrypt")
                .field("Resource", key)
                .field("Condition", Object::new().field("StringEquals", only)),
        );
    }
    let document = Object::new().field("Version", "2012-10-17").field("Statement", Expr::list(statements));
    Expr::call("jsonencode", [document])
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
