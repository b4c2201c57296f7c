//! `kubernetes.fargate`: which pods run without nodes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::node_groups::labels_of_pods;
use crate::{
    Key,
    spec::{decode::Value, problem::quoted},
};

/// Pods without nodes, in place of node groups. No GPUs, no arm64, no volumes of EBS and nothing that runs on every node.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FargateSpec {
    /// Profiles by name; each says which pods it takes. Without any there is one, `all`, that takes every pod. A pod that
    /// none takes waits for ever. Changing a profile replaces it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub profiles: BTreeMap<Key, FargateProfileSpec>,
}

/// A Fargate profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FargateProfileSpec {
    /// A pod that one of them fits is taken.
    #[schemars(length(min = 1, max = 5))]
    pub selectors: Vec<FargateSelectorSpec>,
}

/// Which pods a profile takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FargateSelectorSpec {
    /// Of a namespace, with `*` for any text and `?` for any character.
    #[schemars(regex(pattern = r"^[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?$"))]
    pub namespace: String,
    /// With all of these labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub labels: BTreeMap<String, String>,
}

/// Source: EKS user guide, "View and manage Amazon EKS and Fargate service quotas".
const MOST_PROFILES: usize = 10;
const MOST_SELECTORS: usize = 5;
const MOST_LABELS: usize = 5;

pub(super) fn read(value: &Value<'_>) -> Option<FargateSpec> {
    let f = value.fields()?;
    let profiles = f.named("profiles", profile);
    f.close();
    if profiles.len() > MOST_PROFILES {
        return value
            .reject(format!("{} profiles are too many; a cluster has {MOST_PROFILES}", profiles.len()));
    }
    // Source: eksctl documentation, "EKS Fargate Support": names that begin so are reserved.
    if let Some(key) = profiles.keys().find(|key| key.as_str().starts_with("eks-")) {
        return value
            .reject(format!("\"{key}\" begins with eks-, which EKS keeps for itself; choose another"));
    }
    Some(FargateSpec { profiles })
}

fn profile(value: &Value<'_>) -> Option<FargateProfileSpec> {
    let f = value.fields()?;
    let selectors = f.required("selectors", "[{ namespace: apps }]", selectors);
    f.close();
    Some(FargateProfileSpec { selectors: selectors? })
}

fn selectors(value: &Value<'_>) -> Option<Vec<FargateSelectorSpec>> {
    let selectors = value.list("a list of selectors, such as [{ namespace: apps }]", selector)?;
    if (1..=MOST_SELECTORS).contains(&selectors.len()) {
        return Some(selectors);
    }
    value.reject(format!("holds {} selectors; expected 1 to {MOST_SELECTORS}", selectors.len()))
}

fn selector(value: &Value<'_>) -> Option<FargateSelectorSpec> {
    let f = value.fields()?;
    let namespace = f.required("namespace", "apps", namespace);
    let labels = f.get("labels", labels).unwrap_or_default();
    f.close();
    Some(FargateSelectorSpec { namespace: namespace?, labels })
}

/// Source: EKS user guide, "Define which Pods use AWS Fargate when launched", "Fargate profile wildcards".
fn namespace(value: &Value<'_>) -> Option<String> {
    let text = value.text("a namespace")?;
    let is_edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "*?".contains(c);
    let well_formed = (1..=63).contains(&text.len())
        && text.starts_with(is_edge)
        && text.ends_with(is_edge)
        && text.chars().all(|c| is_edge(c) || c == '-');
    if well_formed {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a namespace; use 1 to 63 of a-z, 0-9 and -, with * for any text and ? for any character",
        quoted(text)
    ))
}

fn labels(value: &Value<'_>) -> Option<BTreeMap<String, String>> {
    let labels = labels_of_pods(value);
    if labels.len() > MOST_LABELS {
        return value.reject(format!("{} labels are too many; at most {MOST_LABELS}", labels.len()));
    }
    Some(labels)
}
