//! Every type of resource is lost from the state while AWS has it, and taken back with the real provider.
//!
//! What a killed worker leaves is a state without resources that exist. The engine asks `terrane_blueprint::import_id` for
//! the id of each of them. Here that table is put to the test: an example is applied with plain Terraform, then the state
//! forgets one type after the other, and after the imports of the table a plan adds nothing and replaces nothing. What
//! it changes in place is what the table says can't be read back.
//!
//! A type is lost once, with the first example that has it. Types that don't refer to each other are lost together: that
//! is a plan for each dozen of them, and what they are asked for is the same. At the end one example loses everything.

mod shares;
mod state;
mod terraform;
mod turn;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use futures::{StreamExt as _, stream};
use shares::{Share, shares};
use state::State;
use terraform::Terraform;
use terrane_rig::{Rig, RigOptions};
use turn::{Ended, Turn};

use crate::{
    catalogue::{file::resolved, prepared::Prepared},
    support::{is_open, memory_for, text},
};

/// Terraforms at a time.
const SLOTS: u32 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn every_type_that_the_state_lost_is_adopted_and_nothing_is_added_or_replaced() -> Result<()> {
    if !is_open("the adoption of every type") {
        return Ok(());
    }
    let _memory = memory_for(SLOTS).await?;
    let rig = Rig::start(RigOptions { emulator: true, ..RigOptions::LAZY }).await?;
    let mut shares = shares("arn:aws:iam::222222222222:role/TerraneProvisioner")?;
    if let Ok(names) = std::env::var("TERRANE_EXAMPLES") {
        shares.retain(|share| names.split(',').any(|name| name == share.example));
        ensure!(!shares.is_empty(), "no example of {names} is lost");
    }
    let proofs = shares.iter().map(|share| {
        let rig = &rig;
        async move { prove(rig, share).await.with_context(|| share.example.clone()) }
    });
    let outcomes: Vec<_> = stream::iter(proofs).buffer_unordered(SLOTS as usize).collect().await;
    let failed: Vec<String> =
        outcomes.into_iter().filter_map(Result::err).map(|error| format!("{error:#}")).collect();
    if !failed.is_empty() {
        bail!("{}", failed.join("\n\n"));
    }
    rig.stop().await;
    Ok(())
}

/// Applies an example and loses its share of the types.
async fn prove(rig: &Rig, share: &Share) -> Result<()> {
    let account = rig.emulator().await?.fresh_account();
    let mut file = share.in_account(&account.role_arn())?;
    let region = text(&file["cloud"], "region");
    let prepared = Prepared::make(rig, &account, &region, &share.example).await.context("preparing")?;
    prepared.put_into(&mut file)?;
    let files = terrane_blueprint::render(&resolved(&file)?.model)?;
    let terraform = Terraform::start(rig, files.iter()).await?;
    terraform.run(&["apply", "-auto-approve", "-input=false", "-no-color"]).await.context("apply")?;

    let whole = State::read(&terraform.directory().join("terraform.tfstate"))?;
    let tagged = turn::tagged(rig, &account, &region).await.context("asking for tags")?;
    let turn = Turn { terraform: &terraform, whole: &whole, tagged: &tagged, account: account.id() };
    let mut wrong = Vec::new();
    for group in whole.independent(&share.types) {
        let Ended { lost, rounds, problems } =
            turn.lose(&group).await.with_context(|| format!("losing {group:?}"))?;
        ensure!(lost > 0, "the state has none of {group:?}");
        tell(&format!("{}: {lost} of {} types, {rounds} plans", share.example, group.len()));
        wrong.extend(problems);
    }
    if share.loses_everything {
        let all: BTreeSet<&str> = whole.types().collect();
        let Ended { lost, rounds, problems } = turn.lose(&all).await.context("losing everything")?;
        tell(&format!("{}: all {lost}, {rounds} plans", share.example));
        wrong.extend(problems.into_iter().map(|problem| format!("of everything: {problem}")));
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Not with `println!`, whose text the test runner keeps to itself when a test passes.
fn tell(line: &str) {
    use std::io::Write as _;
    std::io::stderr().write_all(format!("adoption: {line}\n").as_bytes()).ok();
}
