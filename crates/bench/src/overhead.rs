//! What Terrane adds to Terraform: a whole operation, from the POST to `succeeded`, against bare commands on the same
//! files, rig and account, in turns.
//!
//! The emulated AWS answers in milliseconds, so every call that changes something is delayed until an apply takes about
//! as long as a small network on real AWS. What is added doesn't depend on that; the ratio does.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use chrono::DateTime;
use reqwest::Client;
use serde_json::Value;
use terrane_rig::{ApiProcess, Faults, Rig, new_api_key};

use crate::{
    bare::Bare,
    statistics::{Sample, s},
    table::Table,
    traffic::client,
};

/// How often the operation is asked for.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LIMIT: Duration = Duration::from_secs(900);

pub(crate) async fn add(
    table: &mut Table,
    rig: &Rig,
    bin_dir: &Path,
    pairs: usize,
    delay_ms: u64,
) -> anyhow::Result<()> {
    let (key, keys) = new_api_key()?;
    let mut env = rig.program_env().await?;
    env.insert("API_KEYS_JSON".to_owned(), keys);
    let api = rig.start_api(&bin_dir.join("terrane-api"), env.clone()).await?;
    let _worker = rig.start_worker(&bin_dir.join("terrane-worker"), env).await?;
    let terrane = Terrane { client: client()?, api, key };
    let bare = Bare::find(rig).await?;

    // Brings the provider into the page cache and makes the bucket for state.
    let warm_up = "name: warm-up\ncloud: { region: eu-central-1 }\nregistries: { api: {} }\n";
    terrane.raise(warm_up).await.context("the first operation")?;
    bare.raise(warm_up).await?;

    rig.emulator().await?.set_faults(&Faults::slow(Duration::from_millis(delay_ms))).await?;
    let mut runs = Runs::default();
    for number in 1..=pairs {
        let spec = |who| {
            format!(
                "name: {who}-{number}\ncloud: {{ region: eu-central-1 }}\nnetwork: {{ availability_zones: 2, nat: single }}\n"
            )
        };
        // Who goes second finds a warmer machine: turns change.
        if number % 2 == 1 {
            runs.ours(terrane.raise(&spec("terrane")).await?);
            runs.theirs(bare.raise(&spec("bare")).await?);
        } else {
            runs.theirs(bare.raise(&spec("bare")).await?);
            runs.ours(terrane.raise(&spec("terrane")).await?);
        }
    }
    rig.emulator().await?.clear_faults().await?;
    runs.report(table);
    Ok(())
}

/// API and worker, seen from outside.
struct Terrane {
    client: Client,
    api: ApiProcess,
    key: String,
}

/// One operation.
struct Operation {
    total: Duration,
    /// By name of the step.
    steps: BTreeMap<String, Duration>,
}

impl Terrane {
    async fn raise(&self, spec: &str) -> anyhow::Result<Operation> {
        let begun = Instant::now();
        let answer = self
            .client
            .post(format!("{}/api/v1/environments", self.api.url()))
            .bearer_auth(&self.key)
            .header("content-type", "application/yaml")
            .body(spec.to_owned());
        let accepted: Value = answer.send().await?.error_for_status()?.json().await?;
        let id = accepted["operation"]["id"].as_str().context("no operation")?.to_owned();
        loop {
            let operation = self.get(&format!("operations/{id}")).await?;
            match operation["state"].as_str() {
                Some("succeeded") => break,
                Some("queued" | "running") if begun.elapsed() < LIMIT => {}
                _ => bail!("the operation did not succeed: {operation:#}"),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let total = begun.elapsed();
        let steps = self.get(&format!("operations/{id}/steps")).await?;
        let steps = steps["items"].as_array().context("no steps")?.iter().filter_map(|step| {
            let at = |name: &str| DateTime::parse_from_rfc3339(step[name].as_str()?).ok();
            let took = (at("finished_at")? - at("started_at")?).to_std().ok()?;
            Some((step["name"].as_str()?.to_owned(), took))
        });
        Ok(Operation { total, steps: steps.collect() })
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.client.get(format!("{}/api/v1/{path}", self.api.url())).bearer_auth(&self.key);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }
}

/// What was measured so far, by name of the command; `total` is the whole.
#[derive(Default)]
struct Runs {
    ours: BTreeMap<&'static str, Vec<Duration>>,
    theirs: BTreeMap<&'static str, Vec<Duration>>,
}

const COMMANDS: [&str; 3] = ["init", "plan", "apply"];

impl Runs {
    fn ours(&mut self, operation: Operation) {
        self.ours.entry("total").or_default().push(operation.total);
        for command in COMMANDS {
            let took = operation.steps.get(command).copied().unwrap_or_default();
            self.ours.entry(command).or_default().push(took);
        }
    }

    fn theirs(&mut self, took: crate::bare::Took) {
        let all = [("total", took.total()), ("init", took.init), ("plan", took.plan), ("apply", took.apply)];
        for (what, took) in all {
            self.theirs.entry(what).or_default().push(took);
        }
    }

    fn report(self, table: &mut Table) {
        let mean = |runs: &BTreeMap<&'static str, Vec<Duration>>, what: &str| {
            Sample::of(runs.get(what).cloned().unwrap_or_default()).mean()
        };
        let (ours, theirs) = (mean(&self.ours, "total"), mean(&self.theirs, "total"));
        let apply = mean(&self.theirs, "apply");
        let added = ours.as_secs_f64() - theirs.as_secs_f64();
        let pairs = self.ours.get("total").map_or(0, Vec::len);
        table.row(format!("bare terraform init, plan, apply, mean of {pairs}"), s(theirs), "");
        table.row(format!("the same as an operation, mean of {pairs}"), s(ours), "");
        table.row("operation / bare", format!("{:.3}", ours.as_secs_f64() / theirs.as_secs_f64()), "");
        table.row(
            format!("added by Terrane, of an apply of {}", s(apply)),
            format!("{added:+.2} s, {:+.1} %", 100.0 * added / apply.as_secs_f64()),
            "< 2 %",
        );
        let mut rest = ours;
        for command in COMMANDS {
            let took = mean(&self.ours, command);
            rest = rest.saturating_sub(took);
            let bare = mean(&self.theirs, command);
            table.row(
                format!("  step {command} against terraform {command}"),
                format!("{} against {}", s(took), s(bare)),
                "",
            );
        }
        table.row("  everything outside of these steps", s(rest), "");
    }
}
