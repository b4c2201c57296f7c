//! Which example proves which types.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::catalogue::file::{in_account, resources};

/// The examples that are applied: together they have every type, and each but the first adds one.
const EXAMPLES: [&str; 5] = ["users-api", "portal", "production", "ecs-service", "eks-fargate"];
/// The one of which everything is lost at the end.
const LOSES_EVERYTHING: &str = "users-api";

/// Types that nobody here can prove, and why.
#[cfg(test)]
const UNPROVED: &[(&str, &str)] = &[
    ("mongodbatlas_advanced_cluster", ATLAS),
    ("mongodbatlas_cloud_backup_schedule", ATLAS),
    ("mongodbatlas_database_user", ATLAS),
    ("mongodbatlas_project", ATLAS),
    ("mongodbatlas_project_ip_access_list", ATLAS),
];
#[cfg(test)]
const ATLAS: &str = "there is nobody here to answer in the place of MongoDB Atlas";

/// What one example proves.
pub struct Share {
    pub example: String,
    pub types: BTreeSet<String>,
    pub loses_everything: bool,
}

impl Share {
    /// The example's file for the account of this role.
    pub fn in_account(&self, role_arn: &str) -> Result<Value> {
        file(&self.example, role_arn)
    }
}

/// The examples in turn, each with the types that none before it has.
pub fn shares(role_arn: &str) -> Result<Vec<Share>> {
    let mut seen = BTreeSet::new();
    let share = |name: &&str| {
        let resources = resources(&file(name, role_arn)?).with_context(|| (*name).to_owned())?;
        let kinds = resources.iter().filter_map(|resource| resource.split('.').next());
        let types = kinds.filter(|kind| seen.insert((*kind).to_owned())).map(str::to_owned).collect();
        Ok(Share { example: (*name).to_owned(), types, loses_everything: *name == LOSES_EVERYTHING })
    };
    EXAMPLES.iter().map(share).collect()
}

fn file(name: &str, role_arn: &str) -> Result<Value> {
    let examples = terrane_samples::examples()?;
    let example = examples.iter().find(|example| example.name == name).with_context(|| name.to_owned())?;
    let mut file = in_account(example, role_arn)?;
    // No example has IPv6, and a type comes with it.
    if name == "production" {
        file["network"]["ipv6"] = json!(true);
    }
    Ok(file)
}

#[test]
fn every_type_is_lost_once_or_is_on_the_list_of_what_cannot_be_proved() -> Result<()> {
    let shares = shares("arn:aws:iam::222222222222:role/TerraneProvisioner")?;
    let proved: BTreeSet<&str> =
        shares.iter().flat_map(|share| share.types.iter().map(String::as_str)).collect();
    let unproved: BTreeSet<&str> = UNPROVED.iter().map(|(kind, _)| *kind).collect();
    assert!(proved.is_disjoint(&unproved), "proved, and on the list");
    let rendered: BTreeSet<&str> = terrane_blueprint::RESOURCE_TYPES.iter().map(|kind| kind.name).collect();
    let covered: BTreeSet<&str> = proved.union(&unproved).copied().collect();
    assert_eq!(covered, rendered);
    for share in &shares {
        assert!(!share.types.is_empty(), "{} adds nothing", share.example);
    }
    Ok(())
}
