//! `supervise`, as PID 1 of a container runs it: signals go through, exit codes come back, and no guard is left alone.

use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};
use terrane_rig::Ending;

use crate::support::{BIN, PATIENCE, Variables, World, children, log, run, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_reaches_the_worker_and_its_exit_code_comes_back() {
    let world = World::new().await;
    let parent = world.rig.start_supervised_worker(Path::new(BIN), world.env.clone()).await.unwrap();
    let parent = parent.program();
    let workers = children(parent.pid());
    assert_eq!(workers.len(), 1, "{workers:?}");
    assert_eq!(world.workers().await[0].process_id, workers[0]);

    parent.terminate().await.unwrap();
    let ending = parent.wait(PATIENCE).await.unwrap();
    assert_eq!(ending, Ending::Exited(0), "{}", log(parent));
    assert!(log(parent).contains("worker_stopped"), "the worker was not told: {}", log(parent));
    assert_eq!(world.workers().await, [], "the worker did not sign off");
}

#[tokio::test]
async fn a_worker_that_refuses_to_start_ends_its_parent_too() {
    let (ending, log) = run(&["supervise"], Variables::new()).await;
    assert_eq!(ending, Ending::Exited(1), "{log}");
    assert!(log.contains("DATABASE_URL is not set"), "{log}");
}

/// A fake Terraform stands for a real one that saves its state: it takes its time after the interrupt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_worker_is_killed_its_parent_stays_until_terraform_has_ended() {
    let world = World::new().await;
    world.queue("orphaned").await;
    let parent = world.rig.start_supervised_worker(Path::new(BIN), world.env.clone()).await.unwrap();
    let parent = parent.program();
    world.terraform.until("started").await;
    let worker = children(parent.pid())[0];
    let guards = children(worker);
    assert_eq!(guards.len(), 1, "{guards:?}");

    kill_process(Pid::from_raw(i32::try_from(worker).unwrap()).unwrap(), Signal::KILL).unwrap();
    // The guard saw its worker go.
    world.terraform.until("interrupted").await;
    until("the guard belongs to the parent", || children(parent.pid()) == guards).await;
    assert!(parent.ending().is_none(), "the parent left: {}", log(parent));
    assert!(!world.terraform.has("ended"));

    world.terraform.let_go();
    let ending = parent.wait(PATIENCE).await.unwrap();
    assert!(world.terraform.has("ended"), "Terraform was cut off");
    assert_eq!(ending, Ending::Exited(1), "a killed worker is no success");
}
