//! Who may use the cluster: access entries of EKS, one per principal of IAM, and AWS's policies behind them.
//!
//! Source: EKS user guide, "Grant IAM users access to Kubernetes with EKS access entries".

use terrane_domain::{AccessPolicy, ClusterAccess, InfraModel, Kubernetes};

use super::CLUSTER;
use crate::{
    files::{
        data::{CALLER, PARTITION},
        part::{Part, by_key},
    },
    hcl::{Block, Expr, File, Object, Piece, Reference, Resource, each_value, local, template},
};

const PROVISIONER: Resource = Resource::one("aws_eks_access_entry", "provisioner");
const PROVISIONER_POLICY: Resource = Resource::one("aws_eks_access_policy_association", "provisioner");
const SESSION: Resource = Resource::data("aws_iam_session_context", "current");
const ENTRY: Resource = Resource::per_key("aws_eks_access_entry", "main");
const POLICY: Resource = Resource::per_key("aws_eks_access_policy_association", "main");

pub(super) fn locals(part: Part, cluster: &Kubernetes) -> Part {
    if cluster.access.is_empty() {
        return part;
    }
    part.local("kubernetes_access", by_key(&cluster.access, entry))
}

fn entry(access: &ClusterAccess) -> Object {
    let policy = match access.policy {
        AccessPolicy::View => "AmazonEKSViewPolicy",
        AccessPolicy::Edit => "AmazonEKSEditPolicy",
        AccessPolicy::Admin => "AmazonEKSAdminPolicy",
        AccessPolicy::ClusterAdmin => CLUSTER_ADMIN,
    };
    let namespaces = (!access.namespaces.is_empty()).then(|| Expr::list(&access.namespaces));
    Object::new()
        .field("principal", &access.principal)
        .field("policy", policy)
        .field("namespaces", Expr::from(namespaces))
}

const CLUSTER_ADMIN: &str = "AmazonEKSClusterAdminPolicy";

pub(super) fn blocks(file: File, model: &InfraModel, cluster: &Kubernetes) -> File {
    let file = provisioner(file, model);
    if cluster.access.is_empty() {
        return file;
    }
    let namespaces = || each_value("namespaces");
    let everywhere = Expr::from(namespaces()).equals(Expr::null());
    file.block(
        Block::of(ENTRY)
            .arg("for_each", local("kubernetes_access"))
            .arg("cluster_name", CLUSTER.attr("name"))
            .arg("principal_arn", each_value("principal"))
            .tags(ENTRY),
    )
    .block(
        Block::of(POLICY)
            .arg("for_each", local("kubernetes_access"))
            .arg("cluster_name", CLUSTER.attr("name"))
            .arg("principal_arn", ENTRY.attr("principal_arn"))
            .arg("policy_arn", policy_arn(each_value("policy").into()))
            .block(
                Block::new("access_scope")
                    .arg("type", Expr::choose(everywhere, "cluster", "namespace"))
                    .arg("namespaces", namespaces()),
            ),
    )
}

/// The principal that applies this module, because charts and clean-up are its business too. With a role that the file
/// names it is that role; otherwise whoever made the cluster keeps its entry, also when somebody else applies later.
fn provisioner(file: File, model: &InfraModel) -> File {
    let entry = Block::of(PROVISIONER).arg("cluster_name", CLUSTER.attr("name"));
    let file = match &model.cloud.assume_role {
        Some(role) => file.noted(
            "The role with which this module is applied.",
            entry.arg("principal_arn", &role.role_arn).tags(PROVISIONER),
        ),
        None => file
            .noted(
                "Whoever applies this module: the role behind the session.",
                entry.arg("principal_arn", SESSION.attr("issuer_arn")).tags(PROVISIONER).block(
                    Block::lifecycle()
                        .note("Who made the cluster keeps access, also when somebody else applies later.")
                        .ignore_changes([Reference::variable("principal_arn")]),
                ),
            )
            .block(Block::of(SESSION).arg("arn", CALLER.attr("arn"))),
    };
    file.block(
        Block::of(PROVISIONER_POLICY)
            .arg("cluster_name", CLUSTER.attr("name"))
            .arg("principal_arn", PROVISIONER.attr("principal_arn"))
            .arg("policy_arn", policy_arn(CLUSTER_ADMIN.into()))
            .block(Block::new("access_scope").arg("type", "cluster")),
    )
}

fn policy_arn(name: Piece) -> Expr {
    template!["arn:", PARTITION.attr("partition"), ":eks::aws:cluster-access-policy/", name]
}
