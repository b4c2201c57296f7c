//! What goes when it is old, and what doesn't.

use std::time::{Duration, Instant};

use chrono::Utc;
use terrane_domain::{OperationId, StepName};
use terrane_store::{Claim, LineBatch, LogLevel, LogPage, LogStream, NewLine};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::{World, new_worker, settings};

const DAY: Duration = Duration::from_secs(24 * 3600);
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// An operation as it was made at `moment`, which ended `ended`, and one line of its log.
async fn old_operation(raw: &Client, moment: &str, ended: Option<&str>) -> OperationId {
    let (state, reason) = if ended.is_some() { ("'cancelled'", "'requested'") } else { ("'queued'", "NULL") };
    let ended = ended.map_or("NULL".to_owned(), |ended| format!("'{ended}'"));
    let insert = format!(
        "WITH place AS (
             INSERT INTO environments (id, tenant_id, name, region, pin_blueprint, pin_aws_provider)
             SELECT gen_random_uuid(), id, 'of ' || gen_random_uuid(), 'eu-west-1', 1, '5.100.0' FROM tenants
             RETURNING tenant_id, id),
         spec AS (INSERT INTO environment_specs SELECT tenant_id, id, 1, '{{}}' FROM place),
         made AS (
             INSERT INTO operations (id, tenant_id, environment_id, kind, state, generation, finished_at,
                                     cancel_reason, log_sequence)
             SELECT uuid_v7_floor('{moment}'), tenant_id, id, 'create', {state}, 1, {ended}, {reason}, 1
             FROM place RETURNING tenant_id, id)
         INSERT INTO log_batches (tenant_id, operation_id, attempt, step, stream, byte_offset, byte_end, sequence,
                                  lines)
         SELECT tenant_id, id, 1, 'apply', 'stdout', 0, 1, 1,
                '[{{\"at\": \"2020-01-01T00:00:00Z\", \"level\": \"info\", \"text\": \"old\"}}]' FROM made
         RETURNING operation_id::text"
    );
    let id: String =
        raw.query_one(&insert, &[]).await.unwrap_or_else(|error| panic!("{insert}: {error:?}")).get(0);
    OperationId::from_uuid(id.parse().unwrap())
}

/// A world with partitions for the first months of 2020.
async fn long_ago() -> (World, Client) {
    let world = World::new().await;
    let raw = world.raw().await;
    raw.batch_execute("SELECT ensure_log_partitions('2020-01-01Z', 2)").await.unwrap();
    (world, raw)
}

async fn page(world: &World, operation: OperationId) -> LogPage {
    world.store.log_page(world.tenant.id, operation, None, 10).await.unwrap().unwrap()
}

async fn write(world: &World, claim: &Claim, offset: u64) {
    let line = NewLine { at: Utc::now(), level: LogLevel::Info, text: "young".into(), resource: None };
    let batch = LineBatch {
        attempt: 1,
        step: StepName::Apply,
        stream: LogStream::Stdout,
        offset,
        end: offset + 6,
        lines: vec![line],
    };
    assert!(world.store.append_lines(&claim.holder, &batch).await.unwrap());
}

async fn drop_one(world: &World) -> Option<String> {
    world.store.drop_log_partition(KEPT).await.unwrap()
}

