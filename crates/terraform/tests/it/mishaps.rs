//! What goes wrong around a run: cancel, a dead or frozen worker, a deadline, a guard that is killed.

use std::fs;
use std::time::{Duration, Instant};

use terrane_terraform::guard::{AttemptFacts, Cause, GuardRecord, attempt_is_over};
use terrane_terraform::{BootTime, Command, Event, GuardProgram, Outcome, PastRun, Run, RunOptions, Stream};

use crate::support::{Attempt, eventually, impostor, options, to_the_end};

/// Ends the slow provisioner's wait, for a run that is to end by itself.
fn let_it_go(attempt: &Attempt) {
    fs::write(attempt.workspace.config_dir().join("go"), "").unwrap();
}

fn facts(attempt: &Attempt) -> AttemptFacts {
    AttemptFacts::gather_all(attempt.workspace.root()).unwrap().pop().unwrap().1
}

fn guard_record(run: &Run) -> GuardRecord {
    let text = fs::read_to_string(run.directory().join("guard.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn is_over(attempt: &Attempt) -> bool {
    attempt_is_over(&facts(attempt), None).is_over()
}

#[tokio::test]
async fn a_cancelled_apply_is_interrupted_and_its_state_is_saved() {
    let (attempt, mut run) = Attempt::in_the_middle_of_an_apply(&options()).await;
    assert!(!is_over(&attempt), "{:?}", facts(&attempt));
    let canceller = run.canceller();
    canceller.cancel();
    let (exit, lines) = to_the_end(&mut run).await;
    assert_eq!((exit.outcome, exit.cause), (Outcome::Interrupted, Some(Cause::Requested)), "{exit:#?}");
    assert!(lines.iter().any(|line| line.text.contains("Interrupt received")), "{lines:#?}");
    // What was done is known, what was cut short too, what was to come did not begin.
    assert_eq!(attempt.resources_in_state(), ["first", "slow"]);
    assert!(is_over(&attempt));
    assert!(run.next().await.is_none(), "nothing follows the exit");
    canceller.cancel();
}

/// Real Terraform answers a second SIGINT by dropping its state; a script can count.
#[tokio::test]
async fn however_often_and_for_whatever_reason_the_interrupt_is_sent_once() {
    let directory = tempfile::tempdir().unwrap();
    let script = r#"
trap 'echo interrupted' INT
touch ready
while [ ! -e go ]; do sleep 0.02; done
"#;
    let attempt = Attempt::new(&impostor(directory.path(), script), "");
    let mut run = attempt.start(&Command::init(), &options());
    let ready = attempt.workspace.config_dir().join("ready");
    eventually("the script traps", || ready.exists()).await;
    run.cancel();
    loop {
        match run.next().await.unwrap() {
            Event::Line(line) if line.text == "interrupted" => break,
            Event::Exited(exit) => panic!("it ended: {exit:?}"),
            _ => {}
        }
    }
    for _ in 0..5 {
        run.cancel();
        run.canceller().cancel();
    }
    let_it_go(&attempt);
    let (exit, lines) = to_the_end(&mut run).await;
    assert!(!lines.iter().any(|line| line.text == "interrupted"), "interrupted again: {lines:#?}");
    assert_eq!(exit.outcome, Outcome::Succeeded, "work that was done all the same counts as done");
    assert_eq!(exit.cause, Some(Cause::Requested));
}

#[tokio::test]
async fn when_the_worker_is_gone_terraform_ends_in_order() {
    let (attempt, run) = Attempt::in_the_middle_of_an_apply(&options()).await;
    let directory = run.directory().to_owned();
    // What the kernel does for a worker that is killed: it closes the pipe.
    drop(run);
    eventually("the guard reports", || facts(&attempt).reported).await;
    let report = fs::read_to_string(directory.join("exit.json")).unwrap();
    assert!(report.contains(r#""interrupted":"worker_gone","killed":false"#), "{report}");
    assert_eq!(attempt.resources_in_state(), ["first", "slow"]);
    assert!(is_over(&attempt));
}

/// A worker that slept between its look at the lease and the start of the guard.
#[tokio::test]
async fn a_guard_that_begins_too_late_starts_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let attempt = Attempt::new(&impostor(directory.path(), "touch ready"), "");
    let asleep = RunOptions { start_barrier: Duration::ZERO, ..options() };
    let (exit, _) = to_the_end(&mut attempt.start(&Command::init(), &asleep)).await;
    assert_eq!(exit.outcome, Outcome::GuardLost, "{exit:#?}");
    assert!(exit.diagnostics[0].detail.contains("too long ago to start anything"), "{exit:#?}");
    assert!(!attempt.workspace.config_dir().join("ready").exists());
    assert!(is_over(&attempt), "{:?}", facts(&attempt));
}

#[tokio::test]
async fn what_nobody_read_of_a_run_is_read_later_from_where_it_was_stored() {
    let (attempt, run) =
        Attempt::in_the_middle_of_an_apply(&RunOptions { label: "apply", ..options() }).await;
    drop(run);
    eventually("the guard reports", || facts(&attempt).reported).await;
    let runs = PastRun::all(attempt.workspace.root()).unwrap();
    let apply = runs.last().unwrap();
    assert_eq!(apply.label.as_deref(), Some("apply"));
    let read = |from| {
        let mut lines = Vec::new();
        let length = apply.lines(Stream::Stdout, from, |line| {
            lines.push(line);
            Ok::<_, std::io::Error>(())
        });
        (lines, length.unwrap())
    };
    let (all, length) = read(0);
    assert!(all.iter().any(|line| line.text.contains("Interrupt received")), "{all:#?}");
    assert!(all.iter().any(|line| line.parsed.is_some()));
    assert_eq!(all.last().unwrap().next_offset, length);
    let (rest, _) = read(all[2].next_offset);
    assert_eq!(rest, all[3..]);
    assert!(read(length).0.is_empty());
}

#[tokio::test]
async fn without_ticks_terraform_is_interrupted_after_the_fence_and_not_before() {
    let fence = Duration::from_secs(4);
    let begun = Instant::now();
    let (_attempt, mut run) = Attempt::in_the_middle_of_an_apply(&RunOptions { fence, ..options() }).await;
    let (exit, _) = to_the_end(&mut run).await;
    assert_eq!((exit.outcome, exit.cause), (Outcome::Interrupted, Some(Cause::NoTick)), "{exit:#?}");
    assert!(begun.elapsed() >= fence);
}

#[tokio::test]
async fn ticks_keep_a_run_alive_beyond_the_fence() {
    let fence = Duration::from_secs(4);
    let (attempt, mut run) = Attempt::in_the_middle_of_an_apply(&RunOptions { fence, ..options() }).await;
    let ticker = run.ticker();
    let release = Instant::now() + fence + Duration::from_secs(1);
    let ticking = tokio::spawn(async move {
        let mut pulse = tokio::time::interval(Duration::from_millis(100));
        while Instant::now() < release {
            pulse.tick().await;
            ticker.tick(BootTime::now());
        }
        let_it_go(&attempt);
        attempt
    });
    let (exit, _) = to_the_end(&mut run).await;
    assert_eq!((exit.outcome, exit.cause), (Outcome::Succeeded, None), "{exit:#?}");
    assert_eq!(ticking.await.unwrap().resources_in_state().len(), 3);
}

#[tokio::test]
async fn a_tick_counts_from_the_renewal_and_not_from_its_arrival() {
    let (_attempt, mut run) =
        Attempt::in_the_middle_of_an_apply(&RunOptions { fence: Duration::from_secs(4), ..options() }).await;
    let stale = BootTime::from_millis(1);
    let ticker = run.ticker();
    let ticking = tokio::spawn(async move {
        let mut pulse = tokio::time::interval(Duration::from_millis(50));
        loop {
            pulse.tick().await;
            ticker.tick(stale);
        }
    });
    let (exit, _) = to_the_end(&mut run).await;
    ticking.abort();
    assert_eq!((exit.outcome, exit.cause), (Outcome::Interrupted, Some(Cause::NoTick)), "{exit:#?}");
}

#[tokio::test]
async fn a_deadline_interrupts_and_says_so() {
    let deadline = Duration::from_secs(4);
    let (attempt, mut run) = Attempt::in_the_middle_of_an_apply(&RunOptions { deadline, ..options() }).await;
    let (exit, _) = to_the_end(&mut run).await;
    assert_eq!((exit.outcome, exit.cause), (Outcome::DeadlineExceeded, Some(Cause::Deadline)));
    assert_eq!(attempt.resources_in_state(), ["first", "slow"]);
}

/// No real engine ignores an interrupt on demand, so a script does, with a child like a provider's.
#[tokio::test]
async fn what_ignores_the_interrupt_is_killed_after_the_grace_with_its_whole_group() {
    let directory = tempfile::tempdir().unwrap();
    let script = "trap '' INT TERM HUP\nsleep 600 &\necho $! > child\nwait\nsleep 600\n";
    let attempt = Attempt::new(&impostor(directory.path(), script), "");
    let grace = Duration::from_millis(300);
    let mut run = attempt.start(&Command::init(), &RunOptions { grace, ..options() });
    let child_file = attempt.workspace.config_dir().join("child");
    let child = || fs::read_to_string(&child_file).unwrap_or_default().trim().to_owned();
    eventually("the script has a child", || !child().is_empty()).await;
    let asked = Instant::now();
    run.cancel();
    let (exit, _) = to_the_end(&mut run).await;
    assert_eq!((exit.outcome, exit.signal), (Outcome::Killed, Some(9)), "{exit:#?}");
    assert!(asked.elapsed() >= grace);
    assert!(!fs::exists(format!("/proc/{}", child())).unwrap(), "the child is left");
}

/// A provider that outlives Terraform, as a script with a child in the background.
#[tokio::test]
async fn what_terraform_leaves_in_its_group_is_gone_before_the_exit_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let attempt = Attempt::new(&impostor(directory.path(), "sleep 600 &\necho $!\n"), "");
    let (exit, lines) = attempt.run(&Command::init()).await;
    assert!(exit.succeeded());
    assert!(!fs::exists(format!("/proc/{}", lines[0].text)).unwrap(), "the child is left");
}

#[tokio::test]
async fn guard_and_terraform_stand_apart_from_the_worker_and_its_terminal() {
    use rustix::process::{Pid, getpgid, getsid};
    let (attempt, mut run) = Attempt::in_the_middle_of_an_apply(&options()).await;
    let record = guard_record(&run);
    let guard = Pid::from_raw(record.guard.pid).unwrap();
    let engine = Pid::from_raw(record.engine.unwrap().pid).unwrap();
    assert_eq!(getpgid(Some(guard)).unwrap(), guard);
    assert_eq!((getpgid(Some(engine)).unwrap(), getsid(Some(engine)).unwrap()), (engine, engine));
    let_it_go(&attempt);
    assert!(to_the_end(&mut run).await.0.succeeded());
}

#[tokio::test]
async fn a_guard_whose_file_is_replaced_goes_on() {
    let original = crate::support::guard().program;
    let directory = tempfile::tempdir_in(original.parent().unwrap()).unwrap();
    let program = directory.path().join("guard");
    fs::hard_link(original, &program).unwrap();
    let attempt = Attempt::ready("").await;
    let guard = GuardProgram { program: program.clone(), args: Vec::new() };
    let mut run = attempt.workspace.start(&Command::Output, &options(), &guard).unwrap();
    // Most likely before the guard has started itself again as the shim.
    fs::write(directory.path().join("new"), "another version").unwrap();
    fs::rename(directory.path().join("new"), &program).unwrap();
    assert!(to_the_end(&mut run).await.0.succeeded());
}

#[tokio::test]
async fn a_killed_guard_takes_terraform_with_it() {
    let (attempt, mut run) = Attempt::in_the_middle_of_an_apply(&options()).await;
    let record = guard_record(&run);
    let guard = rustix::process::Pid::from_raw(record.guard.pid).unwrap();
    rustix::process::kill_process(guard, rustix::process::Signal::KILL).unwrap();
    let (exit, _) = to_the_end(&mut run).await;
    assert_eq!(exit.outcome, Outcome::GuardLost);
    assert!(is_over(&attempt), "{:?}", facts(&attempt));
}

#[tokio::test]
async fn signals_from_a_terminal_or_a_shell_do_not_end_the_guard() {
    use rustix::process::{Pid, Signal, kill_process};
    let (attempt, mut run) = Attempt::in_the_middle_of_an_apply(&options()).await;
    let record = guard_record(&run);
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        kill_process(Pid::from_raw(record.guard.pid).unwrap(), signal).unwrap();
    }
    let_it_go(&attempt);
    let (exit, _) = to_the_end(&mut run).await;
    assert_eq!((exit.outcome, exit.cause), (Outcome::Succeeded, None), "{exit:#?}");
}
