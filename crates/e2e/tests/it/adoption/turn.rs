//! One turn: types are lost, adopted as the table says, and the plan that follows is looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};
use terrane_blueprint::{
    IMPORTS_FILE, ImportFacts, ImportId, address_of_tag, import_id, import_rule, render_imports,
};
use terrane_rig::{AwsAccount, Rig};

use super::{
    state::{Lost, State},
    terraform::Terraform,
};
use crate::support::python;

const LOST: &str = "lost.tfstate";
/// More than the longest chain of resources that refer to each other.
const MOST_ROUNDS: usize = 20;

/// ARNs by address, as the tagging API tells them.
type Tagged = BTreeMap<String, Vec<String>>;

pub struct Turn<'a> {
    pub terraform: &'a Terraform,
    pub whole: &'a State,
    pub tagged: &'a Tagged,
    pub account: &'a str,
}

/// How a turn ended.
pub struct Ended {
    /// How many resources were lost.
    pub lost: usize,
    /// How many plans it took.
    pub rounds: usize,
    pub problems: Vec<String>,
}

impl Turn<'_> {
    /// Loses every resource of these types, and adopts what can be adopted until there is nothing more.
    pub async fn lose(&self, types: &BTreeSet<&str>) -> Result<Ended> {
        let lost = self.whole.write_without(types, &self.terraform.directory().join(LOST))?;
        let mut imports = BTreeMap::new();
        let file = self.terraform.directory().join(IMPORTS_FILE);
        for rounds in 1..=MOST_ROUNDS {
            let plan = self.terraform.plan(LOST).await?;
            let changes: Vec<Change<'_>> = changes(&plan).collect();
            let found: Vec<(String, String)> =
                changes.iter().filter_map(|change| self.adoptable(change, &lost)).collect();
            if found.is_empty() {
                let _ = fs::remove_file(&file);
                let problems = problems(&changes, &lost, &imports);
                return Ok(Ended { lost: lost.len(), rounds, problems });
            }
            imports.extend(found);
            let all = imports.iter().map(|(address, id)| (address.as_str(), id.as_str()));
            fs::write(&file, render_imports(all)?)?;
        }
        anyhow::bail!("no end after {MOST_ROUNDS} plans")
    }

    /// Address and id of something that would be made although it was only lost.
    fn adoptable(&self, change: &Change<'_>, lost: &Lost<'_>) -> Option<(String, String)> {
        let known = lost.get(change.address).filter(|_| change.actions == ["create"])?;
        let planned = change.after?;
        let arn = self.arn(change.address, known);
        let facts = ImportFacts {
            planned,
            arn: arn.as_deref(),
            journal_id: known["id"].as_str(),
            account: Some(self.account),
        };
        match import_id(change.kind, &facts) {
            ImportId::Known(id) => Some((change.address.to_owned(), id)),
            ImportId::NotYet | ImportId::Never(_) => None,
        }
    }

    /// What the tagging API says; where the emulated one doesn't know the kind, what the state said.
    fn arn(&self, address: &str, known: &Value) -> Option<String> {
        match self.tagged.get(address).map(Vec::as_slice) {
            Some([arn]) => Some(arn.clone()),
            _ => known["arn"].as_str().map(str::to_owned),
        }
    }
}

/// What carries an address in the account, in a region and as what is in none.
pub async fn tagged(rig: &Rig, account: &AwsAccount, region: &str) -> Result<Tagged> {
    let code = "
import json
found = {}
for page in client('resourcegroupstaggingapi').get_paginator('get_resources').paginate(TagFilters=[{'Key': 'terrane:address'}]):
    for item in page['ResourceTagMappingList']:
        for tag in item['Tags']:
            if tag['Key'] == 'terrane:address':
                found.setdefault(tag['Value'], []).append(item['ResourceARN'])
print(json.dumps(found))
";
    let said = python::run(rig, account, region, code).await?;
    let tags: BTreeMap<String, Vec<String>> =
        serde_json::from_str(said.trim()).with_context(|| said.clone())?;
    tags.into_iter()
        .map(|(tag, arns)| Ok((address_of_tag(&tag).with_context(|| tag.clone())?, arns)))
        .collect()
}

/// What a plan does with a resource.
struct Change<'a> {
    address: &'a str,
    kind: &'a str,
    actions: Vec<&'a str>,
    before: Option<&'a Map<String, Value>>,
    after: Option<&'a Map<String, Value>>,
    unknown: &'a Value,
    imported: bool,
}

fn changes(plan: &Value) -> impl Iterator<Item = Change<'_>> {
    let all = plan["resource_changes"].as_array().into_iter().flatten();
    all.filter(|resource| resource["mode"] == "managed").filter_map(|resource| {
        let change = &resource["change"];
        Some(Change {
            address: resource["address"].as_str()?,
            kind: resource["type"].as_str()?,
            actions: change["actions"].as_array()?.iter().filter_map(Value::as_str).collect(),
            before: change["before"].as_object(),
            after: change["after"].as_object(),
            unknown: &change["after_unknown"],
            imported: change.get("importing").is_some(),
        })
    })
}

/// What the last plan shouldn't do.
fn problems(changes: &[Change<'_>], lost: &Lost<'_>, imports: &BTreeMap<String, String>) -> Vec<String> {
    let is_never = |kind: &str| import_rule(kind).is_some_and(terrane_blueprint::ImportRule::is_never);
    let mut problems = Vec::new();
    for change in changes {
        let id = imports.get(change.address);
        let problem = match change.actions.as_slice() {
            _ if change.imported != id.is_some() => Some("the plan doesn't import it".to_owned()),
            ["no-op"] => None,
            // What is never adopted is made: the table says why that does no harm.
            ["create"] if lost.contains_key(change.address) && is_never(change.kind) => None,
            ["update"] => unexpected(change),
            actions => Some(format!("{actions:?} {:?}", change.differing())),
        };
        problems.extend(problem.map(|problem| format!("{} ({id:?}): {problem}", change.address)));
    }
    let there: BTreeSet<&str> = changes.iter().map(|change| change.address).collect();
    let forgotten = lost.keys().filter(|address| !there.contains(address.as_str()));
    problems.extend(forgotten.map(|address| format!("{address}: not in the plan")));
    problems
}

/// Of a change in place, the arguments that have no reason to change.
fn unexpected(change: &Change<'_>) -> Option<String> {
    let unread = import_rule(change.kind).map_or(&[][..], |rule| rule.unread);
    let excused = |name: &String| match change.imported {
        true => unread.contains(&name.as_str()),
        // A neighbour that refers to what is adopted: it is known once that has been done.
        false => change.unknown[name.as_str()] == true,
    };
    let wrong: Vec<String> = change.differing().into_iter().filter(|name| !excused(name)).collect();
    (!wrong.is_empty()).then(|| format!("changes {wrong:?}"))
}

impl Change<'_> {
    /// The arguments that aren't the same afterwards.
    fn differing(&self) -> Vec<String> {
        let value = |of: Option<&Map<String, Value>>, name: &str| {
            of.and_then(|attributes| attributes.get(name)).cloned().unwrap_or_default()
        };
        let names: BTreeSet<&String> =
            self.before.into_iter().chain(self.after).flat_map(serde_json::Map::keys).collect();
        names
            .into_iter()
            .filter(|name| value(self.before, name) != value(self.after, name))
            .cloned()
            .collect()
    }
}
