use std::collections::BTreeMap;

use terrane_domain::{EnvironmentState, OperationKind, OperationState};
use terrane_store::EnvironmentFilter;

use crate::support::{World, accepted, error, new_environment};

async fn names(world: &World, filter: &EnvironmentFilter) -> Vec<String> {
    let page = world.store.list_environments(world.tenant.id, filter, None, 10).await.unwrap();
    assert_eq!(page.next, None);
    page.items.into_iter().map(|environment| environment.name).collect()
}

#[tokio::test]
async fn environments_are_paged_newest_first_without_gap_or_repetition() {
    let world = World::new().await;
    for number in 0..5 {
        world.create(&format!("env-{number}")).await;
    }
    let (mut seen, mut after, mut sizes) = (Vec::new(), None, Vec::new());
    loop {
        let filter = EnvironmentFilter::default();
        let page = world.store.list_environments(world.tenant.id, &filter, after, 2).await.unwrap();
        sizes.push(page.items.len());
        seen.extend(page.items.into_iter().map(|environment| environment.name));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["env-4", "env-3", "env-2", "env-1", "env-0"]);
    assert_eq!(sizes, [2, 2, 1]);
}

#[tokio::test]
async fn a_full_last_page_promises_no_further_one() {
    let world = World::new().await;
    world.create("one").await;
    world.create("two").await;
    let page =
        world.store.list_environments(world.tenant.id, &EnvironmentFilter::default(), None, 2).await.unwrap();
    assert_eq!((page.items.len(), page.next), (2, None));
}

#[tokio::test]
async fn environments_are_filtered_by_state_label_and_text() {
    let world = World::new().await;
    world.ready("ready-one").await;
    world.create("Pending-One").await;
    let mut other = new_environment(world.tenant.id, "pending-two");
    other.labels = BTreeMap::from([("team".into(), "data".into()), ("tier".into(), "gold".into())]);
    accepted(world.store.create_environment(other, None).await.unwrap());

    let filter =
        |states: &[EnvironmentState], labels: &[(&str, &str)], text: Option<&str>| EnvironmentFilter {
            states: states.to_vec(),
            labels: labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
            text: text.map(Into::into),
        };
    use EnvironmentState::{Failed, Pending, Ready};
    let cases: [(EnvironmentFilter, &[&str]); 11] = [
        (filter(&[], &[], None), &["pending-two", "Pending-One", "ready-one"]),
        (filter(&[Ready], &[], None), &["ready-one"]),
        (filter(&[Pending, Ready], &[], None), &["pending-two", "Pending-One", "ready-one"]),
        (filter(&[Failed, Ready], &[], None), &["ready-one"]),
        (filter(&[], &[("team", "platform")], None), &["Pending-One", "ready-one"]),
        (filter(&[], &[("team", "data"), ("tier", "gold")], None), &["pending-two"]),
        (filter(&[], &[("team", "data"), ("tier", "tin")], None), &[]),
        (filter(&[], &[], Some("ONE")), &["Pending-One", "ready-one"]),
        (filter(&[Pending], &[("team", "platform")], Some("ing")), &["Pending-One"]),
        (filter(&[], &[], Some("%")), &[]),
        (filter(&[], &[("team", "data\0")], Some("\0")), &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(names(&world, &filter).await, expected, "{filter:?}");
    }
    assert_eq!(world.store.environment_by_name(world.tenant.id, "a\0b").await.unwrap(), None);
}

#[tokio::test]
async fn operations_are_paged_newest_first_of_one_environment_or_of_all() {
    let world = World::new().await;
    let one = world.ready("one").await;
    world.ready("two").await;
    for _ in 0..3 {
        accepted(world.change(one.id).await);
    }
    let list = |environment, after| world.store.list_operations(world.tenant.id, environment, after, 2);
    let first = list(Some(one.id), None).await.unwrap();
    let second = list(Some(one.id), first.next).await.unwrap();
    let generations: Vec<_> = first.items.iter().chain(&second.items).map(|row| row.generation).collect();
    assert_eq!(generations, [4, 3, 2, 1]);
    assert_eq!(second.next, None);

    let all = list(None, None).await.unwrap();
    assert_eq!(all.items[0].generation, 4);
    let rest = list(None, all.next).await.unwrap();
    assert_eq!(rest.items.len(), 2);
    assert_eq!(list(None, rest.next).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn an_environment_is_about_what_is_in_front_of_its_line_else_about_what_came_last() {
    let world = World::new().await;
    let [idle, busy, fresh] =
        [world.ready("idle").await, world.ready("busy").await, world.create("fresh").await.environment];
    let create = world.claim().await;
    world.store.fail(&create.holder, &error("quota")).await.unwrap();
    accepted(world.change(busy.id).await);
    world.claim().await;
    accepted(world.change(busy.id).await);

    let current =
        world.store.current_operations(world.tenant.id, &[idle.id, busy.id, fresh.id]).await.unwrap();
    let seen = |id| {
        let operation: &terrane_store::Operation = &current[id];
        (operation.kind, operation.state, operation.generation)
    };
    assert_eq!(seen(&idle.id), (OperationKind::Create, OperationState::Succeeded, 1));
    assert_eq!(seen(&busy.id), (OperationKind::Update, OperationState::Running, 2));
    assert_eq!(seen(&fresh.id), (OperationKind::Create, OperationState::Failed, 1));
}

#[tokio::test]
async fn open_operations_are_counted_by_state() {
    let world = World::new().await;
    world.create("one").await;
    world.create("two").await;
    world.create("three").await;
    let claim = world.claim().await;
    world.store.succeed(&claim.holder, None).await.unwrap();
    world.claim().await;
    let counts = world.store.open_operations().await.unwrap();
    let counts: Vec<_> = counts.into_iter().collect();
    use OperationState::{AwaitingApproval, Queued, Retrying, Running};
    assert_eq!(counts, [(Queued, 1), (Running, 1), (AwaitingApproval, 0), (Retrying, 0)]);
}
