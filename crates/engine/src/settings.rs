//! How the engine behaves; read from the environment by the worker.

use std::{path::PathBuf, time::Duration};

use crate::{LogLimits, Timing};

/// Limits and places. The defaults are the ones of docs/ARCHITECTURE.md.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Attempts work in directories below this one.
    pub work_dir: PathBuf,
    /// A file that is laid beside what we render, for emulators and special endpoints; nothing in production.
    pub terraform_override: Option<PathBuf>,
    /// Directory of providers in a mirror layout, when it isn't in a place that Terraform knows.
    pub provider_mirror: Option<PathBuf>,
    /// When a holder has to stop, and when it may be overtaken.
    pub timing: Timing,
    /// Limits of single steps and of one whole attempt.
    pub deadlines: Deadlines,
    /// When a failed attempt is tried again.
    pub retry: RetryPolicy,
    /// How long a plan waits for a decision.
    pub approval_expires_after: Duration,
    /// How large lines and logs may get.
    pub log_limits: LogLimits,
}

/// Limits of single steps and of one whole attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// `terraform init`.
    pub init: Duration,
    /// `terraform plan`.
    pub plan: Duration,
    /// `terraform apply`, for a destroy too.
    pub apply: Duration,
    /// Everything together.
    pub attempt: Duration,
}

/// When a failed attempt is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Failures that count before the operation fails for good.
    pub max_failures: u32,
    /// Workers that may be lost in the middle of an operation before it fails for good: it may be what loses them.
    pub max_takeovers: u32,
    /// Before the second attempt; doubles with every failure.
    pub first_delay: Duration,
    /// The delay never grows beyond this.
    pub max_delay: Duration,
}

impl EngineSettings {
    /// The usual limits, working below `work_dir`.
    pub fn new(work_dir: PathBuf) -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self {
            work_dir,
            terraform_override: None,
            provider_mirror: None,
            timing: Timing::DEFAULT,
            deadlines: Deadlines {
                init: minutes(5),
                plan: minutes(15),
                apply: minutes(120),
                attempt: minutes(180),
            },
            retry: RetryPolicy {
                max_failures: 3,
                max_takeovers: 5,
                first_delay: Duration::from_secs(15),
                max_delay: minutes(5),
            },
            approval_expires_after: minutes(7 * 24 * 60),
            log_limits: LogLimits::DEFAULT,
        }
    }
}
