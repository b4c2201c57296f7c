//! An EKS cluster and what it computes on.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde::Serialize;

use super::Key;
use crate::{
    AccessPolicy, ClusterAddon, ClusterController, ClusterLog, NodeCapacity, NodeImage, SupportType,
    TaintEffect,
};

/// An EKS cluster. The environment's key, which is always there, encrypts its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kubernetes {
    /// Name of the cluster; 1 to 100 characters.
    pub name: String,
    /// Minor version, for example `1.35`.
    pub version: String,
    /// What happens when standard support of the version ends.
    pub support: SupportType,
    /// Ranges from which the API server can be reached beside the VPC; empty for a private endpoint alone.
    pub public_cidrs: Vec<Ipv4Net>,
    /// Logs of the control plane; may be empty.
    pub logs: Vec<ClusterLog>,
    /// One of the retentions that CloudWatch knows.
    pub log_retention_days: u16,
    /// Who may use the cluster, beside who makes it.
    pub access: BTreeMap<Key, ClusterAccess>,
    /// What it computes on.
    pub compute: Compute,
    /// Addons that a cluster can do without.
    pub addons: Vec<ClusterAddon>,
    /// Controllers whose service account gets a role, in the order of their names.
    pub controllers: Vec<Controller>,
    /// Names of its roles.
    pub roles: ClusterRoles,
}

/// The names of the roles of a cluster; each up to 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClusterRoles {
    /// Of the control plane.
    pub cluster: String,
    /// Of the nodes.
    pub node: String,
    /// Of the addon vpc-cni.
    pub vpc_cni: String,
    /// Of the addon aws-ebs-csi-driver.
    pub ebs_csi: String,
    /// With which Fargate starts pods.
    pub fargate: String,
}

/// A controller whose service account gets a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Controller {
    /// Which.
    pub kind: ClusterController,
    /// Name of its role; up to 64 characters.
    pub role_name: String,
}

/// A principal that may use the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClusterAccess {
    /// ARN of a role or a user.
    pub principal: String,
    /// What it may do.
    pub policy: AccessPolicy,
    /// Where; empty for everywhere.
    pub namespaces: Vec<String>,
}

/// What a cluster computes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compute {
    /// Managed node groups by name; at least one.
    NodeGroups(BTreeMap<Key, NodeGroup>),
    /// EKS Auto Mode: EKS makes the nodes.
    AutoMode,
    /// Fargate profiles by name; at least one of them takes the pods of `kube-system`.
    Fargate(BTreeMap<Key, FargateProfile>),
}

/// Which pods run on Fargate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FargateProfile {
    /// A pod that one of them fits is taken; 1 to 5.
    pub selectors: Vec<FargateSelector>,
}

/// Pods by their namespace and labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FargateSelector {
    /// With `*` for any text and `?` for any character.
    pub namespace: String,
    /// All of these.
    pub labels: BTreeMap<String, String>,
}

impl FargateProfile {
    /// Whether it takes every pod of a namespace.
    pub(crate) fn takes(&self, namespace: &str) -> bool {
        self.selectors.iter().any(|selector| {
            selector.labels.is_empty() && fits(selector.namespace.as_bytes(), namespace.as_bytes())
        })
    }
}

/// Whether a text is what a pattern with `*` and `?` describes.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, rest) => rest.is_none(),
        (Some((b'*', pattern)), _) => (0..=text.len()).any(|taken| fits(pattern, &text[taken..])),
        (Some((b'?', pattern)), Some((_, text))) => fits(pattern, text),
        (Some((wanted, pattern)), Some((found, text))) => wanted == found && fits(pattern, text),
        (Some(_), None) => false,
    }
}

/// A managed node group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeGroup {
    /// Name of its launch template; 3 to 128 characters.
    pub launch_template: String,
    /// Which image the nodes boot.
    pub ami: Ami,
    /// Interchangeable instance types of the image's architecture; at least one.
    pub instance_types: Vec<String>,
    /// How the machines are bought.
    pub capacity: NodeCapacity,
    /// Fewest nodes.
    pub min: u16,
    /// Most nodes; 1 or more, and not less than `min`.
    pub max: u16,
    /// Nodes at the beginning, from `min` to `max`.
    pub desired: u16,
    /// Disk of each node for images and logs, in GiB.
    pub disk_gib: u32,
    /// Kubernetes labels.
    pub labels: BTreeMap<String, String>,
    /// Kubernetes taints by key.
    pub taints: BTreeMap<String, Taint>,
}

/// A Kubernetes taint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taint {
    /// Its value, if it has one.
    pub value: Option<String>,
    /// What happens to a pod that doesn't tolerate it.
    pub effect: TaintEffect,
}

/// An image of EKS for nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ami {
    /// The operating system.
    pub image: NodeImage,
    /// Whether it is for Graviton, not for x86.
    pub arm: bool,
    /// The drivers that are in it.
    pub drivers: Drivers,
}

/// Drivers for accelerators in an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Drivers {
    /// None.
    Standard,
    /// For GPUs of NVIDIA.
    Nvidia,
    /// For AWS Inferentia and Trainium, on x86 and Amazon Linux only.
    Neuron,
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_text_and_a_question_mark_for_one_character() {
        for (pattern, text, expected) in [
            ("apps", "apps", true),
            ("apps", "apps-2", false),
            ("*", "kube-system", true),
            ("kube-*", "kube-system", true),
            ("*-system", "kube-system", true),
            ("a?ps", "apps", true),
            ("a?ps", "aps", false),
            ("apps*", "apps", true),
            ("?", "", false),
        ] {
            assert_eq!(fits(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} and {text}");
        }
    }
}
