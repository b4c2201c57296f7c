//! The EKS cluster: `kubernetes.tf`, `node_groups.tf` or `fargate.tf`, `addons.tf` and `pod_identities.tf`.
//!
//! The order in which AWS gets to see them matters more than elsewhere:
//!
//! ```text
//! log group, role -> cluster -> vpc-cni, kube-proxy, pod identity agent -> node groups -> coredns, ebs-csi, metrics-server
//!                           \-> access entries, roles for service accounts
//! ```
//!
//! A node without vpc-cni never becomes ready, and an addon without nodes never becomes active.

mod access;
mod addons;
mod cluster;
mod fargate;
mod identities;
mod load_balancer_policy;
mod node_groups;
mod node_network;
pub(super) mod trust;
mod zones;

use terrane_domain::{ClusterController, Compute, InfraModel, Kubernetes};

use super::{kms, kubernetes_apps, network, part::Part};
use crate::{
    hcl::{Object, Reference, Resource, local},
    render::RenderError,
};

pub(super) use node_network::pods_security_group;

/// The cluster.
pub(super) const CLUSTER: Resource = Resource::one("aws_eks_cluster", "main");
const NODE_ROLE: Resource = Resource::one("aws_iam_role", "kubernetes_node");
const NODE_POLICIES: Resource = Resource::per_key("aws_iam_role_policy_attachment", "kubernetes_node");

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    let path = || model.kubernetes.as_ref().map(|_| "kubernetes".to_owned());
    network::require(model, path())?;
    kms::require(model, path())
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let cluster = model.kubernetes.as_ref()?;
    let network = model.network.as_ref()?;
    let part = Part::of(cluster::file(model, cluster, network));
    let about = Object::new().field("name", &cluster.name).field("version", &cluster.version);
    let part = access::locals(part.local("kubernetes", about), cluster);
    let part = match &cluster.compute {
        Compute::NodeGroups(groups) => {
            node_groups::locals(part, groups).file(node_groups::file(cluster, network))
        }
        Compute::AutoMode => part,
        Compute::Fargate(profiles) => fargate::locals(part, profiles).file(fargate::file(cluster, network)),
    };
    let part = identities::part(addons::part(part, cluster), model, cluster);
    let part = outputs(if wants_issuer(model, cluster) { trust::locals(part, cluster) } else { part });
    Some(match cluster.compute {
        Compute::NodeGroups(_) | Compute::AutoMode => {
            part.output("kubernetes_node_role_arn", "Role of the nodes", NODE_ROLE.attr("arn"))
        }
        Compute::Fargate(_) => identities::output(part, cluster),
    })
}

/// Whether anything has a role by its token.
fn wants_issuer(model: &InfraModel, cluster: &Kubernetes) -> bool {
    !cluster.controllers.is_empty() || kubernetes_apps::any_role(model)
}

fn outputs(part: Part) -> Part {
    let certificate_authority = CLUSTER.attr("certificate_authority").nth(0).attr("data");
    part.output("kubernetes_cluster_name", "The EKS cluster", CLUSTER.attr("name"))
        .output("kubernetes_endpoint", "Address of the API server", CLUSTER.attr("endpoint"))
        .output(
            "kubernetes_certificate_authority",
            "Who signed the API server's certificate; base64 of PEM",
            certificate_authority,
        )
        .output("kubernetes_oidc_issuer", "Who signs the tokens of service accounts", cluster::issuer())
        .output(
            "kubernetes_oidc_provider_arn",
            "The same in IAM, for roles that trust service accounts by their tokens",
            cluster::OIDC_PROVIDER.attr("arn"),
        )
}

/// The name of the cluster, for data sources. They must not ask the cluster itself: Terraform puts off reading a data
/// source that refers to something that is about to change, and each edit of the cluster would show as a change of every
/// policy and every addon.
fn name() -> Reference {
    local("kubernetes").attr("name")
}

/// The version of the cluster, for data sources.
fn version() -> Reference {
    local("kubernetes").attr("version")
}

/// Whether a controller writes records for what runs in the cluster.
pub(super) fn writes_records(model: &InfraModel) -> bool {
    let mut controllers = model.kubernetes.iter().flat_map(|cluster| &cluster.controllers);
    controllers.any(|controller| controller.kind == ClusterController::ExternalDns)
}

/// Whether EKS makes the nodes itself.
fn is_auto_mode(cluster: &Kubernetes) -> bool {
    matches!(cluster.compute, Compute::AutoMode)
}

/// Whether pods run without nodes.
fn is_fargate(cluster: &Kubernetes) -> bool {
    matches!(cluster.compute, Compute::Fargate(_))
}
