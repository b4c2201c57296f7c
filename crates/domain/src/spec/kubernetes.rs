//! `kubernetes`: an EKS cluster.

mod access;
mod fargate;
mod node_groups;

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    decode::Value,
    problem::{any_of, quoted},
    reading::{flag, word},
    rules,
    words::words,
};
use crate::{Key, facts};

pub use access::{AccessPolicy, AccessSpec};
pub use fargate::{FargateProfileSpec, FargateSelectorSpec, FargateSpec};
pub use node_groups::{Accelerator, NodeCapacity, NodeGroupSpec, NodeImage, TaintEffect, TaintSpec};

/// An EKS cluster. Its nodes stand in the private subnets, who may use it is said by access entries alone, and its secrets
/// are encrypted with the environment's own key, which it brings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct KubernetesSpec {
    /// Minor version, in quotes: `"1.35"`. It can go up, one at a time, and never down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::KUBERNETES_VERSIONS))]
    pub version: Option<String>,
    /// What happens when standard support of the version ends; `standard` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<SupportType>,
    /// From where the API server can be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<ClusterEndpointSpec>,
    /// Logs of the control plane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs: Option<ClusterLogsSpec>,
    /// Who may use the cluster, beside the role that makes it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub access: BTreeMap<Key, AccessSpec>,
    /// Managed node groups by name. Without any there is one, `general`, unless `auto_mode` or `fargate` stands in for
    /// them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub node_groups: BTreeMap<Key, NodeGroupSpec>,
    /// Lets EKS make, scale and patch the nodes, and run their networking, storage and load balancing itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_mode: Option<bool>,
    /// Runs every pod without nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fargate: Option<FargateSpec>,
    /// Addons beside those without which no node works (vpc-cni, kube-proxy, eks-pod-identity-agent, coredns).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addons: Option<Vec<ClusterAddon>>,
    /// Controllers that get a role for their service account. Their charts are not installed by this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controllers: Option<Vec<ClusterController>>,
}

/// From where the API server can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ClusterEndpointSpec {
    /// From inside the VPC; always, because nodes take that way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// Ranges of the internet from which it can be reached too. None, and it has no public address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    pub public_cidrs: Option<Vec<Ipv4Net>>,
}

/// Logs of the control plane, in CloudWatch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ClusterLogsSpec {
    /// Which; `[]` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<ClusterLog>>,
    /// One of the retentions that CloudWatch knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = facts::LOG_RETENTION_DAYS))]
    pub retention_days: Option<u16>,
}

words! {
    /// What happens when standard support of a version ends, 14 months after its release.
    SupportType {
        /// AWS upgrades the cluster.
        Standard => "standard",
        /// It keeps its version for another 12 months, at several times the price.
        Extended => "extended",
    }
}

words! {
    /// A log of the control plane.
    ClusterLog {
        /// Calls to the API server.
        Api => "api",
        /// Who did what.
        Audit => "audit",
        /// Which IAM principal became which user.
        Authenticator => "authenticator",
        /// The controller manager.
        ControllerManager => "controllerManager",
        /// The scheduler.
        Scheduler => "scheduler",
    }
}

words! {
    /// An addon that a cluster can do without.
    ClusterAddon {
        /// Volumes on EBS.
        EbsCsiDriver => "aws-ebs-csi-driver",
        /// CPU and memory of pods and nodes, for `kubectl top` and for scaling.
        MetricsServer => "metrics-server",
    }
}

