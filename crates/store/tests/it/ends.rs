use std::time::Duration;

use serde_json::json;
use terrane_domain::{EnvironmentState, OperationState, Remnant, StepName, StepState};
use terrane_store::{CancelReason, EnvironmentPins, InventoryItem, PinnedEngine, Refusal, StepEnd};

use crate::support::{LEASE, World, accepted, error, plan, refused, remnant};

#[tokio::test]
async fn a_success_shows_what_stands_and_forgets_what_went_wrong() {
    let world = World::new().await;
    world.create("one").await;
    let first = world.claim().await;
    world.store.fail(&first.holder, &error("quota")).await.unwrap();
    let failed = world.environment(first.environment.id).await;
    assert_eq!((failed.state, failed.error), (EnvironmentState::Failed, Some(error("quota"))));
    assert_eq!(world.operation(first.operation.id).await.error, Some(error("quota")));

    accepted(world.retry(first.operation.id).await);
    let second = world.claim().await;
    assert_eq!(second.operation.environment_state_before, Some(EnvironmentState::Failed));
    world.store.succeed(&second.holder, Some(&json!({"vpc_id": "vpc-1"}))).await.unwrap();
    let ready = world.environment(first.environment.id).await;
    assert_eq!(
        (ready.state, ready.applied_generation, ready.error),
        (EnvironmentState::Ready, Some(1), None)
    );
    assert_eq!(ready.outputs, Some(json!({"vpc_id": "vpc-1"})));
    let done = world.operation(second.operation.id).await;
    assert_eq!((done.state, done.owner, done.lease_until), (OperationState::Succeeded, None, None));
    assert!(done.finished_at.is_some());
}

#[tokio::test]
async fn a_cancelled_create_that_touched_nothing_leaves_the_environment_pending() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    accepted(world.cancel(claim.operation.id).await);
    world.store.cancelled(&claim.holder).await.unwrap();
    assert_eq!(world.states(&claim).await, (EnvironmentState::Pending, OperationState::Cancelled));
}

#[tokio::test]
async fn a_cancelled_operation_that_touched_the_cloud_leaves_the_environment_failed() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    world.store.mark_touched(&claim.holder).await.unwrap();
    accepted(world.cancel(claim.operation.id).await);
    world.store.cancelled(&claim.holder).await.unwrap();
    assert_eq!(world.states(&claim).await, (EnvironmentState::Failed, OperationState::Cancelled));
    accepted(world.retry(claim.operation.id).await);
}

#[tokio::test]
async fn what_is_queued_is_cancelled_at_once_and_what_is_over_not_at_all() {
    let world = World::new().await;
    let created = world.create("one").await;
    let cancelled = accepted(world.cancel(created.operation.id).await);
    assert_eq!(cancelled.operation.state, OperationState::Cancelled);
    assert_eq!(cancelled.operation.cancel_reason, Some(CancelReason::Requested));
    assert_eq!(cancelled.environment.state, EnvironmentState::Pending);
    let found = OperationState::Cancelled;
    assert_eq!(refused(world.cancel(created.operation.id).await), Refusal::OperationState { found });
}

#[tokio::test]
async fn cancelling_what_runs_twice_is_one_request() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    let first = accepted(world.cancel(claim.operation.id).await).operation;
    assert_eq!(first.state, OperationState::Running, "only its holder can end it");
    let second = accepted(world.cancel(claim.operation.id).await).operation;
    assert_eq!(second.cancel_requested_at, first.cancel_requested_at);
}

#[tokio::test]
async fn what_was_asked_to_stop_does_not_wait_for_another_attempt() {
    for end in 0..3 {
        let world = World::new().await;
        world.create("one").await;
        let claim = world.claim().await;
        accepted(world.cancel(claim.operation.id).await);
        let state = match end {
            0 => world.store.hand_back(&claim.holder).await,
            1 => world.store.retry_later(&claim.holder, &error("throttled"), LEASE, true).await,
            _ => world.store.await_approval(&claim.holder, "shown", LEASE).await,
        };
        assert_eq!(state.unwrap(), OperationState::Cancelled, "end {end}");
        assert_eq!(world.states(&claim).await, (EnvironmentState::Pending, OperationState::Cancelled));
    }
}

