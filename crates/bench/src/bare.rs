//! The same files, run as a person would run them: `terraform init`, `plan`, `apply`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use terrane_domain::{EnvironmentId, Format, ResolveContext, TenantId};
use terrane_rig::{HOME_ACCOUNT, Rig};
use terrane_terraform::{Engine, MirrorSearch, ProviderMirror};
use uuid::Uuid;

/// Longer than any command takes.
const LIMIT: Duration = Duration::from_secs(900);

/// Terraform as it is on this machine, pointed at the rig.
pub(crate) struct Bare<'a> {
    rig: &'a Rig,
    engine: Engine,
    env: BTreeMap<String, String>,
}

/// How long each command took.
pub(crate) struct Took {
    pub(crate) init: Duration,
    pub(crate) plan: Duration,
    pub(crate) apply: Duration,
}

impl Took {
    pub(crate) fn total(&self) -> Duration {
        self.init + self.plan + self.apply
    }
}

impl<'a> Bare<'a> {
    pub(crate) async fn find(rig: &'a Rig) -> anyhow::Result<Self> {
        let variable = |name| std::env::var_os(name).map(PathBuf::from);
        let engine = Engine::locate(variable("TERRANE_TERRAFORM_BIN").as_deref()).await?;
        let mut env = rig.aws_env().await?;
        let configured = variable("TERRANE_PROVIDER_MIRROR");
        let search = MirrorSearch::of_this_machine(configured.as_deref());
        if let Some(mirror) = ProviderMirror::find(&search)? {
            let file = rig.directory().join("bare.tfrc");
            let path = mirror.root().display();
            fs::write(
                &file,
                format!(
                    "provider_installation {{\n  filesystem_mirror {{\n    path = \"{path}\"\n  }}\n}}\n"
                ),
            )?;
            env.insert("TF_CLI_CONFIG_FILE".to_owned(), file.display().to_string());
        }
        // What Terrane sets too.
        for (name, value) in [("TF_IN_AUTOMATION", "1"), ("TF_INPUT", "0"), ("CHECKPOINT_DISABLE", "1")] {
            env.insert(name.to_owned(), value.to_owned());
        }
        Ok(Self { rig, engine, env })
    }

    /// Raises what `spec` says as an environment of its own. The bucket for its state has to be there.
    pub(crate) async fn raise(&self, spec: &str) -> anyhow::Result<Took> {
        let directory = tempfile::tempdir_in(self.rig.directory())?;
        write(directory.path(), spec)?;
        fs::copy(self.rig.terraform_override()?, directory.path().join("rig_override.tf"))?;
        let run = |arguments: &'static [&'static str]| self.run(directory.path(), arguments);
        Ok(Took {
            init: run(&["init"]).await?,
            plan: run(&["plan", "-out=plan"]).await?,
            apply: run(&["apply", "plan"]).await?,
        })
    }

    async fn run(&self, directory: &Path, arguments: &[&str]) -> anyhow::Result<Duration> {
        let chdir = format!("-chdir={}", directory.display());
        let arguments: Vec<&str> = [chdir.as_str()].into_iter().chain(arguments.iter().copied()).collect();
        let begun = Instant::now();
        let terraform =
            self.rig.start_program("terraform", &self.engine.binary, &arguments, self.env.clone()).await?;
        let ending = terraform.wait(LIMIT).await?;
        let took = begun.elapsed();
        ensure!(
            ending.is_success(),
            "terraform {} ended with {ending}:\n{}",
            arguments[1],
            fs::read_to_string(terraform.log())?
        );
        Ok(took)
    }
}

/// Writes the files that a worker would.
fn write(directory: &Path, spec: &str) -> anyhow::Result<()> {
    let spec = terrane_domain::parse(spec.as_bytes(), Format::Yaml)
        .map_err(|problems| anyhow::anyhow!("{problems}"))?;
    let context = ResolveContext {
        environment_id: EnvironmentId::from_uuid(Uuid::now_v7()),
        tenant_id: TenantId::from_uuid(Uuid::now_v7()),
        external_id: "not-used".to_owned(),
        account_id: HOME_ACCOUNT.to_owned(),
        pins: terrane_blueprint::current_pins(),
    };
    let resolved =
        terrane_domain::resolve(&spec, &context).map_err(|problems| anyhow::anyhow!("{problems}"))?;
    for (name, content) in terrane_blueprint::render(&resolved.model)?.iter() {
        fs::write(directory.join(name), content).with_context(|| format!("cannot write {name}"))?;
    }
    Ok(())
}
