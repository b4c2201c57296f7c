//! Follows a growing file line by line.
//!
//! There is no notification: a read at the end of a local file costs microseconds, and inotify is
//! absent or a scarce resource in many containers. For the same reason reads are plain and blocking:
//! they are served from the page cache, 64 KiB at a time.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// A line longer than this is cut: a provider that prints a megabyte of base64 must not fill rows
/// and screens.
pub const LONGEST_LINE: usize = 256 * 1024;

const CHUNK: usize = 64 * 1024;

/// One line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailLine {
    /// Byte offset of its beginning.
    pub offset: u64,
    /// Byte offset behind its line break: where to resume.
    pub next_offset: u64,
    /// Text without the line break; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Whether the line was longer than [`LONGEST_LINE`] and was cut.
    pub truncated: bool,
}

/// A reader of complete lines. The file may not exist yet.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    file: Option<File>,
    /// Where the unfinished line begins.
    line_start: u64,
    /// Where to read next.
    position: u64,
    /// The unfinished line, up to the limit.
    partial: Vec<u8>,
}

impl Tail {
    /// Follows from the beginning.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self::from_offset(path, 0)
    }

    /// Follows from the beginning of a line: a [`TailLine::next_offset`].
    #[must_use]
    pub fn from_offset(path: &Path, offset: u64) -> Self {
        Self { path: path.to_owned(), file: None, line_start: offset, position: offset, partial: Vec::new() }
    }

    /// The lines that were completed since, at most one chunk's worth. Empty: nothing new.
    pub fn read_lines(&mut self) -> io::Result<Vec<TailLine>> {
        let mut lines = Vec::new();
        let mut chunk = vec![0_u8; CHUNK];
        while lines.is_empty() {
            let count = self.read(&mut chunk)?;
            if count == 0 {
                break;
            }
            self.take(&chunk[..count], &mut lines);
        }
        Ok(lines)
    }

    /// What stands behind the last line break, once nobody writes any more.
    pub fn finish(&mut self) -> Option<TailLine> {
        (self.position > self.line_start).then(|| self.end_line(self.position))
    }

    fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
        if self.file.is_none() {
            match File::open(&self.path) {
                Ok(file) => self.file = Some(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
                Err(error) => return Err(error),
            }
        }
        match &self.file {
            Some(file) => file.read_at(chunk, self.position),
            None => Ok(0),
        }
    }

    fn take(&mut self, mut bytes: &[u8], lines: &mut Vec<TailLine>) {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            self.keep(&bytes[..end]);
            self.position += end as u64 + 1;
            lines.push(self.end_line(self.position - 1));
            self.line_start = self.position;
            bytes = &bytes[end + 1..];
        }
        self.keep(bytes);
        self.position += bytes.len() as u64;
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST_LINE - self.partial.len();
        self.partial.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Ends the line whose text ends at `text_end`.
    fn end_line(&mut self, text_end: u64) -> TailLine {
        let truncated = text_end - self.line_start > self.partial.len() as u64;
        if !truncated && self.partial.last() == Some(&b'\r') {
            self.partial.pop();
        }
        let line = TailLine {
            offset: self.line_start,
            next_offset: self.position,
            text: String::from_utf8_lossy(&self.partial).into_owned(),
            truncated,
        };
        self.partial.clear();
        self.line_start = self.position;
        line
    }
}

#[cfg(test)]
mod tests;
