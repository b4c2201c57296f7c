//! Output that is too much, too long, or cut off. Scripts stand in for engines that misbehave.

use std::time::Duration;

use terrane_terraform::{Command, Event, LONGEST_LINE, Outcome, RunOptions, Stream, Tail};

use crate::support::{Attempt, impostor, options, to_the_end};

async fn printed(script: &str) -> (Outcome, Vec<terrane_terraform::Line>) {
    let directory = tempfile::tempdir().unwrap();
    let attempt = Attempt::new(&impostor(directory.path(), script), "");
    let (exit, lines) = attempt.run(&Command::init()).await;
    (exit.outcome, lines)
}

#[tokio::test]
async fn every_line_up_to_the_very_last_arrives_before_the_exit() {
    let (_, lines) =
        printed("i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done; printf end").await;
    assert_eq!(lines.len(), 5001);
    assert_eq!((lines[4999].text.as_str(), lines[5000].text.as_str()), ("line 4999", "end"));
}

#[tokio::test]
async fn a_huge_line_is_cut_and_marked() {
    let (_, lines) = printed("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo after").await;
    assert!(lines[0].truncated);
    assert_eq!(lines[0].text.len(), LONGEST_LINE);
    assert_eq!((lines[1].text.as_str(), lines[1].offset), ("after", 3_000_001));
}

#[tokio::test]
async fn an_engine_that_prints_without_end_can_still_be_cancelled() {
    let directory = tempfile::tempdir().unwrap();
    let attempt = Attempt::new(&impostor(directory.path(), "while :; do echo again; done"), "");
    let mut run = attempt.start(&Command::init(), &options());
    assert!(matches!(run.next().await, Some(Event::Line(_))));
    run.cancel();
    assert_eq!(to_the_end(&mut run).await.0.outcome, Outcome::Interrupted);
}

#[tokio::test]
async fn tailing_resumes_where_it_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let attempt = Attempt::new(&impostor(directory.path(), "echo one; echo two; echo three"), "");
    let mut run = attempt.start(&Command::init(), &options());
    let (_, lines) = to_the_end(&mut run).await;
    let mut tail = Tail::from_offset(&run.directory().join("stdout.log"), lines[0].next_offset);
    let rest: Vec<_> = tail.read_lines().unwrap().into_iter().map(|line| (line.offset, line.text)).collect();
    assert_eq!(rest, [(4, "two".to_owned()), (8, "three".to_owned())]);
}

#[tokio::test]
async fn a_failure_that_is_told_in_text_only_becomes_a_diagnostic() {
    let directory = tempfile::tempdir().unwrap();
    let script = "echo 'Error: no such thing' >&2; echo >&2; echo 'because' >&2; exit 3";
    let attempt = Attempt::new(&impostor(directory.path(), script), "");
    let (exit, lines) = attempt.run(&Command::init()).await;
    assert_eq!((exit.outcome, exit.code), (Outcome::Failed, Some(3)));
    assert_eq!(
        (exit.diagnostics[0].summary.as_str(), exit.diagnostics[0].detail.as_str()),
        ("no such thing", "because")
    );
    assert!(lines.iter().all(|line| line.stream == Stream::Stderr));
}

#[tokio::test]
async fn an_engine_that_cannot_be_executed_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let mut engine = impostor(directory.path(), "");
    engine.binary = directory.path().join("vanished");
    let (exit, _) = Attempt::new(&engine, "").run(&Command::init()).await;
    assert_eq!(exit.outcome, Outcome::Failed);
    assert!(exit.diagnostics[0].detail.contains("vanished"), "{exit:#?}");
}

#[tokio::test]
async fn silence_is_reported_again_and_again() {
    let directory = tempfile::tempdir().unwrap();
    let script = "echo first; while [ ! -e go ]; do sleep 0.02; done";
    let attempt = Attempt::new(&impostor(directory.path(), script), "");
    let silence = Duration::from_millis(200);
    let mut run = attempt.start(&Command::init(), &RunOptions { silence, ..options() });
    let mut heard = Vec::new();
    while heard.len() < 2 {
        if let Event::Silent(duration) = run.next().await.unwrap() {
            heard.push(duration);
        }
    }
    assert!(heard[0] >= silence && heard[1] > heard[0], "{heard:?}");
    std::fs::write(attempt.workspace.config_dir().join("go"), "").unwrap();
    assert!(to_the_end(&mut run).await.0.succeeded());
}

/// By then the files are looked at every 250 ms, the next time about 200 ms after the end: an exit
/// that waited for that would show. A busy machine gets three chances.
#[tokio::test]
async fn the_end_is_noticed_at_once() {
    let mut delays = Vec::new();
    for _ in 0..3 {
        let directory = tempfile::tempdir().unwrap();
        let attempt = Attempt::new(&impostor(directory.path(), "sleep 1.42; date +%s%N"), "");
        let (_, lines) = attempt.run(&Command::init()).await;
        let ended: u128 = lines[0].text.parse().unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        delays.push((now.as_nanos() - ended) / 1_000_000);
        if delays.last() < Some(&100) {
            return;
        }
    }
    panic!("noticed after {delays:?} ms");
}
