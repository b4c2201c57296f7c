//! The security group of the nodes, in `node_groups.tf`.
//!
//! WHY one of their own: with the group that EKS makes for the cluster, every pod would reach every port of the control
//! plane's interfaces, and databases could not tell nodes from anything else in it.
//!
//! Source: EKS user guide, "View Amazon EKS security group requirements for clusters".

use terrane_domain::{Compute, Kubernetes, Network};

use super::CLUSTER;
use crate::{
    files::network,
    hcl::{Block, File, Object, Reference, Resource, local, template},
};

pub(super) const SECURITY_GROUP: Resource = Resource::one("aws_security_group", "node");
const FROM_NODES: Resource = Resource::one("aws_vpc_security_group_ingress_rule", "node_from_nodes");
const FROM_CONTROL_PLANE: Resource =
    Resource::per_key("aws_vpc_security_group_ingress_rule", "node_from_control_plane");
pub(super) const TO_ANYWHERE: Resource =
    Resource::one("aws_vpc_security_group_egress_rule", "node_to_anywhere");
const TO_ANYWHERE_IPV6: Resource =
    Resource::one("aws_vpc_security_group_egress_rule", "node_to_anywhere_ipv6");
pub(super) const TO_CONTROL_PLANE: Resource =
    Resource::one("aws_vpc_security_group_ingress_rule", "control_plane_from_nodes");

/// Where the API server calls nodes and pods: the kubelet, and the webhooks and aggregated APIs of common charts. A chart
/// with another port waits for ever, because the API server just runs into a timeout.
const CALLED_BY_API_SERVER: &[(&str, u16)] = &[
    ("https", 443),
    ("kubelet", 10_250),
    ("metrics-server", 10_251),
    ("webhook-4443", 4_443),
    ("webhook-6443", 6_443),
    ("webhook-8443", 8_443),
    ("webhook-9443", 9_443),
];

const ANYWHERE: &str = "0.0.0.0/0";

/// The group that EKS makes for the control plane and, unless told otherwise, for what it starts.
fn cluster_group() -> Reference {
    CLUSTER.attr("vpc_config").nth(0).attr("cluster_security_group_id")
}

/// The id of the group that pods have, which is that of what they run on: here one of the nodes' own, but that of the
/// cluster on nodes of Auto Mode and on Fargate, which know no other.
pub(in crate::files) fn pods_security_group(cluster: &Kubernetes) -> Reference {
    match cluster.compute {
        Compute::NodeGroups(_) => SECURITY_GROUP.attr("id"),
        Compute::AutoMode | Compute::Fargate(_) => cluster_group(),
    }
}

pub(super) fn blocks(file: File, cluster: &Kubernetes, network: &Network) -> File {
    let ports =
        CALLED_BY_API_SERVER.iter().fold(Object::new(), |object, (name, port)| object.entry(*name, *port));
    let port = || Reference::variable("each").attr("value");
    let discovery = format!("kubernetes.io/cluster/{}", cluster.name);
    let file = file
        .noted(
            "The load balancer controller adds its rules to the one group of a node that says whose it is.",
            Block::of(SECURITY_GROUP)
                .arg("name", template![local("name"), "-node"])
                .arg("description", "Nodes of the EKS cluster")
                .arg("vpc_id", network::vpc_id(network))
                .named_tags_and(
                    SECURITY_GROUP,
                    template![local("name"), "-node"],
                    [
                        ("karpenter.sh/discovery".into(), (&cluster.name).into()),
                        (discovery.into(), "owned".into()),
                    ],
                ),
        )
        .noted(
            "Pods talk to each other on any port; network policies narrow that down.",
            Block::of(FROM_NODES)
                .arg("security_group_id", SECURITY_GROUP.attr("id"))
                .arg("description", "Between nodes and pods")
                .arg("referenced_security_group_id", SECURITY_GROUP.attr("id"))
                .arg("ip_protocol", "-1")
                .tags(FROM_NODES),
        )
        .noted(
            "The kubelet, webhooks and aggregated APIs.",
            Block::of(FROM_CONTROL_PLANE)
                .arg("for_each", ports)
                .arg("security_group_id", SECURITY_GROUP.attr("id"))
                .arg("description", "From the API server")
                .arg("referenced_security_group_id", cluster_group())
                .arg("ip_protocol", "tcp")
                .arg("from_port", port())
                .arg("to_port", port())
                .tags(FROM_CONTROL_PLANE),
        )
        .noted(
            "Images, AWS's APIs and what the workloads need.",
            Block::of(TO_ANYWHERE)
                .arg("security_group_id", SECURITY_GROUP.attr("id"))
                .arg("description", "To anywhere")
                .arg("cidr_ipv4", ANYWHERE)
                .arg("ip_protocol", "-1")
                .tags(TO_ANYWHERE),
        );
    network::out_over_ipv6(file, network, TO_ANYWHERE_IPV6, SECURITY_GROUP).block(
        Block::of(TO_CONTROL_PLANE)
            .arg("security_group_id", cluster_group())
            .arg("description", "From nodes to the API server")
            .arg("referenced_security_group_id", SECURITY_GROUP.attr("id"))
            .arg("ip_protocol", "tcp")
            .arg("from_port", 443_u16)
            .arg("to_port", 443_u16)
            .tags(TO_CONTROL_PLANE),
    )
}
