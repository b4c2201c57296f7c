//! Finds the binary that provisions, and checks that it is one that Terrane works with.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::version::Version;

/// Oldest release with all that the rendered files use: S3 locking without DynamoDB (1.10),
/// ephemeral values (1.10) and write-only arguments (1.11), in both engines.
pub const MINIMUM: Version = Version::new(1, 11, 0);

/// `version` answers in tens of milliseconds; a binary on a sick disk must not hold up a start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which of the two programs with the same command line this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// HashiCorp Terraform.
    Terraform,
    /// OpenTofu.
    OpenTofu,
}

impl EngineKind {
    /// Host that an address without one (`hashicorp/aws`) belongs to.
    #[must_use]
    pub const fn default_registry(self) -> &'static str {
        match self {
            Self::Terraform => "registry.terraform.io",
            Self::OpenTofu => "registry.opentofu.org",
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terraform => "Terraform",
            Self::OpenTofu => "OpenTofu",
        })
    }
}

/// A binary that was found, started once and judged new enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// Terraform or OpenTofu, by what the program says of itself.
    pub kind: EngineKind,
    /// Its version, at least [`MINIMUM`].
    pub version: Version,
    /// Absolute path.
    pub binary: PathBuf,
}

/// Why there is no engine to work with. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LocateError {
    /// Nothing was configured and the search path has neither program.
    #[error(
        "neither terraform nor tofu is on the PATH; install Terraform \
         (https://developer.hashicorp.com/terraform/install) or OpenTofu \
         (https://opentofu.org/docs/intro/install), version {MINIMUM} or newer, \
         or set TERRANE_TERRAFORM_BIN to the binary"
    )]
    NotFound,
    /// A binary was named, and it is not there or may not be executed.
    #[error("{} is not an executable file; correct TERRANE_TERRAFORM_BIN or unset it to search the PATH", .0.display())]
    NotExecutable(PathBuf),
    /// The program could not be started.
    #[error("{} could not be started", binary.display())]
    Start {
        /// What was started.
        binary: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The program did not answer in time.
    #[error("{} did not answer `version` within {} s", binary.display(), PATIENCE.as_secs())]
    Silent {
        /// What was started.
        binary: PathBuf,
    },
    /// The program runs, and it is something else.
    #[error("{} answered `version` like neither Terraform nor OpenTofu", binary.display())]
    NotAnEngine {
        /// What was started.
        binary: PathBuf,
    },
    /// The program is too old.
    #[error("{} is {kind} {version}; Terrane needs {MINIMUM} or newer", binary.display())]
    TooOld {
        /// What was started.
        binary: PathBuf,
        /// What it is.
        kind: EngineKind,
        /// How old it is.
        version: Version,
    },
}

impl Engine {
    /// Takes the configured binary, else `terraform`, else `tofu` from the search path, and asks it
    /// for its version.
    pub async fn locate(configured: Option<&Path>) -> Result<Self, LocateError> {
        let path = env::var_os("PATH").unwrap_or_default();
        let binary = match configured {
            Some(named) => named_binary(named, &path)?,
            None => ["terraform", "tofu"]
                .iter()
                .find_map(|name| on_path(OsStr::new(name), &path))
                .ok_or(LocateError::NotFound)?,
        };
        Self::check(binary).await
    }

    async fn check(binary: PathBuf) -> Result<Self, LocateError> {
        // `version -json` has the number, but both programs call it "terraform_version"; only the
        // text says which of the two is talking.
        let (json, text) = tokio::join!(ask(&binary, &["version", "-json"]), ask(&binary, &["version"]));
        let (json, text) = (json?, text?);
        let kind = kind_of(&text);
        let version = version_of(&json);
        let (Some(kind), Some(version)) = (kind, version) else {
            return Err(LocateError::NotAnEngine { binary });
        };
        if version < MINIMUM {
            return Err(LocateError::TooOld { binary, kind, version });
        }
        Ok(Self { kind, version, binary })
    }
}

fn named_binary(named: &Path, path: &OsStr) -> Result<PathBuf, LocateError> {
    let bare_name = named.components().count() == 1 && !named.is_absolute();
    let found = if bare_name { on_path(named.as_os_str(), path) } else { absolute_executable(named) };
    found.ok_or_else(|| LocateError::NotExecutable(named.to_owned()))
}

fn on_path(name: &OsStr, path: &OsStr) -> Option<PathBuf> {
    env::split_paths(path)
        .filter(|directory| !directory.as_os_str().is_empty())
        .find_map(|directory| absolute_executable(&directory.join(name)))
}

fn absolute_executable(candidate: &Path) -> Option<PathBuf> {
    use rustix::fs::{Access, access};
    let usable = candidate.is_file() && access(candidate, Access::EXEC_OK).is_ok();
    if usable { std::path::absolute(candidate).ok() } else { None }
}

async fn ask(binary: &Path, arguments: &[&str]) -> Result<String, LocateError> {
    let mut command = Command::new(binary);
    command
        .args(arguments)
        .env_clear()
        .envs(["PATH", "HOME", "TMPDIR"].iter().filter_map(|name| Some((name, env::var_os(name)?))))
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output())
        .await
        .map_err(|_elapsed| LocateError::Silent { binary: binary.to_owned() })?
        .map_err(|source| LocateError::Start { binary: binary.to_owned(), source })?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn kind_of(version_text: &str) -> Option<EngineKind> {
    let first_line = version_text.lines().next()?;
    if first_line.starts_with("Terraform v") {
        Some(EngineKind::Terraform)
    } else if first_line.starts_with("OpenTofu v") {
        Some(EngineKind::OpenTofu)
    } else {
        None
    }
}

fn version_of(version_json: &str) -> Option<Version> {
    #[derive(Deserialize)]
    struct Answer {
        terraform_version: String,
    }
    serde_json::from_str::<Answer>(version_json).ok()?.terraform_version.parse().ok()
}
