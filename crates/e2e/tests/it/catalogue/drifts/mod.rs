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
    /// What the next plan has to change or make: a pattern of plain addresses.
    pub shows: &'static str,
    /// Python with `client(service)`, `first(list)` and `is_of(tags, address)`. In the account there is nothing but the
    /// environment, and what was prepared for it.
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
    pub fn python(&self) -> String {
        format!("def change():{}\nchange()\n", self.code.trim_end().replace('\n', "\n    "))
    }
}

/// Those that apply to a file with these resources, `type.name`.
///
/// # Errors
/// When a block of the file has none, or a type that holds data.
pub fn drifts_of(file: &Value, resources: &BTreeSet<String>) -> Result<Vec<&'static Drift>> {
    let all = [network::DRIFTS, data::DRIFTS, apps::DRIFTS, kubernetes::DRIFTS, watching::DRIFTS];
    let applies = |drift: &&Drift| resources.iter().any(|resource| is_meant(drift.of, resource));
    let drifts: Vec<_> = all.into_iter().flatten().filter(applies).collect();
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
def first(things):
    return next(iter(things))

def is_of(tags, address):
    return any(t.get('Key', t.get('key')) == 'terrane:address' and t.get('Value', t.get('value', '')).startswith(address)
        for t in tags or [])
";

#[test]
fn something_of_every_block_of_every_example_is_changed_behind_terraforms_back() -> Result<()> {
    for (name, file) in super::file::all()? {
        let drifts =
            super::file::resources(&file).and_then(|resources| drifts_of(&file, &resources).map(|_| ()));
        ensure!(drifts.is_ok(), "{name}: {drifts:?}");
    }
    Ok(())
}
