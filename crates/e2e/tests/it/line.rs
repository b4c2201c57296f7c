//! The line of operations in front of one environment.

use std::time::Duration;

use anyhow::{Result, ensure};
use terrane_rig::{Faults, Rule};

use crate::support::{PATIENCE, World, text};

/// Holds an apply up behind the registry that it has just made. It can't be let go earlier.
fn slow_policies(delay: Duration) -> Faults {
    Faults::default().rule(Rule::on("ecr", "PutLifecyclePolicy").delayed(delay).times(1))
}

#[tokio::test]
async fn an_update_during_a_run_waits_and_a_newer_one_takes_its_place() -> Result<()> {
    let Some(world) = World::start("updates in line", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    world.emulator().await?.set_faults(&slow_policies(Duration::from_secs(10))).await?;
    let file = |keep: u32| world.file("busy", &format!("registries: {{ api: {{ keep_last: {keep} }} }}\n"));
    let created = world.create(&file(10)).await?;
    world.is_called("ecr", "PutLifecyclePolicy").await?;

    let second = world.update(&created.environment, &file(20)).await?;
    let third = world.update(&created.environment, &file(30)).await?;
    ensure!(
        world.operation(&created.operation).await?["state"] == "running",
        "it was held up for too short a time"
    );
    let superseded = world.operation(&second.operation).await?;
    ensure!(superseded["state"] == "cancelled" && superseded["attempt"] == 0, "{superseded}");
    ensure!(world.operation(&third.operation).await?["state"] == "queued");

    let create = world.succeeds(&created.operation).await?;
    let update = world.succeeds(&third.operation).await?;
    ensure!(create["attempt"] == 1 && update["attempt"] == 1, "{create} {update}");
    ensure!(text(&update, "started_at") >= text(&create, "finished_at"), "{create} {update}");
    ensure!(world.steps(&second.operation).await?.is_empty());
    let environment = world.environment(&created.environment).await?;
    ensure!(environment["state"] == "ready" && environment["applied_generation"] == 3, "{environment}");
    let policy = world
        .aws(
            "
ecr = client('ecr')
[name] = [r['repositoryName'] for r in ecr.describe_repositories()['repositories']]
print(ecr.get_lifecycle_policy(repositoryName=name)['lifecyclePolicyText'])
",
        )
        .await?;
    ensure!(policy.contains("\"countNumber\":30"), "{policy}");
    Ok(())
}

#[tokio::test]
async fn a_destroy_during_a_run_cancels_it_and_goes_next() -> Result<()> {
    let Some(world) = World::start("a destroy during a run", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    world.emulator().await?.set_faults(&slow_policies(PATIENCE)).await?;
    let file = world.file("regretted", "registries: { api: {} }\n");
    let created = world.create(&file).await?;
    world.is_called("ecr", "PutLifecyclePolicy").await?;
    let queued = world.update(&created.environment, &file).await?;

    let destroyed = world.destroy(&created.environment).await?;
    ensure!(world.operation(&queued.operation).await?["state"] == "cancelled");
    let again = world.destroy(&created.environment).await?;
    ensure!(again.operation == destroyed.operation, "a second destroy is the same one");
    let cancelled = world.reaches(&created.operation, "cancelled", PATIENCE).await?;
    let destroy = world.succeeds(&destroyed.operation).await?;
    ensure!(text(&destroy, "started_at") >= text(&cancelled, "finished_at"), "{cancelled} {destroy}");
    let interrupted = ("apply".to_owned(), 1, "interrupted".to_owned());
    ensure!(world.steps(&created.operation).await?.contains(&interrupted));
    ensure!(world.environment(&created.environment).await?["state"] == "destroyed");
    world.assert_nothing_exists().await?;
    world.assert_no_work_is_left()?;
    Ok(())
}

#[tokio::test]
async fn a_destroy_discards_what_awaits_approval() -> Result<()> {
    let Some(world) = World::start("a destroy of what awaits approval", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    let created = world.create(&world.file("undecided", "registries: { api: {}, web: {} }\n")).await?;
    world.succeeds(&created.operation).await?;
    let waiting =
        world.update(&created.environment, &world.file("undecided", "registries: { api: {} }\n")).await?;
    world.reaches(&waiting.operation, "awaiting_approval", PATIENCE).await?;

    let destroyed = world.destroy(&created.environment).await?;
    ensure!(world.operation(&waiting.operation).await?["state"] == "cancelled");
    // Both registries go, the one that the newer file doesn't have as well.
    world.succeeds(&destroyed.operation).await?;
    ensure!(world.calls("ecr", "DeleteRepository").await? == 2);
    world.assert_nothing_exists().await?;
    Ok(())
}
