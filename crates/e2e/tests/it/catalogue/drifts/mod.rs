//! Changes behind Terraform's back, at least one for each block, through the AWS API. A new block needs one.
//!
//! None is made of what AWS lets nobody change, such as certificates and task definitions; and none of what Terraform has
//! no eye for (docs/POLICY.md).

mod apps;
mod data;
mod kubernetes;
mod network;
mod watching;

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::{address::is_meant, file::blocks};

/// A change behind Terraform's back.
pub struct Drift {
    /// The sections whose block it is; none for what several share.
    pub blocks: &'static [&'static str],
    /// What an environment has if there is something to change: `type.name`, as a pattern of [`super::address`].
    pub of: &'static str,
    /// What the next plan has to change or make: a plain address, or a pattern of them where the code chooses which.
    pub shows: &'static str,
    /// Python with `client(service)`, `first(list)`, `is_of(tags, address)`, `address(tags)` and `key(tags)`. In the account
    /// there is nothing but the environment, and what was prepared for it. Code that chooses says what it has chosen: it
    /// returns the plain address, wherever tags tell it.
    pub code: &'static str,
}

const fn drift(
    blocks: &'static [&'static str],
    of: &'static str,
    shows: &'static str,
    code: &'static str,
) -> Drift {
    Drift { blocks, of, shows, code }
}

impl Drift {
    /// The code in a function, so that no change sees what another has named.
    fn python(&self) -> String {
        format!("def change():{}\nsaid.append(change())\n", self.code.trim_end().replace('\n', "\n    "))
    }

    /// Whether a plan that changes these shows it. `said` is the address that the code gave.
    pub fn is_shown(&self, said: Option<&str>, changed: &[String]) -> bool {
        match said {
            Some(address) => is_meant(self.shows, address) && changed.iter().any(|other| other == address),
            None => changed.iter().any(|address| is_meant(self.shows, address)),
        }
    }
}

/// Makes all the changes, and prints as a JSON list what each says.
pub fn script(drifts: &[&Drift]) -> String {
    let code: String = drifts.iter().map(|drift| drift.python()).collect();
    format!("{PRELUDE}{code}import json\nprint(json.dumps(said))\n")
}

fn all() -> impl Iterator<Item = &'static Drift> {
    [network::DRIFTS, data::DRIFTS, apps::DRIFTS, kubernetes::DRIFTS, watching::DRIFTS].into_iter().flatten()
}

/// Those that apply to a file with these resources, `type.name`.
///
/// # Errors
/// When a block of the file has none, or a type that holds data.
pub fn drifts_of(file: &Value, resources: &BTreeSet<String>) -> Result<Vec<&'static Drift>> {
    let applies = |drift: &&Drift| resources.iter().any(|resource| is_meant(drift.of, resource));
    let drifts: Vec<_> = all().filter(applies).collect();
    for block in blocks(file) {
        let has_one = drifts.iter().any(|drift| drift.blocks.contains(&block));
        ensure!(has_one, "nothing of {block} is changed behind Terraform's back: no row of DRIFTS applies");
    }
    for resource in resources {
        let kind = resource.split('.').next().unwrap_or_default();
        let has_one = drifts.iter().any(|drift| drift.of.split('.').next() == Some(kind));
        ensure!(
            has_one || !terrane_blueprint::holds_data(kind),
            "{kind} holds data and has no row in DRIFTS"
        );
    }
    Ok(drifts)
}

/// In front of the code of each.
pub const PRELUDE: &str = "
said = []

def first(things):
    return next(iter(things))

def pairs(tags):
    if isinstance(tags, dict):
        return tags
    return {t.get('Key', t.get('key')): t.get('Value', t.get('value', '')) for t in tags or []}

def address(tags):
    return pairs(tags)['terrane:address']

def key(tags):
    return address(tags).split('/', 1)[1]

def is_of(tags, start):
    return pairs(tags).get('terrane:address', '').startswith(start)
";

#[test]
fn a_drift_shows_at_the_address_that_its_code_gives() {
    let drift = drift(&[], "", "aws_route.private_nat/*", "");
    let changed = |addresses: &[&str]| addresses.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let (a, b) = ("aws_route.private_nat/a", "aws_route.private_nat/b");
    assert!(drift.is_shown(Some(a), &changed(&[a, b])));
    assert!(drift.is_shown(None, &changed(&[b])));
    // Another one of the same kind is no proof, and neither is what the code can't mean.
    assert!(!drift.is_shown(Some(a), &changed(&[b])));
    assert!(!drift.is_shown(Some("aws_vpc.main"), &changed(&["aws_vpc.main"])));
    assert!(!drift.is_shown(None, &changed(&["aws_route.public_internet"])));
}

/// A pattern that means several resources of a type would take a change of another one for the right one.
#[test]
fn a_drift_names_a_resource_unless_its_code_says_which() {
    // Records have no tags that would tell.
    const UNTOLD: [&str; 1] = ["aws_route53_record.a*"];
    for drift in all().filter(|drift| !UNTOLD.contains(&drift.shows)) {
        let (_, name) = drift.shows.split_once('.').unwrap_or_default();
        let is_open = name.split('/').next().is_some_and(|name| name.contains('*'));
        assert!(!is_open || drift.code.contains("\nreturn "), "{}", drift.shows);
    }
}

#[test]
fn something_of_every_block_of_every_example_is_changed_behind_terraforms_back() -> Result<()> {
    for (name, file) in super::file::all()? {
        let drifts =
            super::file::resources(&file).and_then(|resources| drifts_of(&file, &resources).map(|_| ()));
        ensure!(drifts.is_ok(), "{name}: {drifts:?}");
    }
    Ok(())
}
