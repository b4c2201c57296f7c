//! The real binary, where a test needs its word.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;
use terrane_terraform::{MirrorSearch, ProviderMirror};

use crate::atlas_provider::AtlasProvider;

/// A Terraform or OpenTofu binary with a configuration of its own.
pub struct Terraform {
    binary: PathBuf,
    home: TempDir,
    atlas: AtlasProvider,
}

impl Terraform {
    /// The binary named by `TERRANE_TERRAFORM_BIN`, or `terraform` on the path. `None`, and a loud word about it, if
    /// integration tests weren't asked for.
    pub fn find(test: &str) -> Option<Self> {
        if env::var("TERRANE_INTEGRATION_TESTS").as_deref() != Ok("1") {
            eprintln!("SKIPPED {test}: needs Terraform; set TERRANE_INTEGRATION_TESTS=1 to run it");
            return None;
        }
        let binary = env::var_os("TERRANE_TERRAFORM_BIN").map_or_else(|| "terraform".into(), PathBuf::from);
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("cli.tfrc"), cli_configuration()).unwrap();
        let terraform = Self { binary, home, atlas: AtlasProvider::start() };
        let version = terraform.run(terraform.home.path(), &["version"]);
        assert!(version.status.success(), "{}", text(&version));
        Some(terraform)
    }

    /// Runs to the end. Nothing of the caller's own Terraform settings gets in.
    pub fn run(&self, directory: &Path, arguments: &[&str]) -> Output {
        let inherited = env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("TF_"));
        Command::new(&self.binary)
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .envs(inherited)
            .env("TF_CLI_CONFIG_FILE", self.home.path().join("cli.tfrc"))
            .env("TF_REATTACH_PROVIDERS", self.atlas.reattach())
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .unwrap_or_else(|error| panic!("{} can't be run: {error}", self.binary.display()))
    }

    /// Runs, fails the test if it fails, and gives its standard output.
    pub fn succeed(&self, directory: &Path, arguments: &[&str]) -> String {
        let output = self.run(directory, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Providers from a mirror where this machine has one, else from the registry.
fn cli_configuration() -> String {
    let configured = env::var_os("TERRANE_PROVIDER_MIRROR").map(PathBuf::from);
    let search = MirrorSearch::of_this_machine(configured.as_deref());
    match ProviderMirror::find(&search).unwrap() {
        Some(mirror) => {
            let path =
                hcl::format::to_string(&hcl::Expression::from(mirror.root().to_str().unwrap())).unwrap();
            format!("provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n")
        }
        None => String::new(),
    }
}

/// What a run said.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
