//! A destroy succeeds only when nothing is left.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::support::{PATIENCE, World, assert_exit, text};

/// What an inventory says is there for this reason, as ARNs.
fn arns(operation: &Value, remnant: &str) -> Result<Vec<String>> {
    let items = operation["inventory"].as_array().context("no inventory")?;
    let items = items.iter().filter(|item| item["remnant"] == remnant);
    Ok(items.map(|item| text(item, "arn")).collect())
}

#[tokio::test]
async fn what_somebody_put_there_fails_a_destroy_by_name_until_it_is_gone() -> Result<()> {
    let Some(world) = World::start("leftovers", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    let created = world.create(&world.file("littered", "buckets: { uploads: {} }\n")).await?;
    world.succeeds(&created.operation).await?;
    // Behind Terraform's back, with the environment's tag, as an attempt that was lost would leave it.
    let put = format!(
        "
ec2 = client('ec2')
tag = [{{'Key': 'terrane:environment', 'Value': '{}'}}]
vpc = ec2.create_vpc(CidrBlock='10.9.0.0/16')['Vpc']['VpcId']
group = ec2.create_security_group(GroupName='lost', Description='lost', VpcId=vpc,
    TagSpecifications=[{{'ResourceType': 'security-group', 'Tags': tag}}])['GroupId']
key = client('kms').create_key(Tags=[{{'TagKey': t['Key'], 'TagValue': t['Value']}} for t in tag])['KeyMetadata']
client('kms').schedule_key_deletion(KeyId=key['KeyId'], PendingWindowInDays=7)
task = client('ecs').register_task_definition(family='api', tags=[{{'key': t['Key'], 'value': t['Value']}} for t in tag],
    containerDefinitions=[{{'name': 'api', 'image': 'api', 'memory': 128}}])['taskDefinition']['taskDefinitionArn']
print(group, vpc, key['Arn'], task)
",
        created.environment
    );
    let said = world.aws(&put).await?;
    let [group, vpc, key, task] = said.split_whitespace().collect::<Vec<_>>()[..] else {
        anyhow::bail!("{said}")
    };

    let destroyed = world.destroy(&created.environment).await?;
    let failed = world.reaches(&destroyed.operation, "failed", PATIENCE).await?;
    let error = &failed["error"];
    ensure!(error["kind"] == "leftovers" && error["step"] == "inventory", "{error}");
    ensure!(text(error, "message").contains(group) && !text(error, "hint").is_empty(), "{error}");
    ensure!(error["retryable"] == false, "{error}");
    let left = arns(&failed, "leftover")?;
    ensure!(left.len() == 1 && left[0].ends_with(&format!(":security-group/{group}")), "{left:?}");
    // The key goes by itself and says when; the revision was taken out of use.
    ensure!(arns(&failed, "pending")? == [task, key], "{failed}");
    let items = failed["inventory"].as_array().context("an inventory")?;
    let dated = items.iter().filter(|item| !text(item, "until").is_empty());
    ensure!(dated.map(|item| text(item, "arn")).collect::<Vec<_>>() == [key], "{failed}");
    let environment = world.environment(&created.environment).await?;
    ensure!(environment["state"] == "failed", "{environment}");

    let take = format!(
        "client('ec2').delete_security_group(GroupId='{group}')\nclient('ec2').delete_vpc(VpcId='{vpc}')\n"
    );
    world.aws(&take).await?;
    let ran = world.terrane(&["destroy", "littered", "--wait", "--yes"]).await?;
    assert_exit(&ran, 0)?;
    ensure!(ran.output.contains(key) && ran.output.contains("AWS takes it away by itself"), "{}", ran.output);
    ensure!(world.environment(&created.environment).await?["state"] == "destroyed");
    world.assert_nothing_exists().await?;
    world.assert_no_work_is_left()
}
