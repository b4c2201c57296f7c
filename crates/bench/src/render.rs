//! What `cargo bench` measured of rendering.

use std::{path::Path, time::Duration};

use anyhow::Context;

use crate::{statistics::ms, table::Table};

/// What `crates/blueprint/benches/render.rs` measures, under the names that it gives.
const MEASURED: [&str; 2] = ["model to files", "text to files"];

/// Adds criterion's medians, which it keeps in nanoseconds, one directory for each name.
pub(crate) fn add(table: &mut Table, directory: &Path) -> anyhow::Result<()> {
    for name in MEASURED {
        let file = directory.join(name).join("new/estimates.json");
        let text = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let estimates: serde_json::Value = serde_json::from_slice(&text)?;
        let nanos = estimates["median"]["point_estimate"].as_f64().context("criterion wrote no median")?;
        let median = ms(Duration::from_secs_f64(nanos / 1e9));
        table.row(format!("render, {name}, median"), median, "< 1 ms");
    }
    Ok(())
}
