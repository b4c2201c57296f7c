//! Helper programs that run to their end: initdb, pip, cp.

use std::process::{Command, Stdio};

use crate::error::RigError;

/// Runs a program to its end and returns its standard output; a failure carries the end of all it said.
/// Blocks.
pub(crate) fn run(name: &str, command: &mut Command, hint: &str) -> Result<String, RigError> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| RigError::Run { program: name.to_owned(), source })?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    let said = stdout + &String::from_utf8_lossy(&output.stderr);
    Err(RigError::Failed {
        program: name.to_owned(),
        status: output.status.to_string(),
        hint: if hint.is_empty() { String::new() } else { format!(" {hint}") },
        tail: tail(&said, 15),
    })
}

/// The last `count` lines.
pub(crate) fn tail(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Runs blocking work (copies, pip) without holding up the runtime.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RigError> + Send + 'static,
) -> Result<T, RigError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // The runtime is shutting down, or the work panicked: either way nobody can use the rig.
        Err(_) => Err(RigError::KeeperGone),
    }
}
