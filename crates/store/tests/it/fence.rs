use std::time::Duration;

use serde_json::json;
use terrane_domain::{OperationState, StepName, WorkerId};
use terrane_store::{
    Environment, EnvironmentPins, Fenced, Holder, HolderError, LineBatch, LogLevel, LogStream, LostBy,
    NewLine, Operation, Renewal, StepEnd, Store, Takeover,
};

use crate::support::{LEASE, World, error, new_worker, plan};

/// Every write that a holder can make, by name.
async fn every_write(store: &Store, holder: &Holder) -> Vec<(&'static str, Result<(), HolderError>)> {
    let pins = EnvironmentPins { blueprint: 9, aws_provider: "9".into(), engine: None };
    let line = NewLine { at: chrono::Utc::now(), level: LogLevel::Info, text: "late".into(), resource: None };
    let batch = LineBatch {
        attempt: holder.attempt,
        step: StepName::Apply,
        stream: LogStream::Stdout,
        offset: 0,
        end: 5,
        lines: vec![line],
    };
    vec![
        ("begin_step", store.begin_step(holder, StepName::Apply).await),
        ("finish_step", store.finish_step(holder, StepName::Apply, StepEnd::Succeeded, None).await),
        ("record_progress", store.record_progress(holder, Some(1), 1).await),
        ("mark_touched", store.mark_touched(holder).await),
        ("record_plan", store.record_plan(holder, &plan(), "stale").await),
        ("record_inventory", store.record_inventory(holder, &[]).await),
        ("record_pins", store.record_pins(holder, &pins).await),
        ("store_outputs", store.store_outputs(holder, &json!({"stale": true})).await),
        ("append_lines", store.append_lines(holder, &batch).await.map(drop)),
        ("await_approval", store.await_approval(holder, "stale", LEASE).await.map(drop)),
        ("retry_later", store.retry_later(holder, &error("stale"), LEASE, true).await.map(drop)),
        ("hand_back", store.hand_back(holder).await.map(drop)),
        ("fail", store.fail(holder, &error("stale")).await),
        ("cancelled", store.cancelled(holder).await),
        ("succeed", store.succeed(holder, None).await),
    ]
}

async fn assert_that_nothing_can_be_written(world: &World, holder: &Holder) {
    let before = everything(world, holder).await;
    for (name, result) in every_write(&world.store, holder).await {
        let expected = Fenced { operation: holder.operation_id };
        assert!(
            matches!(&result, Err(HolderError::Fenced(fenced)) if *fenced == expected),
            "{name} answered {result:?}"
        );
    }
    assert_eq!(world.store.renew(holder, LEASE).await.unwrap(), Renewal::Lost);
    assert_eq!(everything(world, holder).await, before);
}

async fn everything(world: &World, holder: &Holder) -> (Environment, Operation, usize, usize) {
    let (store, tenant) = (&world.store, world.tenant.id);
    (
        world.environment(holder.environment_id).await,
        world.operation(holder.operation_id).await,
        store.steps(tenant, holder.operation_id).await.unwrap().unwrap().len(),
        store.log_page(tenant, holder.operation_id, None, 100).await.unwrap().unwrap().lines.len(),
    )
}

/// What the other tests rely on: each of these writes works as long as the operation is held.
#[tokio::test]
async fn whoever_holds_the_operation_can_write() {
    let world = World::new().await;
    world.create("one").await;
    let holder = world.claim().await.holder;
    let writes = every_write(&world.store, &holder).await;
    let while_working =
        ["begin_step", "finish_step", "record_progress", "mark_touched", "record_plan", "record_pins"];
    let while_working = [&while_working[..], &["store_outputs", "append_lines", "record_inventory"]].concat();
    for (name, result) in writes.iter().filter(|(name, _)| while_working.contains(name)) {
        assert!(result.is_ok(), "{name} answered {result:?}");
    }

    for end in 0..6 {
        let world = World::new().await;
        world.create("one").await;
        let (store, holder) = (&world.store, &world.claim().await.holder);
        let ended = match end {
            0 => store.await_approval(holder, "digest", LEASE).await.map(drop),
            1 => store.retry_later(holder, &error("throttled"), LEASE, true).await.map(drop),
            2 => store.hand_back(holder).await.map(drop),
            3 => store.fail(holder, &error("quota")).await,
            4 => store.cancelled(holder).await,
            _ => store.succeed(holder, None).await,
        };
        assert!(ended.is_ok(), "end {end} answered {ended:?}");
        assert_eq!(store.renew(holder, LEASE).await.unwrap(), Renewal::Lost);
    }
}

