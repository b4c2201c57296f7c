//! `addons.tf`: what EKS installs in the cluster and keeps patched.
//!
//! Each addon has the version that is EKS's default for the cluster's version of Kubernetes, so an upgrade of the cluster
//! brings its addons along.
//!
//! Source: EKS user guide, "Amazon EKS add-ons" and "AWS add-ons".

use terrane_domain::{ClusterAddon, Kubernetes};

use super::{CLUSTER, fargate, identities, is_auto_mode, is_fargate, node_groups};
use crate::{
    files::part::Part,
    hcl::{Block, Expr, File, Object, Resource, each_key},
};

pub(super) const VPC_CNI: Resource = Resource::one("aws_eks_addon", "vpc_cni");
pub(super) const BEFORE_NODES: Resource = Resource::per_key("aws_eks_addon", "before_nodes");
const AFTER_NODES: Resource = Resource::per_key("aws_eks_addon", "after_nodes");
const EBS_CSI: Resource = Resource::one("aws_eks_addon", "ebs_csi");
const DNS: Resource = Resource::one("aws_eks_addon", "coredns");
const VERSIONS: Resource = Resource::data_per_key("aws_eks_addon_version", "main");

const COREDNS: &str = "coredns";
const CNI: &str = "vpc-cni";
const NETWORKING: &[&str] = &["eks-pod-identity-agent", "kube-proxy"];

pub(super) fn part(part: Part, cluster: &Kubernetes) -> Part {
    if is_fargate(cluster) {
        return part.file(without_nodes(cluster));
    }
    let auto_mode = is_auto_mode(cluster);
    let ebs_csi = cluster.addons.contains(&ClusterAddon::EbsCsiDriver);
    let metrics_server = cluster.addons.contains(&ClusterAddon::MetricsServer);
    // Auto Mode has networking, DNS and pod identity on its nodes already.
    let mut after: Vec<&'static str> = if auto_mode { Vec::new() } else { vec![COREDNS] };
    after.extend(metrics_server.then_some(ClusterAddon::MetricsServer.as_str()));
    if after.is_empty() {
        return part;
    }
    let mut all = after.clone();
    if !auto_mode {
        all.extend(NETWORKING);
        all.push(CNI);
    }
    all.extend(ebs_csi.then_some(ClusterAddon::EbsCsiDriver.as_str()));
    all.sort_unstable();

    let file = file(all);
    let file = if auto_mode { file } else { before_nodes(file) };
    let waits = (!auto_mode).then(|| Expr::list([node_groups::NODE_GROUP.whole()]));
    let file = file.noted(
        "They run in pods, and are ready only when there are nodes for these.",
        several(AFTER_NODES, after).arg_if_some("depends_on", waits.clone()),
    );
    part.file(if ebs_csi { file.block(driver(waits)) } else { file })
}

fn file(addons: Vec<&'static str>) -> File {
    File::new("addons.tf", "What EKS installs in the cluster and keeps patched.").noted(
        "EKS's default for the cluster's version of Kubernetes.",
        Block::of(VERSIONS)
            .arg("for_each", set(addons))
            .arg("addon_name", each_key())
            .arg("kubernetes_version", super::version()),
    )
}

/// On Fargate networking comes with each pod, and there is no node for the agent of pod identity.
/// Source: EKS user guide, "Get started with AWS Fargate for your cluster", "Update CoreDNS".
fn without_nodes(cluster: &Kubernetes) -> File {
    let metrics_server =
        cluster.addons.contains(&ClusterAddon::MetricsServer).then_some(ClusterAddon::MetricsServer.as_str());
    let all = [COREDNS].into_iter().chain(metrics_server).collect();
    let waits = || Expr::list([fargate::PROFILE.whole()]);
    let on_fargate = Object::new().field("computeType", "Fargate");
    let file = file(all).noted(
        "It runs in pods, and is ready only when there is a profile that takes these.",
        one(DNS, COREDNS)
            .note("Otherwise its pods ask for nodes.")
            .arg("configuration_values", Expr::call("jsonencode", [on_fargate]))
            .arg("depends_on", waits()),
    );
    match metrics_server {
        Some(name) => file.block(several(AFTER_NODES, vec![name]).arg("depends_on", waits())),
        None => file,
    }
}

