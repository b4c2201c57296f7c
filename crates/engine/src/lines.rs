//! Lines on their way to Postgres.
//!
//! One batch per stream and flush, named by the byte offset at which it begins: storing it again is harmless. That holds
//! for the same batch only. One that failed may have been stored all the same (Postgres went away before it answered), so
//! it is sent again as it was, and what came since goes into the next one.
//!
//! While Postgres can't be reached lines stay here, and when [`FULL`] of them wait the step stops reading Terraform's
//! output; it is in a file and waits too. A log that grows without end is cut: see `allowance`.

use std::{collections::VecDeque, sync::LazyLock, time::Duration};

use chrono::Utc;
use terrane_domain::StepName;
use terrane_store::{Holder, HolderError, LineBatch, LogLevel, LogStream, NewLine, Store};
use terrane_terraform::{Body, KnownSecrets, Level, Line, Scrubber, Stream};
use tokio::time::Instant;

use crate::allowance::{Allowance, LogLimits, cut};

/// A line is stored at most this long after it was read.
pub(crate) const FLUSH_AFTER: Duration = Duration::from_millis(250);
const FLUSH_AT: usize = 200;
const FULL: usize = 5_000;
/// No batch is much larger: it is one value in one row.
const BATCH_LINES: usize = 1_000;
const BATCH_BYTES: u64 = 1024 * 1024;

/// The secrets in this process's own environment: Terraform and its providers get most of it.
static OWN_SECRETS: LazyLock<KnownSecrets> = LazyLock::new(|| {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    KnownSecrets::of_variables(std::env::vars_os().filter_map(text))
});

/// The lines of one step.
pub(crate) struct Lines<'a> {
    store: &'a Store,
    holder: &'a Holder,
    limits: LogLimits,
    /// Not known before something is stored.
    allowance: Option<Allowance>,
    streams: [Pending; 2],
    engine: Pending,
    /// A command has ended: what was left out of its lines is to be said.
    sum_up: bool,
    oldest: Option<Instant>,
    /// After a failure.
    not_before: Option<Instant>,
}

/// What waits of one stream.
struct Pending {
    attempt: u32,
    step: StepName,
    stream: LogStream,
    scrubber: Scrubber,
    /// A step may run several commands; each one's offsets count from zero, the step's go on.
    base: u64,
    begin: u64,
    end: u64,
    /// With where each ends.
    lines: VecDeque<(NewLine, u64)>,
    /// Sent, and not known to be stored.
    sent: Option<LineBatch>,
}

impl Pending {
    fn new(attempt: u32, step: StepName, stream: LogStream) -> Self {
        Self {
            attempt,
            step,
            stream,
            scrubber: Scrubber::new(OWN_SECRETS.clone()),
            base: 0,
            begin: 0,
            end: 0,
            lines: VecDeque::new(),
            sent: None,
        }
    }

    fn push(&mut self, line: NewLine, end: u64) {
        self.end = end;
        self.lines.push_back((line, end));
    }

    fn waiting(&self) -> usize {
        self.lines.len() + self.sent.as_ref().map_or(0, |batch| batch.lines.len())
    }

    /// What is to be stored next: the batch that was sent before, or one of what waits. Lines that are left out are in no
    /// batch; their bytes are covered by the next line that is.
    fn next_batch(&mut self, allowance: &mut Allowance) -> Option<&LineBatch> {
        if self.sent.is_none() {
            let own = self.stream == LogStream::Engine;
            let (mut lines, mut bytes, mut end) = (Vec::new(), 0, self.begin);
            while lines.len() < BATCH_LINES && bytes < BATCH_BYTES {
                let Some((line, ends)) = self.lines.pop_front() else { break };
                let Some(line) = allowance.admit(line, own) else { continue };
                bytes += line.size();
                end = ends;
                lines.push(line);
            }
            if lines.is_empty() {
                return None;
            }
            let Self { attempt, step, stream, begin: offset, .. } = *self;
            self.sent = Some(LineBatch { attempt, step, stream, offset, end, lines });
        }
        self.sent.as_ref()
    }

    /// The batch is stored, by now or before.
    fn stored(&mut self) {
        if let Some(batch) = self.sent.take() {
            self.begin = batch.end;
        }
    }
}