#[tokio::test]
async fn old_months_go_one_by_one_and_their_readers_find_an_empty_log() {
    let (world, raw) = long_ago().await;
    let january = old_operation(&raw, "2020-01-31 23:59:59.999Z", Some("2020-02-01Z")).await;
    let february = old_operation(&raw, "2020-02-01Z", Some("2020-02-01Z")).await;
    world.create("young").await;
    let claim = world.claim().await;
    write(&world, &claim, 0).await;
    let before = page(&world, january).await;
    assert_eq!((before.lines.len(), before.complete, before.removed), (1, true, false));

    assert_eq!(drop_one(&world).await.as_deref(), Some("log_batches_2020_01"));
    let after = page(&world, january).await;
    assert_eq!((after.lines.len(), after.complete, after.removed), (0, true, true));
    // A reader who was in the middle is told as well.
    let cursor = before.next;
    let rest = world.store.log_page(world.tenant.id, january, cursor, 10).await.unwrap().unwrap();
    assert!(rest.lines.is_empty() && rest.removed && rest.next == cursor);
    assert_eq!(page(&world, february).await.lines.len(), 1, "only one month at a time");

    assert_eq!(drop_one(&world).await.as_deref(), Some("log_batches_2020_02"));
    assert_eq!(drop_one(&world).await.as_deref(), Some("log_batches_2020_03"), "an empty month goes too");
    assert_eq!(drop_one(&world).await, None);
    write(&world, &claim, 6).await;
    world.store.succeed(&claim.holder, None).await.unwrap();
    let young = page(&world, claim.operation.id).await;
    assert_eq!((young.lines.len(), young.complete, young.removed), (2, true, false));
    let end =
        world.store.log_page(world.tenant.id, claim.operation.id, young.next, 10).await.unwrap().unwrap();
    assert!(
        end.complete && end.lines.is_empty() && !end.removed,
        "the end of a log is not a log that is gone"
    );
}

#[tokio::test]
async fn a_log_that_never_had_a_line_was_not_removed() {
    let (world, raw) = long_ago().await;
    let silent = old_operation(&raw, "2020-01-15Z", Some("2020-01-15Z")).await;
    raw.batch_execute("DELETE FROM log_batches; UPDATE operations SET log_sequence = 0").await.unwrap();
    let page = page(&world, silent).await;
    assert!(page.complete && !page.removed, "{page:?}");
}

#[tokio::test]
async fn a_month_waits_for_its_operations_and_later_months_do_not_wait_for_it() {
    let (world, raw) = long_ago().await;
    let open = old_operation(&raw, "2020-01-10Z", None).await;
    let just_ended = old_operation(&raw, "2020-02-10Z", Some(&Utc::now().to_rfc3339())).await;
    old_operation(&raw, "2020-03-10Z", Some("2020-03-11Z")).await;
    assert_eq!(drop_one(&world).await.as_deref(), Some("log_batches_2020_03"));
    assert_eq!(drop_one(&world).await, None);
    assert_eq!(page(&world, open).await.lines.len(), 1);
    assert_eq!(page(&world, just_ended).await.lines.len(), 1);

    let over =
        "UPDATE operations SET state = 'cancelled', finished_at = '2020-06-01Z', cancel_reason = 'requested'";
    raw.batch_execute(over).await.unwrap();
    assert_eq!(drop_one(&world).await.as_deref(), Some("log_batches_2020_01"));
    assert_eq!(drop_one(&world).await.as_deref(), Some("log_batches_2020_02"));
}

#[tokio::test]
async fn a_month_is_kept_until_all_of_it_is_old_enough() {
    let (world, raw) = long_ago().await;
    let age: f64 = raw
        .query_one("SELECT extract(epoch FROM now() - '2020-02-01Z'::timestamptz)::float8", &[])
        .await
        .unwrap()
        .get(0);
    let age = Duration::from_secs_f64(age);
    assert_eq!(world.store.drop_log_partition(age + DAY).await.unwrap(), None);
    let dropped = world.store.drop_log_partition(age - DAY).await.unwrap();
    assert_eq!(dropped.as_deref(), Some("log_batches_2020_01"));
}

/// Somebody who began to read and was never heard of again keeps the partitions from being dropped. Nobody may have to
/// wait because of that: neither the writer, nor other readers.
#[tokio::test]
async fn a_lost_reader_puts_off_the_dropping_and_holds_up_nobody() {
    let (world, raw) = long_ago().await;
    old_operation(&raw, "2020-01-10Z", Some("2020-01-11Z")).await;
    world.create("young").await;
    let claim = world.claim().await;
    write(&world, &claim, 0).await;
    let lost = world.raw().await;
    lost.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    assert_eq!(lost.query("SELECT lines FROM log_batches", &[]).await.unwrap().len(), 2);

    let began = Instant::now();
    let dropping = tokio::spawn({
        let store = world.store.clone();
        async move { store.drop_log_partition(KEPT).await.unwrap() }
    });
    for number in 1..20 {
        write(&world, &claim, number * 6).await;
    }
    assert_eq!(page(&world, claim.operation.id).await.lines.len(), 10);
    assert_eq!(dropping.await.unwrap(), None, "it gave way");
    assert!(began.elapsed() < Duration::from_secs(20), "somebody waited: {:?}", began.elapsed());

    lost.batch_execute("COMMIT").await.unwrap();
    assert_eq!(drop_one(&world).await.as_deref(), Some("log_batches_2020_01"));
}

