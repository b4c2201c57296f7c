//! What AWS, Redis and the machine may refuse.

use std::time::Duration;

use anyhow::{Result, ensure};
use terrane_rig::{Faults, Rule};

use crate::support::{PATIENCE, Servers, World, eventually, text};

#[tokio::test]
async fn what_aws_refuses_fails_with_a_reason_and_can_be_retried_or_destroyed() -> Result<()> {
    let Some(world) = World::start("a refusal", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    let secret = "arn:aws:iam::999999999999:user/somebody is not authorized";
    let refuse = Rule::on("ecr", "CreateRepository").fails(403, "AccessDeniedException", secret);
    world.emulator().await?.set_faults(&Faults::default().rule(refuse)).await?;
    let created = world.create(&world.file("refused", "registries: { api: {} }\n")).await?;
    let failed = world.reaches(&created.operation, "failed", PATIENCE).await?;
    let error = &failed["error"];
    ensure!(
        error["kind"] == "access_denied" && error["step"] == "apply" && error["retryable"] == false,
        "{error}"
    );
    ensure!(!text(error, "message").is_empty() && !text(error, "hint").is_empty(), "{error}");
    ensure!(failed["attempt"] == 1, "{failed}");
    let environment = world.environment(&created.environment).await?;
    ensure!(
        environment["state"] == "failed" && environment["error"]["kind"] == "access_denied",
        "{environment}"
    );
    ensure!(environment["applied_generation"].is_null(), "{environment}");

    // Failing again doesn't stand in the way of a destroy.
    let again = world.decide(&created.operation, "retry").await?;
    world.reaches(&again.operation, "failed", PATIENCE).await?;
    world.emulator().await?.clear_faults().await?;
    let third = world.decide(&again.operation, "retry").await?;
    let done = world.succeeds(&third.operation).await?;
    ensure!(text(&done, "retry_of") == again.operation, "{done}");
    let environment = world.environment(&created.environment).await?;
    ensure!(environment["state"] == "ready" && environment["error"].is_null(), "{environment}");
    Ok(())
}

#[tokio::test]
async fn a_failed_environment_can_be_destroyed() -> Result<()> {
    let Some(world) = World::start("destroying what failed", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    // The registry is made, its policy is not.
    let refuse = Rule::on("ecr", "PutLifecyclePolicy").fails(403, "AccessDeniedException", "no");
    world.emulator().await?.set_faults(&Faults::default().rule(refuse)).await?;
    let created = world.create(&world.file("half", "registries: { api: {} }\n")).await?;
    world.reaches(&created.operation, "failed", PATIENCE).await?;
    ensure!(world.inventory().await?["ecr/repository"] == 1);
    let destroyed = world.destroy(&created.environment).await?;
    world.succeeds(&destroyed.operation).await?;
    ensure!(world.environment(&created.environment).await?["state"] == "destroyed");
    world.assert_nothing_exists().await?;
    world.assert_no_work_is_left()
}

#[tokio::test]
async fn what_aws_throttles_is_tried_again_without_anybody_asking() -> Result<()> {
    let Some(world) = World::start("throttling", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    // More often than the provider itself tries again.
    let throttle = Rule::on("ecr", "CreateRepository").throttled().times(3);
    world.emulator().await?.set_faults(&Faults::default().rule(throttle)).await?;
    let created = world.create(&world.file("patient", "registries: { api: {} }\n")).await?;
    let done = world.succeeds(&created.operation).await?;
    ensure!(done["attempt"] == 2 && done["failures"] == 1 && done["error"].is_null(), "{done}");
    ensure!(world.inventory().await?["ecr/repository"] == 1);
    Ok(())
}

#[tokio::test]
async fn an_environment_whose_role_cannot_be_assumed_fails_and_can_be_destroyed() -> Result<()> {
    let Some(world) = World::start("a foreign role", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    // Its trust policy asks for another external id than this tenant's.
    world
        .aws(
            "
import json
client('iam').create_role(RoleName='guarded', AssumeRolePolicyDocument=json.dumps({
    'Version': '2012-10-17',
    'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'AWS': '*'},
                   'Condition': {'StringEquals': {'sts:ExternalId': 'somebody-else'}}}]}))
",
        )
        .await?;
    let role = format!("arn:aws:iam::{}:role/guarded", world.account.id());
    let file = format!(
        "name: outsider\ncloud: {{ region: eu-west-1, role_arn: \"{role}\" }}\nregistries: {{ api: {{}} }}\n"
    );
    let created = world.create(&file).await?;
    let failed = world.reaches(&created.operation, "failed", PATIENCE).await?;
    let error = &failed["error"];
    ensure!(error["kind"] == "access_denied" && error["step"] == "prepare", "{error}");
    ensure!(!text(error, "hint").is_empty(), "{error}");
    let destroyed = world.destroy(&created.environment).await?;
    world.succeeds(&destroyed.operation).await?;
    ensure!(world.environment(&created.environment).await?["state"] == "destroyed");
    ensure!(world.inventory().await?.into_keys().collect::<Vec<_>>() == ["iam/role"]);
    Ok(())
}

#[tokio::test]
async fn without_redis_calls_succeed_and_work_is_found() -> Result<()> {
    let servers = Servers { own_redis: true, ..Servers::default() };
    let Some(world) = World::with("Redis down", 1, servers).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    world.rig.redis().await?.stop().await?;
    let health = world.get("/health").await?;
    ensure!(health["status"] == "degraded" && health["redis"] == "down", "{health}");
    let created = world.create(&world.file("unrung", "registries: { api: {} }\n")).await?;
    world.succeeds(&created.operation).await?;

    // A worker starts without it, too.
    let late = world.worker(1).await?;
    ensure!(late.program().ending().is_none());
    world.rig.redis().await?.start_again().await?;
    let destroyed = world.destroy(&created.environment).await?;
    world.succeeds(&destroyed.operation).await?;
    Ok(())
}

#[tokio::test]
async fn while_postgres_is_away_an_apply_goes_on_and_no_line_of_it_is_lost() -> Result<()> {
    let servers = Servers { own_postgres: true, ..Servers::default() };
    let Some(world) = World::with("Postgres down", 1, servers).await? else { return Ok(()) };
    let worker = world.worker(1).await?;
    let slow = Rule::on("ecr", "PutLifecyclePolicy").delayed(Duration::from_secs(10)).times(1);
    world.emulator().await?.set_faults(&Faults::default().rule(slow)).await?;
    let created = world.create(&world.file("patient", "registries: { api: {} }\n")).await?;
    world.is_called("ecr", "PutLifecyclePolicy").await?;
    world.rig.postgres().await?.stop().await?;
    eventually("a renewal fails", PATIENCE, async || {
        let failed = "terrane_lease_renewals_total{outcome=\"failed\"}";
        Ok((!world.figures(worker.metrics_url(), failed).await?.is_empty()).then_some(()))
    })
    .await?;
    world.rig.postgres().await?.start_again().await?;
    let done = world.succeeds(&created.operation).await?;
    ensure!(done["attempt"] == 1 && done["failures"] == 0, "{done}");
    let log = world.log(&created.operation).await?;
    for told in [
        "aws_ecr_repository.main[\"api\"]: Creation complete",
        "aws_ecr_lifecycle_policy.main[\"api\"]: Creation complete",
    ] {
        let lines = log.iter().filter(|line| text(line, "text").starts_with(told)).count();
        ensure!(lines == 1, "{told}: {lines} lines");
    }
    Ok(())
}

#[tokio::test]
async fn a_worker_without_terraform_does_not_start_and_says_how_to_get_it() -> Result<()> {
    let Some(world) = World::start("a worker without Terraform", 1).await? else { return Ok(()) };
    let ran = world.worker_that_ends(&[("PATH", "/nonexistent"), ("TERRANE_TERRAFORM_BIN", "")]).await?;
    ensure!(!ran.ending.is_success(), "{}", ran.output);
    for word in ["neither terraform nor tofu is on the PATH", "install Terraform", "TERRANE_TERRAFORM_BIN"] {
        ensure!(ran.output.contains(word), "{}", ran.output);
    }
    Ok(())
}

/// The spec that a destroy works from doesn't name the registry any more; it is there all the same, and it isn't empty.
#[tokio::test]
async fn what_an_update_could_not_remove_is_still_destroyed() -> Result<()> {
    let Some(world) = World::start("destroying what an update left", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    let created = world.create(&world.file("left", "registries: { keep: {}, gone: {} }\n")).await?;
    world.succeeds(&created.operation).await?;
    world
        .aws(
            "
ecr = client('ecr')
[gone] = [r['repositoryName'] for r in ecr.describe_repositories()['repositories'] if r['repositoryName'].endswith('gone')]
kind = 'application/vnd.oci.image.manifest.v1+json'
manifest = '{\"schemaVersion\": 2, \"mediaType\": \"%s\", \"config\": {\"digest\": \"sha256:0\"}, \"layers\": []}' % kind
ecr.put_image(repositoryName=gone, imageTag='1', imageManifest=manifest, imageManifestMediaType=kind)
",
        )
        .await?;
    let removed =
        world.update(&created.environment, &world.file("left", "registries: { keep: {} }\n")).await?;
    world.reaches(&removed.operation, "awaiting_approval", PATIENCE).await?;
    world.decide(&removed.operation, "approve").await?;
    let failed = world.reaches(&removed.operation, "failed", PATIENCE).await?;
    ensure!(failed["error"]["kind"] == "not_empty" && failed["attempt"] == 2, "{failed}");

    let destroyed = world.destroy(&created.environment).await?;
    world.succeeds(&destroyed.operation).await?;
    world.assert_nothing_exists().await?;
    world.assert_no_work_is_left()
}
