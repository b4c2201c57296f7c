//! `terrane-rig inventory`: what exists in the emulated AWS.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use terrane_rig::{Emulator, Scope, table};

use super::env_file;

/// Options of `inventory`.
#[derive(clap::Args, Debug)]
pub(crate) struct Inventory {
    /// The file of settings that `up` wrote.
    #[arg(long, default_value = ".dev/env", value_name = "FILE")]
    env_file: PathBuf,
    /// The emulator, if not the one of the file of settings.
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    endpoint: Option<String>,
    /// Only this account.
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Only this region.
    #[arg(long)]
    region: Option<String>,
    /// JSON in place of a table.
    #[arg(long)]
    json: bool,
}

impl Inventory {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let endpoint = match self.endpoint {
            Some(endpoint) => endpoint,
            None => {
                let file = self.env_file.display();
                let text = std::fs::read_to_string(&self.env_file)
                    .with_context(|| format!("cannot read {file}; is the rig up?"))?;
                env_file::read(&text, "AWS_ENDPOINT_URL")
                    .with_context(|| format!("{file} has no AWS_ENDPOINT_URL"))?
            }
        };
        let scope = Scope { account: self.account, region: self.region };
        let items = Emulator::at(endpoint).inventory(&scope).await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&items)?);
        } else if items.is_empty() {
            println!("nothing exists");
        } else {
            print!("{}", table(&items));
        }
        Ok(ExitCode::SUCCESS)
    }
}
