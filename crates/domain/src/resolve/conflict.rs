//! Values that contradict each other.

use crate::spec::{Path, Problem};

/// A rule across values that does not hold.
#[derive(Debug, Clone)]
pub(crate) struct Conflict {
    /// The value to change.
    pub(crate) path: Path,
    message: String,
    others: Vec<Path>,
}

impl Conflict {
    pub(crate) fn new(path: Path, message: impl Into<String>) -> Self {
        Self { path, message: message.into(), others: Vec::new() }
    }

    /// Names another value on which the complaint rests.
    pub(crate) fn with(mut self, path: Path) -> Self {
        self.others.push(path);
        self
    }

    /// Every value on which the complaint rests.
    pub(crate) fn rests_on(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(&self.path).chain(&self.others)
    }

    pub(crate) fn into_problem(self, line: Option<u32>) -> Problem {
        Problem::new(&self.path, line, self.message)
    }
}
