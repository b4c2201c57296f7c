//! What is rendered: building blocks, and the files that are put together out of all of them.
//!
//! A building block is one module, `network.rs` or `kms.rs`, with two doors and a line in [`BLOCKS`]:
//!
//! * `part(model)` gives its [`Part`]: files of its own, entries of `locals.tf`, outputs; `None` where the model has
//!   nothing of the kind.
//! * `check(model)` says what in the model contradicts itself, so that `part` never has to.
//!
//! Each begins with the resources that it declares, as constants, so that a reference from another block can't name
//! something that doesn't exist. `versions.tf`, `provider.tf`, `locals.tf`, `data.tf` and `outputs.tf` belong to no
//! block: they are written here out of the parts, and what they declare is what the parts mention.
//!
//! What differs between environments stands in `locals.tf`, in maps keyed by the user's own names; the other files
//! are the same code for everybody and iterate over those maps. That keeps user text in one place, and adding a bucket
//! is a diff of one entry.

mod api_gateway;
mod apps;
mod atlas;
mod backup;
mod buckets;
mod budget;
mod caches;
mod code_deploy;
mod data;
mod databases;
mod dns;
mod documents;
mod doors;
mod ecs;
mod endpoints;
mod everywhere;
#[cfg(test)]
mod field_tests;
mod flow_logs;
mod kms;
mod kubernetes;
mod kubernetes_apps;
mod load_balancer_logs;
mod load_balancers;
mod locals;
mod network;
mod observability;
mod outputs;
mod part;
mod policies;
mod provider;
mod registries;
mod secrets;
mod stores;
mod tags;
mod versions;

pub(crate) use buckets::public_access;
pub use kms::ENCRYPTION_KEY_ADDRESS;
pub(crate) use policies::deny_plain_http;

use part::Part;
use terrane_domain::InfraModel;

use crate::{hcl::File, render::RenderError};

/// The doors of a building block.
struct BuildingBlock {
    check: fn(&InfraModel) -> Result<(), RenderError>,
    part: fn(&InfraModel) -> Option<Part>,
}

/// All blocks, in the order in which a person would read about them.
const BLOCKS: &[BuildingBlock] = &[
    BuildingBlock { check: network::check, part: network::part },
    BuildingBlock { check: nothing, part: endpoints::part },
    BuildingBlock { check: nothing, part: flow_logs::part },
    BuildingBlock { check: nothing, part: kms::part },
    BuildingBlock { check: kubernetes::check, part: kubernetes::part },
    BuildingBlock { check: buckets::check, part: buckets::part },
    BuildingBlock { check: registries::check, part: registries::part },
    BuildingBlock { check: nothing, part: secrets::part },
    BuildingBlock { check: databases::check, part: databases::part },
    BuildingBlock { check: caches::check, part: caches::part },
    BuildingBlock { check: documents::check, part: documents::part },
    BuildingBlock { check: atlas::check, part: atlas::part },
    BuildingBlock { check: ecs::check, part: ecs::part },
    BuildingBlock { check: apps::check, part: apps::part },
    BuildingBlock { check: kubernetes_apps::check, part: kubernetes_apps::part },
    BuildingBlock { check: nothing, part: load_balancers::part },
    BuildingBlock { check: nothing, part: api_gateway::part },
    BuildingBlock { check: nothing, part: code_deploy::part },
    BuildingBlock { check: dns::check, part: dns::part },
    BuildingBlock { check: observability::check, part: observability::part },
    BuildingBlock { check: nothing, part: backup::part },
    BuildingBlock { check: nothing, part: budget::part },
];

/// The check of a block in which nothing can contradict itself.
fn nothing(_: &InfraModel) -> Result<(), RenderError> {
    Ok(())
}

/// What stands in the way of rendering a model: the first thing that a block finds.
pub(crate) fn check(model: &InfraModel) -> Result<(), RenderError> {
    BLOCKS.iter().try_for_each(|block| (block.check)(model))
}

/// The files of a model, in the order in which a person would read them. Only files with something in them.
pub(crate) fn all(model: &InfraModel) -> Vec<(&'static str, String)> {
    let mut all = Part::default();
    for part in BLOCKS.iter().filter_map(|block| (block.part)(model)) {
        all.foundations.extend(part.foundations);
        all.files.extend(part.files);
        all.locals.extend(part.locals);
        all.outputs.extend(part.outputs);
        all.providers.extend(part.providers);
    }
    everywhere::add_to(&mut all, model);
    let versions = versions::file(model, &all.providers);
    let provider = provider::file(model, all.providers);
    let outputs = outputs::file(all.outputs);
    let rest: Vec<_> = all.foundations.into_iter().chain(all.files).chain(outputs).collect();
    let locals = locals::file(model, all.locals, &rest);
    let data = data::file([&provider, &locals].into_iter().chain(&rest));
    let first = [&versions, &provider, &locals];
    first.into_iter().chain(&data).chain(&rest).map(File::write).collect()
}
