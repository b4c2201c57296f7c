//! What would destroy data waits for a person.

use std::time::Duration;

use anyhow::{Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{PATIENCE, World, eventually, send, text};

/// Two waits of the provider for a database that is replaced, and then some.
const DATABASE: Duration = Duration::from_secs(420);

#[tokio::test]
async fn an_update_that_would_replace_a_registry_is_applied_after_approval_of_exactly_what_was_shown()
-> Result<()> {
    let Some(world) = World::start("approval", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    let file = |api: &str| world.file("wary", &format!("registries:\n  api: {api}\n  web: {{}}\n"));
    let created = world.create(&file("{}")).await?;
    world.succeeds(&created.operation).await?;
    let changed = file("{ encryption: kms }");

    // Discarded: nothing has happened.
    let first = world.update(&created.environment, &changed).await?;
    world.reaches(&first.operation, "awaiting_approval", PATIENCE).await?;
    let environment = world.environment(&created.environment).await?;
    ensure!(environment["conditions"] == json!(["awaiting_approval"]), "{environment}");
    let plan = world.get(&format!("/operations/{}/plan", first.operation)).await?;
    ensure!(
        destroyed(&plan) == [("aws_ecr_repository.main[\"api\"]".to_owned(), "replace".to_owned())],
        "{plan}"
    );
    world.decide(&first.operation, "discard").await?;
    world.reaches(&first.operation, "cancelled", PATIENCE).await?;
    let environment = world.environment(&created.environment).await?;
    ensure!(environment["state"] == "ready" && environment["conditions"] == json!([]), "{environment}");
    ensure!(environment["generation"] == 2 && environment["applied_generation"] == 1, "{environment}");
    ensure!(world.calls("ecr", "DeleteRepository").await? == 0);
    ensure!(world.calls("kms", "CreateKey").await? == 0);

    // Approved, but the world has changed since: asked again.
    let second = world.update(&created.environment, &changed).await?;
    let waiting = world.reaches(&second.operation, "awaiting_approval", PATIENCE).await?;
    let shown = text(&waiting, "plan_digest");
    world.aws("
ecr = client('ecr')
[web] = [r['repositoryName'] for r in ecr.describe_repositories()['repositories'] if r['repositoryName'].endswith('web')]
ecr.delete_repository(repositoryName=web)
").await?;
    approve(&world, &second.operation, &shown, StatusCode::ACCEPTED).await?;
    let asked_again = eventually("the new plan is asked about", PATIENCE, async || {
        let operation = world.operation(&second.operation).await?;
        let other = operation["state"] == "awaiting_approval" && text(&operation, "plan_digest") != shown;
        Ok(other.then_some(operation))
    })
    .await?;
    ensure!(asked_again["attempt"] == 2, "{asked_again}");
    ensure!(world.calls("ecr", "DeleteRepository").await? == 1, "only the one behind Terrane's back");
    let log = world.log(&second.operation).await?;
    ensure!(log.iter().any(|line| text(line, "text").contains("not the one that was approved")), "{log:?}");

    // What was shown before can't be approved any more; what is shown now can, and is applied.
    approve(&world, &second.operation, &shown, StatusCode::CONFLICT).await?;
    approve(&world, &second.operation, &text(&asked_again, "plan_digest"), StatusCode::ACCEPTED).await?;
    let done = world.succeeds(&second.operation).await?;
    ensure!(done["attempt"] == 3 && done["failures"] == 0, "{done}");
    let environment = world.environment(&created.environment).await?;
    ensure!(environment["state"] == "ready" && environment["applied_generation"] == 3, "{environment}");
    ensure!(world.calls("ecr", "DeleteRepository").await? == 2);
    ensure!(world.inventory().await?["ecr/repository"] == 2);
    Ok(())
}

#[tokio::test]
async fn a_database_is_replaced_only_after_approval() -> Result<()> {
    let Some(world) = World::start("replacing a database", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    let file = |name: &str| {
        let databases = format!("databases: {{ main: {{ database_name: {name} }} }}\n");
        world.file("records", &format!("{databases}lifecycle: {{ on_destroy: {{ data: delete }} }}\n"))
    };
    let created = world.create(&file("orders")).await?;
    world.reaches(&created.operation, "succeeded", DATABASE).await?;

    let refused = world.update(&created.environment, &file("invoices")).await?;
    world.reaches(&refused.operation, "awaiting_approval", PATIENCE).await?;
    let plan = world.get(&format!("/operations/{}/plan", refused.operation)).await?;
    ensure!(
        destroyed(&plan) == [("aws_db_instance.main[\"main\"]".to_owned(), "replace".to_owned())],
        "{plan}"
    );
    // With it goes the id that names its final snapshot.
    ensure!(plan["remove"] == 2, "{plan}");
    world.decide(&refused.operation, "discard").await?;
    ensure!(world.calls("rds", "DeleteDBInstance").await? == 0);

    let approved = world.update(&created.environment, &file("invoices")).await?;
    world.reaches(&approved.operation, "awaiting_approval", PATIENCE).await?;
    ensure!(world.calls("rds", "DeleteDBInstance").await? == 0);
    world.decide(&approved.operation, "approve").await?;
    world.reaches(&approved.operation, "succeeded", DATABASE).await?;
    ensure!(world.calls("rds", "DeleteDBInstance").await? == 1);
    ensure!(world.calls("rds", "CreateDBInstance").await? == 2);
    let environment = world.environment(&created.environment).await?;
    ensure!(environment["state"] == "ready" && environment["applied_generation"] == 3, "{environment}");
    Ok(())
}

#[tokio::test]
async fn what_is_protected_is_neither_replaced_nor_deleted_until_the_protection_is_taken_off() -> Result<()> {
    let Some(world) = World::start("protection", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    let file = |registries: &str, protected: bool| {
        world.file(
            "kept",
            &format!("registries: {registries}\nlifecycle: {{ deletion_protection: {protected} }}\n"),
        )
    };
    let (api, other_key) = ("{ api: {} }", "{ api: { encryption: kms } }");
    let created = world.create(&file(api, true)).await?;
    world.succeeds(&created.operation).await?;

    // A replacement; a removal, with which the block in the files goes too; and both the thing and its protection at once.
    for (registries, protected) in [(other_key, true), ("{}", true), ("{}", false), (other_key, false)] {
        let update = world.update(&created.environment, &file(registries, protected)).await?;
        let failed = world.reaches(&update.operation, "failed", PATIENCE).await?;
        let error = &failed["error"];
        ensure!(error["kind"] == "protected" && error["retryable"] == false, "{registries}: {failed}");
        ensure!(
            text(error, "message").contains("aws_ecr_repository.main[\"api\"]"),
            "{registries}: {failed}"
        );
        ensure!(
            text(error, "hint").contains("lifecycle.deletion_protection: false"),
            "{registries}: {failed}"
        );
    }
    ensure!(world.calls("ecr", "DeleteRepository").await? == 0);
    ensure!(world.calls("kms", "CreateKey").await? == 0);

    // By itself the protection comes off; then a person decides.
    let freed = world.update(&created.environment, &file(api, false)).await?;
    world.succeeds(&freed.operation).await?;
    let update = world.update(&created.environment, &file(other_key, false)).await?;
    world.reaches(&update.operation, "awaiting_approval", PATIENCE).await?;
    world.decide(&update.operation, "approve").await?;
    world.succeeds(&update.operation).await?;
    ensure!(world.calls("ecr", "DeleteRepository").await? == 1);
    Ok(())
}

/// Address and action of everything in a plan that holds data and would be destroyed.
fn destroyed(plan: &Value) -> Vec<(String, String)> {
    let actions = plan["actions"].as_array().into_iter().flatten();
    actions
        .filter(|action| action["holds_data"] == true)
        .map(|action| (text(action, "address"), text(action, "action")))
        .collect()
}

async fn approve(world: &World, operation: &str, digest: &str, expected: StatusCode) -> Result<()> {
    let call = world.call(Method::POST, &format!("/operations/{operation}/approve"));
    let (status, body) = send(call.json(&json!({ "digest": digest }))).await?;
    ensure!(status == expected, "{status} {body}");
    Ok(())
}
