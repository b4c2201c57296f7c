//! A directory that belongs to `terrane render`.
//!
//! WHY a list in it: rendering again must take away the files of things that are no longer there, and must never touch
//! a file of somebody else's, such as a `.terraform` directory or an `override.tf`. So each run leaves the names that
//! it wrote in [`LIST`], and a directory without that list is refused unless it is empty. Each file is replaced as a
//! whole; the list goes first with all names, old and new, so that a run that is cut short leaves nothing unlisted.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use crate::failure::Failure;

const LIST: &str = ".terrane-files";

/// A directory that may be written to.
pub struct RenderedDir {
    path: PathBuf,
    listed: BTreeSet<String>,
}

impl RenderedDir {
    /// Opens a directory, and makes it if it is absent. One that holds files of others needs `force`.
    pub fn open(path: &Path, force: bool) -> Result<Self, Failure> {
        fs::create_dir_all(path).map_err(Failure::file("cannot make", path))?;
        let listed = match fs::read_to_string(path.join(LIST)) {
            Ok(list) => list.lines().filter(|name| is_plain(name)).map(str::to_owned).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut entries = fs::read_dir(path).map_err(Failure::file("cannot read", path))?;
                if !force && entries.next().is_some() {
                    return Err(Failure::ForeignDirectory(path.to_owned()));
                }
                BTreeSet::new()
            }
            Err(cause) => return Err(Failure::file("cannot read", path.join(LIST))(cause)),
        };
        Ok(Self { path: path.to_owned(), listed })
    }

    /// Writes these files and takes away those of earlier runs that are not among them.
    pub fn replace<'a>(self, files: impl Iterator<Item = (&'static str, &'a str)>) -> Result<(), Failure> {
        let files: Vec<(&'static str, &str)> = files.collect();
        let names: BTreeSet<&str> = files.iter().map(|(name, _)| *name).collect();
        self.list(self.listed.iter().map(String::as_str).chain(names.iter().copied()))?;
        for (name, content) in &files {
            self.write(name, content)?;
        }
        for stale in self.listed.iter().filter(|name| !names.contains(name.as_str())) {
            let path = self.path.join(stale);
            match fs::remove_file(&path) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                    return Err(Failure::file("cannot remove", path)(cause));
                }
                _ => {}
            }
        }
        self.list(names.into_iter())
    }

    fn list<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
        let names: BTreeSet<&str> = names.collect();
        self.write(LIST, &names.into_iter().map(|name| format!("{name}\n")).collect::<String>())
    }

    /// Beside, then over: whoever reads meanwhile sees the old file or the new one.
    fn write(&self, name: &str, content: &str) -> Result<(), Failure> {
        let path = self.path.join(name);
        let beside = self.path.join(format!(".{name}.{}.tmp", std::process::id()));
        let written = fs::write(&beside, content).and_then(|()| fs::rename(&beside, &path));
        written.map_err(|cause| {
            // The first error is the one to tell.
            let _ = fs::remove_file(&beside);
            Failure::file("cannot write", path)(cause)
        })
    }
}

/// Whether it names a file in the directory and nowhere else: the list may have been tampered with.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_second_run_takes_away_what_the_first_wrote_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/er");
        RenderedDir::open(&path, false).unwrap().replace([("a.tf", "1"), ("b.tf", "1")].into_iter()).unwrap();
        fs::write(path.join("mine.tf"), "x").unwrap();
        RenderedDir::open(&path, false).unwrap().replace([("a.tf", "2")].into_iter()).unwrap();
        assert_eq!(names(&path), [LIST, "a.tf", "mine.tf"]);
        assert_eq!(fs::read_to_string(path.join("a.tf")).unwrap(), "2");
    }

    #[test]
    fn a_directory_of_somebody_else_is_refused_unless_forced() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("mine.txt"), "x").unwrap();
        assert!(matches!(RenderedDir::open(dir.path(), false), Err(Failure::ForeignDirectory(_))));
        RenderedDir::open(dir.path(), true).unwrap().replace([("a.tf", "1")].into_iter()).unwrap();
        assert_eq!(names(dir.path()), [LIST, "a.tf", "mine.txt"]);
    }

    #[test]
    fn a_list_that_points_elsewhere_removes_nothing_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        fs::create_dir(&path).unwrap();
        fs::write(dir.path().join("victim"), "x").unwrap();
        fs::write(path.join(LIST), "../victim\n").unwrap();
        RenderedDir::open(&path, false).unwrap().replace([("a.tf", "1")].into_iter()).unwrap();
        assert!(dir.path().join("victim").exists());
    }
}
