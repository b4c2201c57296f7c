//! Lines on their way to Postgres.
//!
//! One batch per stream and flush, named by the byte offset at which it begins: storing it again is harmless. While
//! Postgres can't be reached lines stay here, and when [`FULL`] of them wait the step stops reading Terraform's output;
//! it is in a file and waits too.

use std::time::Duration;

use chrono::Utc;
use terrane_domain::StepName;
use terrane_store::{Holder, HolderError, LineBatch, LogLevel, LogStream, NewLine, Store};
use terrane_terraform::{Body, Level, Line, Stream, scrub};
use tokio::time::Instant;

/// A line is stored at most this long after it was read.
pub(crate) const FLUSH_AFTER: Duration = Duration::from_millis(250);
const FLUSH_AT: usize = 200;
const FULL: usize = 5_000;

/// The lines of one step.
pub(crate) struct Lines<'a> {
    store: &'a Store,
    holder: &'a Holder,
    attempt: u32,
    step: StepName,
    streams: [Pending; 2],
    engine: Pending,
    oldest: Option<Instant>,
    /// After a failure.
    not_before: Option<Instant>,
}

/// What waits of one stream.
struct Pending {
    stream: LogStream,
    /// A step may run several commands; each one's offsets count from zero, the step's go on.
    base: u64,
    begin: u64,
    end: u64,
    lines: Vec<NewLine>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(store: &'a Store, holder: &'a Holder, attempt: u32, step: StepName) -> Self {
        let pending = |stream| Pending { stream, base: 0, begin: 0, end: 0, lines: Vec::new() };
        Self {
            store,
            holder,
            attempt,
            step,
            streams: [pending(LogStream::Stdout), pending(LogStream::Stderr)],
            engine: pending(LogStream::Engine),
            oldest: None,
            not_before: None,
        }
    }

    /// The lines of a step that was left by its worker, whose stdout, stderr and lines of ours are stored up to these bytes.
    pub(crate) fn resumed(
        store: &'a Store,
        holder: &'a Holder,
        attempt: u32,
        step: StepName,
        stored: [u64; 3],
    ) -> Self {
        let mut lines = Self::new(store, holder, attempt, step);
        let [stdout, stderr] = &mut lines.streams;
        for (pending, stored) in [stdout, stderr, &mut lines.engine].into_iter().zip(stored) {
            pending.begin = stored;
            pending.end = stored;
        }
        lines
    }

    /// Where in a stream of the command that comes next the lines begin that aren't stored.
    pub(crate) fn unstored_from(&self, stream: Stream) -> u64 {
        let pending = &self.streams[usize::from(stream == Stream::Stderr)];
        pending.end.saturating_sub(pending.base)
    }

    /// Takes a line that Terraform printed.
    pub(crate) fn push(&mut self, line: Line) {
        let pending = match line.stream {
            Stream::Stdout => &mut self.streams[0],
            Stream::Stderr => &mut self.streams[1],
        };
        pending.end = pending.base + line.next_offset;
        pending.lines.push(readable(&line));
        self.oldest.get_or_insert_with(Instant::now);
    }

    /// Adds a line of our own.
    pub(crate) fn say(&mut self, level: LogLevel, text: impl Into<String>) {
        let text = text.into();
        self.engine.end += text.len() as u64 + 1;
        self.engine.lines.push(NewLine { at: Utc::now(), level, text, resource: None });
        self.oldest.get_or_insert_with(Instant::now);
    }

    /// The step that they are of.
    pub(crate) fn step(&self) -> StepName {
        self.step
    }

    /// The command has ended; the next one of this step starts at offset zero again.
    pub(crate) fn next_command(&mut self) {
        for pending in &mut self.streams {
            pending.base = pending.end;
        }
    }

    /// The same for one whose streams were this long, of which maybe nothing was pushed.
    pub(crate) fn next_command_after(&mut self, lengths: [u64; 2]) {
        for (pending, length) in self.streams.iter_mut().zip(lengths) {
            pending.base += length;
            pending.end = pending.end.max(pending.base);
        }
    }

    /// When the waiting lines have to go.
    pub(crate) fn due(&self) -> Option<Instant> {
        let full_batch = self.waiting() >= FLUSH_AT;
        let due = self.oldest.map(|oldest| if full_batch { oldest } else { oldest + FLUSH_AFTER })?;
        Some(self.not_before.map_or(due, |pause| pause.max(due)))
    }

    /// Whether reading has to wait for Postgres.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting() >= FULL
    }

    /// Stores what waits. After an error the lines still wait, and are due again a moment later.
    pub(crate) async fn flush(&mut self) -> Result<(), HolderError> {
        for pending in self.streams.iter_mut().chain([&mut self.engine]) {
            if pending.lines.is_empty() {
                continue;
            }
            let batch = LineBatch {
                attempt: self.attempt,
                step: self.step,
                stream: pending.stream,
                offset: pending.begin,
                end: pending.end,
                lines: std::mem::take(&mut pending.lines),
            };
            if let Err(error) = self.store.append_lines(self.holder, &batch).await {
                pending.lines = batch.lines;
                self.not_before = Some(Instant::now() + FLUSH_AFTER);
                return Err(error);
            }
            pending.begin = pending.end;
        }
        self.oldest = None;
        self.not_before = None;
        Ok(())
    }

    fn waiting(&self) -> usize {
        self.streams.iter().map(|pending| pending.lines.len()).sum::<usize>() + self.engine.lines.len()
    }
}

/// A message as a person reads it; a line that is no message as it came, without its secrets.
fn readable(line: &Line) -> NewLine {
    match &line.parsed {
        None => {
            let level = if line.stream == Stream::Stderr { LogLevel::Warn } else { LogLevel::Info };
            NewLine { at: Utc::now(), level, text: scrub(&line.text).into_owned(), resource: None }
        }
        Some(message) => {
            let resource = match &message.body {
                Body::PlannedChange(change) | Body::ResourceDrift(change) => Some(&change.resource.address),
                Body::ApplyStart(hook)
                | Body::ApplyProgress(hook)
                | Body::ApplyComplete(hook)
                | Body::ApplyErrored(hook)
                | Body::RefreshStart(hook)
                | Body::RefreshComplete(hook) => Some(&hook.resource.address),
                Body::Diagnostic(diagnostic) => diagnostic.address.as_ref(),
                _ => None,
            };
            let mut text = scrub(&message.text).into_owned();
            // The message names the error; what to do about it stands in the detail.
            if let Body::Diagnostic(diagnostic) = &message.body
                && !diagnostic.detail.is_empty()
            {
                text.push('\n');
                text.push_str(&scrub(&diagnostic.detail));
            }
            NewLine {
                at: message.at.unwrap_or_else(Utc::now),
                level: level(message.level),
                text,
                resource: resource.cloned(),
            }
        }
    }
}

const fn level(level: Level) -> LogLevel {
    match level {
        Level::Debug => LogLevel::Debug,
        Level::Info => LogLevel::Info,
        Level::Warn => LogLevel::Warn,
        Level::Error => LogLevel::Error,
    }
}
