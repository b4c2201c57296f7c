use terrane_domain::{EnvironmentState, OperationState, StepName, StepState};
use terrane_store::{AttemptEnd, HolderError, LostBy, Renewal, Takeover};

use crate::support::{LEASE, World, accepted, error, new_worker};

#[tokio::test]
async fn an_expired_lease_is_taken_over_and_any_worker_goes_on_at_once() {
    let world = World::new().await;
    world.create("one").await;
    let lost = world.claim().await;
    world.store.begin_step(&lost.holder, StepName::Apply).await.unwrap();
    world.expire_leases().await;
    let lease = world.lease(&lost.holder).await;
    assert!(lease.expired);
    assert_eq!((lease.worker.id, lease.fence), (world.worker, lost.holder.fence));

    let taken = world.store.take_over(&lease, LostBy::Lease, 3).await.unwrap();
    assert_eq!(taken, Takeover::BackInLine);
    assert_eq!(world.states(&lost).await, (EnvironmentState::Provisioning, OperationState::Retrying));
    let steps = world.store.steps(world.tenant.id, lost.operation.id).await.unwrap().unwrap();
    assert_eq!(steps.last().unwrap().state, StepState::Interrupted);

    let other = world.store.register_worker(new_worker()).await.unwrap().id;
    let next = world.store.claim(other, LEASE).await.unwrap().expect("due at once");
    assert_eq!((next.operation.id, next.operation.attempt), (lost.operation.id, 2));
    // Nobody counts it as a failure of the operation.
    assert_eq!(next.operation.failures, 0);
    let attempts = world.store.attempts(world.tenant.id, lost.operation.id).await.unwrap().unwrap();
    let told: Vec<_> = attempts.iter().map(|attempt| (attempt.worker_id, attempt.ended)).collect();
    assert_eq!(told, [(world.worker, Some(AttemptEnd::TakenOver)), (other, None)]);
}

#[tokio::test]
async fn only_expired_leases_and_those_of_the_own_host_are_watched() {
    let world = World::new().await;
    world.create("one").await;
    let holder = world.claim().await.holder;
    assert_eq!(world.store.leases_to_watch("another host").await.unwrap(), []);
    assert!(!world.lease(&holder).await.expired);
    world.expire_leases().await;
    assert_eq!(world.store.leases_to_watch("another host").await.unwrap().len(), 1);
    assert_eq!(world.store.renew(&holder, LEASE).await.unwrap(), Renewal::Held { cancel_requested: false });
    assert_eq!(world.store.leases_to_watch("another host").await.unwrap(), []);
}

#[tokio::test]
async fn a_lease_that_revived_or_was_let_go_since_it_was_judged_is_not_taken() {
    let world = World::new().await;
    world.create("one").await;
    let holder = world.claim().await.holder;
    world.expire_leases().await;
    let lease = world.lease(&holder).await;
    assert_eq!(world.store.renew(&holder, LEASE).await.unwrap(), Renewal::Held { cancel_requested: false });
    let take = async |lost_by| world.store.take_over(&lease, lost_by, 3).await.unwrap();
    assert_eq!(take(LostBy::Lease).await, Takeover::NotAnyMore);
    // Run out once more: another lease than the one that was judged.
    world.expire_leases().await;
    assert_eq!(take(LostBy::Lease).await, Takeover::NotAnyMore);

    world.store.hand_back(&holder).await.unwrap();
    assert_eq!(take(LostBy::Lease).await, Takeover::NotAnyMore);
    assert_eq!(take(LostBy::Process).await, Takeover::NotAnyMore);
    world.claim().await;
    assert_eq!(take(LostBy::Process).await, Takeover::NotAnyMore, "a later claim is another lease");
}

