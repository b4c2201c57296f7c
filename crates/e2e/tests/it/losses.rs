//! Nodes that are lost: worker, guard, Terraform and providers at one stroke, in the middle of an apply.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::Value;
use terrane_rig::{Faults, Rule};

use crate::support::{PATIENCE, World, eventually, text};

const NETWORK: &str =
    "network: { availability_zones: 2, nat: single }\nregistries: { api: {} }\nbuckets: { files: {} }\n";

/// What AWS itself has, by kind: the same ids before and after mean that nothing was made twice.
const IDS: &str = "
import json
ec2 = client('ec2')
print(json.dumps({
    'vpcs': sorted(v['VpcId'] for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']),
    'addresses': sorted(a['AllocationId'] for a in ec2.describe_addresses()['Addresses']),
    'gateways': sorted(n['NatGatewayId'] for n in ec2.describe_nat_gateways()['NatGateways']),
    'repositories': sorted(r['repositoryArn'] for r in client('ecr').describe_repositories()['repositories']),
}))
";

#[tokio::test]
async fn what_a_lost_node_had_made_is_adopted_and_nothing_is_made_twice() -> Result<()> {
    let Some(world) = World::start("a lost node", 1).await? else { return Ok(()) };
    let doomed = world.worker(1).await?;
    world.emulator().await?.set_faults(&Faults::default().hold("ec2:nat-gateway")).await?;
    let created = world.create(&world.file("lost", NETWORK)).await?;
    world.is_called("ec2", "DescribeNatGateways").await?;
    world.loses(&doomed).await?;
    let printed = world.printed_in_apply(&created.operation, 1)?;
    let before: Value = serde_json::from_str(&world.aws(IDS).await?)?;
    ensure!(before["gateways"].as_array().is_some_and(|gateways| gateways.len() == 1), "{before}");

    let _next = world.worker(1).await?;
    eventually("the gateway is waited for", PATIENCE, async || {
        let log = world.log(&created.operation).await?;
        Ok(log.iter().any(|line| text(line, "text").contains("waiting until it is done")).then_some(()))
    })
    .await?;
    world.emulator().await?.clear_faults().await?;
    let done = world.succeeds(&created.operation).await?;
    ensure!(done["attempt"] == 2 && done["failures"] == 0, "{done}");
    let after: Value = serde_json::from_str(&world.aws(IDS).await?)?;
    for kind in ["vpcs", "addresses", "gateways"] {
        ensure!(after[kind] == before[kind], "{kind}: {before} became {after}");
    }
    let log = world.log(&created.operation).await?;
    let says = |words: &str| log.iter().any(|line| text(line, "text").contains(words));
    ensure!(says("broke the lock on the state") && says("adopting aws_vpc.main"), "{log:?}");

    // Every line that Terraform printed before it was killed, once.
    let of_the_lost =
        |line: &&Value| line["attempt"] == 1 && line["step"] == "apply" && line["stream"] == "stdout";
    let stored = log.iter().filter(of_the_lost).count();
    ensure!(printed > 0 && stored == printed, "{printed} lines were printed, {stored} are stored");

    let second = world.update(&created.environment, &world.file("lost", NETWORK)).await?;
    world.succeeds(&second.operation).await?;
    let plan = world.get(&format!("/operations/{}/plan", second.operation)).await?;
    ensure!(plan["actions"].as_array().is_some_and(Vec::is_empty), "{plan}");
    let destroyed = world.destroy(&created.environment).await?;
    world.succeeds(&destroyed.operation).await?;
    world.assert_nothing_exists().await?;
    world.assert_no_work_is_left()
}

#[tokio::test]
async fn an_environment_whose_making_lost_its_node_and_was_cancelled_is_taken_down_to_nothing() -> Result<()>
{
    let Some(world) = World::start("a lost node and a cancel", 1).await? else { return Ok(()) };
    let doomed = world.worker(1).await?;
    let slow = Rule::on("ecr", "PutLifecyclePolicy").delayed(PATIENCE).times(1);
    world.emulator().await?.set_faults(&Faults::default().rule(slow)).await?;
    let created = world.create(&world.file("given-up", NETWORK)).await?;
    world.is_called("ecr", "PutLifecyclePolicy").await?;
    world.loses(&doomed).await?;
    world.emulator().await?.clear_faults().await?;
    world.decide(&created.operation, "cancel").await?;

    let _next = world.worker(1).await?;
    world.reaches(&created.operation, "cancelled", Duration::from_secs(60)).await?;
    let environment = world.environment(&created.environment).await?;
    ensure!(environment["state"] == "failed", "{environment}");
    let destroyed = world.destroy(&created.environment).await?;
    world.succeeds(&destroyed.operation).await?;
    world.assert_nothing_exists().await?;
    world.assert_no_work_is_left()
}
