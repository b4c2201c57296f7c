//! Many environments, two workers.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use futures::future::try_join_all;

use crate::support::{Accepted, World, text};

const ENVIRONMENTS: usize = 12;
/// The first ones get a network too.
const NETWORKS: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn twelve_environments_at_once_are_raised_and_taken_down_by_two_workers_each_exactly_once() -> Result<()>
{
    let Some(world) = World::start("twelve environments at once", 6).await? else { return Ok(()) };
    let workers = [world.worker(3).await?, world.worker(3).await?];

    let files = (0..ENVIRONMENTS).map(|number| {
        let network = if number < NETWORKS { "network: { availability_zones: 2 }\n" } else { "" };
        world.file(&format!("env-{number}"), &format!("{network}registries: {{ api: {{}} }}\n"))
    });
    let created: Vec<Accepted> = try_join_all(files.map(|file| async {
        let file = file;
        world.create(&file).await
    }))
    .await?;
    for accepted in &created {
        let operation = world.succeeds(&accepted.operation).await?;
        ensure!(operation["attempt"] == 1, "{operation}");
        let environment = world.environment(&accepted.environment).await?;
        ensure!(environment["state"] == "ready" && environment["applied_generation"] == 1, "{environment}");
        ran_once(&world, accepted, &["prepare", "render", "init", "plan", "apply", "outputs"]).await?;
    }
    let names: BTreeSet<_> = created.iter().map(|accepted| &accepted.environment).collect();
    ensure!(names.len() == ENVIRONMENTS);
    // AWS saw each thing made once, whatever the workers say.
    ensure!(world.calls("ecr", "CreateRepository").await? == ENVIRONMENTS as u64);
    ensure!(world.calls("ec2", "CreateVpc").await? == NETWORKS as u64);
    let inventory = world.inventory().await?;
    ensure!(inventory["ecr/repository"] == ENVIRONMENTS && inventory["ec2/vpc"] == NETWORKS, "{inventory:?}");

    let destroyed: Vec<Accepted> =
        try_join_all(created.iter().map(|accepted| world.destroy(&accepted.environment))).await?;
    for accepted in &destroyed {
        let operation = world.succeeds(&accepted.operation).await?;
        ensure!(operation["attempt"] == 1, "{operation}");
        ran_once(&world, accepted, &["prepare", "render", "init", "plan", "unprotect", "apply", "inventory"])
            .await?;
    }
    let list = world.get("/environments?state=destroyed").await?;
    ensure!(list["items"].as_array().is_some_and(|items| items.len() == ENVIRONMENTS), "{list}");
    world.assert_nothing_exists().await?;
    world.assert_no_work_is_left()?;
    ensure!(world.guards()?.is_empty());
    let open = world.open_operations().await?;
    ensure!(open.is_empty(), "{open:?}");

    // Each operation was begun by one worker, and both had their share.
    let begun = workers.iter().map(|worker| {
        let log = std::fs::read_to_string(worker.program().log())?;
        Ok(log.lines().filter(|line| line.contains("attempt_started")).count())
    });
    let begun: Vec<usize> = begun.collect::<Result<_>>()?;
    ensure!(begun.iter().sum::<usize>() == 2 * ENVIRONMENTS && !begun.contains(&0), "{begun:?}");
    Ok(())
}

async fn ran_once(world: &World, accepted: &Accepted, expected: &[&str]) -> Result<()> {
    let steps = world.steps(&accepted.operation).await?;
    let names: Vec<_> = steps.iter().map(|(name, ..)| name.as_str()).collect();
    ensure!(names == expected, "{steps:?}");
    ensure!(steps.iter().all(|(_, attempt, state)| *attempt == 1 && state == "succeeded"), "{steps:?}");
    let operations = world.get(&format!("/environments/{}/operations", accepted.environment)).await?;
    let ids = operations["items"].as_array().into_iter().flatten().map(|operation| text(operation, "id"));
    ensure!(ids.filter(|id| *id == accepted.operation).count() == 1);
    Ok(())
}
