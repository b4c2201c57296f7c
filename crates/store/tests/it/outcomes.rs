//! Every conditional write ends in one of three ways: done, refused with what was found, or nothing there.

use terrane_domain::{EnvironmentId, EnvironmentState, OperationId, OperationState};
use terrane_store::{Outcome, Refusal};
use uuid::Uuid;

use crate::support::{LEASE, World, error, new_spec};

/// What happened, without the rows.
#[derive(Debug, PartialEq)]
enum End {
    Done,
    Refused(Refusal),
    NotFound,
}

fn end(outcome: Outcome) -> End {
    match outcome {
        Outcome::Accepted(_) => End::Done,
        Outcome::Refused(refusal) => End::Refused(refusal),
        Outcome::NotFound => End::NotFound,
        other => panic!("{other:?}"),
    }
}

/// One kind of request, against an environment and an operation.
async fn ask(world: &World, request: &str, environment: EnvironmentId, operation: OperationId) -> End {
    let (store, tenant) = (&world.store, world.tenant.id);
    let outcome = match request {
        "update" => store.update_environment(tenant, environment, None, new_spec(), None).await,
        "destroy" => store.request_destroy(tenant, environment, Default::default(), None).await,
        "approve" => store.approve(tenant, operation, None, None).await,
        "discard" => store.discard(tenant, operation, None).await,
        "cancel" => store.cancel(tenant, operation, None).await,
        "retry" => store.retry(tenant, operation, Default::default(), None).await,
        other => panic!("{other}"),
    };
    end(outcome.unwrap())
}

#[tokio::test]
async fn a_request_is_done_or_refused_for_what_was_found_or_about_nothing() {
    let environment_is = |found| End::Refused(Refusal::EnvironmentState { found });
    let operation_is = |found| End::Refused(Refusal::OperationState { found });
    for (request, refused) in [
        ("update", environment_is(EnvironmentState::Destroyed)),
        ("destroy", environment_is(EnvironmentState::Destroyed)),
        ("approve", operation_is(OperationState::Succeeded)),
        ("discard", operation_is(OperationState::Succeeded)),
        ("cancel", operation_is(OperationState::Succeeded)),
        ("retry", operation_is(OperationState::Succeeded)),
    ] {
        let world = World::new().await;
        let (environment, operation) = match request {
            "retry" => {
                let created = world.create("one").await;
                let claim = world.claim().await;
                world.store.fail(&claim.holder, &error("quota")).await.unwrap();
                (created.environment.id, created.operation.id)
            }
            _ => {
                let awaiting = world.awaiting(false).await;
                (awaiting.environment.id, awaiting.operation.id)
            }
        };
        assert_eq!(ask(&world, request, environment, operation).await, End::Done, "{request}");

        let world = World::new().await;
        let environment = world.ready("gone").await.id;
        let _ = world.destroy(environment).await;
        let claim = world.claim().await;
        world.store.succeed(&claim.holder, None).await.unwrap();
        assert_eq!(ask(&world, request, environment, claim.operation.id).await, refused, "{request}");

        let nothing = Uuid::now_v7();
        let (environment, operation) = (EnvironmentId::from_uuid(nothing), OperationId::from_uuid(nothing));
        assert_eq!(ask(&world, request, environment, operation).await, End::NotFound, "{request}");
    }
}

#[tokio::test]
async fn a_refused_request_changes_nothing() {
    let world = World::new().await;
    let environment = world.ready("one").await;
    let _ = world.destroy(environment.id).await;
    let claim = world.claim().await;
    let before = (world.environment(environment.id).await, world.operation(claim.operation.id).await);
    for request in ["update", "approve", "discard", "retry"] {
        let end = ask(&world, request, environment.id, claim.operation.id).await;
        assert!(matches!(end, End::Refused(_)), "{request} ended {end:?}");
    }
    let after = (world.environment(environment.id).await, world.operation(claim.operation.id).await);
    assert_eq!(after, before);
    assert!(world.store.claim(world.worker, LEASE).await.unwrap().is_none());
}
