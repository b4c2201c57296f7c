//! The directory in which rendered Terraform is left for people who ask for that.
//!
//! ```text
//! <TERRANE_RENDER_DIR>/<tenant>/<environment>/*.tf     a rendered environment
//! <TERRANE_RENDER_DIR>/<tenant>/<bucket>.tf            a single bucket
//! ```
//!
//! WHY every path is safe: each part is a tenant's name, an environment's name, a bucket's name or a name of our own,
//! and [`Part`] checks once more that it is a plain name. What is written is complete before it gets its name, and what
//! stood there before is never lost unawares: it is kept unless the caller says otherwise, and then exchanged in one
//! step.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};

/// Where rendered files go.
#[derive(Debug, Clone)]
pub struct OutputDirectory(PathBuf);

/// One name of a path: 1 to 100 of a-z, 0-9, `.`, `_` and `-`, starting with a letter or digit.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a>(&'a str);

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// There was nothing of that name.
    Created,
    /// Exactly this stood there already.
    Unchanged,
    /// Something else stood there, and the caller wanted it replaced.
    Replaced,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// Something else stands there.
    #[error("{0} exists with other content")]
    Exists(String),
    /// A name that isn't plain; whoever called has not checked it.
    #[error("{0:?} is not a plain name")]
    Name(String),
    /// The directory can't be written to.
    #[error("the output directory can't be written to")]
    Io(#[from] io::Error),
}

impl<'a> Part<'a> {
    fn parse(text: &'a str) -> Result<Self, OutputError> {
        let is_plain = (1..=100).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
        if is_plain { Ok(Self(text)) } else { Err(OutputError::Name(text.to_owned())) }
    }
}

impl OutputDirectory {
    /// A directory that is made when it is first needed.
    pub fn new(root: PathBuf) -> Self {
        Self(root)
    }

    /// Writes one file for a tenant. Returns its path below the output directory.
    pub fn write_file(
        &self,
        tenant: &str,
        name: &str,
        content: &str,
        replace: bool,
    ) -> Result<(String, Written), OutputError> {
        let place = self.place(tenant, name)?;
        let staged = place.staged()?;
        write(&staged.path(), content)?;
        place.publish(staged, replace)
    }

    /// Writes a directory of files for a tenant: these and no others. Returns its path below the output directory.
    pub fn write_directory<'f, 'c>(
        &self,
        tenant: &str,
        name: &str,
        files: impl Iterator<Item = (&'f str, &'c str)>,
        replace: bool,
    ) -> Result<(String, Written), OutputError> {
        let place = self.place(tenant, name)?;
        let staged = place.staged()?;
        fs::create_dir(staged.path())?;
        for (file, content) in files {
            write(&staged.path().join(Part::parse(file)?.0), content)?;
        }
        place.publish(staged, replace)
    }

    fn place(&self, tenant: &str, name: &str) -> Result<Place, OutputError> {
        let (tenant, name) = (Part::parse(tenant)?.0, Part::parse(name)?.0);
        let parent = self.0.join(tenant);
        fs::create_dir_all(&parent)?;
        Ok(Place { relative: format!("{tenant}/{name}"), target: parent.join(name), parent })
    }
}

/// Where something is to stand.
struct Place {
    relative: String,
    parent: PathBuf,
    target: PathBuf,
}

impl Place {
    /// A directory beside the target, removed again whatever happens, with room for one thing in it.
    fn staged(&self) -> io::Result<Staged> {
        Ok(Staged(tempfile::Builder::new().prefix(".part-").tempdir_in(&self.parent)?))
    }

    fn publish(self, staged: Staged, replace: bool) -> Result<(String, Written), OutputError> {
        let rename = |flags| renameat_with(CWD, staged.path(), CWD, &self.target, flags);
        match rename(RenameFlags::NOREPLACE) {
            Ok(()) => return Ok((self.relative, Written::Created)),
            Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(io::Error::from(error).into()),
        }
        if same(&staged.path(), &self.target)? {
            return Ok((self.relative, Written::Unchanged));
        }
        if !replace {
            return Err(OutputError::Exists(self.relative));
        }
        // What stood there goes with the staging directory.
        rename(RenameFlags::EXCHANGE).map_err(io::Error::from)?;
        Ok((self.relative, Written::Replaced))
    }
}

