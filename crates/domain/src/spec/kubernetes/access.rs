//! `kubernetes.access`: which principals of IAM may use the cluster, and for what.

use schemars::JsonSchema;
use serde::Serialize;

use crate::spec::{decode::Value, problem::quoted, reading::word, rules, words::words};

/// A principal that may use the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AccessSpec {
    /// ARN of a role or a user, for example `arn:aws:iam::222222222222:role/Developers`.
    #[schemars(regex(pattern = r"^arn:aws:iam::[0-9]{12}:(role|user)/.+$"))]
    pub principal: String,
    /// What it may do.
    pub policy: AccessPolicy,
    /// Where; everywhere if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Vec<String>>,
}

words! {
    /// One of AWS's own sets of Kubernetes permissions.
    /// Source: EKS user guide, "Review access policy permissions".
    AccessPolicy {
        /// Read most things, but no secrets.
        View => "view",
        /// Read and change most things.
        Edit => "edit",
        /// All that can be given inside namespaces, roles included.
        Admin => "admin",
        /// Everything.
        ClusterAdmin => "cluster_admin",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<AccessSpec> {
    let f = value.fields()?;
    let principal =
        f.required("principal", "\"arn:aws:iam::222222222222:role/Developers\"", rules::principal_arn);
    let policy = f.required("policy", "view", word);
    let namespaces = f.get("namespaces", namespaces);
    f.close();
    let (principal, policy) = (principal?, policy?);
    if policy == AccessPolicy::ClusterAdmin && namespaces.is_some() {
        return value.reject("cluster_admin is about the whole cluster; leave namespaces out, or use admin");
    }
    Some(AccessSpec { principal, policy, namespaces })
}

fn namespaces(value: &Value<'_>) -> Option<Vec<String>> {
    let names = value.list("a list of namespaces, such as [apps]", namespace)?;
    if names.is_empty() {
        return value.reject("names no namespace; leave it out to allow all");
    }
    Some(names)
}

/// Source: Kubernetes documentation, "Object Names and IDs", RFC 1123 label names.
pub(super) fn namespace(value: &Value<'_>) -> Option<String> {
    let text = value.text("a namespace")?;
    let is_edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let well_formed = (1..=63).contains(&text.len())
        && text.starts_with(is_edge)
        && text.ends_with(is_edge)
        && text.chars().all(|c| is_edge(c) || c == '-');
    if well_formed {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a namespace; use 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit",
        quoted(text)
    ))
}
