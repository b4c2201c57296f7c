//! A worker that is told to stop, and one that is killed.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Result, ensure};
use terrane_rig::{Faults, Rule};

use crate::support::{PATIENCE, World, assert_success, eventually};

#[tokio::test]
async fn a_worker_with_time_to_drain_finishes_what_it_runs_and_takes_nothing_new() -> Result<()> {
    let Some(world) = World::start("a patient drain", 2).await? else { return Ok(()) };
    let leaving = world.worker(2).await?;
    let slow = Rule::on("ecr", "PutLifecyclePolicy").delayed(Duration::from_secs(5)).times(1);
    world.emulator().await?.set_faults(&Faults::default().rule(slow)).await?;
    let running = world.create(&world.file("first", "registries: { api: {} }\n")).await?;
    world.is_called("ecr", "PutLifecyclePolicy").await?;

    ensure!(leaving.program().terminate().await?);
    let waiting = world.create(&world.file("second", "registries: { api: {} }\n")).await?;
    assert_success(leaving.program().wait(PATIENCE).await?)?;
    let finished = world.operation(&running.operation).await?;
    ensure!(finished["state"] == "succeeded" && finished["attempt"] == 1, "{finished}");
    let untouched = world.operation(&waiting.operation).await?;
    ensure!(untouched["state"] == "queued" && untouched["attempt"] == 0, "{untouched}");

    let _next = world.worker(1).await?;
    world.succeeds(&waiting.operation).await?;
    world.assert_no_work_is_left()
}

#[tokio::test]
async fn a_worker_without_time_to_drain_hands_back_and_another_one_finishes_with_one_set_of_resources()
-> Result<()> {
    let Some(world) = World::start("a hasty drain", 2).await? else { return Ok(()) };
    let leaving = world.supervised_worker(1, &[("TERRANE_DRAIN_TIMEOUT", "1")]).await?;
    // The NAT gateway stays in the making: a create that is interrupted where it waits.
    world.emulator().await?.set_faults(&Faults::default().hold("ec2:nat-gateway")).await?;
    let sections = "network: { availability_zones: 2, nat: single }\nregistries: { api: {} }\n";
    let created = world.create(&world.file("passed-on", sections)).await?;
    world.is_called("ec2", "DescribeNatGateways").await?;

    ensure!(leaving.program().terminate().await?);
    assert_success(leaving.program().wait(PATIENCE).await?)?;
    ensure!(world.guards()?.is_empty(), "{:?}", world.guards()?);
    let handed_back = world.operation(&created.operation).await?;
    ensure!(handed_back["state"] == "retrying" && handed_back["failures"] == 0, "{handed_back}");
    world.emulator().await?.clear_faults().await?;

    let _next = world.worker(1).await?;
    let done = world.succeeds(&created.operation).await?;
    ensure!(done["attempt"] == 2 && done["failures"] == 0, "{done}");
    let environment = world.environment(&created.environment).await?;
    ensure!(environment["state"] == "ready", "{environment}");
    let expected = [
        ("ec2/elastic-ip", 1),
        ("ec2/internet-gateway", 1),
        ("ec2/nat-gateway", 1),
        ("ec2/network-acl", 1),
        ("ec2/network-interface", 1),
        ("ec2/route-table", 4),
        ("ec2/subnet", 6),
        ("ec2/vpc", 1),
        ("ec2/vpc-endpoint", 1),
        ("ecr/repository", 1),
    ];
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
    ensure!(world.inventory().await? == expected, "{:?}", world.inventory().await?);

    let destroyed = world.destroy(&created.environment).await?;
    world.succeeds(&destroyed.operation).await?;
    world.assert_nothing_exists().await?;
    world.assert_no_work_is_left()
}

#[tokio::test]
async fn when_a_worker_is_killed_terraform_saves_its_state_and_another_worker_goes_on() -> Result<()> {
    let Some(world) = World::start("a killed worker", 1).await? else { return Ok(()) };
    let doomed = world.worker(1).await?;
    let slow = Rule::on("ecr", "PutLifecyclePolicy").delayed(PATIENCE).times(1);
    world.emulator().await?.set_faults(&Faults::default().rule(slow)).await?;
    let created = world.create(&world.file("orphan", "registries: { api: {} }\n")).await?;
    world.is_called("ecr", "PutLifecyclePolicy").await?;
    ensure!(state_files(&world).await?.contains(".tflock"), "the lock is not where it is looked for");
    ensure!(!world.guards()?.is_empty(), "guards are not where they are looked for");

    ensure!(doomed.program().kill().await?);
    eventually("guard and Terraform have ended", PATIENCE, async || {
        Ok(world.guards()?.is_empty().then_some(()))
    })
    .await?;
    let files = state_files(&world).await?;
    ensure!(!files.contains(".tflock"), "{files}");
    ensure!(files.contains("aws_ecr_repository") && !files.contains("aws_ecr_lifecycle_policy"), "{files}");

    let _next = world.worker(1).await?;
    let done = world.succeeds(&created.operation).await?;
    ensure!(done["attempt"] == 2 && done["failures"] == 0, "{done}");
    let destroyed = world.destroy(&created.environment).await?;
    world.succeeds(&destroyed.operation).await?;
    world.assert_nothing_exists().await
}

/// Keys in the account's state buckets, and which types of resources the states hold.
async fn state_files(world: &World) -> Result<String> {
    world
        .aws(
            "
import json
s3 = client('s3')
for bucket in s3.list_buckets()['Buckets']:
    for item in s3.list_objects_v2(Bucket=bucket['Name']).get('Contents', []):
        print(item['Key'])
        if item['Key'].endswith('.tfstate'):
            state = json.load(s3.get_object(Bucket=bucket['Name'], Key=item['Key'])['Body'])
            print([r['type'] for r in state['resources'] if r['instances']])
",
        )
        .await
}
