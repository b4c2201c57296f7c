use terrane_domain::{EnvironmentState, OperationKind, OperationState};
use terrane_store::{CancelReason, Refusal, Renewal};

use crate::support::{LEASE, World, accepted, error, new_environment, new_spec, refused, spec};

#[tokio::test]
async fn a_change_of_what_nobody_began_replaces_its_create() {
    let world = World::new().await;
    let created = world.create("one").await;
    let changed = accepted(world.change(created.environment.id).await);
    assert_eq!((changed.operation.kind, changed.operation.generation), (OperationKind::Create, 2));
    assert_eq!((changed.environment.state, changed.environment.generation), (EnvironmentState::Pending, 2));
    let first = world.operation(created.operation.id).await;
    assert_eq!(
        (first.state, first.cancel_reason),
        (OperationState::Cancelled, Some(CancelReason::Superseded))
    );
    assert_eq!(world.claim().await.operation.id, changed.operation.id);
    assert_eq!(world.try_claim().await, None);
}

#[tokio::test]
async fn a_second_change_takes_the_place_of_the_first_in_line() {
    let world = World::new().await;
    let environment = world.create("one").await.environment;
    let create = world.claim().await;
    let second = accepted(world.change(environment.id).await).operation;
    let third = accepted(world.change(environment.id).await).operation;
    assert_eq!(
        (third.kind, third.generation, third.state),
        (OperationKind::Update, 3, OperationState::Queued)
    );
    assert_eq!(world.operation(second.id).await.cancel_reason, Some(CancelReason::Superseded));
    world.store.succeed(&create.holder, None).await.unwrap();
    let between = world.environment(environment.id).await;
    assert_eq!(
        (between.state, between.generation, between.applied_generation),
        (EnvironmentState::Ready, 3, Some(1))
    );
    assert_eq!(world.claim().await.operation.id, third.id);
}

#[tokio::test]
async fn a_change_while_a_plan_awaits_approval_goes_behind_it() {
    let world = World::new().await;
    let awaiting = world.awaiting(false).await;
    let behind = accepted(world.change(awaiting.environment.id).await).operation;
    assert_eq!(behind.state, OperationState::Queued);
    assert_eq!(world.try_claim().await, None);
    assert_eq!(world.operation(awaiting.operation.id).await.state, OperationState::AwaitingApproval);
    accepted(world.store.discard(world.tenant.id, awaiting.operation.id, None).await.unwrap());
    assert_eq!(world.claim().await.operation.id, behind.id);
}

#[tokio::test]
async fn a_change_of_another_generation_than_the_caller_knows_is_refused() {
    let world = World::new().await;
    let environment = world.create("one").await.environment;
    let (tenant, store) = (world.tenant.id, &world.store);
    let stale = store.update_environment(tenant, environment.id, Some(7), new_spec(), None).await.unwrap();
    assert_eq!(refused(stale), Refusal::OtherGeneration { current: 1 });
    let fresh = store.update_environment(tenant, environment.id, Some(1), new_spec(), None).await.unwrap();
    assert_eq!(accepted(fresh).environment.generation, 2);
    let specs: Vec<_> = first_two_specs(&world, environment.id).await;
    assert_eq!(specs, [spec("one").to_string(), spec("changed").to_string()]);
}

async fn first_two_specs(world: &World, id: terrane_domain::EnvironmentId) -> Vec<String> {
    let mut specs = Vec::new();
    for generation in 1..=2 {
        let spec = world.store.environment_spec(world.tenant.id, id, generation).await.unwrap();
        specs.push(spec.expect("a spec of each generation").to_string());
    }
    specs
}

#[tokio::test]
async fn a_name_is_taken_as_long_as_its_environment_lives() {
    let world = World::new().await;
    let first = world.create("one").await.environment;
    let new = || new_environment(world.tenant.id, "one");
    let taken = world.store.create_environment(new(), None).await.unwrap();
    assert_eq!(refused(taken), Refusal::NameTaken(first.id));

    let destroy = accepted(world.destroy(first.id).await).operation;
    let claim = world.claim().await;
    assert_eq!(claim.operation.id, destroy.id);
    let taken = world.store.create_environment(new(), None).await.unwrap();
    assert_eq!(refused(taken), Refusal::NameTaken(first.id), "still there while it is destroyed");

    world.store.succeed(&claim.holder, None).await.unwrap();
    let second = accepted(world.store.create_environment(new(), None).await.unwrap()).environment;
    assert_ne!(second.id, first.id);
    let by_name = world.store.environment_by_name(world.tenant.id, "one").await.unwrap().unwrap();
    assert_eq!(by_name.id, second.id);
    assert_eq!(world.environment(first.id).await.state, EnvironmentState::Destroyed);
}

#[tokio::test]
async fn destroying_cancels_what_is_in_line_and_goes_next() {
    let world = World::new().await;
    let environment = world.ready("one").await;
    let update = accepted(world.change(environment.id).await).operation;
    let destroy = accepted(world.destroy(environment.id).await).operation;
    assert_eq!(world.operation(update.id).await.cancel_reason, Some(CancelReason::DestroyRequested));
    let claim = world.claim().await;
    assert_eq!((claim.operation.id, claim.environment.state), (destroy.id, EnvironmentState::Destroying));
    world.store.succeed(&claim.holder, None).await.unwrap();
    let gone = world.environment(environment.id).await;
    assert_eq!(
        (gone.state, gone.applied_generation, gone.outputs.clone()),
        (EnvironmentState::Destroyed, None, None)
    );
    assert!(gone.destroyed_at.is_some());
}

