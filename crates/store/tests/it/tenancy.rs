//! What belongs to one tenant does not exist for another, whatever ids it knows.

use serde_json::json;
use terrane_domain::StepName;
use terrane_store::{EnvironmentFilter, LineBatch, LogLevel, LogStream, NewLine, Outcome, StepEnd};

use crate::support::{World, new_spec, plan, remnant};

#[tokio::test]
async fn another_tenants_ids_are_not_found_by_any_read() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    let (store, holder) = (&world.store, &claim.holder);
    store.record_plan(holder, &plan(), "digest").await.unwrap();
    store.record_inventory(holder, &[remnant()]).await.unwrap();
    store.finish_step(holder, StepName::Plan, StepEnd::Succeeded, None).await.unwrap();
    let line =
        NewLine { at: chrono::Utc::now(), level: LogLevel::Info, text: "secret".into(), resource: None };
    let (step, stream) = (StepName::Plan, LogStream::Stdout);
    let batch = LineBatch { attempt: 1, step, stream, offset: 0, end: 6, lines: vec![line] };
    store.append_lines(holder, &batch).await.unwrap();
    store.succeed(holder, Some(&json!({"vpc_id": "vpc-1"}))).await.unwrap();

    let other = store.ensure_tenant("other").await.unwrap().id;
    let (environment, operation) = (claim.environment.id, claim.operation.id);
    assert_eq!(store.get_environment(other, environment).await.unwrap(), None);
    assert_eq!(store.environment_by_name(other, "one").await.unwrap(), None);
    assert_eq!(store.environment_spec(other, environment, 1).await.unwrap(), None);
    let list = store.list_environments(other, &EnvironmentFilter::default(), None, 10).await.unwrap();
    assert_eq!(list.items, []);
    assert_eq!(store.get_operation(other, operation).await.unwrap(), None);
    assert_eq!(store.list_operations(other, None, None, 10).await.unwrap().items, []);
    assert_eq!(store.list_operations(other, Some(environment), None, 10).await.unwrap().items, []);
    assert!(store.current_operations(other, &[environment]).await.unwrap().is_empty());
    assert_eq!(store.steps(other, operation).await.unwrap(), None);
    assert_eq!(store.plan(other, operation).await.unwrap(), None);
    assert_eq!(store.inventory(other, operation).await.unwrap(), None);
    assert_eq!(store.log_page(other, operation, None, 10).await.unwrap(), None);
}

#[tokio::test]
async fn another_tenants_ids_are_not_found_by_any_write() {
    let world = World::new().await;
    let awaiting = world.awaiting(false).await;
    let before = world.states(&awaiting).await;
    let (environment, operation) = (awaiting.environment.id, awaiting.operation.id);
    let store = &world.store;
    let other = store.ensure_tenant("other").await.unwrap().id;
    let outcomes = [
        store.update_environment(other, environment, None, new_spec(), None).await,
        store.request_destroy(other, environment, Default::default(), None).await,
        store.approve(other, operation, None, None).await,
        store.discard(other, operation, None).await,
        store.cancel(other, operation, None).await,
        store.retry(other, operation, Default::default(), None).await,
    ];
    for outcome in outcomes {
        assert_eq!(outcome.unwrap(), Outcome::NotFound);
    }
    assert_eq!(world.states(&awaiting).await, before);
    assert_eq!(world.environment(environment).await.generation, 2);
}

#[tokio::test]
async fn a_row_can_not_point_at_another_tenants_row() {
    let world = World::new().await;
    let created = world.create("one").await;
    let other = world.store.ensure_tenant("other").await.unwrap().id;
    let raw = world.raw().await;
    let (environment, operation) = (created.environment.id.as_uuid(), created.operation.id.as_uuid());
    for statement in [
        format!(
            "INSERT INTO environment_specs (tenant_id, environment_id, generation, spec)
             VALUES ('{}', '{environment}', 2, '{{}}')",
            other.as_uuid()
        ),
        format!(
            "INSERT INTO operations (id, tenant_id, environment_id, kind, generation)
             VALUES (gen_random_uuid(), '{}', '{environment}', 'destroy', 1)",
            other.as_uuid()
        ),
        format!(
            "INSERT INTO operation_steps (tenant_id, operation_id, attempt, name)
             VALUES ('{}', '{operation}', 1, 'plan')",
            other.as_uuid()
        ),
        format!(
            "INSERT INTO operation_plans (tenant_id, operation_id, plan) VALUES ('{}', '{operation}', '{{}}')",
            other.as_uuid()
        ),
        format!(
            "INSERT INTO operation_inventories (tenant_id, operation_id, items) VALUES ('{}', '{operation}', '[]')",
            other.as_uuid()
        ),
        format!(
            "INSERT INTO log_batches
               (tenant_id, operation_id, attempt, step, stream, byte_offset, byte_end, sequence, lines)
             VALUES ('{}', '{operation}', 1, 'plan', 'stdout', 0, 1, 1, '[]')",
            other.as_uuid()
        ),
    ] {
        let error = raw.batch_execute(&statement).await.unwrap_err();
        assert_eq!(
            error.code(),
            Some(&tokio_postgres::error::SqlState::FOREIGN_KEY_VIOLATION),
            "{statement}"
        );
    }
}

#[tokio::test]
async fn a_tenant_is_made_once_and_has_an_external_id_of_its_own() {
    let world = World::new().await;
    assert_eq!(world.store.ensure_tenant("acme").await.unwrap(), world.tenant);
    assert_eq!(world.store.get_tenant(world.tenant.id).await.unwrap().as_ref(), Some(&world.tenant));
    let other = world.store.ensure_tenant("other").await.unwrap();
    assert_ne!(other.external_id, world.tenant.external_id);
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    assert!((2..=1224).contains(&other.external_id.len()));
    assert!(other.external_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
}

#[tokio::test]
async fn workers_come_are_seen_and_go() {
    let world = World::new().await;
    let store = &world.store;
    let [worker] = store.list_workers().await.unwrap().try_into().unwrap();
    assert_eq!((worker.id, worker.slots), (world.worker, 3));
    assert!(store.worker_seen(worker.id).await.unwrap());
    let [seen] = store.list_workers().await.unwrap().try_into().unwrap();
    assert!(seen.seen_at > worker.seen_at);
    assert!(store.worker_stopped(worker.id).await.unwrap());
    assert!(!store.worker_stopped(worker.id).await.unwrap(), "once");
    assert_eq!(store.list_workers().await.unwrap(), []);
    let stranger = terrane_domain::WorkerId::from_uuid(uuid::Uuid::now_v7());
    assert!(!store.worker_seen(stranger).await.unwrap());
}
