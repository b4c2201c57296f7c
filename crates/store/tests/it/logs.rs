use chrono::{TimeDelta, Utc};
use terrane_domain::StepName;
use terrane_store::{Claim, LineBatch, LogCursor, LogLevel, LogPage, LogStream, NewLine};

use crate::support::World;

fn batch(stream: LogStream, offset: u64, texts: &[&str]) -> LineBatch {
    let line = |text: &&str| NewLine {
        at: Utc::now(),
        level: LogLevel::Info,
        text: (*text).to_owned(),
        resource: Some("aws_vpc.this".to_owned()),
    };
    let end = offset + texts.iter().map(|text| text.len() as u64 + 1).sum::<u64>();
    LineBatch {
        attempt: 1,
        step: StepName::Apply,
        stream,
        offset,
        end,
        lines: texts.iter().map(line).collect(),
    }
}

async fn page(world: &World, claim: &Claim, after: Option<LogCursor>, limit: u32) -> LogPage {
    world.store.log_page(world.tenant.id, claim.operation.id, after, limit).await.unwrap().unwrap()
}

fn texts(page: &LogPage) -> Vec<&str> {
    page.lines.iter().map(|line| line.text.as_str()).collect()
}

#[tokio::test]
async fn a_batch_that_is_stored_again_changes_nothing() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    let first = batch(LogStream::Stdout, 0, &["a", "b"]);
    assert!(world.store.append_lines(&claim.holder, &first).await.unwrap());
    assert!(!world.store.append_lines(&claim.holder, &first).await.unwrap());
    // The same bytes of another stream are another batch.
    assert!(world.store.append_lines(&claim.holder, &batch(LogStream::Stderr, 0, &["c"])).await.unwrap());
    assert!(!world.store.append_lines(&claim.holder, &batch(LogStream::Stderr, 2, &[])).await.unwrap());
    assert_eq!(texts(&page(&world, &claim, None, 10).await), ["a", "b", "c"]);

    let until = |stream| world.store.stored_until(claim.operation.id, 1, StepName::Apply, stream);
    assert_eq!(until(LogStream::Stdout).await.unwrap(), 4);
    assert_eq!(until(LogStream::Engine).await.unwrap(), 0);
}

#[tokio::test]
async fn lines_are_paged_in_the_order_of_writing() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    let (store, holder) = (&world.store, &claim.holder);
    store.append_lines(holder, &batch(LogStream::Stdout, 10, &["a", "b", "c"])).await.unwrap();
    store.append_lines(holder, &batch(LogStream::Stdout, 0, &["d"])).await.unwrap();
    // A stale copy of a batch takes a number and leaves no line.
    store.append_lines(holder, &batch(LogStream::Stdout, 0, &["d"])).await.unwrap();
    store.append_lines(holder, &batch(LogStream::Stderr, 0, &["e", "f"])).await.unwrap();

    for limit in 1..=7 {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = page(&world, &claim, after, limit).await;
            assert!(page.lines.len() <= limit as usize && !page.complete, "{page:?}");
            if page.lines.is_empty() {
                assert_eq!(page.next, after, "a reader at the end stays where it is");
                break;
            }
            seen.extend(page.lines.iter().map(|line| line.text.clone()));
            after = page.next;
        }
        assert_eq!(seen, ["a", "b", "c", "d", "e", "f"], "{limit} at a time");
    }
    let first = &page(&world, &claim, None, 2).await.lines[1];
    assert_eq!(first.cursor.to_string(), "1.1");
    assert_eq!((first.step, first.attempt, first.stream), (StepName::Apply, 1, LogStream::Stdout));
    assert_eq!((first.level, first.resource.as_deref()), (LogLevel::Info, Some("aws_vpc.this")));
    assert!(Utc::now() - first.at < TimeDelta::minutes(1));
}

#[tokio::test]
async fn a_page_is_complete_once_the_operation_is_over_and_its_last_line_is_on_it() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    world.store.append_lines(&claim.holder, &batch(LogStream::Stdout, 0, &["a", "b"])).await.unwrap();
    assert!(!page(&world, &claim, None, 10).await.complete, "more may come");
    world.store.succeed(&claim.holder, None).await.unwrap();
    assert!(!page(&world, &claim, None, 1).await.complete);
    let last = page(&world, &claim, None, 2).await;
    assert!(last.complete);
    let nothing = page(&world, &claim, last.next, 2).await;
    assert!(nothing.complete && nothing.lines.is_empty());
}

#[tokio::test]
async fn many_small_batches_fill_one_page() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    for number in 0..70_u64 {
        let text = number.to_string();
        world
            .store
            .append_lines(&claim.holder, &batch(LogStream::Stdout, number * 10, &[&text]))
            .await
            .unwrap();
    }
    let page = page(&world, &claim, None, 68).await;
    assert_eq!(page.lines.len(), 68);
    assert_eq!(page.lines[67].text, "67");
}

#[tokio::test]
async fn any_text_comes_back_as_it_was() {
    let world = World::new().await;
    world.create("one").await;
    let claim = world.claim().await;
    let odd = ["", "\u{0}", "\u{1b}[31mred", "☂ \u{1F600}", r#"{"json": "\u0000"}"#, "a\tb\r"];
    world.store.append_lines(&claim.holder, &batch(LogStream::Stdout, 0, &odd)).await.unwrap();
    assert_eq!(texts(&page(&world, &claim, None, 10).await), odd);
}
