use std::time::{Duration, Instant};

use terrane_domain::OperationState;
use terrane_store::{Store, StoreError, StoreSettings};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{DEADLINE, LEASE, World, accepted, new_environment, settings};

/// The URL of the world's database by way of another port.
fn through(world: &World, port: u16) -> String {
    let mut config: Vec<&str> = world.url.rsplitn(2, '@').collect();
    let (address, credentials) = (config.remove(0), config.remove(0));
    let database = address.split('/').nth(1).unwrap();
    format!("{credentials}@127.0.0.1:{port}/{database}")
}

fn postgres(world: &World) -> String {
    let address = world.url.rsplit('@').next().unwrap();
    address.split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_store_starts_without_a_database_and_works_once_there_is_one() {
    let world = World::new().await;
    let port = terrane_rig::free_port().unwrap();
    let store = Store::new(&settings(&through(&world, port))).unwrap();
    let error = store.ping().await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    assert_eq!(error.to_string(), "cannot ask the database for a sign of life: the database does not answer");
    let created = store.create_environment(new_environment(world.tenant.id, "one"), None).await;
    assert!(created.unwrap_err().is_unavailable());
    assert!(store.claim(world.worker, LEASE).await.unwrap_err().is_unavailable());

    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let target = postgres(&world);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(&target).await.unwrap();
            tokio::spawn(async move { drop(tokio::io::copy_bidirectional(&mut client, &mut server).await) });
        }
    });
    store.ping().await.unwrap();
    accepted(store.create_environment(new_environment(world.tenant.id, "one"), None).await.unwrap());
}

#[tokio::test]
async fn a_database_that_hangs_is_unavailable_within_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let accepting = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok(connection) = silent.accept().await {
            open.push(connection);
        }
    });
    let settings = StoreSettings::new(format!("postgres://terrane@127.0.0.1:{port}/terrane").into());
    let store = Store::new(&settings).unwrap();
    let begun = Instant::now();
    assert!(store.ping().await.unwrap_err().is_unavailable());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    accepting.abort();
}

#[tokio::test]
async fn lost_connections_are_replaced_without_anybody_noticing() {
    let world = World::new().await;
    world.store.ping().await.unwrap();
    let raw = world.raw().await;
    raw.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
        &[],
    )
    .await
    .unwrap();
    world.store.ping().await.unwrap();
}

#[tokio::test]
async fn all_connections_in_use_is_unavailable_and_passes() {
    let world = World::new().await;
    let mut narrow = StoreSettings { max_connections: 1, ..settings(&world.url) };
    narrow.wait_timeout = Duration::from_millis(200);
    narrow.connect_timeout = Duration::from_secs(4);
    let store = Store::new(&narrow).unwrap();
    let environment = world.create("one").await.environment;
    let raw = world.raw().await;
    raw.batch_execute("BEGIN; SELECT FROM environments FOR UPDATE").await.unwrap();
    let stuck = {
        let (store, tenant) = (store.clone(), world.tenant.id);
        tokio::spawn(
            async move { store.request_destroy(tenant, environment.id, Default::default(), None).await },
        )
    };
    let watch = world.raw().await;
    terrane_rig::until("the only connection waits for the lock", DEADLINE, async || {
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        (watch.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 1).then_some(())
    })
    .await
    .unwrap();
    let error = store.get_environment(world.tenant.id, environment.id).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    raw.batch_execute("COMMIT").await.unwrap();
    accepted(stuck.await.unwrap().unwrap());
    store.get_environment(world.tenant.id, environment.id).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_dropped_request_leaves_no_lock_and_no_trace() {
    let world = World::new().await;
    let environment = world.create("one").await.environment;
    let raw = world.raw().await;
    // The request gets as far as the operation's row, with the environment locked, and stays there.
    raw.batch_execute("BEGIN; SELECT FROM operations FOR UPDATE").await.unwrap();
    let request = {
        let (store, tenant) = (world.store.clone(), world.tenant.id);
        tokio::spawn(
            async move { store.request_destroy(tenant, environment.id, Default::default(), None).await },
        )
    };
    let watch = world.raw().await;
    terrane_rig::until("the request waits for the lock", DEADLINE, async || {
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        (watch.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 1).then_some(())
    })
    .await
    .unwrap();
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    raw.batch_execute("COMMIT").await.unwrap();

    let claim =
        tokio::time::timeout(DEADLINE, world.store.claim(world.worker, LEASE)).await.unwrap().unwrap();
    let claim = match claim {
        Some(claim) => claim,
        // Its session may need a moment to notice that nobody is there.
        None => {
            terrane_rig::until("the lock is gone", DEADLINE, async || world.try_claim().await).await.unwrap()
        }
    };
    assert_eq!(claim.operation.state, OperationState::Running);
    assert_eq!(claim.operation.cancel_requested_at, None);
}

#[tokio::test]
async fn a_statement_that_is_held_up_is_unavailable_and_does_not_go_on_there() {
    let world = World::new().await;
    let environment = world.create("one").await.environment;
    let raw = world.raw().await;
    raw.batch_execute("BEGIN; LOCK TABLE environments IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let impatient = StoreSettings { call_timeout: Duration::from_millis(200), ..settings(&world.url) };
    let store = Store::new(&impatient).unwrap();
    let error = store.get_environment(world.tenant.id, environment.id).await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    let watch = world.raw().await;
    terrane_rig::until("Postgres gives the statement up", DEADLINE, async || {
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        (watch.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0).then_some(())
    })
    .await
    .unwrap();
    raw.batch_execute("COMMIT").await.unwrap();
    store.get_environment(world.tenant.id, environment.id).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_url_that_is_none_is_refused_at_the_start() {
    let error = Store::new(&StoreSettings::new("postgres//nowhere".to_owned().into())).unwrap_err();
    assert!(error.to_string().contains("postgres://user:password@host:port/database"));
}