#[tokio::test]
async fn what_was_handed_back_is_claimed_again_and_is_no_failure() {
    let world = World::new().await;
    world.create("one").await;
    let first = world.claim().await;
    assert_eq!(world.store.hand_back(&first.holder).await.unwrap(), OperationState::Retrying);
    let second = world.claim().await;
    assert_eq!(second.operation.id, first.operation.id);
    assert_eq!((second.operation.attempt, second.operation.failures), (2, 0));
}

#[tokio::test]
async fn waiting_for_a_lock_does_not_count_as_a_failure() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    world.store.retry_later(&claim.holder, &error("locked"), Duration::ZERO, false).await.unwrap();
    let waiting = world.operation(claim.operation.id).await;
    assert_eq!((waiting.state, waiting.failures), (OperationState::Retrying, 0));
    assert_eq!(waiting.error.unwrap().kind, "locked");
}

#[tokio::test]
async fn steps_are_recorded_per_attempt_and_none_stays_open() {
    let world = World::new().await;
    world.create("one").await;
    let first = world.claim().await;
    let store = &world.store;
    store.begin_step(&first.holder, StepName::Prepare).await.unwrap();
    store
        .finish_step(&first.holder, StepName::Prepare, StepEnd::Succeeded, Some("made\0 a bucket"))
        .await
        .unwrap();
    store.begin_step(&first.holder, StepName::Init).await.unwrap();
    store.retry_later(&first.holder, &error("network"), Duration::ZERO, true).await.unwrap();
    let second = world.claim().await;
    store.begin_step(&second.holder, StepName::Prepare).await.unwrap();
    store.begin_step(&second.holder, StepName::Prepare).await.unwrap();
    store.hand_back(&second.holder).await.unwrap();

    let steps = store.steps(world.tenant.id, first.operation.id).await.unwrap().unwrap();
    let seen: Vec<_> = steps.iter().map(|step| (step.attempt, step.name, step.state)).collect();
    assert_eq!(
        seen,
        [
            (1, StepName::Prepare, StepState::Succeeded),
            (1, StepName::Init, StepState::Failed),
            (2, StepName::Prepare, StepState::Interrupted),
        ]
    );
    assert_eq!(steps[0].detail.as_deref(), Some("made a bucket"));
    assert!(steps.iter().all(|step| step.finished_at.is_some_and(|end| end >= step.started_at)));
}

#[tokio::test]
async fn what_a_destroy_leaves_is_kept_as_the_last_attempt_found_it() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    let (store, holder, operation) = (&world.store, &claim.holder, claim.operation.id);
    let tenant = world.tenant.id;
    assert_eq!(store.inventory(tenant, operation).await.unwrap(), None);
    store.record_inventory(holder, &[remnant(), remnant()]).await.unwrap();
    let until = chrono::DateTime::from_timestamp(1_900_000_000, 0);
    let found = InventoryItem { remnant: Remnant::Pending, until, ..remnant() };
    store.record_inventory(holder, std::slice::from_ref(&found)).await.unwrap();
    store.succeed(holder, None).await.unwrap();
    assert_eq!(store.inventory(tenant, operation).await.unwrap(), Some(vec![found]));
}

#[tokio::test]
async fn progress_pins_plan_and_outputs_are_kept() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    let (store, holder) = (&world.store, &claim.holder);
    store.record_progress(holder, Some(38), 12).await.unwrap();
    let engine = Some(PinnedEngine { name: "tofu".into(), version: "1.12.6".into() });
    let pins = EnvironmentPins { blueprint: 2, aws_provider: "6.4.0".into(), engine };
    store.record_pins(holder, &pins).await.unwrap();
    store.record_plan(holder, &plan(), "first").await.unwrap();
    store.record_plan(holder, &plan(), "second").await.unwrap();
    store.store_outputs(holder, &json!({"z": 1, "a": 2})).await.unwrap();
    let operation = world.operation(claim.operation.id).await;
    assert_eq!((operation.planned, operation.done), (Some(38), 12));
    assert_eq!(operation.plan_digest.as_deref(), Some("second"));
    let environment = world.environment(claim.environment.id).await;
    assert_eq!(environment.pins, pins);
    assert_eq!(environment.outputs.unwrap().to_string(), r#"{"z":1,"a":2}"#);
    store.succeed(holder, None).await.unwrap();
    assert!(
        world.environment(claim.environment.id).await.outputs.is_some(),
        "stored before, and still there"
    );
}