#[tokio::test]
async fn a_holder_whose_operation_was_claimed_by_another_worker_can_not_write() {
    let world = World::new().await;
    world.create("one").await;
    let stale = world.claim().await.holder;
    world.store.hand_back(&stale).await.unwrap();
    let other = world.store.register_worker(new_worker()).await.unwrap().id;
    let claim = world.store.claim(other, LEASE).await.unwrap().unwrap();
    assert_eq!(claim.operation.id, stale.operation_id);
    assert_that_nothing_can_be_written(&world, &stale).await;
}

#[tokio::test]
async fn a_holder_whose_operation_was_taken_over_can_not_write() {
    let world = World::new().await;
    world.create("one").await;
    let stale = world.claim().await.holder;
    let lease = world.lease(&stale).await;
    let taken = world.store.take_over(&lease, LostBy::Process, 3).await.unwrap();
    assert_eq!(taken, Takeover::BackInLine);
    assert_that_nothing_can_be_written(&world, &stale).await;
}

#[tokio::test]
async fn a_holder_from_an_earlier_claim_by_the_same_worker_can_not_write() {
    let world = World::new().await;
    world.create("one").await;
    let stale = world.claim().await.holder;
    world.store.hand_back(&stale).await.unwrap();
    assert_eq!(world.claim().await.holder.worker_id, stale.worker_id);
    assert_that_nothing_can_be_written(&world, &stale).await;
}

#[tokio::test]
async fn nobody_can_write_to_an_operation_that_is_over_or_waits() {
    let world = World::new().await;
    world.create("one").await;
    let holder = world.claim().await.holder;
    world.store.hand_back(&holder).await.unwrap();
    assert_that_nothing_can_be_written(&world, &holder).await;
    let holder = world.claim().await.holder;
    world.store.fail(&holder, &error("quota")).await.unwrap();
    assert_that_nothing_can_be_written(&world, &holder).await;
}

#[tokio::test]
async fn a_worker_can_not_write_with_another_workers_fence() {
    let world = World::new().await;
    world.create("one").await;
    let holder = world.claim().await.holder;
    let thief = Holder { worker_id: WorkerId::from_uuid(uuid::Uuid::now_v7()), ..holder };
    assert_that_nothing_can_be_written(&world, &thief).await;
}

#[tokio::test]
async fn a_fence_that_moved_on_stops_the_holder_even_if_its_operation_still_runs() {
    let world = World::new().await;
    world.create("one").await;
    let holder = world.claim().await.holder;
    world.raw().await.batch_execute("UPDATE environments SET fence = fence + 1").await.unwrap();
    assert_that_nothing_can_be_written(&world, &holder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_ways_to_end_an_operation_at_once_exactly_one_takes_place() {
    let world = World::new().await;
    for round in 0..10 {
        world.create(&format!("env-{round}")).await;
        let holder = world.claim().await.holder;
        let (first, second) = (world.store.clone(), world.store.clone());
        let (succeeded, failed) = tokio::join!(
            tokio::spawn(async move { first.succeed(&holder, None).await }),
            tokio::spawn(async move {
                second.retry_later(&holder, &error("late"), Duration::from_secs(60), true).await
            }),
        );
        let (succeeded, failed) = (succeeded.unwrap(), failed.unwrap());
        assert!(succeeded.is_ok() != failed.is_ok(), "{succeeded:?} and {failed:?}");
        let state = world.operation(holder.operation_id).await.state;
        let expected = if succeeded.is_ok() { OperationState::Succeeded } else { OperationState::Retrying };
        assert_eq!(state, expected);
    }
}
