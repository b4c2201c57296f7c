//! `terrane render` of the production example, as a process.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use nix::sys::resource::{UsageWho, getrusage};

use crate::{
    statistics::{Sample, ms},
    table::Table,
};

const RUNS: usize = 50;

/// Has to come before anything else starts a child: the system keeps one peak for all that have ended.
pub(crate) fn add(table: &mut Table, terrane: &Path) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("production.yaml");
    std::fs::write(&file, include_str!("../../../examples/production.yaml"))?;
    let durations = (0..RUNS)
        .map(|_| once(terrane, &file, &dir.path().join("rendered")))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let sample = Sample::of(durations);
    table.row(format!("terrane render, p50 of {RUNS}"), ms(sample.percentile(50)), "< 20 ms");
    table.row(format!("terrane render, slowest of {RUNS}"), ms(sample.percentile(100)), "");
    let peak_kib = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    table.row("terrane render, peak memory", format!("{:.1} MB", peak_kib as f64 * 1024.0 / 1e6), "< 20 MB");
    Ok(())
}

fn once(terrane: &Path, file: &Path, output: &Path) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let status = Command::new(terrane)
        .args(["render", "--force", "--file"])
        .arg(file)
        .arg("--output")
        .arg(output)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {}", terrane.display()))?;
    let taken = begun.elapsed();
    ensure!(status.success(), "terrane render failed: {status}");
    Ok(taken)
}
