//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use reqwest::Url;
use secrecy::SecretString;

use crate::{
    client::{DataChoice, Server},
    exit,
    output::OutputFormat,
    target::{EnvironmentRef, OperationRef},
};

/// Raise, change and take down whole environments from one file
#[derive(Debug, Parser)]
#[command(name = "terrane", version, after_help = exit::HELP, disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the API is and who asks.
#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// Address of the API
    #[arg(long, env = "TERRANE_URL", default_value = "http://127.0.0.1:8080", value_parser = http_url, global = true)]
    url: Url,
    /// API key; better in the environment than on the command line, where other users can see it
    #[arg(long, env = "TERRANE_API_KEY", hide_env_values = true, value_name = "KEY", global = true)]
    api_key: Option<SecretString>,
    /// Tenant to act for, if the key serves several
    #[arg(long, env = "TERRANE_TENANT", value_name = "NAME", global = true)]
    tenant: Option<String>,
}

impl ServerArgs {
    pub(crate) fn into_server(self) -> Server {
        // An empty variable is one that was not set: `TERRANE_TENANT= terrane list`.
        Server {
            url: self.url,
            api_key: self.api_key.filter(|key| !secrecy::ExposeSecret::expose_secret(key).is_empty()),
            tenant: self.tenant.filter(|tenant| !tenant.is_empty()),
        }
    }
}

fn http_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("expected http:// or https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "it holds a user or a password, which the API doesn't use; the key belongs into TERRANE_API_KEY"
                .to_owned(),
        );
    }
    Ok(url)
}

/// How results are written.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct FormatArgs {
    /// How results are written; table if not said
    #[arg(short = 'o', long = "output", value_name = "FORMAT", value_enum)]
    pub(crate) format: Option<OutputFormat>,
}

/// Whether to follow what was set off.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct WaitArgs {
    /// Follow the operation until it is over
    #[arg(short, long)]
    pub(crate) wait: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented environment file to start from
    Init(InitArgs),
    /// Check a file, without a server
    Validate(FileArgs),
    /// Write the Terraform files of an environment file, without a server
    Render(RenderArgs),
    /// Draw how the parts of an environment file hang together, as a mermaid diagram, without a server
    Graph(GraphArgs),
    /// Bring an environment to what a file says; makes it if there is none of that name
    Apply(ApplyArgs),
    /// Show one environment
    Get(EnvironmentArgs),
    /// List environments
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// List the operations of an environment, newest first
    Operations(EnvironmentArgs),
    /// Show what an operation wrote; of an environment, its newest one
    Logs(LogsArgs),
    /// Show what an operation would create, change and destroy
    Plan(OperationArgs),
    /// Allow a plan that waits for approval, exactly as it is shown
    Approve(DecisionArgs),
    /// Refuse a plan that waits for approval
    Discard(DecisionArgs),
    /// Show the outputs of an environment
    Outputs(OutputsArgs),
    /// Take an environment down
    Destroy(DestroyArgs),
    /// Stop an operation
    Cancel(DecisionArgs),
    /// Do again what failed or was cancelled
    Retry(DecisionArgs),
    /// Print the JSON Schema of the environment file
    Schema,
    /// Print a completion script, for example: source <(terrane completions bash)
    Completions {
        /// For which shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Name of the environment
    #[arg(long, default_value = "my-environment")]
    pub(crate) name: String,
    /// AWS region
    #[arg(long, default_value = "eu-west-1")]
    pub(crate) region: String,
    /// How generous the defaults are: small, medium or large
    #[arg(long, default_value = "small")]
    pub(crate) profile: String,
    /// File to write; - for stdout. One that exists is left as it is
    #[arg(short, long, value_name = "FILE", default_value = "environment.yaml")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// Environment file; - for stdin. One that ends in .json is JSON, all others are YAML
    #[arg(short, long)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct GraphArgs {
    /// Environment file; - for stdin
    #[arg(short, long)]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// Environment file; - for stdin
    #[arg(short, long)]
    pub(crate) file: PathBuf,
    /// Directory to write to; made if absent
    #[arg(short, long, value_name = "DIR", required_unless_present = "stdout", conflicts_with = "stdout")]
    pub(crate) output: Option<PathBuf>,
    /// Write into a directory that holds other files too; they stay
    #[arg(long)]
    pub(crate) force: bool,
    /// Print the files instead
    #[arg(long)]
    pub(crate) stdout: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    pub(crate) file: FileArgs,
    #[command(flatten)]
    pub(crate) wait: WaitArgs,
    /// Approve what the plan would destroy, without asking; needs --wait
    #[arg(long, visible_alias = "yes", short_alias = 'y', requires = "wait")]
    pub(crate) approve: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EnvironmentArgs {
    /// Name or id of an environment
    pub(crate) environment: EnvironmentRef,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those in one of these states, for example: ready,failed
    #[arg(long, value_name = "STATES")]
    pub(crate) state: Option<String>,
    /// Only those with all of these labels, for example: team=platform
    #[arg(short, long, value_name = "NAME=VALUE")]
    pub(crate) label: Vec<String>,
    /// Only those with this text in their name
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) query: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct OperationArgs {
    /// Id of an operation, or name or id of an environment
    pub(crate) operation: OperationRef,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    #[command(flatten)]
    pub(crate) operation: OperationArgs,
    /// Go on until the operation is over
    #[arg(short, long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DecisionArgs {
    #[command(flatten)]
    pub(crate) operation: OperationArgs,
    #[command(flatten)]
    pub(crate) wait: WaitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct OutputsArgs {
    /// Name or id of an environment
    pub(crate) environment: EnvironmentRef,
    /// Print only the bare value of this output
    pub(crate) output: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DestroyArgs {
    /// Name or id of an environment
    pub(crate) environment: EnvironmentRef,
    /// What becomes of the data; if not said, what the file says under lifecycle.on_destroy
    #[arg(long, value_enum)]
    pub(crate) data: Option<DataChoice>,
    /// Don't ask. Without a terminal it is needed
    #[arg(short, long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) wait: WaitArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_address_without_http_or_with_a_password_is_refused() {
        assert!(http_url("https://terrane.example/base/").is_ok());
        for bad in ["localhost:8080", "ftp://a", "http://u:p@a", ""] {
            assert!(http_url(bad).is_err(), "{bad}");
        }
    }
}
