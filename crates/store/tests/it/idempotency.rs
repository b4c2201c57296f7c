use terrane_domain::OperationState;
use terrane_store::{Idempotency, Outcome, Refusal, Store};

use crate::support::{World, accepted, new_environment, new_spec, refused, settings};

fn key(key: &str, digest: &str) -> Option<Idempotency> {
    Some(Idempotency { key: key.into(), digest: digest.into() })
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer() {
    let world = World::new().await;
    let new = || new_environment(world.tenant.id, "one");
    let first = accepted(world.store.create_environment(new(), key("k", "d")).await.unwrap());
    let claim = world.claim().await; // the world has moved on since
    let again = world.store.create_environment(new(), key("k", "d")).await.unwrap();
    assert_eq!(again, Outcome::Replayed(Box::new(first.clone())), "as it was answered then");
    assert_eq!(claim.operation.id, first.operation.id);
    assert_eq!(world.try_claim().await, None, "and nothing was queued twice");
}

#[tokio::test]
async fn a_key_does_not_serve_another_request() {
    let world = World::new().await;
    accepted(
        world.store.create_environment(new_environment(world.tenant.id, "one"), key("k", "d")).await.unwrap(),
    );
    let other =
        world.store.create_environment(new_environment(world.tenant.id, "two"), key("k", "e")).await.unwrap();
    assert_eq!(other, Outcome::KeyReused);
    assert_eq!(world.store.environment_by_name(world.tenant.id, "two").await.unwrap(), None);
}

#[tokio::test]
async fn tenants_do_not_share_keys() {
    let world = World::new().await;
    let other = world.store.ensure_tenant("other").await.unwrap();
    accepted(
        world.store.create_environment(new_environment(world.tenant.id, "one"), key("k", "d")).await.unwrap(),
    );
    accepted(world.store.create_environment(new_environment(other.id, "one"), key("k", "e")).await.unwrap());
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_unused() {
    let world = World::new().await;
    let environment = world.create("one").await.environment;
    let (store, tenant) = (&world.store, world.tenant.id);
    let update = |expected| {
        store.update_environment(tenant, environment.id, Some(expected), new_spec(), key("k", "d"))
    };
    assert_eq!(refused(update(7).await.unwrap()), Refusal::OtherGeneration { current: 1 });
    let second = accepted(update(1).await.unwrap());
    assert_eq!(
        update(1).await.unwrap(),
        Outcome::Replayed(Box::new(second)),
        "though generation 1 is history"
    );
}

#[tokio::test]
async fn every_kind_of_request_can_be_repeated() {
    let world = World::new().await;
    let (store, tenant) = (&world.store, world.tenant.id);
    let awaiting = world.awaiting(false).await;
    let (environment, operation) = (awaiting.environment.id, awaiting.operation.id);

    let approve = || store.approve(tenant, operation, None, key("approve", "d"));
    let approved = accepted(approve().await.unwrap());
    assert_eq!(approve().await.unwrap(), Outcome::Replayed(Box::new(approved)));
    let cancel = || store.cancel(tenant, operation, key("cancel", "d"));
    let cancelled = accepted(cancel().await.unwrap());
    assert_eq!(cancel().await.unwrap(), Outcome::Replayed(Box::new(cancelled)));
    let retry = || store.retry(tenant, operation, Default::default(), key("retry", "d"));
    let retried = accepted(retry().await.unwrap());
    assert_eq!(retry().await.unwrap(), Outcome::Replayed(Box::new(retried)));
    let claim = world.claim().await;
    store.await_approval(&claim.holder, "digest", crate::support::LEASE).await.unwrap();
    let discard = || store.discard(tenant, claim.operation.id, key("discard", "d"));
    let discarded = accepted(discard().await.unwrap());
    assert_eq!(discard().await.unwrap(), Outcome::Replayed(Box::new(discarded)));
    let destroy = || store.request_destroy(tenant, environment, Default::default(), key("destroy", "d"));
    let destroyed = accepted(destroy().await.unwrap());
    assert_eq!(destroy().await.unwrap(), Outcome::Replayed(Box::new(destroyed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_with_one_key_at_once_one_is_done_and_the_others_get_its_answer() {
    let world = World::new().await;
    let store =
        Store::new(&terrane_store::StoreSettings { max_connections: 8, ..settings(&world.url) }).unwrap();
    let requests: Vec<_> = (0..8)
        .map(|_| {
            let (store, new) = (store.clone(), new_environment(world.tenant.id, "one"));
            tokio::spawn(async move { store.create_environment(new, key("k", "d")).await.unwrap() })
        })
        .collect();
    let (mut done, mut replayed) = (Vec::new(), Vec::new());
    for request in requests {
        match request.await.unwrap() {
            Outcome::Accepted(accepted) => done.push(accepted),
            Outcome::Replayed(accepted) => replayed.push(accepted),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((done.len(), replayed.len()), (1, 7));
    assert!(replayed.iter().all(|answer| *answer == done[0]));
    let open = world.store.open_operations().await.unwrap();
    assert_eq!(open[&OperationState::Queued], 1);
}

#[tokio::test]
async fn a_key_is_as_good_as_new_after_a_day() {
    let world = World::new().await;
    let new = |name| new_environment(world.tenant.id, name);
    for name in ["one", "two"] {
        accepted(world.store.create_environment(new(name), key(name, "d")).await.unwrap());
    }
    let raw = world.raw().await;
    let ages =
        "SELECT DISTINCT round(extract(epoch FROM expires_at - now()) / 3600)::int FROM idempotency_keys";
    assert_eq!(raw.query_one(ages, &[]).await.unwrap().get::<_, i32>(0), 24);
    assert_eq!(world.store.purge_idempotency_keys().await.unwrap(), 0);

    raw.batch_execute("UPDATE idempotency_keys SET expires_at = now()").await.unwrap();
    // Not purged yet, and used for something else.
    accepted(world.store.create_environment(new("three"), key("one", "e")).await.unwrap());
    assert_eq!(world.store.purge_idempotency_keys().await.unwrap(), 1, "the other one");
}
