//! Finding the programs that the rig runs: on PATH first, then where distributions put them, then in the
//! rig's own Python environment, which a person can fill without being root.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::RigError;

/// Python from PATH: the one thing that the rig can't bring along.
pub(crate) fn python() -> Result<PathBuf, RigError> {
    on_path("python3", std::env::var_os("PATH").as_deref()).ok_or_else(|| RigError::Missing {
        program: "python3",
        also: String::new(),
        remedy: "Python 3.10 or newer is part of the base: `apt install python3 python3-venv`, or \
                 https://www.python.org/downloads/ (no root needed with pyenv or uv)."
            .into(),
    })
}

/// The directory of Postgres's own programs (initdb, postgres), unless there is none on this machine.
pub(crate) fn postgres_bin() -> Option<PathBuf> {
    postgres_bin_in(std::env::var_os("PATH").as_deref(), Path::new("/usr/lib/postgresql"))
}

/// As [`postgres_bin`], with the places as arguments.
///
/// Distributions of Debian's family keep the programs of each major version in
/// `/usr/lib/postgresql/VERSION/bin`, off the path; the newest wins.
fn postgres_bin_in(path: Option<&OsStr>, versions: &Path) -> Option<PathBuf> {
    // Links are followed: initdb looks for its neighbours beside the real file.
    let on_path = on_path("initdb", path)
        .and_then(|initdb| initdb.canonicalize().ok())
        .and_then(|initdb| initdb.parent().map(Path::to_path_buf))
        .filter(|bin| is_executable(&bin.join("postgres")));
    on_path.or_else(|| {
        let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(versions)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .filter(|(_, bin)| is_executable(&bin.join("initdb")) && is_executable(&bin.join("postgres")))
            .collect();
        found.sort();
        found.pop().map(|(_, bin)| bin)
    })
}

/// `redis-server` from PATH.
pub(crate) fn redis_server() -> Option<PathBuf> {
    on_path("redis-server", std::env::var_os("PATH").as_deref())
}

/// The first executable file of this name in the directories of `path`.
pub(crate) fn on_path(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    std::env::split_paths(path?)
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join(name))
        .find(|file| is_executable(file))
}

pub(crate) fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn program(directory: &Path, name: &str) {
        std::fs::create_dir_all(directory).unwrap();
        let file = directory.join(name);
        std::fs::write(&file, "#!/bin/sh\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn nothing_is_found_on_an_empty_path() {
        let nowhere = tempfile::tempdir().unwrap();
        assert_eq!(on_path("sh", Some(OsStr::new(""))), None);
        assert_eq!(on_path("sh", None), None);
        assert_eq!(postgres_bin_in(Some(nowhere.path().as_os_str()), &nowhere.path().join("no")), None);
    }

    #[test]
    fn a_file_that_cannot_be_run_is_passed_over() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(first.path().join("redis-server"), "text").unwrap();
        program(second.path(), "redis-server");
        let path = std::env::join_paths([first.path(), second.path()]).unwrap();
        assert_eq!(on_path("redis-server", Some(&path)), Some(second.path().join("redis-server")));
    }

    #[test]
    fn postgres_on_the_path_wins_over_the_newest_version_directory() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        for version in ["9", "15", "16"] {
            for name in ["initdb", "postgres"] {
                program(&root.join("versions").join(version).join("bin"), name);
            }
        }
        std::fs::create_dir_all(root.join("versions/17/bin")).unwrap();
        let versions = root.join("versions");
        assert_eq!(postgres_bin_in(None, &versions), Some(versions.join("16/bin")));

        std::fs::create_dir_all(root.join("bin")).unwrap();
        std::os::unix::fs::symlink(versions.join("15/bin/initdb"), root.join("bin/initdb")).unwrap();
        let path = root.join("bin").into_os_string();
        assert_eq!(postgres_bin_in(Some(&path), &versions), Some(versions.join("15/bin")));
    }
}
