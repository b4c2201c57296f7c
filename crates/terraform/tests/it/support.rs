//! What the tests share: an engine, a workspace with one configuration, and waits that have an end.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use terrane_terraform::{
    BootTime, Command, Engine, EngineKind, Event, Exit, GuardProgram, Line, PlanMode, Run, RunOptions,
    Version, Workspace,
};

/// No test may take longer than this; most take a second.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Two resources that take as long as the tests want: until the file `go` appears, or for ever.
pub const SLOW: &str = r#"
resource "terraform_data" "first" {
  input = "one"
}

resource "terraform_data" "slow" {
  input = terraform_data.first.output

  provisioner "local-exec" {
    command = "touch started; while [ ! -e go ]; do sleep 0.05; done"
  }
}

resource "terraform_data" "last" {
  input = terraform_data.slow.output
}
"#;

pub struct Attempt {
    _directory: TempDir,
    pub workspace: Workspace,
}

impl Attempt {
    pub fn new(engine: &Engine, configuration: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::prepare(directory.path(), engine, None, []).unwrap();
        fs::write(workspace.config_dir().join("main.tf"), configuration).unwrap();
        Self { _directory: directory, workspace }
    }

    /// With Terraform, initialised.
    pub async fn ready(configuration: &str) -> Self {
        let attempt = Self::new(&terraform().await, configuration);
        attempt.succeed(&Command::init()).await;
        attempt
    }

    /// A slow apply, in the middle.
    pub async fn in_the_middle_of_an_apply(options: &RunOptions) -> (Self, Run) {
        Self::with_engine_in_the_middle_of_an_apply(&terraform().await, options).await
    }

    pub async fn with_engine_in_the_middle_of_an_apply(engine: &Engine, options: &RunOptions) -> (Self, Run) {
        let attempt = Self::new(engine, SLOW);
        attempt.succeed(&Command::init()).await;
        let plan = attempt.workspace.plan_file("slow");
        attempt.succeed(&Command::plan(plan.clone(), PlanMode::Normal)).await;
        let run = attempt.start(&Command::Apply { plan }, options);
        let started = attempt.workspace.config_dir().join("started");
        // Until then the worker is alive: however long a busy machine takes, no fence counts before the test does.
        let ticker = run.ticker();
        let has_started = || {
            ticker.tick(BootTime::now());
            started.exists()
        };
        eventually("the provisioner has started", has_started).await;
        (attempt, run)
    }

    pub fn start(&self, command: &Command, options: &RunOptions) -> Run {
        self.workspace.start(command, options, &guard()).unwrap()
    }

    pub async fn run(&self, command: &Command) -> (Exit, Vec<Line>) {
        let mut run = self.start(command, &options());
        to_the_end(&mut run).await
    }

    pub async fn succeed(&self, command: &Command) -> Vec<Line> {
        let (exit, lines) = self.run(command).await;
        assert!(exit.succeeded(), "{command}: {exit:#?}\n{lines:#?}");
        lines
    }

    /// Addresses in the state file.
    pub fn resources_in_state(&self) -> Vec<String> {
        let text = fs::read_to_string(self.workspace.config_dir().join("terraform.tfstate")).unwrap();
        let state: serde_json::Value = serde_json::from_str(&text).unwrap();
        let name = |resource: &serde_json::Value| resource["name"].as_str().unwrap().to_owned();
        state["resources"].as_array().unwrap().iter().map(name).collect()
    }
}

pub async fn terraform() -> Engine {
    let configured = std::env::var_os("TERRANE_TERRAFORM_BIN").map(PathBuf::from);
    Engine::locate(configured.as_deref()).await.unwrap()
}

/// A program that is started in the engine's place, for what no real engine can be brought to do.
///
/// A shell writes it: had this process the file open for writing, a child that another test forks at
/// that moment would have it too, and executing it would fail with "text file busy".
pub fn impostor(directory: &Path, script: &str) -> Engine {
    let binary = directory.join("impostor");
    let written = std::process::Command::new("sh")
        .args(["-c", r#"printf '#!/bin/sh\n%s' "$2" > "$1" && chmod 755 "$1""#, "sh"])
        .arg(&binary)
        .arg(script)
        .status()
        .unwrap();
    assert!(written.success());
    Engine { kind: EngineKind::Terraform, version: Version::new(1, 11, 0), binary }
}

pub fn guard() -> GuardProgram {
    GuardProgram { program: PathBuf::from(env!("CARGO_BIN_EXE_terrane-guard")), args: Vec::new() }
}

pub fn options() -> RunOptions {
    RunOptions::with_deadline(PATIENCE)
}

pub async fn to_the_end(run: &mut Run) -> (Exit, Vec<Line>) {
    let mut lines = Vec::new();
    let collect = |event| {
        if let Event::Line(line) = event {
            lines.push(line);
        }
    };
    let exit = tokio::time::timeout(PATIENCE, run.finish(collect)).await.expect("the run ends in time");
    (exit, lines)
}

/// Waits on a condition, with an end.
pub async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let give_up = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < give_up, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
