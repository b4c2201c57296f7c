//! `node_groups.tf`: managed node groups and their launch templates.

use std::collections::BTreeMap;

use terrane_domain::{
    Ami, Drivers, Key, Kubernetes, Network, NodeCapacity, NodeGroup, NodeImage, TaintEffect,
};

use super::{CLUSTER, NODE_POLICIES, NODE_ROLE, addons, cluster, node_network};
use crate::{
    files::{
        network,
        part::{Part, by_key},
    },
    hcl::{Block, Expr, File, Object, Reference, Resource, each_key, each_value, local, template},
};

pub(super) const NODE_GROUP: Resource = Resource::per_key("aws_eks_node_group", "main");
const LAUNCH_TEMPLATE: Resource = Resource::per_key("aws_launch_template", "node");
const NODE_TRUST: Resource = Resource::data("aws_iam_policy_document", "kubernetes_node_trust");

/// Pull-only, and no networking: that belongs to the addon, by pod identity. Session Manager stands in for SSH.
/// Source: EKS user guide, "Amazon EKS node IAM role".
const POLICIES: &[&str] =
    &["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy", "AmazonSSMManagedInstanceCore"];

pub(super) fn locals(part: Part, groups: &BTreeMap<Key, NodeGroup>) -> Part {
    part.local("node_groups", by_key(groups, entry))
}

fn entry(group: &NodeGroup) -> Object {
    let capacity = match group.capacity {
        NodeCapacity::OnDemand => "ON_DEMAND",
        NodeCapacity::Spot => "SPOT",
    };
    let labels = group.labels.iter().fold(Object::new(), |labels, (key, value)| labels.entry(key, value));
    let taints = group.taints.iter().fold(Object::new(), |taints, (key, taint)| {
        let effect = match taint.effect {
            TaintEffect::NoSchedule => "NO_SCHEDULE",
            TaintEffect::PreferNoSchedule => "PREFER_NO_SCHEDULE",
            TaintEffect::NoExecute => "NO_EXECUTE",
        };
        taints.entry(key, Object::new().field("value", taint.value.as_ref()).field("effect", effect))
    });
    Object::new()
        .field("launch_template", &group.launch_template)
        .field("ami_type", ami_type(group.ami))
        .field("instance_types", Expr::list(&group.instance_types))
        .field("capacity_type", capacity)
        .field("min_size", group.min)
        .field("max_size", group.max)
        .field("desired_size", group.desired)
        .field("disks_gib", disks(group))
        .field("labels", labels)
        .field("taints", taints)
}

/// Source: EKS API reference, `CreateNodegroup`, `amiType`.
const fn ami_type(ami: Ami) -> &'static str {
    match (ami.image, ami.arm, ami.drivers) {
        (NodeImage::Al2023, false, Drivers::Standard) => "AL2023_x86_64_STANDARD",
        (NodeImage::Al2023, true, Drivers::Standard) => "AL2023_ARM_64_STANDARD",
        (NodeImage::Al2023, false, Drivers::Nvidia) => "AL2023_x86_64_NVIDIA",
        (NodeImage::Al2023, true, Drivers::Nvidia) => "AL2023_ARM_64_NVIDIA",
        (NodeImage::Bottlerocket, false, Drivers::Standard) => "BOTTLEROCKET_x86_64",
        (NodeImage::Bottlerocket, true, Drivers::Standard) => "BOTTLEROCKET_ARM_64",
        (NodeImage::Bottlerocket, false, Drivers::Nvidia) => "BOTTLEROCKET_x86_64_NVIDIA",
        (NodeImage::Bottlerocket, true, Drivers::Nvidia) => "BOTTLEROCKET_ARM_64_NVIDIA",
        // There is one image with drivers for Neuron.
        (_, _, Drivers::Neuron) => "AL2023_x86_64_NEURON",
    }
}

/// Bottlerocket's first disk holds the system alone; images and logs are on the second.
/// Source: Bottlerocket documentation, "Storage: default volumes".
fn disks(group: &NodeGroup) -> Object {
    const SYSTEM_GIB: u8 = 4;
    match group.ami.image {
        NodeImage::Al2023 => Object::new().entry("/dev/xvda", group.disk_gib),
        NodeImage::Bottlerocket => {
            Object::new().entry("/dev/xvda", SYSTEM_GIB).entry("/dev/xvdb", group.disk_gib)
        }
    }
}