#[tokio::test]
async fn a_lost_reader_puts_off_the_months_ahead_and_holds_up_nobody() {
    let world = World::new().await;
    world.create("young").await;
    let claim = world.claim().await;
    let lost = world.raw().await;
    lost.batch_execute("BEGIN; SELECT lines FROM log_batches").await.unwrap();
    let preparing = world.raw().await;
    let preparing = tokio::spawn(async move {
        preparing
            .query_one("SELECT ensure_log_partitions('2031-01-01Z', 2)", &[])
            .await
            .unwrap()
            .get::<_, i32>(0)
    });
    let began = Instant::now();
    for number in 0..20 {
        write(&world, &claim, number * 6).await;
    }
    assert_eq!(preparing.await.unwrap(), 0, "it gave way");
    assert!(began.elapsed() < Duration::from_secs(20), "somebody waited: {:?}", began.elapsed());
    lost.batch_execute("COMMIT").await.unwrap();
    let again = world.raw().await.query_one("SELECT ensure_log_partitions('2031-01-01Z', 2)", &[]).await;
    assert_eq!(again.unwrap().get::<_, i32>(0), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn any_number_of_janitors_drop_each_month_once_while_lines_are_stored() {
    let (world, raw) = long_ago().await;
    for moment in ["2020-01-10Z", "2020-02-10Z", "2020-03-10Z"] {
        old_operation(&raw, moment, Some("2020-04-01Z")).await;
    }
    world.create("young").await;
    let claim = world.claim().await;
    let janitors: Vec<_> = (0..4)
        .map(|_| {
            let store = terrane_store::Store::new(&settings(&world.url)).unwrap();
            tokio::spawn(async move {
                let mut dropped = Vec::new();
                for _ in 0..12 {
                    dropped.extend(store.drop_log_partition(KEPT).await.unwrap());
                }
                dropped
            })
        })
        .collect();
    for number in 0..60 {
        write(&world, &claim, number * 6).await;
    }
    let mut dropped = Vec::new();
    for janitor in janitors {
        dropped.extend(janitor.await.unwrap());
    }
    // One that found somebody in the way each time leaves it to the next round.
    while let Some(name) = drop_one(&world).await {
        dropped.push(name);
    }
    dropped.sort();
    assert_eq!(dropped, ["log_batches_2020_01", "log_batches_2020_02", "log_batches_2020_03"]);
    assert_eq!(world.store.log_size(claim.operation.id).await.unwrap().lines, 60);
}

#[tokio::test]
async fn old_lines_that_had_no_month_of_their_own_go_row_by_row() {
    let (world, raw) = long_ago().await;
    let old = old_operation(&raw, "1999-01-10Z", Some("1999-01-11Z")).await;
    let open = old_operation(&raw, "1999-01-12Z", None).await;
    world.store.drop_log_partition(KEPT).await.unwrap();
    assert!(page(&world, old).await.removed);
    assert_eq!(page(&world, open).await.lines.len(), 1);
}

#[tokio::test]
async fn a_log_knows_its_size() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    let size = async || world.store.log_size(claim.operation.id).await.unwrap();
    assert_eq!((size().await.lines, size().await.bytes), (0, 0));
    write(&world, &claim, 0).await;
    write(&world, &claim, 6).await;
    assert_eq!((size().await.lines, size().await.bytes), (2, 10));
}

#[tokio::test]
async fn a_worker_that_died_is_noted_as_ended_and_forgotten_later_and_its_attempts_remain() {
    let world = World::new().await;
    let raw = world.raw().await;
    let created = world.create("one").await;
    let claim = world.claim().await;
    let idle = world.store.register_worker(new_worker()).await.unwrap().id;
    let young = world.store.register_worker(new_worker()).await.unwrap().id;
    let unseen = "UPDATE workers SET seen_at = now() - interval '25 hours' WHERE id::text <> $1";
    raw.execute(unseen, &[&young.as_uuid().to_string()]).await.unwrap();

    assert_eq!(
        world.store.retire_workers(DAY).await.unwrap(),
        [idle],
        "one that holds an operation is watched"
    );
    assert_eq!(world.store.retire_workers(DAY).await.unwrap(), []);
    // It was not dead after all.
    assert!(world.store.worker_seen(idle).await.unwrap());
    assert_eq!(world.store.list_workers().await.unwrap().len(), 3);

    world.store.retry_later(&claim.holder, &crate::support::error("throttled"), DAY, true).await.unwrap();
    assert_eq!(world.store.retire_workers(DAY).await.unwrap(), [world.worker]);
    let long =
        "UPDATE workers SET seen_at = now() - interval '31 days', stopped_at = now() - interval '31 days'
                WHERE id::text <> $1";
    raw.execute(long, &[&young.as_uuid().to_string()]).await.unwrap();
    assert_eq!(world.store.forget_workers(30 * DAY).await.unwrap(), 1, "the other's operation is not over");
    let _ = world.cancel(created.operation.id).await;
    assert_eq!(world.store.forget_workers(30 * DAY).await.unwrap(), 1);
    let left: Vec<_> = world.store.list_workers().await.unwrap().iter().map(|worker| worker.id).collect();
    assert_eq!(left, [young]);
    let attempts = world.store.attempts(world.tenant.id, created.operation.id).await.unwrap().unwrap();
    assert_eq!(attempts[0].worker_id, world.worker);
}

#[tokio::test]
async fn the_queue_in_figures_tells_what_is_due_from_what_waits_for_something() {
    let world = World::new().await;
    assert_eq!(world.store.queue_figures().await.unwrap(), Default::default());
    let first = world.create("first").await;
    world.create("second").await;
    let raw = world.raw().await;
    let age = "UPDATE operations SET created_at = now() - interval '5 minutes' WHERE id::text = $1";
    raw.execute(age, &[&first.operation.id.as_uuid().to_string()]).await.unwrap();
    let figures = world.store.queue_figures().await.unwrap();
    assert_eq!((figures.due, figures.running), (2, 0));
    assert!((300.0..330.0).contains(&figures.oldest.unwrap()), "{figures:?}");

    let claim = world.claim().await;
    assert_eq!(claim.operation.id, first.operation.id);
    let _ = world.destroy(first.environment.id).await;
    let figures = world.store.queue_figures().await.unwrap();
    assert_eq!((figures.due, figures.behind, figures.running), (1, 1, 1));
    assert!(figures.oldest.unwrap() < 300.0, "what runs doesn't wait: {figures:?}");
    let second = world.claim().await;
    world.store.retry_later(&second.holder, &crate::support::error("throttled"), DAY, true).await.unwrap();
    let figures = world.store.queue_figures().await.unwrap();
    assert_eq!((figures.due, figures.retrying, figures.oldest), (0, 1, None));
}

#[tokio::test]
async fn only_what_is_over_is_named_as_finished() {
    let world = World::new().await;
    let (done, open) = (world.create("done").await, world.create("open").await);
    let claim = world.claim().await;
    assert_eq!(claim.operation.id, done.operation.id);
    world.store.succeed(&claim.holder, None).await.unwrap();
    let unknown = OperationId::from_uuid(Uuid::now_v7());
    let asked = [open.operation.id, done.operation.id, unknown];
    let finished = world.store.finished_among(&asked).await.unwrap();
    assert_eq!(finished.iter().map(|it| it.id).collect::<Vec<_>>(), [done.operation.id]);
    assert_eq!(finished[0].free_for, Duration::ZERO, "its lease would have been good for a while");
    let past = "UPDATE operation_attempts SET lease_until = now() - interval '1 hour'";
    world.raw().await.batch_execute(past).await.unwrap();
    let finished = world.store.finished_among(&asked).await.unwrap();
    assert_eq!(finished[0].free_for.as_secs() / 60, 60);
}