words! {
    /// A controller that acts on AWS in the cluster's name, by the name of its chart.
    ClusterController {
        /// Load balancers for ingresses, gateways and services.
        LoadBalancer => "aws-load-balancer-controller",
        /// As many nodes as the pods need.
        ClusterAutoscaler => "cluster-autoscaler",
        /// Kubernetes secrets out of Secrets Manager.
        ExternalSecrets => "external-secrets",
        /// Records in Route 53 for services and ingresses.
        ExternalDns => "external-dns",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<KubernetesSpec> {
    let f = value.fields()?;
    let section = KubernetesSpec {
        version: f.get("version", version),
        support: f.get("support", word),
        endpoint: f.get("endpoint", endpoint),
        logs: f.get("logs", logs),
        access: f.named("access", access::read),
        node_groups: f.named("node_groups", node_groups::read),
        auto_mode: f.get("auto_mode", flag),
        fargate: f.get("fargate", fargate::read),
        addons: f.get("addons", |value| value.list("a list of addons, such as [metrics-server]", word)),
        controllers: f
            .get("controllers", |value| value.list("a list of controllers, such as [external-dns]", word)),
    };
    f.close();
    Some(section)
}

fn version(value: &Value<'_>) -> Option<String> {
    let known = facts::KUBERNETES_VERSIONS;
    let text = value.text("a version in quotes, such as \"1.35\"")?;
    if known.contains(&text) {
        return Some(text.to_owned());
    }
    let minor: String = text.split('.').take(2).collect::<Vec<_>>().join(".");
    if text.len() > minor.len() && known.contains(&minor.as_str()) {
        return value.reject(format!(
            "{} is a patch version; write the minor one, \"{minor}\": AWS installs patches by itself",
            quoted(text)
        ));
    }
    value.reject(format!("unknown version {}; EKS offers {}", quoted(text), any_of(known.iter().copied())))
}

fn endpoint(value: &Value<'_>) -> Option<ClusterEndpointSpec> {
    let f = value.fields()?;
    let section = ClusterEndpointSpec {
        private: f.get("private", private),
        public_cidrs: f.get("public_cidrs", |value| {
            value.list("a list of address ranges, such as [203.0.113.0/24]", public_cidr)
        }),
    };
    f.close();
    Some(section)
}

/// Without a private endpoint every node would have to come in from the internet, through an address that
/// `public_cidrs` had to name.
/// Source: EKS user guide, "Cluster API server endpoint".
fn private(value: &Value<'_>) -> Option<bool> {
    match value.flag()? {
        true => Some(true),
        false => value.reject("nodes reach the API server through its private endpoint; it can't be off"),
    }
}

/// Shortest prefix of a public range. What is wider is no network of one owner.
const WIDEST_PREFIX: u8 = 8;

fn public_cidr(value: &Value<'_>) -> Option<Ipv4Net> {
    let text = value.text("an address range such as 203.0.113.0/24")?;
    let Ok(net) = text.parse::<Ipv4Net>() else {
        return value.reject(format!(
            "{} is not an address range; expected one such as 203.0.113.0/24",
            quoted(text)
        ));
    };
    if net.addr() != net.network() {
        return value.reject(format!("{net} has bits set outside its prefix; did you mean {}?", net.trunc()));
    }
    if net.prefix_len() < WIDEST_PREFIX {
        return value.reject(format!(
            "{net} opens the API server to strangers; name the networks from which you work, each /{WIDEST_PREFIX} or smaller"
        ));
    }
    if is_of_no_public_network(net) {
        return value.reject(format!(
            "{net} is no range of the internet, which EKS asks for; from inside the VPC the API server is reached with private: true"
        ));
    }
    Some(net)
}

/// Source: EKS user guide, "Cluster API server endpoint": reserved addresses are no public access CIDRs.
fn is_of_no_public_network(net: Ipv4Net) -> bool {
    let address = net.addr();
    // https://www.rfc-editor.org/rfc/rfc6598
    let is_shared = address.octets()[0] == 100 && address.octets()[1] & 0b1100_0000 == 64;
    address.is_private() || address.is_loopback() || address.is_link_local() || is_shared
}

fn logs(value: &Value<'_>) -> Option<ClusterLogsSpec> {
    let f = value.fields()?;
    let section = ClusterLogsSpec {
        types: f.get("types", |value| value.list("a list of logs, such as [api, audit]", word)),
        retention_days: f.get("retention_days", rules::log_retention_days),
    };
    f.close();
    Some(section)
}
