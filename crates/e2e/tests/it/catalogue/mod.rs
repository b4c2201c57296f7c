//! Every example, from nothing through its whole life to nothing, through the API and with the real provider.
//!
//! Raised; planned again, and nothing would change; changed behind Terraform's back, and the next plan says so (an
//! emulator that echoes what it was told, or an `ignore_changes`, can't fake that); repaired; edited, and only what was
//! edited changes; taken down, and nothing is left. On the way no secret that AWS made is in any version of the state,
//! in a log, in a plan or in an output.
//!
//! Each example has an account of its own. A new example in `examples/` needs nothing here, or a line in [`prepared`] if it
//! stands on something that isn't its own. A new block needs an example that has it, a row in [`edits`] and one in
//! [`drifts`]: tests that need no server say which is missing, for each example and section, and which type of resource no
//! example makes.

mod address;
mod drifts;
mod edits;
pub mod file;
mod life;
mod plan;
pub mod prepared;

use anyhow::{Result, bail, ensure};
use futures::future::join_all;
use life::Life;

use crate::support::World;

/// Terraforms at a time.
const SLOTS: u32 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_example_is_raised_stays_shows_what_was_changed_is_edited_and_leaves_nothing() -> Result<()> {
    let Some(world) = World::start("the life of every example", SLOTS).await? else { return Ok(()) };
    let _worker = world.worker(SLOTS).await?;
    let wanted = std::env::var("TERRANE_EXAMPLES").ok();
    let is_wanted = |name: &str| wanted.as_ref().is_none_or(|names| names.split(',').any(|one| one == name));
    let mut examples = terrane_samples::examples()?;
    examples.retain(|example| is_wanted(&example.name));
    ensure!(!examples.is_empty(), "no example is called {wanted:?}");

    let lives = examples.iter().map(async |example| {
        let ended = Life::of(&world, example).await;
        ended.map_err(|error| format!("{}: {error:#}", example.name))
    });
    let failed: Vec<String> = join_all(lives).await.into_iter().filter_map(Result::err).collect();
    if !failed.is_empty() {
        bail!("{} of {} examples failed:\n{}", failed.len(), examples.len(), failed.join("\n\n"));
    }
    world.assert_no_work_is_left()?;
    Ok(())
}
