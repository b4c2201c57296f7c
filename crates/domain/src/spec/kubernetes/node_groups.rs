//! `kubernetes.node_groups`: machines that EKS runs for the cluster.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    facts::{self, Machine},
    spec::{
        Gibibytes,
        decode::Value,
        problem::{nearest, quoted},
        reading::word,
        words::words,
    },
};

/// A managed node group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NodeGroupSpec {
    /// Interchangeable types of one architecture, the first the best. Changing them replaces the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 20))]
    pub instance_types: Option<Vec<String>>,
    /// What the machines have beside processors; it must be said for a type that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accelerator: Option<Accelerator>,
    /// The operating system; `al2023` if not said. Changing it replaces the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<NodeImage>,
    /// How the machines are bought; `on_demand` if not said. Changing it replaces the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<NodeCapacity>,
    /// Fewest nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 450))]
    pub min: Option<u16>,
    /// Most nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 450))]
    pub max: Option<u16>,
    /// Nodes at the beginning; `min` if not said. From then on the autoscaler decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 450))]
    pub desired: Option<u16>,
    /// Disk of each node, for images and logs, for example `50 GiB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk: Option<Gibibytes>,
    /// Kubernetes labels of the nodes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub labels: BTreeMap<String, String>,
    /// Kubernetes taints of the nodes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub taints: BTreeMap<String, TaintSpec>,
}

/// What keeps pods away that don't tolerate it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TaintSpec {
    /// Its value, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What happens to a pod that doesn't tolerate it.
    pub effect: TaintEffect,
}

words! {
    /// Accelerators that EKS has images for.
    Accelerator {
        /// GPUs of NVIDIA.
        Nvidia => "nvidia",
        /// AWS Inferentia and Trainium.
        Neuron => "neuron",
    }
}

words! {
    /// The operating system of a node. (Amazon Linux 2 has no images for these versions of Kubernetes.)
    NodeImage {
        /// Amazon Linux 2023.
        Al2023 => "al2023",
        /// Bottlerocket: nothing but containers, read-only, two disks.
        Bottlerocket => "bottlerocket",
    }
}

words! {
    /// How machines are bought.
    NodeCapacity {
        /// By the second, until they are given back.
        OnDemand => "on_demand",
        /// At a discount; AWS may take them back with two minutes' notice.
        Spot => "spot",
    }
}

