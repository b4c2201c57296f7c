//! What a run left in its directory, for whoever goes on after its worker was lost.

use std::io;
use std::path::{Path, PathBuf};

use crate::guard::{AttemptFacts, GuardRequest, STDERR, STDOUT, read_record};
use crate::run::{Line, Stream};
use crate::tail::Tail;

/// A run of an earlier attempt. Its lines are complete once it is over (see
/// [`attempt_is_over`](crate::guard::attempt_is_over)).
#[derive(Debug)]
pub struct PastRun {
    /// What is known about its processes.
    pub facts: AttemptFacts,
    /// The name that its caller gave it ([`crate::RunOptions::label`]); `None` if its worker was lost
    /// before it had written what it asked for.
    pub label: Option<String>,
    directory: PathBuf,
    prints_messages: bool,
}

impl PastRun {
    /// The runs in an attempt's directory, in the order in which they were started.
    ///
    /// # Errors
    /// If a file can't be read; `NotFound` if the directory isn't there.
    pub fn all(attempt_directory: &Path) -> io::Result<Vec<Self>> {
        let mut runs = Vec::new();
        for (directory, facts) in AttemptFacts::gather_all(attempt_directory)? {
            let request = read_record::<GuardRequest>(&directory)?;
            let prints_messages = request.as_ref().is_some_and(|request| request.prints_messages);
            let label = request.map(|request| request.label);
            runs.push(Self { facts, label, directory, prints_messages });
        }
        Ok(runs)
    }

    /// Hands on the lines of one of its outputs that end behind the byte `from`, the last one too if it ends without a
    /// break, and returns the length of that output in bytes. A document is no lines.
    ///
    /// # Errors
    /// If the file can't be read, or what `each` returns.
    pub fn lines<E: From<io::Error>>(
        &self,
        stream: Stream,
        from: u64,
        mut each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<u64, E> {
        let file = match stream {
            Stream::Stdout if !self.prints_messages => return Ok(0),
            Stream::Stdout => STDOUT,
            Stream::Stderr => STDERR,
        };
        // From the beginning: `from` may stand within a line that had no break when its end was stored.
        let mut tail = Tail::new(&self.directory.join(file));
        let mut length = 0;
        loop {
            let mut lines = tail.read_lines()?;
            let last = lines.is_empty();
            if last {
                lines.extend(tail.finish());
            }
            for line in lines {
                length = line.next_offset;
                if length > from {
                    each(Line::read(stream, line))?;
                }
            }
            if last {
                return Ok(length);
            }
        }
    }
}
