use futures::StreamExt as _;

use crate::support::{DEADLINE, World, accepted};

#[tokio::test]
async fn a_listener_hears_of_cancelled_and_destroyed_work_that_runs() {
    let world = World::new().await;
    let mut cancellations = world.store.listen_cancellations();
    tokio::time::timeout(DEADLINE, cancellations.listening()).await.unwrap();

    let queued = world.create("queued").await;
    accepted(world.cancel(queued.operation.id).await); // nobody works on it, so nobody has to hear
    world.create("one").await;
    let first = world.claim().await;
    accepted(world.cancel(first.operation.id).await);
    world.create("two").await;
    let second = world.claim().await;
    accepted(world.destroy(second.environment.id).await);

    for expected in [first.operation.id, second.operation.id] {
        let heard = tokio::time::timeout(DEADLINE, cancellations.next()).await.unwrap();
        assert_eq!(heard, Some(expected));
    }
}

#[tokio::test]
async fn a_listener_that_lost_its_connection_listens_again() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    let mut cancellations = world.store.listen_cancellations();
    let raw = world.raw().await;
    for _ in 0..2 {
        tokio::time::timeout(DEADLINE, cancellations.listening()).await.unwrap();
        let ended = raw
            .query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND query LIKE 'LISTEN %'",
                &[],
            )
            .await
            .unwrap();
        assert_eq!(ended.len(), 1, "one connection listens");
        tokio::time::timeout(DEADLINE, cancellations.disconnected()).await.unwrap();
    }
    tokio::time::timeout(DEADLINE, cancellations.listening()).await.unwrap();
    accepted(world.cancel(claim.operation.id).await);
    let heard = tokio::time::timeout(DEADLINE, cancellations.next()).await.unwrap();
    assert_eq!(heard, Some(claim.operation.id));
}

#[tokio::test]
async fn a_dropped_listener_gives_its_connection_up() {
    let world = World::new().await;
    let mut cancellations = world.store.listen_cancellations();
    tokio::time::timeout(DEADLINE, cancellations.listening()).await.unwrap();
    drop(cancellations);
    let raw = world.raw().await;
    terrane_rig::until("nobody listens any more", DEADLINE, async || {
        let listening =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";
        (raw.query_one(listening, &[]).await.unwrap().get::<_, i64>(0) == 0).then_some(())
    })
    .await
    .unwrap();
}
