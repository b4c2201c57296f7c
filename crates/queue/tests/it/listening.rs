//! Who is woken, and by what.

use std::time::{Duration, Instant};

use terrane_queue::{MAX_LEN, Wake};

use crate::support::{Door, PATIENCE, QUIET};

#[tokio::test]
async fn the_first_listener_makes_the_group_and_looks_at_the_queue() {
    let door = Door::new().await;
    let mut listener = door.bell.listener("first");
    // Nobody heard this ring; the answer sends the worker to look all the same.
    door.ring().await;
    assert_eq!(listener.wait(PATIENCE).await.unwrap(), Wake::Regrouped);
    assert_eq!(listener.wait(QUIET).await.unwrap(), Wake::TimedOut);
}

#[tokio::test]
async fn a_ring_wakes_one_listener_and_leaves_the_other_asleep() {
    let mut door = Door::new().await;
    let (one, two) = (door.listener("one").await, door.listener("two").await);
    let one = door.wait_in_background(one, 1).await;
    let two = door.wait_in_background(two, 2).await;

    door.ring().await;
    door.until_at_the_door(1).await;
    assert_ne!(one.is_finished(), two.is_finished(), "one ring woke both or nobody");
    door.ring().await;
    assert_eq!(one.await.unwrap().1.unwrap(), Wake::Rung);
    assert_eq!(two.await.unwrap().1.unwrap(), Wake::Rung);
}

#[tokio::test]
async fn two_listeners_get_each_ring_once() {
    const RINGS: usize = 40;
    let door = Door::new().await;
    let (mut one, mut two) = (door.listener("one").await, door.listener("two").await);
    let count = async |listener: &mut terrane_queue::Listener| {
        let mut heard = 0;
        while listener.wait(QUIET).await.unwrap() == Wake::Rung {
            heard += 1;
        }
        heard
    };
    for _ in 0..RINGS {
        door.ring().await;
    }
    let (first, second) = tokio::join!(count(&mut one), count(&mut two));
    assert_eq!(first + second, RINGS, "{first} and {second}");
}

#[tokio::test]
async fn a_ring_while_nobody_waits_is_heard_by_the_next_who_does() {
    let door = Door::new().await;
    let mut listener = door.listener("busy").await;
    door.ring().await;
    assert_eq!(listener.wait(PATIENCE).await.unwrap(), Wake::Rung);
}

/// redis-rs gives up on an answer after 500 ms unless told otherwise.
#[tokio::test]
async fn a_wait_lasts_as_long_as_it_was_told() {
    let door = Door::new().await;
    let mut listener = door.listener("patient").await;
    let begun = Instant::now();
    assert_eq!(listener.wait(Duration::from_millis(900)).await.unwrap(), Wake::TimedOut);
    assert!(begun.elapsed() >= Duration::from_millis(890), "{:?}", begun.elapsed());
}

/// A worker stops listening when an operation ends, and listens again a moment later.
#[tokio::test]
async fn a_wait_that_was_given_up_does_not_take_the_next_ring_with_it() {
    let mut door = Door::new().await;
    let mut listener = door.listener("restless").await;
    tokio::select! {
        _ = listener.wait(PATIENCE) => panic!("nobody rang"),
        () = door.until_at_the_door(1) => {}
    }
    door.until_at_the_door(0).await;
    let waiting = door.wait_in_background(listener, 1).await;
    door.ring().await;
    let begun = Instant::now();
    assert_eq!(waiting.await.unwrap().1.unwrap(), Wake::Rung);
    assert!(begun.elapsed() < PATIENCE / 2, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn the_stream_stays_short_and_what_was_cut_off_wakes_nobody() {
    let mut door = Door::new().await;
    let mut listener = door.listener("late").await;
    for _ in 0..3 * MAX_LEN {
        door.ring().await;
    }
    let kept: usize = door.ask(&["XLEN", "terrane:doorbell"]).await;
    // Redis cuts whole nodes of a hundred entries.
    assert!((MAX_LEN..MAX_LEN + 200).contains(&kept), "{kept} entries");
    let mut heard = 0;
    while listener.wait(QUIET).await.unwrap() == Wake::Rung {
        heard += 1;
    }
    assert_eq!(heard, kept);
}
