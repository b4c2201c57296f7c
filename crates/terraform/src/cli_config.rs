//! Terraform's own configuration file: where providers come from.
//!
//! With a mirror, providers come from there and from nowhere else: `init` links them in a second,
//! needs no network, and no two runs write to one cache. Without one they are downloaded.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::engine::EngineKind;
use crate::mirror::ProviderMirror;

const FILE: &str = "cli.tfrc";
const LINKS: &str = "providers";

/// Why the file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CliConfigError {
    /// The mirror's path can't be written in Terraform's configuration language.
    #[error("the provider mirror {} has a quote, a backslash, a `$` or a line break in its path", .0.display())]
    UnusablePath(PathBuf),
    /// Writing failed.
    #[error("could not write {}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Writes the file (and for OpenTofu the links) below `root`; the file's path.
pub(crate) fn write(
    root: &Path,
    kind: EngineKind,
    mirror: Option<&ProviderMirror>,
) -> Result<PathBuf, CliConfigError> {
    let file = root.join(FILE);
    let directory = match mirror {
        Some(mirror) if needs_links(mirror, kind) => {
            let links = root.join(LINKS);
            link(mirror, kind, &links)
                .map_err(|source| CliConfigError::Write { path: links.clone(), source })?;
            Some(links)
        }
        Some(mirror) => Some(mirror.root().to_owned()),
        None => None,
    };
    let text = match &directory {
        Some(directory) => mirrored(directory)?,
        None => "provider_installation {\n  direct {}\n}\n".to_owned(),
    };
    fs::write(&file, text).map_err(|source| CliConfigError::Write { path: file.clone(), source })?;
    Ok(file)
}

fn mirrored(directory: &Path) -> Result<String, CliConfigError> {
    let unusable = || CliConfigError::UnusablePath(directory.to_owned());
    let path = directory.to_str().ok_or_else(unusable)?;
    if path.contains(['"', '\\', '$', '\n', '\r']) {
        return Err(unusable());
    }
    Ok(format!("provider_installation {{\n  filesystem_mirror {{\n    path = \"{path}\"\n  }}\n}}\n"))
}

/// `hashicorp/aws` belongs to another host for OpenTofu: a mirror made for Terraform doesn't have it.
fn needs_links(mirror: &ProviderMirror, kind: EngineKind) -> bool {
    kind == EngineKind::OpenTofu && !mirror.root().join(kind.default_registry()).is_dir()
}

/// A mirror with the same packages under the engine's own host and under theirs. Directories are
/// real and packages are links: engines walk a mirror without following links, and follow one only
/// in the place of a package.
fn link(mirror: &ProviderMirror, kind: EngineKind, links: &Path) -> io::Result<()> {
    for package in mirror.packages() {
        let theirs = package.strip_prefix(mirror.root()).map_err(io::Error::other)?;
        let mut parts = theirs.components();
        let host = parts.next();
        let rest = parts.as_path();
        let mut places = vec![links.join(theirs)];
        if host.is_some_and(|host| host.as_os_str() == EngineKind::Terraform.default_registry()) {
            places.push(links.join(kind.default_registry()).join(rest));
        }
        for place in places {
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            match symlink(&package, &place) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}
