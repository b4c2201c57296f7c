//! What `cargo bench` measured of rendering.

use std::{path::Path, time::Duration};

use anyhow::Context;

use crate::{statistics::ms, table::Table};

/// Adds criterion's median, which it keeps in nanoseconds.
pub(crate) fn add(table: &mut Table, estimates: &Path) -> anyhow::Result<()> {
    let text = std::fs::read(estimates).with_context(|| format!("cannot read {}", estimates.display()))?;
    let estimates: serde_json::Value = serde_json::from_slice(&text)?;
    let nanos = estimates["median"]["point_estimate"].as_f64().context("criterion wrote no median")?;
    table.row("render the full example, median", ms(Duration::from_secs_f64(nanos / 1e9)), "< 1 ms");
    Ok(())
}
