//! The files of one run: what was asked, who runs it, how it ended.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::identity::{HostIdentity, ProcessIdentity};
use super::policy::Cause;
use crate::boot_time::BootTime;

/// What Terraform printed.
pub(crate) const STDOUT: &str = "stdout.log";
/// What Terraform and its providers complained about.
pub(crate) const STDERR: &str = "stderr.log";
/// What the guard complained about; empty as a rule.
pub(crate) const GUARD_LOG: &str = "guard.log";

/// Written by the worker before it starts the guard. Holds no environment: secrets come only that
/// way, and stay out of files.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GuardRequest {
    /// The engine's binary.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) args: Vec<String>,
    /// What leads the guard's own program to the shim.
    pub(crate) guard_args: Vec<String>,
    /// When the command's time is up.
    pub(crate) deadline: BootTime,
    /// Milliseconds without a tick until Terraform is interrupted.
    pub(crate) fence_ms: u64,
    /// Milliseconds from the interrupt to the kill.
    pub(crate) grace_ms: u64,
    /// Milliseconds from when the worker is lost to the kill, if that comes first.
    pub(crate) orphan_grace_ms: u64,
    /// From here on the guard starts nothing: somebody else may have the lease.
    pub(crate) start_by: BootTime,
    /// As of when the worker held its lease when it started this run.
    pub(crate) held_as_of: BootTime,
    /// The caller's name for what the run is a part of.
    pub(crate) label: String,
    /// Whether standard output is messages, one per line.
    pub(crate) prints_messages: bool,
}

/// Written by the guard when it starts, and again when Terraform runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardRecord {
    /// Where it runs.
    pub host: HostIdentity,
    /// The guard.
    pub guard: ProcessIdentity,
    /// Terraform, once it was started; its pid is its group's id.
    pub engine: Option<ProcessIdentity>,
    /// When the guard started.
    pub started_at: DateTime<Utc>,
}

/// How Terraform's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// It exited with this code.
    Code(i32),
    /// A signal with this number ended it.
    Signal(i32),
}

/// Written by the guard when Terraform was reaped and its group is gone: proof that the attempt is
/// over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitReport {
    /// How the process ended.
    pub ended_by: EndedBy,
    /// Why it was interrupted, if it was.
    pub interrupted: Option<Cause>,
    /// Whether it had to be killed after the grace time.
    pub killed: bool,
    /// Where it ran.
    pub host: HostIdentity,
    /// Terraform; its pid was its group's id.
    pub engine: ProcessIdentity,
    /// When the guard started.
    pub started_at: DateTime<Utc>,
    /// When Terraform was reaped.
    pub ended_at: DateTime<Utc>,
}

/// A record that has a place of its own in a run's directory.
pub(crate) trait Record: Serialize + DeserializeOwned {
    const FILE: &'static str;
    /// Whether it has to survive a crash of the machine. What says which processes run need not:
    /// after a crash none does.
    const DURABLE: bool = false;
}

impl Record for GuardRequest {
    const FILE: &'static str = "request.json";
}

impl Record for GuardRecord {
    const FILE: &'static str = "guard.json";
}

impl Record for ExitReport {
    const FILE: &'static str = "exit.json";
    const DURABLE: bool = true;
}

/// Writes a record in one piece: a reader sees the old one, the new one or none.
pub(crate) fn write_record<R: Record>(directory: &Path, record: &R) -> io::Result<()> {
    let draft = directory.join(format!(".{}.{}", R::FILE, std::process::id()));
    let mut file = File::create(&draft)?;
    file.write_all(&serde_json::to_vec(record)?)?;
    if R::DURABLE {
        file.sync_all()?;
    }
    fs::rename(&draft, directory.join(R::FILE))?;
    if R::DURABLE {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// Reads a record; `None` if it was not written.
pub(crate) fn read_record<R: Record>(directory: &Path) -> io::Result<Option<R>> {
    match fs::read(directory.join(R::FILE)) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
