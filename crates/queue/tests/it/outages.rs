//! Redis flushed, hanging and down: rings are lost, callers don't wait, and everything comes back by itself.

use std::time::{Duration, Instant};

use terrane_domain::OperationId;
use terrane_queue::{Doorbell, DoorbellSettings, QueueError, Wake};
use terrane_rig::{Rig, RigOptions, until};
use uuid::Uuid;

use crate::support::{Door, PATIENCE, QUIET};

/// The limit of 100 ms, and what a busy machine may add.
const GIVEN_UP: Duration = Duration::from_secs(2);

fn operation() -> OperationId {
    OperationId::from_uuid(Uuid::now_v7())
}

#[tokio::test]
async fn after_a_flush_the_group_is_made_again_and_rings_are_heard() {
    let mut door = Door::new().await;
    let mut listener = door.listener("flushed").await;
    let () = door.ask(&["FLUSHDB"]).await;
    assert_eq!(listener.wait(PATIENCE).await.unwrap(), Wake::Regrouped);
    door.ring().await;
    assert_eq!(listener.wait(PATIENCE).await.unwrap(), Wake::Rung);
}

#[tokio::test]
async fn a_flush_during_a_wait_sends_the_listener_to_look_at_the_queue() {
    let mut door = Door::new().await;
    let listener = door.listener("flushed").await;
    let waiting = door.wait_in_background(listener, 1).await;
    let () = door.ask(&["FLUSHDB"]).await;
    // A flush alone may go unnoticed until somebody rings on the new stream.
    door.ring().await;
    let (mut listener, wake) = waiting.await.unwrap();
    assert_eq!(wake.unwrap(), Wake::Regrouped);
    door.ring().await;
    assert_eq!(listener.wait(PATIENCE).await.unwrap(), Wake::Rung);
}

#[tokio::test]
async fn two_listeners_may_make_the_group_at_the_same_time() {
    let door = Door::new().await;
    let (mut one, mut two) = (door.bell.listener("one"), door.bell.listener("two"));
    let wakes = tokio::join!(one.wait(QUIET), two.wait(QUIET));
    for wake in [wakes.0.unwrap(), wakes.1.unwrap()] {
        assert_ne!(wake, Wake::Rung);
    }
    door.ring().await;
    let heard = tokio::join!(one.wait(QUIET), two.wait(QUIET));
    assert!(matches!(
        (heard.0.unwrap(), heard.1.unwrap()),
        (Wake::Rung, Wake::TimedOut) | (Wake::TimedOut, Wake::Rung)
    ));
}

#[tokio::test]
async fn a_hanging_redis_costs_a_caller_the_limit_and_no_more() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let redis = rig.redis().await.unwrap();
    let door = Door::at(redis.fresh_url()).await;
    let bell = door.impatient();
    let mut listener = door.listener("hanging").await;

    redis.freeze(true).await.unwrap();
    for _ in 0..3 {
        let begun = Instant::now();
        let error = bell.ring(operation()).await.unwrap_err();
        assert!(matches!(error, QueueError::Timeout(_)), "{error:?}");
        assert!(begun.elapsed() < GIVEN_UP, "{:?}", begun.elapsed());
    }
    // What the readiness of the API asks.
    assert!(bell.ping().await.is_err());
    let error = listener.wait(QUIET).await.unwrap_err();
    assert!(matches!(error, QueueError::Timeout(_)), "{error:?}");

    redis.freeze(false).await.unwrap();
    until("a ring gets through", PATIENCE, async || bell.ring(operation()).await.ok()).await.unwrap();
    until("it is heard", PATIENCE, async || {
        listener.wait(QUIET).await.ok().filter(|wake| *wake == Wake::Rung)
    })
    .await
    .unwrap();
    rig.stop().await;
}

#[tokio::test]
async fn a_redis_that_went_and_came_back_empty_is_used_again() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let redis = rig.redis().await.unwrap();
    let mut door = Door::at(redis.fresh_url()).await;
    let bell = door.impatient();
    bell.ping().await.unwrap();
    let listener = door.listener("steady").await;
    let waiting = door.wait_in_background(listener, 1).await;

    redis.stop().await.unwrap();
    let begun = Instant::now();
    assert!(bell.ring(operation()).await.is_err());
    assert!(bell.ping().await.is_err());
    assert!(begun.elapsed() < GIVEN_UP, "{:?}", begun.elapsed());
    let (mut listener, wake) = waiting.await.unwrap();
    assert!(matches!(wake, Err(QueueError::Command { .. })), "{wake:?}");
    assert!(listener.wait(QUIET).await.is_err());

    redis.start_again().await.unwrap();
    let wake =
        until("the listener is back", PATIENCE, async || listener.wait(QUIET).await.ok()).await.unwrap();
    assert_eq!(wake, Wake::Regrouped);
    until("a ring gets through", PATIENCE, async || bell.ring(operation()).await.ok()).await.unwrap();
    assert_eq!(listener.wait(PATIENCE).await.unwrap(), Wake::Rung);
    rig.stop().await;
}

#[tokio::test]
async fn a_url_that_is_none_is_refused_at_once_and_never_shown() {
    for url in ["", "127.0.0.1:6379", "http://:hunter2@127.0.0.1:1", "postgres://u:hunter2@127.0.0.1/x"] {
        let settings = DoorbellSettings::new(url.to_owned().into());
        assert!(!format!("{settings:?}").contains("hunter2"));
        let Err(error) = Doorbell::new(settings) else { panic!("{url} was taken") };
        assert!(matches!(error, QueueError::Url(_)), "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