pub(super) fn file(cluster: &Kubernetes, network: &Network) -> File {
    let file = File::new("node_groups.tf", "The machines of the cluster, in private subnets.")
        .block(node_group(network))
        .block(launch_template());
    let file = cluster::node_role(file, NODE_TRUST, cluster, POLICIES);
    node_network::blocks(file, cluster, network)
}

fn node_group(network: &Network) -> Block {
    let needed = [
        addons::VPC_CNI,
        addons::BEFORE_NODES,
        NODE_POLICIES,
        node_network::TO_ANYWHERE,
        node_network::TO_CONTROL_PLANE,
    ];
    let taint = |field| Reference::variable("taint").attr(field);
    Block::of(NODE_GROUP)
        .arg("for_each", local("node_groups"))
        .arg("cluster_name", CLUSTER.attr("name"))
        .note("A prefix, because a group that has to be replaced gets its successor first.")
        .arg("node_group_name_prefix", template![each_key(), "-"])
        .arg("node_role_arn", NODE_ROLE.attr("arn"))
        .arg("subnet_ids", network::private_subnet_ids(network))
        .arg("version", CLUSTER.attr("version"))
        .arg("ami_type", each_value("ami_type"))
        .arg("instance_types", each_value("instance_types"))
        .arg("capacity_type", each_value("capacity_type"))
        .arg("labels", each_value("labels"))
        .block(
            Block::new("launch_template")
                .arg("id", LAUNCH_TEMPLATE.attr("id"))
                .arg("version", LAUNCH_TEMPLATE.attr("latest_version")),
        )
        .block(
            Block::new("scaling_config")
                .arg("min_size", each_value("min_size"))
                .arg("max_size", each_value("max_size"))
                .arg("desired_size", each_value("desired_size")),
        )
        .block(Block::new("update_config").arg("max_unavailable_percentage", 33_u8))
        .block(Block::new("node_repair_config").arg("enabled", true))
        .block(Block::dynamic(
            each_value("taints"),
            Block::new("taint")
                .arg("key", taint("key"))
                .arg("value", taint("value").attr("value"))
                .arg("effect", taint("value").attr("effect")),
        ))
        .tags(NODE_GROUP)
        .block(
            Block::lifecycle()
                .arg("create_before_destroy", true)
                .note("Once the group is there, the autoscaler decides how many nodes it has.")
                .ignore_changes([Reference::variable("scaling_config").nth(0).attr("desired_size")]),
        )
        .note(
            "A node without networking never becomes ready, and one without its policies or a way to the API server and\n\
             to its images never joins.",
        )
        .arg("depends_on", Expr::list(needed.into_iter().chain(network::way_out(network)).map(Resource::whole)))
}

/// Disks are encrypted with the account's key for EBS, `aws/ebs` unless the account chose another. With the
/// environment's own key the service-linked role of EC2 Auto Scaling would have to stand in the key's policy, and KMS
/// refuses a policy that names a role which the account may not have yet.
/// Source: EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes".
fn launch_template() -> Block {
    let mapping = |field| Reference::variable("block_device_mappings").attr(field);
    let name = Object::new().field("Name", template![local("name"), "-node-", each_key()]);
    Block::of(LAUNCH_TEMPLATE)
        .arg("for_each", local("node_groups"))
        .arg("name", each_value("launch_template"))
        .arg("description", template!["Nodes of the group ", each_key()])
        .arg("update_default_version", true)
        .arg("vpc_security_group_ids", Expr::list([node_network::SECURITY_GROUP.attr("id")]))
        .block(
            Block::new("metadata_options")
                .note("One hop reaches the node, not its pods: these get roles of their own.")
                .arg("http_endpoint", "enabled")
                .arg("http_tokens", "required")
                .arg("http_put_response_hop_limit", 1_u8),
        )
        .block(Block::dynamic(
            each_value("disks_gib"),
            Block::new("block_device_mappings").arg("device_name", mapping("key")).block(
                Block::new("ebs")
                    .arg("volume_size", mapping("value"))
                    .arg("volume_type", "gp3")
                    .arg("encrypted", true)
                    .arg("delete_on_termination", true),
            ),
        ))
        .note("EKS passes no tags on to what it starts.")
        .block(Block::dynamic(
            Expr::call("toset", [Expr::list(["instance", "network-interface", "volume"])]),
            Block::new("tag_specifications")
                .arg("resource_type", Reference::variable("tag_specifications").attr("value"))
                .arg("tags", Expr::call("merge", [Expr::from(local("tags")), Expr::from(name)])),
        ))
        .tags(LAUNCH_TEMPLATE)
}