#[tokio::test]
async fn of_many_that_take_over_at_once_one_does() {
    let world = World::new().await;
    world.create("one").await;
    let holder = world.claim().await.holder;
    world.expire_leases().await;
    let lease = world.lease(&holder).await;
    let takers = (0..8).map(|_| world.store.take_over(&lease, LostBy::Lease, 3));
    let taken = futures::future::join_all(takers).await;
    let count = taken.into_iter().filter(|taken| *taken.as_ref().unwrap() == Takeover::BackInLine).count();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn an_operation_that_loses_worker_after_worker_fails_and_says_so() {
    let world = World::new().await;
    world.create("one").await;
    for round in 1..=3 {
        let claim = world.claim().await;
        let lease = world.lease(&claim.holder).await;
        let taken = world.store.take_over(&lease, LostBy::Process, 2).await.unwrap();
        let expected = if round < 3 { Takeover::BackInLine } else { Takeover::GivenUp };
        assert_eq!(taken, expected, "round {round}");
        if round == 3 {
            assert_eq!(world.states(&claim).await, (EnvironmentState::Failed, OperationState::Failed));
            let error = world.operation(claim.operation.id).await.error.unwrap();
            assert_eq!(error.kind, "workers_lost");
            assert!(error.message.starts_with("3 workers were lost"), "{}", error.message);
        }
    }
}

#[tokio::test]
async fn one_that_was_asked_to_stop_keeps_the_request_for_whoever_cleans_up() {
    let world = World::new().await;
    world.create("one").await;
    let lost = world.claim().await;
    world.store.mark_touched(&lost.holder).await.unwrap();
    accepted(world.cancel(lost.operation.id).await);
    let lease = world.lease(&lost.holder).await;
    let taken = world.store.take_over(&lease, LostBy::Process, 3).await.unwrap();
    assert_eq!(taken, Takeover::BackInLine);
    let next = world.claim().await;
    assert_eq!(next.operation.id, lost.operation.id);
    assert!(next.operation.cancel_requested_at.is_some());
    world.store.cancelled(&next.holder).await.unwrap();
    assert_eq!(world.states(&lost).await, (EnvironmentState::Failed, OperationState::Cancelled));
}

#[tokio::test]
async fn what_a_lost_attempt_left_is_told_to_every_later_one_until_it_is_cleared_up() {
    let world = World::new().await;
    world.create("one").await;
    let first = world.claim().await;
    assert_eq!(first.unsettled, []);
    world.store.mark_touched(&first.holder).await.unwrap();
    let lease = world.lease(&first.holder).await;
    let _ = world.store.take_over(&lease, LostBy::Process, 3).await.unwrap();

    let second = world.claim().await;
    let [left] = &second.unsettled[..] else { panic!("{:?}", second.unsettled) };
    assert_eq!((left.operation_id, left.record.attempt), (first.operation.id, 1));
    assert_eq!((left.record.ended, left.worker.id), (Some(AttemptEnd::TakenOver), world.worker));
    assert!(left.touched);
    // It fails for good: whoever takes the environment down has to know.
    world.store.fail(&second.holder, &error("dependency")).await.unwrap();
    accepted(world.destroy(first.environment.id).await);
    let third = world.claim().await;
    assert_eq!(third.unsettled.iter().map(|left| left.record.attempt).collect::<Vec<_>>(), [1]);
    world.store.mark_unsettled(&third.holder).await.unwrap();
    world.store.settle(&third.holder).await.unwrap();
    world.store.hand_back(&third.holder).await.unwrap();

    // What it left itself isn't cleared up by it.
    let fourth = world.claim().await;
    let [left] = &fourth.unsettled[..] else { panic!("{:?}", fourth.unsettled) };
    assert_eq!((left.operation_id, left.touched), (third.operation.id, false));
    assert_eq!(left.record.ended, Some(AttemptEnd::HandedBack));
}

#[tokio::test]
async fn only_the_holder_says_what_is_cleared_up() {
    let world = World::new().await;
    world.create("one").await;
    let lost = world.claim().await.holder;
    let lease = world.lease(&lost).await;
    let _ = world.store.take_over(&lease, LostBy::Process, 3).await.unwrap();
    world.claim().await;
    assert!(matches!(world.store.settle(&lost).await, Err(HolderError::Fenced(_))));
    assert!(matches!(world.store.mark_unsettled(&lost).await, Err(HolderError::Fenced(_))));
}

#[tokio::test]
async fn every_end_of_an_attempt_is_noted() {
    for (end, name) in AttemptEnd::ALL.iter().filter(|end| **end != AttemptEnd::TakenOver).zip(0..) {
        let world = World::new().await;
        world.create(&format!("env-{name}")).await;
        let claim = world.claim().await;
        let (store, holder) = (&world.store, &claim.holder);
        match end {
            AttemptEnd::Succeeded => store.succeed(holder, None).await.unwrap(),
            AttemptEnd::Failed => store.fail(holder, &error("quota")).await.unwrap(),
            AttemptEnd::Cancelled => store.cancelled(holder).await.unwrap(),
            AttemptEnd::AwaitingApproval => {
                store.await_approval(holder, "shown", LEASE).await.map(drop).unwrap();
            }
            AttemptEnd::Retrying => {
                store.retry_later(holder, &error("throttled"), LEASE, true).await.map(drop).unwrap();
            }
            AttemptEnd::HandedBack => store.hand_back(holder).await.map(drop).unwrap(),
            AttemptEnd::TakenOver => unreachable!(),
        }
        let attempts = store.attempts(world.tenant.id, claim.operation.id).await.unwrap().unwrap();
        assert_eq!(attempts[0].ended, Some(*end));
        assert!(attempts[0].ended_at.is_some());
    }
}
