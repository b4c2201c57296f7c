//! The servers of a rig are real, separate and gone with it.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use terrane_rig::{Rig, RigOptions, until};

const SERVERS: RigOptions = RigOptions { postgres: true, redis: true, emulator: false };

/// Runs one statement and returns the first column of its first row as text.
async fn ask(url: &str, sql: &str) -> Result<Option<String>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let driver = tokio::spawn(connection);
    let rows = client.simple_query(sql).await;
    drop(client);
    driver.await.unwrap()?;
    Ok(rows?.into_iter().find_map(|row| match row {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }))
}

fn is_running(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn a_rig_comes_up_quickly_and_leaves_nothing_when_stopped() {
    let begun = Instant::now();
    let rig = Rig::start(SERVERS).await.unwrap();
    eprintln!("up after {:?}", begun.elapsed());
    let (postgres, redis) = (rig.postgres().await.unwrap().pid(), rig.redis().await.unwrap().pid());
    let (keeper, directory) = (rig.keeper_pid(), rig.directory().to_path_buf());
    assert!(is_running(postgres) && is_running(redis) && is_running(keeper) && directory.exists());

    rig.stop().await;
    assert!(!is_running(postgres) && !is_running(redis) && !is_running(keeper));
    assert!(!directory.exists());
}

#[tokio::test]
async fn two_rigs_at_once_have_nothing_in_common() {
    let (one, two) = tokio::join!(Rig::start(SERVERS), Rig::start(SERVERS));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one.directory(), two.directory());
    assert_ne!(one.redis().await.unwrap().url(), two.redis().await.unwrap().url());
    let (first, second) = (one.fresh_database().await.unwrap(), two.fresh_database().await.unwrap());
    ask(&first, "create table only_here ()").await.unwrap();
    assert!(ask(&second, "select * from only_here").await.is_err());

    one.stop().await;
    assert_eq!(ask(&second, "select 'still here'").await.unwrap().as_deref(), Some("still here"));
    two.stop().await;
}

#[tokio::test]
async fn databases_made_at_the_same_time_are_independent() {
    let rig = terrane_rig::shared().await.unwrap();
    let begun = Instant::now();
    let mut making = tokio::task::JoinSet::new();
    for _ in 0..20 {
        making.spawn(rig.fresh_database());
    }
    let databases = making.join_all().await.into_iter().collect::<Result<HashSet<_>, _>>().unwrap();
    eprintln!("20 databases after {:?}", begun.elapsed());
    assert_eq!(databases.len(), 20);
    for url in &databases {
        // Would fail on the second database if two were the same.
        ask(url, "create table mine ()").await.unwrap();
    }
}

#[tokio::test]
async fn a_fresh_database_has_the_schema_and_no_rows_and_an_empty_one_has_neither() {
    let rig = terrane_rig::shared().await.unwrap();
    let count = "select count(*) from environments";
    assert_eq!(ask(&rig.fresh_database().await.unwrap(), count).await.unwrap().as_deref(), Some("0"));
    let empty = rig.postgres().await.unwrap().empty_database().await.unwrap();
    assert!(ask(&empty, count).await.is_err());
}

#[tokio::test]
async fn every_caller_gets_a_redis_database_of_its_own() {
    let rig = terrane_rig::shared().await.unwrap();
    let urls = [rig.fresh_redis().await.unwrap(), rig.fresh_redis().await.unwrap()];
    assert_ne!(urls[0], urls[1]);
    assert!(!urls.contains(&rig.redis().await.unwrap().url()));
}

#[tokio::test]
async fn servers_can_be_taken_away_and_come_back_at_the_same_address() {
    let rig = Rig::start(SERVERS).await.unwrap();
    let (postgres, redis) = (rig.postgres().await.unwrap(), rig.redis().await.unwrap());
    let url = postgres.empty_database().await.unwrap();
    ask(&url, "create table kept as select 'kept' as word").await.unwrap();

    postgres.stop().await.unwrap();
    assert!(ask(&url, "select 1").await.is_err());
    postgres.start_again().await.unwrap();
    assert_eq!(ask(&url, "select word from kept").await.unwrap().as_deref(), Some("kept"));

    let (before, address) = (redis.pid(), redis.url());
    redis.stop().await.unwrap();
    redis.start_again().await.unwrap();
    assert_eq!(redis.url(), address);
    assert!(redis.pid() != before && is_running(redis.pid()));
    rig.stop().await;
}

#[tokio::test]
async fn a_dropped_rig_goes_by_itself() {
    let rig = Rig::start(SERVERS).await.unwrap();
    let (keeper, directory) = (rig.keeper_pid(), rig.directory().to_path_buf());
    drop(rig);
    until("the end of the keeper", Duration::from_secs(60), async || (!is_running(keeper)).then_some(()))
        .await
        .unwrap();
    assert!(!directory.exists());
}
