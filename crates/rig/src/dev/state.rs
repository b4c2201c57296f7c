//! The files of a kept rig, beside its file of settings.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// A process of a kept rig.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub name: String,
    pub pid: u32,
}

/// Where a kept rig writes what others have to know.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The settings for scripts.
    pub env: PathBuf,
    directory: PathBuf,
}

impl State {
    /// The state that goes with this file of settings; makes its directory.
    pub fn beside(env: &Path) -> anyhow::Result<State> {
        let env = std::path::absolute(env)?;
        let directory = env.parent().context("the file of settings needs a directory")?.to_path_buf();
        std::fs::create_dir_all(&directory)
            .with_context(|| format!("cannot create {}", directory.display()))?;
        Ok(State { env, directory })
    }

    /// What the holder and the servers' keeper say.
    pub fn log(&self) -> PathBuf {
        self.directory.join("rig.log")
    }

    /// Takes the holder's lock; None while a holder lives.
    pub fn lock(&self) -> anyhow::Result<Option<File>> {
        let path = self.directory.join("lock");
        let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }

    /// Writes the settings and the processes; the settings come last and all at once, so that whoever sees
    /// them can use them. Only this user can read either: they hold keys and passwords.
    pub fn publish(&self, settings: &str, processes: &[Listed]) -> anyhow::Result<()> {
        let pids: String = processes.iter().map(|p| format!("{} {}\n", p.name, p.pid)).collect();
        replace(&self.pids_file(), &pids)?;
        replace(&self.env, settings)
    }

    /// The processes that were published.
    pub fn processes(&self) -> Vec<Listed> {
        let text = std::fs::read_to_string(self.pids_file()).unwrap_or_default();
        text.lines()
            .filter_map(|line| {
                let (name, pid) = line.split_once(' ')?;
                Some(Listed { name: name.to_owned(), pid: pid.parse().ok()? })
            })
            .collect()
    }

    /// Removes what [`State::publish`] wrote.
    pub fn withdraw(&self) -> anyhow::Result<()> {
        for file in [&self.env, &self.pids_file()] {
            match std::fs::remove_file(file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove {}", file.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn pids_file(&self) -> PathBuf {
        self.directory.join("pids")
    }
}

fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let new = path.with_extension("new");
    let written = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| std::fs::rename(&new, path));
    written.with_context(|| format!("cannot write {}", path.display()))
}