words! {
    /// What happens to a pod that doesn't tolerate a taint.
    TaintEffect {
        /// It isn't scheduled here.
        NoSchedule => "no_schedule",
        /// It is scheduled here only if there is no other place.
        PreferNoSchedule => "prefer_no_schedule",
        /// It is thrown out.
        NoExecute => "no_execute",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<NodeGroupSpec> {
    let nodes = |value: &Value<'_>| value.integer(0, i64::from(facts::MAX_NODES));
    let f = value.fields()?;
    let section = NodeGroupSpec {
        instance_types: f.get("instance_types", instance_types),
        accelerator: f.get("accelerator", word),
        image: f.get("image", word),
        capacity: f.get("capacity", word),
        min: f.get("min", nodes),
        max: f.get("max", |value| value.integer(1, i64::from(facts::MAX_NODES))),
        desired: f.get("desired", nodes),
        disk: f.get("disk", disk),
        labels: f.texts("labels", node_labels),
        taints: f.get("taints", taints).unwrap_or_default(),
    };
    f.close();
    Some(section)
}

/// Source: EKS API reference, `CreateNodegroup`, `instanceTypes`.
const MOST_TYPES: usize = 20;

fn instance_types(value: &Value<'_>) -> Option<Vec<String>> {
    let types = value.list("a list of instance types, such as [m7i.xlarge]", instance_type)?;
    if (1..=MOST_TYPES).contains(&types.len()) {
        return Some(types);
    }
    value.reject(format!("names {} instance types; expected 1 to {MOST_TYPES}", types.len()))
}

fn instance_type(value: &Value<'_>) -> Option<String> {
    let text = value.text("an instance type such as m7i.xlarge")?;
    if Machine::find(text).is_some() {
        return Some(text.to_owned());
    }
    let names: Vec<String> = Machine::names().collect();
    let hint = match nearest(text, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "expected one such as m7i.xlarge".to_owned(),
    };
    value.reject(format!("{} is not an instance type that a node can have; {hint}", quoted(text)))
}

fn disk(value: &Value<'_>) -> Option<Gibibytes> {
    let (least, most) = (facts::NODE_DISK_GIB.start(), facts::NODE_DISK_GIB.end());
    let what = "an amount of storage with its unit, such as \"50 GiB\"";
    let text = value.text(what)?;
    match Gibibytes::parse(text) {
        Some(amount) if facts::NODE_DISK_GIB.contains(&amount.0) => Some(amount),
        Some(_) => {
            value.reject(format!("{} is out of range; expected {least} GiB to {most} GiB", quoted(text)))
        }
        None => value.expected(what),
    }
}

fn node_labels(value: &Value<'_>) -> BTreeMap<String, String> {
    fn not_empty(value: &Value<'_>) -> Option<String> {
        match label_value(value)? {
            text if text.is_empty() => {
                value.reject("is empty, which EKS refuses in a label; give it a value")
            }
            text => Some(text),
        }
    }
    let labels = value.pairs("a mapping of texts", node_label_key, not_empty);
    if labels.len() > MOST_LABELS {
        value.complain(format!("{} labels are too many; at most {MOST_LABELS}", labels.len()));
    }
    labels
}

/// Labels that a pod may carry.
pub(super) fn labels_of_pods(value: &Value<'_>) -> BTreeMap<String, String> {
    value.pairs("a mapping of texts", label_key, label_value)
}

fn taints(value: &Value<'_>) -> Option<BTreeMap<String, TaintSpec>> {
    fn taint(value: &Value<'_>) -> Option<TaintSpec> {
        let f = value.fields()?;
        let taint_value = f.get("value", label_value);
        let effect = f.required("effect", "no_schedule", word);
        f.close();
        Some(TaintSpec { value: taint_value, effect: effect? })
    }
    let taints = value.pairs("a mapping of taints", label_key, taint);
    if taints.len() > MOST_TAINTS {
        return value.reject(format!("{} taints are too many; at most {MOST_TAINTS}", taints.len()));
    }
    Some(taints)
}

/// Source: EKS API reference, `CreateNodegroup`, `taints`.
const MOST_TAINTS: usize = 50;
const MOST_LABELS: usize = 50;

/// A label that a node may give itself: the kubelet is refused most of Kubernetes' own.
/// Source: Kubernetes documentation, `NodeRestriction`.
fn node_label_key(key: &str) -> Result<String, String> {
    let prefix = key.split_once('/').map_or("", |(prefix, _)| prefix);
    let of = |domain: &str| prefix == domain || prefix.ends_with(&format!(".{domain}"));
    let allowed = of("node.kubernetes.io") || of("kubelet.kubernetes.io");
    if (of("kubernetes.io") || of("k8s.io")) && !allowed {
        return Err(format!("{} is reserved by Kubernetes; nodes can't give it to themselves", quoted(key)));
    }
    if of("eks.amazonaws.com") {
        return Err(format!("{} is reserved by EKS; choose another", quoted(key)));
    }
    label_key(key)
}

const LABEL_RULE: &str = "use 1 to 63 of a-z, A-Z, 0-9 and . _ -, starting and ending with a letter or digit";

/// EKS counts the domain, for which Kubernetes itself allows 253 more.
/// Source: EKS API reference, `CreateNodegroup`, `labels` and `taints`.
const LONGEST_KEY: usize = 63;

/// Source: Kubernetes documentation, "Labels and Selectors".
fn label_key(key: &str) -> Result<String, String> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let is_domain = |text: &str| {
        text.split('.').all(|part| is_label(part) && !part.contains(['_', '.']))
            && !text.contains(|c: char| c.is_ascii_uppercase())
    };
    if key.len() <= LONGEST_KEY && is_label(name) && prefix.is_none_or(is_domain) {
        return Ok(key.to_owned());
    }
    Err(format!(
        "{} is not a label; {LABEL_RULE}, after a domain and / if you like, in all no more than {LONGEST_KEY}",
        quoted(key)
    ))
}

fn label_value(value: &Value<'_>) -> Option<String> {
    let text = value.text("text")?;
    if text.is_empty() || is_label(text) {
        return Some(text.to_owned());
    }
    value.reject(format!("{} is not a label value; {LABEL_RULE}", quoted(text)))
}

fn is_label(text: &str) -> bool {
    let is_edge = |c: char| c.is_ascii_alphanumeric();
    (1..=63).contains(&text.len())
        && text.starts_with(is_edge)
        && text.ends_with(is_edge)
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