struct Staged(tempfile::TempDir);

impl Staged {
    fn path(&self) -> PathBuf {
        self.0.path().join("new")
    }
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}

/// Whether two files, or two directories of files, have the same content. A link is never the same as what it points at.
fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (kind, others) = (fs::symlink_metadata(one)?.file_type(), fs::symlink_metadata(other)?.file_type());
    if kind != others {
        return Ok(false);
    }
    if !kind.is_dir() {
        return Ok(kind.is_file() && fs::read(one)? == fs::read(other)?);
    }
    let names = |path: &Path| -> io::Result<Vec<_>> {
        let mut names =
            fs::read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    };
    let ours = names(one)?;
    if ours != names(other)? {
        return Ok(false);
    }
    for name in ours {
        if !same(&one.join(&name), &other.join(&name))? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_created_found_unchanged_kept_and_replaced() {
        let root = tempfile::tempdir().unwrap();
        let output = OutputDirectory::new(root.path().join("made"));
        let write = |content, replace| output.write_file("acme", "data.tf", content, replace);
        assert_eq!(write("one", false).unwrap(), ("acme/data.tf".to_owned(), Written::Created));
        assert_eq!(write("one", false).unwrap().1, Written::Unchanged);
        assert!(matches!(write("two", false), Err(OutputError::Exists(path)) if path == "acme/data.tf"));
        let file = root.path().join("made/acme/data.tf");
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
        assert_eq!(write("two", true).unwrap().1, Written::Replaced);
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        // Nothing else is left lying about.
        assert_eq!(fs::read_dir(root.path().join("made/acme")).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_is_replaced_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let output = OutputDirectory::new(root.path().to_owned());
        let write = |files: &[(&'static str, &'static str)], replace| {
            output.write_directory("acme", "dev", files.iter().copied(), replace)
        };
        assert_eq!(write(&[("a.tf", "1"), ("b.tf", "2")], false).unwrap().1, Written::Created);
        assert_eq!(write(&[("a.tf", "1"), ("b.tf", "2")], false).unwrap().1, Written::Unchanged);
        assert!(matches!(write(&[("a.tf", "1")], false), Err(OutputError::Exists(_))));
        assert_eq!(write(&[("a.tf", "1")], true).unwrap().1, Written::Replaced);
        let left: Vec<_> =
            fs::read_dir(root.path().join("acme/dev")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["a.tf"]);
    }

    #[test]
    fn what_is_no_plain_name_is_written_nowhere() {
        let root = tempfile::tempdir().unwrap();
        let output = OutputDirectory::new(root.path().join("out"));
        for name in ["..", "../x", "a/b", "/etc/x", "", ".hidden", "a\0", "A", "${x}"] {
            assert!(
                matches!(output.write_file("acme", name, "x", true), Err(OutputError::Name(_))),
                "{name}"
            );
            assert!(matches!(output.write_file(name, "x", "x", true), Err(OutputError::Name(_))), "{name}");
        }
        assert!(!root.path().join("x").exists());
    }

    #[test]
    fn a_link_in_the_way_is_replaced_and_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let outside = root.path().join("outside.tf");
        fs::write(&outside, "theirs").unwrap();
        fs::create_dir_all(root.path().join("out/acme")).unwrap();
        std::os::unix::fs::symlink(&outside, root.path().join("out/acme/data.tf")).unwrap();
        let output = OutputDirectory::new(root.path().join("out"));
        assert!(matches!(output.write_file("acme", "data.tf", "theirs", false), Err(OutputError::Exists(_))));
        assert_eq!(output.write_file("acme", "data.tf", "ours", true).unwrap().1, Written::Replaced);
        assert_eq!(fs::read_to_string(&outside).unwrap(), "theirs");
        assert_eq!(fs::read_to_string(root.path().join("out/acme/data.tf")).unwrap(), "ours");
    }
}
