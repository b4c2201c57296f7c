//! What is wrong with a file, said so that it can be put right: where, on which line, and what was expected.

use std::{
    cell::{Cell, RefCell},
    fmt,
};

use serde::Serialize;

/// One thing that is wrong with an environment file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where, as a person would say it: `network.nat`, `databases.main.version`, `network.endpoints[2]`. Empty for the
    /// file as a whole.
    pub path: String,
    /// Where, as a JSON Pointer (RFC 6901): `/network/nat`.
    pub pointer: String,
    /// Line in the file, from 1; `None` for JSON, and when the value came from somewhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What is wrong and what was expected, as one line that makes sense after the path.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(path: &Path, line: Option<u32>, message: impl Into<String>) -> Self {
        Self { path: path.to_string(), pointer: path.pointer(), line, message: message.into() }
    }

    /// One about the file as a whole.
    pub(crate) fn of_file(line: Option<u32>, message: impl Into<String>) -> Self {
        Self::new(&Path::root(), line, message)
    }
}

impl fmt::Display for Problem {
    /// `path: message`, without the line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// Everything that is wrong with a file; never empty. In the order of the file where lines are known.
///
/// `Display` is the listing for a terminal, to be put behind the name of the file:
///
/// ```text
/// 2 problems
///   network.nat: unknown value "one"; expected none, single or per_az   (line 14)
///   databases.main.version: 17.1 must be quoted: "17.1"                 (line 22)
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Longest list; what comes after it is counted, not kept.
    pub const MAX: usize = 100;

    /// The problems one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} problem{plural}", self.0.len())?;
        let texts: Vec<String> = self.0.iter().map(Problem::to_string).collect();
        // One very long line must not push all the others' numbers off the screen.
        let width = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).min(120);
        for (problem, text) in self.0.iter().zip(texts) {
            match problem.line {
                Some(line) => write!(f, "\n  {text:<width$}   (line {line})")?,
                None => write!(f, "\n  {text}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Where problems are put while a file is read. Shared, so that decoders can be plain nested calls. Once it is full,
/// it only counts: a hostile file must not make us compose 20,000 messages.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    problems: RefCell<Vec<Problem>>,
    dropped: Cell<usize>,
}

impl Sink {
    pub(crate) fn report(&self, problem: Problem) {
        self.report_with(|| problem);
    }

    /// For a problem that takes work to put into words.
    pub(crate) fn report_with(&self, problem: impl FnOnce() -> Problem) {
        if self.problems.borrow().len() < Problems::MAX {
            let problem = problem();
            self.problems.borrow_mut().push(problem);
        } else {
            self.dropped.set(self.dropped.get() + 1);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.problems.borrow().is_empty()
    }

    /// Pointers of everything that was complained about.
    pub(crate) fn pointers(&self) -> Vec<String> {
        self.problems.borrow().iter().map(|problem| problem.pointer.clone()).collect()
    }

    /// The problems as an error, if there are any.
    pub(crate) fn into_result(self) -> Result<(), Problems> {
        let mut problems = self.problems.into_inner();
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort_by_key(|problem| problem.line.unwrap_or(u32::MAX));
        if self.dropped.get() > 0 {
            problems.push(Problem::of_file(None, format!("and {} more", self.dropped.get())));
        }
        Err(Problems(problems))
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Path(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    Key(String),
    Index(usize),
}

impl FromIterator<Segment> for Path {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        Self(segments.into_iter().collect())
    }
}

impl Path {
    pub(crate) fn root() -> Self {
        Self::default()
    }

    #[must_use]
    pub(crate) fn key(&self, key: &str) -> Self {
        self.with(Segment::Key(key.to_owned()))
    }

    #[must_use]
    pub(crate) fn index(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }

    fn with(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        for segment in &self.0 {
            pointer.push('/');
            match segment {
                Segment::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Segment::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-:/".contains(c);
                    if !key.is_empty() && key.chars().count() <= MAX_SHOWN && key.chars().all(is_plain) {
                        f.write_str(key)?;
                    } else {
                        f.write_str(&quoted(key))?;
                    }
                }
            }
        }
        Ok(())
    }
}

const MAX_SHOWN: usize = 64;

/// A user's text for a message: in quotes, escaped (no control characters reach a terminal or a log) and not too long.
pub(crate) fn quoted(text: &str) -> String {
    format!("{:?}", clipped(text))
}

/// The beginning of a text.
pub(crate) fn clipped(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `a, b or c`.
pub(crate) fn any_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The candidate that a mistyped word most likely meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_SHOWN {
        return None;
    }
    // Case and the choice of separator are the commonest slips and cost nothing.
    let normal = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let word = normal(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &normal(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).clamp(1, 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
