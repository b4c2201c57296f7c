//! Resident memory of an API and a worker that have just started and have nothing to do.

use std::{path::Path, time::Duration};

use anyhow::Context;
use terrane_rig::{Rig, new_api_key};

use crate::{machine::kib_of, table::Table};

const IDLE: Duration = Duration::from_secs(10);

pub(crate) async fn add(table: &mut Table, rig: &Rig, bin_dir: &Path) -> anyhow::Result<()> {
    let mut env = rig.program_env().await?;
    env.insert("API_KEYS_JSON".to_owned(), new_api_key()?.1);
    let api = rig.start_api(&bin_dir.join("terrane-api"), env.clone()).await?;
    let worker = rig.start_worker(&bin_dir.join("terrane-worker"), env).await?;
    // The time is what is measured here: housekeeping has run, and pools have what an idle process keeps.
    tokio::time::sleep(IDLE).await;
    for (name, pid) in [("API", api.program().pid()), ("worker", worker.program().pid())] {
        table.row(format!("resident memory of an idle {name}"), resident(pid)?, "< 30 MB");
    }
    Ok(())
}

fn resident(pid: u32) -> anyhow::Result<String> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = kib_of(&status, "VmRSS:").context("the process has no memory")?;
    Ok(format!("{:.1} MB", kib as f64 * 1024.0 / 1e6))
}
