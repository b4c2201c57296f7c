//! `kubernetes.tf`: the control plane, its role, its logs, and who may use it.

use terrane_domain::{InfraModel, Kubernetes, Network};

use super::{CLUSTER, NODE_POLICIES, NODE_ROLE, access, is_auto_mode, zones};
use crate::{
    files::{
        data::{arn, managed_policy},
        kms, network,
        policies::{service_trust, tagging_service_trust},
    },
    hcl::{Block, Expr, File, Reference, Resource, each_key, template},
};

const LOG_GROUP: Resource = Resource::one("aws_cloudwatch_log_group", "kubernetes");
const ROLE: Resource = Resource::one("aws_iam_role", "kubernetes");
const TRUST: Resource = Resource::data("aws_iam_policy_document", "kubernetes_trust");
const POLICIES: Resource = Resource::per_key("aws_iam_role_policy_attachment", "kubernetes");
const USE_KEY: Resource = Resource::one("aws_iam_role_policy", "kubernetes_key");
pub(super) const OIDC_PROVIDER: Resource = Resource::one("aws_iam_openid_connect_provider", "kubernetes");

/// Source: EKS user guide, "Amazon EKS cluster IAM role" and "Amazon EKS Auto Mode cluster IAM role".
const CLUSTER_POLICIES: &[&str] = &["AmazonEKSClusterPolicy"];
const AUTO_MODE_POLICIES: &[&str] = &[
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
];

/// The issuer of the tokens that service accounts get.
pub(super) fn issuer() -> Reference {
    CLUSTER.attr("identity").nth(0).attr("oidc").nth(0).attr("issuer")
}

pub(super) fn file(model: &InfraModel, cluster: &Kubernetes, network: &Network) -> File {
    let file = File::new("kubernetes.tf", "The control plane of the EKS cluster, and who may use it.")
        .block(control_plane(model, cluster, network));
    let file = zones::data(file, model, network).noted(
        "Before the cluster: EKS would make it without an end to its retention.",
        Block::of(LOG_GROUP)
            .arg("name", template!["/aws/eks/", super::name(), "/cluster"])
            .arg("retention_in_days", cluster.log_retention_days)
            .arg_if_some("kms_key_id", kms::arn(model))
            .tags(LOG_GROUP),
    );
    let file = role(file, cluster);
    let file = use_of_key(file).noted(
        "For roles that trust a service account by its token, as charts without support for pod identity want it.",
        Block::of(OIDC_PROVIDER)
            .arg("url", issuer())
            .arg("client_id_list", Expr::list(["sts.amazonaws.com"]))
            .tags(OIDC_PROVIDER),
    );
    let file = access::blocks(file, model, cluster);
    if is_auto_mode(cluster) { auto_mode_nodes(file, cluster) } else { file }
}

fn control_plane(model: &InfraModel, cluster: &Kubernetes, network: &Network) -> Block {
    let logs = Expr::list(cluster.logs.iter().map(|log| log.as_str()));
    let block = Block::of(CLUSTER)
        .arg("name", super::name())
        .arg("version", super::version())
        .arg("role_arn", ROLE.attr("arn"))
        .arg("enabled_cluster_log_types", logs)
        .note("Networking and DNS are addons (addons.tf), which EKS keeps at a version that fits.")
        .arg("bootstrap_self_managed_addons", false)
        .block(vpc_config(cluster, network))
        .block(
            Block::new("access_config")
                .note("No aws-auth config map, and nobody is let in who isn't named below.")
                .arg("authentication_mode", "API")
                .arg("bootstrap_cluster_creator_admin_permissions", false),
        );
    let block = block.block(
        Block::new("encryption_config")
            .arg("resources", Expr::list(["secrets"]))
            .block(Block::new("provider").arg("key_arn", kms::KEY.attr("arn"))),
    );
    let support_type = match cluster.support {
        terrane_domain::SupportType::Standard => "STANDARD",
        terrane_domain::SupportType::Extended => "EXTENDED",
    };
    let block = block.block(Block::new("upgrade_policy").arg("support_type", support_type));
    let block = if is_auto_mode(cluster) { auto_mode(block) } else { block };
    let prepared = [LOG_GROUP, POLICIES, USE_KEY].map(Resource::whole);
    let only_at_creation = [
        Reference::variable("bootstrap_self_managed_addons"),
        Reference::variable("access_config").nth(0).attr("bootstrap_cluster_creator_admin_permissions"),
    ];
    let lifecycle = Block::lifecycle()
        .note(
            "Both say how the cluster begins, and AWS doesn't show them afterwards: a cluster that was imported\n\
             would be replaced.",
        )
        .ignore_changes(only_at_creation);
    block
        .tags(CLUSTER)
        .block(zones::precondition(lifecycle, model, network))
        .arg("depends_on", Expr::list(prepared))
}