fn set(names: impl IntoIterator<Item = &'static str>) -> Expr {
    Expr::call("toset", [Expr::list(names)])
}

fn before_nodes(file: File) -> File {
    file.noted(
        "Before the nodes, because none is ready without them.",
        several(BEFORE_NODES, NETWORKING.to_vec()),
    )
    .block(
        with_role(one(VPC_CNI, CNI), CNI, NODE_ACCOUNT)
            .arg("depends_on", Expr::list([identities::ADDON_POLICIES.whole()])),
    )
}

fn driver(waits: Option<Expr>) -> Block {
    let name = ClusterAddon::EbsCsiDriver.as_str();
    let cluster_id = Object::new().field("k8sTagClusterId", super::name());
    let configuration = Object::new().field("controller", cluster_id);
    let addon = one(EBS_CSI, name)
        .note(
            "Volumes carry the cluster's name, so that they can be told from another cluster's when it goes.",
        )
        .arg("configuration_values", Expr::call("jsonencode", [configuration]));
    with_role(addon, name, DRIVER_ACCOUNT).arg_if_some("depends_on", waits)
}

fn several(resource: Resource, names: Vec<&'static str>) -> Block {
    let block = Block::of(resource).arg("for_each", set(names));
    settled(
        block.arg("cluster_name", CLUSTER.attr("name")).arg("addon_name", each_key()),
        VERSIONS.attr("version").into(),
    )
    .tags(resource)
}

fn one(resource: Resource, name: &'static str) -> Block {
    let block = Block::of(resource).arg("cluster_name", CLUSTER.attr("name")).arg("addon_name", name);
    settled(block, VERSIONS.at(name, "version")).tags(resource)
}

fn settled(block: Block, version: Expr) -> Block {
    block
        .arg("addon_version", version)
        .note("What somebody changed by hand in the cluster is put right.")
        .arg("resolve_conflicts_on_create", "OVERWRITE")
        .arg("resolve_conflicts_on_update", "OVERWRITE")
}

/// The role of an addon's service account, by pod identity.
fn with_role(block: Block, addon: &'static str, service_account: &'static str) -> Block {
    block.block(
        Block::new("pod_identity_association")
            .arg("service_account", service_account)
            .arg("role_arn", identities::ROLE.at(addon, "arn")),
    )
}

/// An addon whose service account gets a role.
pub(super) struct AddonIdentity<'a> {
    pub(super) addon: &'static str,
    pub(super) role_name: &'a String,
    pub(super) service_account: &'static str,
    /// A policy that AWS manages.
    pub(super) policy: &'static str,
}

const NODE_ACCOUNT: &str = "aws-node";
const DRIVER_ACCOUNT: &str = "ebs-csi-controller-sa";

/// The addons that call AWS, by name.
pub(super) fn identities(cluster: &Kubernetes) -> Vec<AddonIdentity<'_>> {
    if is_auto_mode(cluster) || is_fargate(cluster) {
        return Vec::new();
    }
    let driver = AddonIdentity {
        addon: ClusterAddon::EbsCsiDriver.as_str(),
        role_name: &cluster.roles.ebs_csi,
        service_account: DRIVER_ACCOUNT,
        policy: "AmazonEBSCSIDriverPolicyV2",
    };
    let networking = AddonIdentity {
        addon: CNI,
        role_name: &cluster.roles.vpc_cni,
        service_account: NODE_ACCOUNT,
        policy: "AmazonEKS_CNI_Policy",
    };
    let driver = cluster.addons.contains(&ClusterAddon::EbsCsiDriver).then_some(driver);
    driver.into_iter().chain([networking]).collect()
}
