use std::time::Duration;

use terrane_domain::{EnvironmentState, OperationState, StepName, StepState};
use terrane_store::{CancelReason, Refusal};

use crate::support::{World, accepted, plan, refused};

#[tokio::test]
async fn an_approved_operation_is_due_at_once_and_carries_what_was_approved() {
    let world = World::new().await;
    let awaiting = world.awaiting(false).await;
    assert_eq!(world.try_claim().await, None, "nobody works on it while a person thinks");
    let shown = world.operation(awaiting.operation.id).await;
    assert_eq!((shown.plan_digest.as_deref(), shown.approved_digest), (Some("shown"), None));
    assert!(shown.approval_expires_at.is_some() && shown.owner.is_none());
    assert_eq!(world.store.plan(world.tenant.id, shown.id).await.unwrap(), Some(plan()));

    let approved =
        accepted(world.store.approve(world.tenant.id, shown.id, Some("shown"), None).await.unwrap());
    assert_eq!(approved.operation.state, OperationState::Retrying);
    assert_eq!(approved.environment.state, EnvironmentState::Updating);
    let claim = world.claim().await;
    assert_eq!((claim.operation.id, claim.operation.attempt), (shown.id, 2));
    assert_eq!(claim.operation.approved_digest.as_deref(), Some("shown"));
    let steps = world.store.steps(world.tenant.id, shown.id).await.unwrap().unwrap();
    let approval = steps.iter().find(|step| step.name == StepName::Approval).unwrap();
    assert_eq!((approval.state, approval.attempt), (StepState::Succeeded, 1));
}

#[tokio::test]
async fn a_plan_that_changed_since_it_was_shown_is_not_approved() {
    let world = World::new().await;
    let awaiting = world.awaiting(false).await;
    let operation = awaiting.operation.id;
    let outcome = world.store.approve(world.tenant.id, operation, Some("seen"), None).await.unwrap();
    assert_eq!(refused(outcome), Refusal::OtherPlan { digest: "shown".into() });
    // Approved without saying what was seen, then planned otherwise: asked again.
    accepted(world.store.approve(world.tenant.id, operation, None, None).await.unwrap());
    let claim = world.claim().await;
    world.store.record_plan(&claim.holder, &plan(), "other").await.unwrap();
    world.store.await_approval(&claim.holder, "other", Duration::from_secs(60)).await.unwrap();
    let again = world.operation(operation).await;
    assert_eq!(again.state, OperationState::AwaitingApproval);
    assert_eq!(
        (again.plan_digest.as_deref(), again.approved_digest.as_deref()),
        (Some("other"), Some("shown"))
    );
}

#[tokio::test]
async fn a_discarded_plan_leaves_an_untouched_environment_as_it_was() {
    let world = World::new().await;
    let awaiting = world.awaiting(false).await;
    let discarded =
        accepted(world.store.discard(world.tenant.id, awaiting.operation.id, None).await.unwrap());
    assert_eq!(discarded.environment.state, EnvironmentState::Ready);
    assert_eq!((discarded.environment.generation, discarded.environment.applied_generation), (2, Some(1)));
    assert_eq!(discarded.operation.cancel_reason, Some(CancelReason::Discarded));
    assert_eq!(discarded.environment.error, None);
}

#[tokio::test]
async fn a_discarded_plan_leaves_a_touched_environment_failed() {
    let world = World::new().await;
    let awaiting = world.awaiting(true).await;
    let discarded =
        accepted(world.store.discard(world.tenant.id, awaiting.operation.id, None).await.unwrap());
    assert_eq!(discarded.environment.state, EnvironmentState::Failed);
    assert_eq!(discarded.environment.error.unwrap().kind, "cancelled");
}

#[tokio::test]
async fn only_what_awaits_approval_can_be_approved_or_discarded() {
    let world = World::new().await;
    let created = world.create("one").await;
    let found = OperationState::Queued;
    let approve = world.store.approve(world.tenant.id, created.operation.id, None, None).await.unwrap();
    assert_eq!(refused(approve), Refusal::OperationState { found });
    let discard = world.store.discard(world.tenant.id, created.operation.id, None).await.unwrap();
    assert_eq!(refused(discard), Refusal::OperationState { found });
}

#[tokio::test]
async fn an_approval_that_nobody_gave_in_time_expires() {
    let world = World::new().await;
    let awaiting = world.awaiting(false).await;
    let operation = awaiting.operation.id;
    assert_eq!(world.store.expire_approvals().await.unwrap(), []);
    world
        .raw()
        .await
        .batch_execute("UPDATE operations SET approval_expires_at = now() WHERE state = 'awaiting_approval'")
        .await
        .unwrap();
    let late = world.store.approve(world.tenant.id, operation, Some("shown"), None).await.unwrap();
    assert_eq!(
        refused(late),
        Refusal::OperationState { found: OperationState::Cancelled },
        "too late is too late"
    );
    assert_eq!(world.store.expire_approvals().await.unwrap(), [operation]);
    assert_eq!(world.store.expire_approvals().await.unwrap(), [], "once");
    assert_eq!(world.states(&awaiting).await, (EnvironmentState::Ready, OperationState::Cancelled));
    assert_eq!(world.operation(operation).await.cancel_reason, Some(CancelReason::ApprovalExpired));
}

#[tokio::test]
async fn what_awaits_approval_can_be_cancelled() {
    let world = World::new().await;
    let awaiting = world.awaiting(false).await;
    accepted(world.cancel(awaiting.operation.id).await);
    assert_eq!(world.states(&awaiting).await, (EnvironmentState::Ready, OperationState::Cancelled));
}