fn vpc_config(cluster: &Kubernetes, network: &Network) -> Block {
    let is_public = !cluster.public_cidrs.is_empty();
    let block = Block::new("vpc_config")
        .arg("subnet_ids", network::private_subnet_ids(network))
        .arg("endpoint_private_access", true)
        .arg("endpoint_public_access", is_public);
    if !is_public {
        return block;
    }
    let cidrs = cluster.public_cidrs.iter().map(ToString::to_string);
    block.arg("public_access_cidrs", Expr::list(cidrs))
}

/// EKS takes all three switches on or all three off.
/// Source: EKS user guide, "Enable EKS Auto Mode on an existing cluster".
fn auto_mode(block: Block) -> Block {
    let on = |kind| Block::new(kind).arg("enabled", true);
    block
        .block(
            on("compute_config")
                .arg("node_pools", Expr::list(["general-purpose", "system"]))
                .arg("node_role_arn", NODE_ROLE.attr("arn")),
        )
        .block(Block::new("kubernetes_network_config").block(on("elastic_load_balancing")))
        .block(Block::new("storage_config").block(on("block_storage")))
}

fn role(file: File, cluster: &Kubernetes) -> File {
    let source = arn!["eks", "cluster/", super::name()];
    // Auto Mode tags what it makes: EKS user guide, "Amazon EKS Auto Mode cluster IAM role".
    let (trust, policies) = if is_auto_mode(cluster) {
        (tagging_service_trust("eks.amazonaws.com", source), AUTO_MODE_POLICIES)
    } else {
        (service_trust("eks.amazonaws.com", source), CLUSTER_POLICIES)
    };
    file.block(
        Block::of(ROLE)
            .arg("name", &cluster.roles.cluster)
            .arg("description", "The control plane of the EKS cluster")
            .arg("assume_role_policy", TRUST.attr("json"))
            .tags(ROLE),
    )
    .block(Block::of(TRUST).block(trust))
    .block(attachments(POLICIES, ROLE, policies))
}

/// Attaches policies that AWS manages to a role.
pub(super) fn attachments(resource: Resource, role: Resource, policies: &[&'static str]) -> Block {
    Block::of(resource)
        .arg("for_each", Expr::call("toset", [Expr::list(policies.iter().copied())]))
        .arg("role", role.attr("name"))
        .arg("policy_arn", managed_policy(each_key()))
}

/// Source: EKS user guide, "Encrypt Kubernetes secrets with KMS on existing clusters".
fn use_of_key(file: File) -> File {
    let actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"];
    file.block(
        Block::of(USE_KEY)
            .arg("name", "use-key")
            .arg("role", ROLE.attr("id"))
            .arg("policy", kms::policy_to_use(&actions, None)),
    )
}

const AUTO_NODE_TRUST: Resource = Resource::data("aws_iam_policy_document", "kubernetes_node_trust");

/// Source: EKS user guide, "Amazon EKS Auto Mode node IAM role".
fn auto_mode_nodes(file: File, cluster: &Kubernetes) -> File {
    let policies = ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy"];
    node_role(file, AUTO_NODE_TRUST, cluster, &policies)
}

/// The role of nodes, whoever makes them.
pub(super) fn node_role(
    file: File,
    trust: Resource,
    cluster: &Kubernetes,
    policies: &[&'static str],
) -> File {
    file.block(
        Block::of(NODE_ROLE)
            .arg("name", &cluster.roles.node)
            .arg("description", "Nodes of the EKS cluster")
            .arg("assume_role_policy", trust.attr("json"))
            .tags(NODE_ROLE),
    )
    .block(
        Block::of(trust).block(
            Block::new("statement").arg("actions", Expr::list(["sts:AssumeRole"])).block(
                Block::new("principals")
                    .arg("type", "Service")
                    .arg("identifiers", Expr::list(["ec2.amazonaws.com"])),
            ),
        ),
    )
    .block(attachments(NODE_POLICIES, NODE_ROLE, policies))
}