#[tokio::test]
async fn destroying_asks_what_runs_to_stop_and_waits_for_it() {
    let world = World::new().await;
    let environment = world.create("one").await.environment;
    let create = world.claim().await;
    let destroy = accepted(world.destroy(environment.id).await).operation;
    assert_eq!(world.try_claim().await, None, "the create still runs");
    let renewal = world.store.renew(&create.holder, LEASE).await.unwrap();
    assert_eq!(renewal, Renewal::Held { cancel_requested: true });
    world.store.cancelled(&create.holder).await.unwrap();
    assert_eq!(
        world.operation(create.operation.id).await.cancel_reason,
        Some(CancelReason::DestroyRequested)
    );
    assert_eq!(world.claim().await.operation.id, destroy.id);
}

#[tokio::test]
async fn destroying_ends_what_awaits_approval_or_its_next_attempt_at_once() {
    let world = World::new().await;
    let awaiting = world.awaiting(false).await;
    let destroy = accepted(world.destroy(awaiting.environment.id).await);
    assert_eq!(world.states(&awaiting).await, (EnvironmentState::Ready, OperationState::Cancelled));
    assert_eq!(destroy.environment.state, EnvironmentState::Ready);

    let world = World::new().await;
    world.create("one").await;
    let create = world.claim().await;
    world.store.mark_touched(&create.holder).await.unwrap();
    world.store.retry_later(&create.holder, &error("throttled"), LEASE, true).await.unwrap();
    accepted(world.destroy(create.environment.id).await);
    assert_eq!(world.states(&create).await, (EnvironmentState::Failed, OperationState::Cancelled));
    assert_eq!(world.claim().await.operation.kind, OperationKind::Destroy);
}

#[tokio::test]
async fn a_second_destroy_is_the_first_one() {
    let world = World::new().await;
    let environment = world.ready("one").await;
    let first = accepted(world.destroy(environment.id).await).operation;
    assert_eq!(accepted(world.destroy(environment.id).await).operation.id, first.id);
    let claim = world.claim().await;
    assert_eq!(accepted(world.destroy(environment.id).await).operation.id, first.id, "while it runs as well");
    // Asked to stop it is as good as gone, and a new one has to follow it.
    accepted(world.cancel(first.id).await);
    let second = accepted(world.destroy(environment.id).await).operation;
    assert_ne!(second.id, first.id);
    world.store.cancelled(&claim.holder).await.unwrap();
    assert_eq!(world.claim().await.operation.id, second.id);
}

#[tokio::test]
async fn what_is_protected_or_gone_is_not_destroyed() {
    let world = World::new().await;
    let mut new = new_environment(world.tenant.id, "one");
    new.deletion_protection = true;
    let environment = accepted(world.store.create_environment(new, None).await.unwrap()).environment;
    assert_eq!(refused(world.destroy(environment.id).await), Refusal::Protected);
    accepted(world.change(environment.id).await); // without protection
    accepted(world.destroy(environment.id).await);
    let claim = world.claim().await;
    world.store.succeed(&claim.holder, None).await.unwrap();
    let found = EnvironmentState::Destroyed;
    assert_eq!(refused(world.destroy(environment.id).await), Refusal::EnvironmentState { found });
    assert_eq!(refused(world.change(environment.id).await), Refusal::EnvironmentState { found });
}

#[tokio::test]
async fn what_is_to_be_destroyed_is_not_changed() {
    let world = World::new().await;
    let environment = world.ready("one").await;
    let destroy = accepted(world.destroy(environment.id).await).operation;
    assert_eq!(refused(world.change(environment.id).await), Refusal::ToBeDestroyed(destroy.id));
    assert_eq!(world.environment(environment.id).await.generation, 1);
}

#[tokio::test]
async fn a_retry_repeats_the_newest_operation_at_the_generation_of_now() {
    let world = World::new().await;
    let environment = world.create("one").await.environment;
    let create = world.claim().await;
    let found = OperationState::Running;
    assert_eq!(refused(world.retry(create.operation.id).await), Refusal::OperationState { found });
    world.store.fail(&create.holder, &error("quota")).await.unwrap();

    let update = accepted(world.change(environment.id).await).operation;
    assert_eq!(refused(world.retry(create.operation.id).await), Refusal::NotNewest(update.id));
    accepted(world.cancel(update.id).await);
    let again = accepted(world.retry(update.id).await).operation;
    assert_eq!((again.kind, again.generation, again.retry_of), (OperationKind::Update, 2, Some(update.id)));
    let claim = world.claim().await;
    assert_eq!((claim.operation.id, claim.environment.state), (again.id, EnvironmentState::Updating));
}

#[tokio::test]
async fn a_failed_destroy_can_be_retried_and_keeps_its_wishes() {
    let world = World::new().await;
    let environment = world.ready("one").await;
    let request = terrane_store::DestroyRequest {
        data: Some(terrane_store::DataOnDestroy::Delete),
        force: true,
        ..Default::default()
    };
    let destroy = world.store.request_destroy(world.tenant.id, environment.id, request, None).await.unwrap();
    let destroy = accepted(destroy).operation;
    let claim = world.claim().await;
    world.store.fail(&claim.holder, &error("dependency")).await.unwrap();
    assert_eq!(world.environment(environment.id).await.state, EnvironmentState::Failed);
    let again = accepted(world.retry(destroy.id).await).operation;
    assert_eq!((again.data_on_destroy, again.force), (Some(terrane_store::DataOnDestroy::Delete), true));
}
