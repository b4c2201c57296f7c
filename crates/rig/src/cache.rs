//! What is made once per machine and kept: Python environments and freshly initialised Postgres clusters.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::RigError;

/// The cache of this user: `TERRANE_CACHE`, else `$XDG_CACHE_HOME/terrane`, else `~/.cache/terrane`.
pub(crate) fn root() -> PathBuf {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("TERRANE_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("terrane")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/terrane")))
        .unwrap_or_else(|| std::env::temp_dir().join("terrane-cache"))
}

/// Returns the cache's directory `name`, made by `fill` if it isn't there yet.
///
/// Several test programs start at once, so the making is under a lock (the kernel drops it with its holder).
/// A marker is written last and a directory without one is made again: what a killed maker left is never
/// used. `fill` gets the final path, since a Python environment can't be moved. Blocks.
pub(crate) fn once(
    name: &str,
    fill: impl FnOnce(&Path) -> Result<(), RigError>,
) -> Result<PathBuf, RigError> {
    let root = root();
    let made = root.join(name);
    let marker = made.join(".complete");
    if marker.exists() {
        return Ok(made);
    }
    std::fs::create_dir_all(&root).map_err(RigError::file("create", &root))?;
    let lock_path = root.join(format!("{name}.lock"));
    let lock = File::create(&lock_path).map_err(RigError::file("create", &lock_path))?;
    lock.lock().map_err(RigError::file("lock", &lock_path))?;
    if marker.exists() {
        return Ok(made);
    }
    if made.exists() {
        std::fs::remove_dir_all(&made).map_err(RigError::file("remove", &made))?;
    }
    std::fs::create_dir(&made).map_err(RigError::file("create", &made))?;
    fill(&made)?;
    std::fs::write(&marker, "").map_err(RigError::file("write", &marker))?;
    Ok(made)
}

/// The first 16 hex digits of a digest over the parts: a name that changes with what went in.
pub(crate) fn key(parts: &[&str]) -> String {
    use sha2::{Digest, Sha256};
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    hex::encode(&digest.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_where_one_part_ends_and_the_next_begins() {
        assert_eq!(key(&["ab", "c"]), key(&["ab", "c"]));
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
    }
}
