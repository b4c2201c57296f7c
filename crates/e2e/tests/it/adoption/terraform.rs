//! Plain Terraform against the emulated AWS, with its state in a local file.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use terrane_rig::{Rig, TERRAFORM_OVERRIDE};
use terrane_terraform::{MirrorSearch, ProviderMirror};
use tokio::process::Command;

pub struct Terraform {
    binary: PathBuf,
    directory: TempDir,
    variables: BTreeMap<String, String>,
}

impl Terraform {
    /// A directory with these files, initialised.
    pub async fn start(rig: &Rig, files: impl Iterator<Item = (&str, &str)>) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        for (name, content) in files {
            fs::write(directory.path().join(name), content)?;
        }
        fs::write(directory.path().join("emulator_override.tf"), TERRAFORM_OVERRIDE)?;
        let local = "terraform {\n  backend \"local\" {}\n}\n";
        fs::write(directory.path().join("backend_override.tf"), local)?;
        let configuration = directory.path().join("cli.tfrc");
        fs::write(&configuration, cli_configuration()?)?;
        let mut variables = rig.aws_env().await?;
        let own = [("TF_IN_AUTOMATION", "1"), ("CHECKPOINT_DISABLE", "1")];
        variables.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
        variables.insert("TF_CLI_CONFIG_FILE".to_owned(), configuration.display().to_string());
        let binary = env::var_os("TERRANE_TERRAFORM_BIN").map_or_else(|| "terraform".into(), PathBuf::from);
        let terraform = Self { binary, directory, variables };
        terraform.run(&["init", "-input=false", "-no-color"]).await?;
        Ok(terraform)
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Runs to the end, and gives what it said.
    pub async fn run(&self, arguments: &[&str]) -> Result<String> {
        // Nothing of the caller's own settings gets in.
        let inherited = env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            !name.starts_with("TF_") && !name.starts_with("AWS_")
        });
        let output = Command::new(&self.binary)
            .args(arguments)
            .current_dir(self.directory())
            .env_clear()
            .envs(inherited)
            .envs(&self.variables)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .with_context(|| self.binary.display().to_string())?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{arguments:?}: {said}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// What a plan on this state would do. Nothing is refreshed: nobody changed anything, and what is imported is read.
    pub async fn plan(&self, state: &str) -> Result<Value> {
        let state = format!("-state={state}");
        let plan = [
            "plan",
            "-refresh=false",
            "-lock=false",
            "-input=false",
            "-no-color",
            "-out=plan",
            state.as_str(),
        ];
        self.run(&plan).await?;
        Ok(serde_json::from_str(&self.run(&["show", "-json", "plan"]).await?)?)
    }
}

/// Providers from a mirror where this machine has one, else from the registry.
fn cli_configuration() -> Result<String> {
    let configured = env::var_os("TERRANE_PROVIDER_MIRROR").map(PathBuf::from);
    let search = MirrorSearch::of_this_machine(configured.as_deref());
    let Some(mirror) = ProviderMirror::find(&search)? else { return Ok(String::new()) };
    // As JSON quotes it, which is as HCL does.
    let path = Value::from(mirror.root().to_str().context("a mirror whose path is no text")?);
    Ok(format!("provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n"))
}