impl<'a> Lines<'a> {
    pub(crate) fn new(store: &'a Store, holder: &'a Holder, attempt: u32, step: StepName) -> Self {
        let pending = |stream| Pending::new(attempt, step, stream);
        Self {
            store,
            holder,
            limits: LogLimits::DEFAULT,
            allowance: None,
            streams: [pending(LogStream::Stdout), pending(LogStream::Stderr)],
            engine: pending(LogStream::Engine),
            sum_up: false,
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

    /// With limits of the caller's own.
    pub(crate) fn within(self, limits: LogLimits) -> Self {
        Self { limits, ..self }
    }

    /// Takes a line that Terraform printed.
    pub(crate) fn push(&mut self, line: Line) {
        let pending = match line.stream {
            Stream::Stdout => &mut self.streams[0],
            Stream::Stderr => &mut self.streams[1],
        };
        let end = pending.base + line.next_offset;
        let line = readable(&line, &mut pending.scrubber, self.limits.line_bytes);
        pending.push(line, end);
        self.oldest.get_or_insert_with(Instant::now);
    }

    /// Adds a line of our own.
    pub(crate) fn say(&mut self, level: LogLevel, text: impl Into<String>) {
        let text = cut(self.engine.scrubber.scrub(&text.into()).into_owned(), self.limits.line_bytes, 0);
        let end = self.engine.end + text.len() as u64 + 1;
        self.engine.push(NewLine { at: Utc::now(), level, text, resource: None }, end);
        self.oldest.get_or_insert_with(Instant::now);
    }

    /// The step that they are of.
    pub(crate) fn step(&self) -> StepName {
        self.engine.step
    }

    /// The command has ended; the next one of this step starts at offset zero again.
    pub(crate) fn next_command(&mut self) {
        for pending in &mut self.streams {
            pending.base = pending.end;
        }
        self.sum_up = true;
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
        let stored = self.store_all().await;
        match stored {
            Ok(()) => (self.oldest, self.not_before) = (None, None),
            Err(_) => self.not_before = Some(Instant::now() + FLUSH_AFTER),
        }
        stored
    }

    async fn store_all(&mut self) -> Result<(), HolderError> {
        if self.waiting() == 0 && (self.allowance.is_none() || !self.sum_up) {
            return Ok(());
        }
        let mut allowance = match self.allowance.take() {
            Some(allowance) => allowance,
            None => Allowance::new(self.limits, self.store.log_size(self.holder.operation_id).await?),
        };
        let stored = self.store_with(&mut allowance).await;
        self.allowance = Some(allowance);
        stored
    }

    async fn store_with(&mut self, allowance: &mut Allowance) -> Result<(), HolderError> {
        for pending in &mut self.streams {
            while let Some(batch) = pending.next_batch(allowance) {
                self.store.append_lines(self.holder, batch).await?;
                pending.stored();
            }
        }
        if self.sum_up {
            self.sum_up = false;
            if let Some(left_out) = allowance.tell() {
                self.say(LogLevel::Warn, left_out);
            }
        }
        while let Some(batch) = self.engine.next_batch(allowance) {
            self.store.append_lines(self.holder, batch).await?;
            self.engine.stored();
        }
        Ok(())
    }

    fn waiting(&self) -> usize {
        self.streams.iter().map(Pending::waiting).sum::<usize>() + self.engine.waiting()
    }
}

/// A message as a person reads it; a line that is no message as it came, without its secrets.
fn readable(line: &Line, scrubber: &mut Scrubber, limit: usize) -> NewLine {
    match &line.parsed {
        None => {
            let level = if line.stream == Stream::Stderr { LogLevel::Warn } else { LogLevel::Info };
            // One that was too long to be read as a whole.
            let unread =
                if line.truncated { line.next_offset - line.offset - line.text.len() as u64 } else { 0 };
            let text = cut(scrubber.scrub(&line.text).into_owned(), limit, unread);
            NewLine { at: Utc::now(), level, text, resource: None }
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
            let mut text = scrubber.scrub(&message.text).into_owned();
            // The message names the error; what to do about it stands in the detail.
            if let Body::Diagnostic(diagnostic) = &message.body
                && !diagnostic.detail.is_empty()
            {
                text.push('\n');
                text.push_str(&scrubber.scrub(&diagnostic.detail));
            }
            NewLine {
                at: message.at.unwrap_or_else(Utc::now),
                level: level(message.level),
                text: cut(text, limit, 0),
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

#[cfg(test)]
mod tests {
    use terrane_store::LogSize;

    use super::*;

    fn line(text: &str) -> NewLine {
        NewLine { at: Utc::now(), level: LogLevel::Info, text: text.to_owned(), resource: None }
    }

    fn pending() -> Pending {
        Pending::new(1, StepName::Apply, LogStream::Stdout)
    }

    fn plenty() -> Allowance {
        Allowance::new(LogLimits::DEFAULT, LogSize::default())
    }

    fn printed(text: &str) -> Line {
        let next_offset = text.len() as u64 + 1;
        Line {
            stream: Stream::Stderr,
            offset: 0,
            next_offset,
            text: text.to_owned(),
            truncated: false,
            parsed: None,
        }
    }

    /// It may have been stored although the answer was an error; a longer one under the same offset would be taken for
    /// the same and lost.
    #[test]
    fn a_batch_that_was_sent_is_sent_again_as_it_was_and_later_lines_go_into_the_next() {
        let (mut pending, mut allowance) = (pending(), plenty());
        pending.push(line("a"), 2);
        let sent = pending.next_batch(&mut allowance).unwrap().clone();
        pending.push(line("b"), 4);
        assert_eq!(pending.next_batch(&mut allowance), Some(&sent));
        pending.stored();
        let next = pending.next_batch(&mut allowance).unwrap();
        assert_eq!((next.offset, next.end, next.lines[0].text.as_str()), (2, 4, "b"));
        pending.stored();
        assert_eq!(pending.next_batch(&mut allowance), None);
    }

    #[test]
    fn batches_follow_one_another_without_a_gap_whatever_is_left_out() {
        let mut pending = pending();
        let limits = LogLimits { lines: 2, ..LogLimits::DEFAULT };
        let mut allowance = Allowance::new(limits, LogSize::default());
        let mut end = 0;
        for number in 0..3 * BATCH_LINES as u64 {
            end = 10 * (number + 1);
            pending.push(line("x"), end);
        }
        let first = pending.next_batch(&mut allowance).unwrap().clone();
        assert_eq!((first.offset, first.end, first.lines.len()), (0, 30, 3), "two lines and the note");
        pending.stored();
        assert_eq!(pending.next_batch(&mut allowance), None);
        pending.push(NewLine { level: LogLevel::Error, ..line("failed") }, end + 10);
        let last = pending.next_batch(&mut allowance).unwrap();
        assert_eq!((last.offset, last.end, last.lines.len()), (30, end + 10, 1));
    }

    #[test]
    fn no_batch_holds_more_than_a_row_should() {
        let (mut pending, mut allowance) = (pending(), plenty());
        let long = "x".repeat(300 * 1024);
        (1..=10).for_each(|number| pending.push(line(&long), number));
        let mut sizes = Vec::new();
        while let Some(batch) = pending.next_batch(&mut allowance) {
            sizes.push(batch.lines.len());
            pending.stored();
        }
        assert_eq!(sizes, [4, 4, 2]);
    }

    #[test]
    fn a_key_in_the_middle_of_what_terraform_printed_is_not_readable() {
        let mut scrubber = Scrubber::default();
        let read = |text: &str| readable(&printed(text), &mut scrubber, 1_000).text;
        let texts =
            ["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADAN", "-----END PRIVATE KEY-----", "password=x"]
                .map(read);
        assert_eq!(
            texts,
            ["-----BEGIN PRIVATE KEY-----", "***", "***-----END PRIVATE KEY-----", "password=***"]
        );
    }

    #[test]
    fn a_long_line_is_cut_after_its_secrets_were_taken_out() {
        let text = format!("{} password=hunter2", "x".repeat(90));
        let cut = readable(&printed(&text), &mut Scrubber::default(), 100).text;
        assert!(cut.contains("… [") && !cut.contains("hunter2"), "{cut}");
        let whole = Line { truncated: true, next_offset: 1_000, ..printed("short") };
        let cut = readable(&whole, &mut Scrubber::default(), 100).text;
        assert!(cut.starts_with("short … [995 bytes left off;"), "{cut}");
    }
}
