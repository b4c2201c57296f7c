//! A directory with providers, so that `init` downloads nothing.
//!
//! Layouts: <https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror>.
//! Unpacked: `HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/` with the binary in it; packed:
//! `HOST/NAMESPACE/TYPE/terraform-provider-TYPE_VERSION_OS_ARCH.zip`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::version::Version;

/// The provider by which a directory is recognised as a mirror.
const SOUGHT: &str = "hashicorp/aws";
/// Hosts under which a provider without one may lie.
const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];
/// Places where machines and images keep extra software; each child is looked at, and each
/// grandchild.
const SHELVES: [&str; 3] = ["/opt", "/usr/local/lib", "/srv"];

/// A directory with providers in one of the two layouts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderMirror {
    root: PathBuf,
}

/// A mirror was named that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MirrorError {
    /// No such directory.
    #[error("the provider mirror {} is not a directory; correct TERRANE_PROVIDER_MIRROR or unset it to search", .0.display())]
    NotADirectory(PathBuf),
    /// Nothing in it fits this platform.
    #[error(
        "the provider mirror {} has no {SOUGHT} for {}; fill it with `terraform providers mirror`",
        .0.display(), platform()
    )]
    Empty(PathBuf),
}

/// Where to look. Made from the process's environment; tests make their own.
#[derive(Debug, Clone, Default)]
pub struct MirrorSearch {
    /// Named by the operator (`TERRANE_PROVIDER_MIRROR`): taken, or an error.
    pub configured: Option<PathBuf>,
    /// The user's Terraform configuration, which may declare a mirror.
    pub cli_configs: Vec<PathBuf>,
    /// The directories where Terraform itself looks.
    pub standard: Vec<PathBuf>,
    /// Directories whose children may be mirrors.
    pub shelves: Vec<PathBuf>,
}

impl MirrorSearch {
    /// The places of this user and this machine.
    #[must_use]
    pub fn of_this_machine(configured: Option<&Path>) -> Self {
        let home = env::var_os("HOME").map(PathBuf::from);
        let in_home = |path: &str| home.as_ref().map(|home| home.join(path));
        let cli_configs = env::var_os("TF_CLI_CONFIG_FILE")
            .map(PathBuf::from)
            .into_iter()
            .chain(in_home(".terraformrc"))
            .chain(in_home(".tofurc"))
            .collect();
        // Terraform's implied local mirrors, in its order.
        let mut standard: Vec<PathBuf> = in_home(".terraform.d/plugins").into_iter().collect();
        let data_home = env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(|| in_home(".local/share"));
        let data_dirs = env::var_os("XDG_DATA_DIRS").filter(|dirs| !dirs.is_empty());
        let data_dirs = data_dirs.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        standard.extend(
            data_home
                .into_iter()
                .chain(env::split_paths(&data_dirs))
                .map(|dir| dir.join("terraform/plugins")),
        );
        Self {
            configured: configured.map(Path::to_owned),
            cli_configs,
            standard,
            shelves: SHELVES.iter().map(PathBuf::from).collect(),
        }
    }
}

impl ProviderMirror {
    /// The first mirror with the AWS provider for this platform, in the order of [`MirrorSearch`].
    /// `None`: there is none, and providers have to be downloaded.
    pub fn find(search: &MirrorSearch) -> Result<Option<Self>, MirrorError> {
        if let Some(root) = &search.configured {
            if !root.is_dir() {
                return Err(MirrorError::NotADirectory(root.clone()));
            }
            return Self::at(root).map(Some).ok_or_else(|| MirrorError::Empty(root.clone()));
        }
        let declared = search.cli_configs.iter().filter_map(|file| fs::read_to_string(file).ok());
        let declared: Vec<PathBuf> = declared.flat_map(|text| declared_mirrors(&text)).collect();
        let known = declared.iter().chain(&search.standard).find_map(|root| Self::at(root));
        Ok(known.or_else(|| search.shelves.iter().find_map(|shelf| search_shelf(shelf))))
    }

    /// This directory, if it is a mirror with the AWS provider for this platform.
    fn at(root: &Path) -> Option<Self> {
        let mirror = Self { root: std::path::absolute(root).ok()? };
        (!mirror.versions_of(SOUGHT).is_empty()).then_some(mirror)
    }

    /// The directory that holds the hosts.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Versions of a provider (`hashicorp/aws`) for this platform, oldest first.
    #[must_use]
    pub fn versions_of(&self, provider: &str) -> Vec<Version> {
        let mut versions: Vec<Version> = HOSTS
            .iter()
            .map(|host| self.root.join(host).join(provider))
            .flat_map(|directory| packages_in(&directory))
            .map(|(version, _)| version)
            .collect();
        versions.sort();
        versions.dedup();
        versions
    }

    /// Every package for this platform: a directory or an archive.
    pub(crate) fn packages(&self) -> Vec<PathBuf> {
        let types = children(&self.root)
            .into_iter()
            .filter(|host| host.file_name().is_some_and(|name| name.to_string_lossy().contains('.')))
            .flat_map(|host| children(&host))
            .flat_map(|namespace| children(&namespace));
        types.flat_map(|directory| packages_in(&directory)).map(|(_, package)| package).collect()
    }
}

fn search_shelf(shelf: &Path) -> Option<ProviderMirror> {
    let near = children(shelf);
    near.iter().find_map(|child| ProviderMirror::at(child)).or_else(|| {
        near.iter().flat_map(|child| children(child)).find_map(|child| ProviderMirror::at(&child))
    })
}

/// Packages of one provider for this platform, in both layouts.
fn packages_in(provider: &Path) -> Vec<(Version, PathBuf)> {
    let kind = provider.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (prefix, suffix) = (format!("terraform-provider-{kind}_"), format!("_{}.zip", platform()));
    let package = |entry: PathBuf| {
        let name = entry.file_name()?.to_str()?.to_owned();
        let packed = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(&suffix));
        if let Some(version) = packed {
            return Some((version.parse().ok()?, entry));
        }
        let unpacked = entry.join(platform());
        unpacked.is_dir().then_some((name.parse().ok()?, unpacked))
    };
    children(provider).into_iter().filter_map(package).collect()
}

/// Entries of a directory by name; none if it can't be read.
fn children(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// `linux_amd64`, as Go and the registry name it.
fn platform() -> String {
    let os = if env::consts::OS == "macos" { "darwin" } else { env::consts::OS };
    let arch = match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{os}_{arch}")
}

/// Paths of the `filesystem_mirror` blocks in a CLI configuration. It is written in an old dialect
/// of HCL; two words and a string are all that is needed of it.
fn declared_mirrors(text: &str) -> Vec<PathBuf> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with(['#', '/'])).collect::<Vec<_>>().join("\n");
    code.split("filesystem_mirror")
        .skip(1)
        .filter_map(|rest| {
            let block = rest.split('}').next()?;
            let (_, value) = block.split_once("path")?;
            value.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?.split('"').next()
        })
        .map(PathBuf::from)
        .collect()
}

#[cfg(test)]
mod tests;
