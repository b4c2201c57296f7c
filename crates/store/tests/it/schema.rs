//! What the schema itself promises, whatever a query does.

use terrane_domain::{EnvironmentState, OperationKind, OperationState, StepName, StepState};
use terrane_store::{AttemptEnd, CancelReason, LogStream};
use tokio_postgres::{Client, error::SqlState};

use crate::support::World;

/// The labels of a Postgres enum, in order.
async fn labels(raw: &Client, name: &str) -> Vec<String> {
    let labels =
        "SELECT enumlabel::text FROM pg_enum WHERE enumtypid = $1::text::regtype ORDER BY enumsortorder";
    raw.query(labels, &[&name]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn postgres_spells_every_enum_as_rust_does() {
    let world = World::new().await;
    let raw = world.raw().await;
    macro_rules! same {
        ($($rust:ty => $name:literal),+ $(,)?) => {$(
            let expected: Vec<_> = <$rust>::ALL.iter().map(|value| value.as_str().to_owned()).collect();
            assert_eq!(labels(&raw, $name).await, expected, $name);
        )+};
    }
    same! {
        EnvironmentState => "environment_state",
        OperationKind => "operation_kind",
        OperationState => "operation_state",
        StepName => "step_name",
        StepState => "step_state",
        LogStream => "log_stream",
        CancelReason => "cancel_reason",
        AttemptEnd => "attempt_end",
    }
    assert_eq!(labels(&raw, "data_on_destroy").await, ["snapshot", "delete"]);
}

#[tokio::test]
async fn the_partial_indexes_hold_exactly_the_named_sets() {
    let world = World::new().await;
    let raw = world.raw().await;
    let set = |states: &[OperationState]| {
        let states: Vec<_> = states.iter().map(|state| format!("'{state}'::operation_state")).collect();
        format!("state = ANY (ARRAY[{}])", states.join(", "))
    };
    for (index, states) in [
        ("operations_one_active", OperationState::ACTIVE),
        ("operations_waiting", OperationState::CLAIMABLE),
        ("operations_open", OperationState::OPEN),
    ] {
        let definition: String = raw
            .query_one(
                "SELECT pg_get_expr(indpred, indrelid) FROM pg_index WHERE indexrelid = $1::text::regclass",
                &[&index],
            )
            .await
            .unwrap()
            .get(0);
        assert!(definition.contains(&set(states)), "{index} holds {definition}");
    }
}

#[tokio::test]
async fn migrating_twice_changes_nothing_and_two_at_once_take_turns() {
    let url = terrane_rig::shared().await.unwrap().postgres().await.unwrap().empty_database().await.unwrap();
    let url: secrecy::SecretString = url.into();
    let (first, second) = tokio::join!(terrane_store::migrate(&url), terrane_store::migrate(&url));
    let applied = first.unwrap().len() + second.unwrap().len();
    assert!(applied >= 1);
    assert_eq!(terrane_store::migrate(&url).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_database_can_be_made_copied_and_dropped() {
    let admin: secrecy::SecretString =
        terrane_rig::shared().await.unwrap().postgres().await.unwrap().admin_url().into();
    let name = "odd \"name\"; --";
    terrane_store::admin::create_database(&admin, name, None).await.unwrap();
    let again = terrane_store::admin::create_database(&admin, name, None).await.unwrap_err();
    assert_eq!(again.to_string(), format!("cannot create the database {name}"));
    terrane_store::admin::create_database(&admin, "odd copy", Some(name)).await.unwrap();
    for name in [name, "odd copy", "never there"] {
        terrane_store::admin::drop_database(&admin, name).await.unwrap();
    }
    terrane_store::admin::create_database(&admin, name, None).await.unwrap();
    terrane_store::admin::drop_database(&admin, name).await.unwrap();
}

#[tokio::test]
async fn what_must_never_be_is_refused_by_the_schema() {
    let world = World::new().await;
    world.ready("ready").await;
    world.create("running").await;
    world.claim().await;
    world.create("queued").await;
    let raw = world.raw().await;
    for (statement, constraint) in [
        ("UPDATE environments SET applied_generation = generation + 1", "environments_check"),
        ("UPDATE environments SET applied_generation = NULL", "environments_ready_is_applied"),
        ("UPDATE environments SET state = 'destroyed'", "environments_destroyed_has_"),
        ("UPDATE environments SET destroyed_at = now()", "environments_destroyed_has_time"),
        ("UPDATE environments SET pin_engine = 'tofu'", "environments_engine_and_version"),
        ("UPDATE environments SET generation = 0 WHERE name = 'queued'", "environments_generation_check"),
        ("UPDATE environments SET labels = '[]'", "environments_labels_check"),
        ("UPDATE operations SET owner = NULL WHERE state = 'running'", "operations_running_has_owner"),
        ("UPDATE operations SET lease_until = NULL WHERE state = 'running'", "operations_running_has_lease"),
        ("UPDATE operations SET fence = NULL WHERE state = 'running'", "operations_running_has_fence"),
        ("UPDATE operations SET state = 'failed', error = '{}' WHERE state = 'running'", "operations_"),
        ("UPDATE operations SET finished_at = now() WHERE state = 'queued'", "operations_over_has_time"),
        ("UPDATE operations SET finished_at = NULL WHERE state = 'succeeded'", "operations_over_has_time"),
        ("UPDATE operations SET next_attempt_at = now() WHERE state = 'queued'", "operations_retrying_has_due_time"),
        ("UPDATE operations SET approval_expires_at = now() WHERE state = 'queued'", "operations_awaiting_has_expiry"),
        (
            "UPDATE operations SET state = 'awaiting_approval', owner = NULL, lease_until = NULL, fence = NULL,
                approval_expires_at = now() WHERE state = 'running'",
            "operations_awaiting_has_digest",
        ),
        (
            "UPDATE operations SET state = 'cancelled', finished_at = now() WHERE state = 'queued'",
            "operations_cancelled_has_reason",
        ),
        ("UPDATE operations SET started_at = now() WHERE state = 'queued'", "operations_begun_was_claimed"),
        ("UPDATE operations SET touched = true WHERE state = 'queued'", "operations_queued_is_untouched"),
        ("UPDATE operations SET force = true WHERE state = 'queued'", "operations_destroy_data"),
    ] {
        let error = raw.batch_execute(statement).await.expect_err(statement);
        let error = error.as_db_error().unwrap();
        assert_eq!(error.code(), &SqlState::CHECK_VIOLATION, "{statement}");
        let found = error.constraint().unwrap_or_default();
        assert!(found.starts_with(constraint), "{statement} ran into {found}");
    }
}

#[tokio::test]
async fn an_environment_has_one_active_operation_and_one_queued_change() {
    let world = World::new().await;
    let environment = world.create("one").await.environment;
    world.claim().await;
    let _ = world.change(environment.id).await;
    let raw = world.raw().await;
    let copy = |state: &str| {
        format!(
            "INSERT INTO operations (id, tenant_id, environment_id, kind, state, generation, attempt, owner, fence,
                lease_until, started_at, environment_state_before)
             SELECT gen_random_uuid(), tenant_id, environment_id, kind, state, generation, attempt, owner, fence,
                lease_until, started_at, environment_state_before FROM operations WHERE state = '{state}'"
        )
    };
    for (state, index) in [("running", "operations_one_active"), ("queued", "operations_one_queued_change")] {
        let error = raw.batch_execute(&copy(state)).await.expect_err(state);
        let error = error.as_db_error().unwrap();
        assert_eq!((error.code(), error.constraint()), (&SqlState::UNIQUE_VIOLATION, Some(index)));
    }
}

/// The smallest id of a moment, as Postgres makes it, and the partition that a line of such an operation goes to.
async fn partition_of(raw: &Client, moment: &str) -> String {
    let insert = format!(
        "WITH made AS (
             INSERT INTO operations (id, tenant_id, environment_id, kind, state, generation, finished_at, cancel_reason)
             SELECT uuid_v7_floor('{moment}'), tenant_id, id, 'update', 'cancelled', 1, now(), 'requested'
             FROM environments RETURNING tenant_id, id)
         INSERT INTO log_batches (tenant_id, operation_id, attempt, step, stream, byte_offset, byte_end, sequence, lines)
         SELECT tenant_id, id, 1, 'apply', 'stdout', 0, 1, 1, '[]' FROM made
         RETURNING tableoid::regclass::text"
    );
    raw.query_one(&insert, &[]).await.unwrap_or_else(|_| panic!("{insert}")).get(0)
}

#[tokio::test]
async fn lines_go_to_the_partition_of_their_operations_month() {
    let world = World::new().await;
    world.create("one").await;
    let raw = world.raw().await;
    raw.batch_execute("SELECT ensure_log_partitions('2031-11-30 23:59:59.999Z', 2)").await.unwrap();
    for (moment, partition) in [
        ("2031-11-01 00:00:00.000Z", "log_batches_2031_11"),
        ("2031-11-30 23:59:59.999Z", "log_batches_2031_11"),
        ("2031-12-01 00:00:00.000Z", "log_batches_2031_12"),
        ("2032-01-31 23:59:59.999Z", "log_batches_2032_01"),
        ("2032-02-01 00:00:00.000Z", "log_batches_default"),
        ("1999-01-01 00:00:00.000Z", "log_batches_default"),
    ] {
        assert_eq!(partition_of(&raw, moment).await, partition, "{moment}");
    }
}

#[tokio::test]
async fn a_uuid_of_now_goes_to_the_partition_that_migrating_made() {
    let world = World::new().await;
    let created = world.create("one").await;
    let claim = world.claim().await;
    let line = terrane_store::NewLine {
        at: chrono::Utc::now(),
        level: terrane_store::LogLevel::Info,
        text: "line".into(),
        resource: None,
    };
    let (step, stream) = (StepName::Plan, LogStream::Engine);
    let batch = terrane_store::LineBatch { attempt: 1, step, stream, offset: 0, end: 4, lines: vec![line] };
    world.store.append_lines(&claim.holder, &batch).await.unwrap();
    let row =
        world.raw().await.query_one("SELECT tableoid::regclass::text FROM log_batches", &[]).await.unwrap();
    let expected = format!("log_batches_{}", created.operation.created_at.format("%Y_%m"));
    assert_eq!(row.get::<_, String>(0), expected);
    assert_eq!(world.store.ensure_log_partitions().await.unwrap(), 0, "nothing is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_nobody_prepared_for_is_moved_out_of_the_default_partition() {
    let world = World::new().await;
    world.create("one").await;
    let raw = world.raw().await;
    assert_eq!(partition_of(&raw, "2033-05-17 12:00:00Z").await, "log_batches_default");
    assert_eq!(partition_of(&raw, "2033-08-01 00:00:00Z").await, "log_batches_default");
    let (a, b) = (world.raw().await, world.raw().await);
    let ensure = "SELECT ensure_log_partitions('2033-05-20Z', 2)";
    let (a, b) = tokio::join!(a.query_one(ensure, &[]), b.query_one(ensure, &[]));
    assert_eq!(a.unwrap().get::<_, i32>(0) + b.unwrap().get::<_, i32>(0), 3, "three months, made once");
    let rows = raw
        .query("SELECT tableoid::regclass::text FROM log_batches ORDER BY operation_id", &[])
        .await
        .unwrap();
    let partitions: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(partitions, ["log_batches_2033_05", "log_batches_default"]);
}

#[tokio::test]
async fn diesels_tables_have_the_columns_of_the_database() {
    // Reading every kind of row through the store names every column that diesel believes in; what is left is the
    // other direction: a column that the database has and diesel doesn't know.
    let world = World::new().await;
    let raw = world.raw().await;
    let source = include_str!("../../src/schema.rs");
    let columns = "SELECT table_name::text, column_name::text FROM information_schema.columns
                   WHERE table_schema = 'public' AND table_name NOT LIKE 'log_batches_%'
                     AND table_name <> '__diesel_schema_migrations'";
    let rows = raw.query(columns, &[]).await.unwrap();
    assert!(rows.len() > 80, "{} columns", rows.len());
    for row in rows {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        let declared = source.split(&format!("    {table} (")).nth(1).unwrap_or_default();
        let declared = declared.split("diesel::table!").next().unwrap_or_default();
        assert!(
            declared.contains(&format!("        {column} -> ")),
            "{table}.{column} is missing in schema.rs"
        );
    }
}
