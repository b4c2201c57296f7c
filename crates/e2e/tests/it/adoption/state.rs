//! A state file, and what is left of it when types are lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// The state of an environment that is whole.
pub struct State(Value);

/// Resources that a state lost: by address, what it knew of them.
pub type Lost<'a> = BTreeMap<String, &'a Value>;

impl State {
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self(serde_json::from_str(&fs::read_to_string(path)?)?))
    }

    fn managed(&self) -> impl Iterator<Item = &Value> {
        let all = self.0["resources"].as_array().into_iter().flatten();
        all.filter(|resource| resource["mode"] == "managed")
    }

    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.managed().filter_map(|resource| resource["type"].as_str())
    }

    /// The types in groups, none of which refers to another of its group: what is planned for one doesn't have to wait
    /// for another.
    pub fn independent<'a>(&self, types: &'a BTreeSet<String>) -> Vec<BTreeSet<&'a str>> {
        let mut refers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for resource in self.managed() {
            let others = refers.entry(resource["type"].as_str().unwrap_or_default()).or_default();
            let instances = resource["instances"].as_array().into_iter().flatten();
            let addresses =
                instances.flat_map(|instance| instance["dependencies"].as_array().into_iter().flatten());
            others.extend(addresses.filter_map(|address| address.as_str()?.split('.').next()));
        }
        let refers_to = |one: &str, other: &str| refers.get(one).is_some_and(|others| others.contains(other));
        let mut groups: Vec<BTreeSet<&str>> = Vec::new();
        for kind in types {
            let is_apart = |other: &&str| !refers_to(kind, other) && !refers_to(other, kind);
            match groups.iter_mut().find(|group| group.iter().all(is_apart)) {
                Some(group) => _ = group.insert(kind),
                None => groups.push([kind.as_str()].into()),
            }
        }
        groups
    }

    /// Writes a state without these types to a file, and gives what it lost.
    pub fn write_without(&self, types: &BTreeSet<&str>, path: &Path) -> Result<Lost<'_>> {
        let is_lost = |resource: &Value| {
            resource["mode"] == "managed"
                && resource["type"].as_str().is_some_and(|kind| types.contains(kind))
        };
        let mut lost = Lost::new();
        for resource in self.managed().filter(|resource| is_lost(resource)) {
            for instance in resource["instances"].as_array().into_iter().flatten() {
                lost.insert(
                    address(resource, instance).context("a resource without a name")?,
                    &instance["attributes"],
                );
            }
        }
        let mut left = self.0.clone();
        let resources = left["resources"].as_array_mut().context("a state without resources")?;
        resources.retain(|resource| !is_lost(resource));
        left["serial"] = json!(left["serial"].as_u64().unwrap_or_default() + 1);
        fs::write(path, serde_json::to_vec(&left)?)?;
        Ok(lost)
    }
}

fn address(resource: &Value, instance: &Value) -> Option<String> {
    let whole = format!("{}.{}", resource["type"].as_str()?, resource["name"].as_str()?);
    Some(match instance.get("index_key") {
        // A key of ours needs no other escapes than JSON's.
        Some(key) => format!("{whole}[{key}]"),
        None => whole,
    })
}
