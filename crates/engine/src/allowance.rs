//! How much of what Terraform says is stored.
//!
//! A provider in a loop says the same thing ten thousand times a minute, and one row of its log is everybody's disk. So
//! lines are cut, and a log that is full takes no more of what Terraform says: the place shows that something is missing,
//! and what is missing is counted. What fails, and Terrane's own words, are stored all the same, up to a number: they are
//! what somebody reads such a log for.

use terrane_store::{LogLevel, LogSize, NewLine};

/// How large lines and logs may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLimits {
    /// Bytes of one line; the rest of a longer one is cut off.
    pub line_bytes: usize,
    /// Lines of one operation, of all its attempts.
    pub lines: u64,
    /// Bytes of their texts.
    pub bytes: u64,
}

impl LogLimits {
    /// More than any operation has said that went as it should.
    pub const DEFAULT: Self = Self { line_bytes: 16 * 1024, lines: 200_000, bytes: 64 * 1024 * 1024 };
}

/// Errors that a step may add to a log that is full.
const ERRORS: u64 = 500;

/// What a step may still add to its operation's log.
#[derive(Debug)]
pub(crate) struct Allowance {
    limits: LogLimits,
    stored: LogSize,
    errors: u64,
    noted: bool,
    dropped: LogSize,
    /// What was said of `dropped` so far.
    told: LogSize,
}

impl Allowance {
    /// For a log of which this much is stored.
    pub(crate) const fn new(limits: LogLimits, stored: LogSize) -> Self {
        let none = LogSize { lines: 0, bytes: 0 };
        Self { limits, stored, errors: 0, noted: false, dropped: none, told: none }
    }

    /// What is to be stored in the line's place: the line, a note that lines are missing from here on, or nothing.
    pub(crate) fn admit(&mut self, line: NewLine, own: bool) -> Option<NewLine> {
        let room = self.stored.lines < self.limits.lines
            && self.stored.bytes.saturating_add(line.size()) <= self.limits.bytes;
        let error = !own && line.level == LogLevel::Error && self.errors < ERRORS;
        if room && !self.noted || own || error {
            self.errors += u64::from(error && (!room || self.noted));
            return Some(self.count(line));
        }
        self.dropped.lines += 1;
        self.dropped.bytes += line.size();
        if self.noted {
            return None;
        }
        self.noted = true;
        let LogLimits { lines, bytes, .. } = self.limits;
        let text = format!(
            "this log is full ({lines} lines or {bytes} bytes): from here to the end of the step only errors are stored. \
             What is left out is counted, and stands in the worker's work directory while the attempt lasts"
        );
        Some(self.count(NewLine { level: LogLevel::Warn, text, resource: None, ..line }))
    }

    /// A sentence about what was left out since this was last asked.
    pub(crate) fn tell(&mut self) -> Option<String> {
        let lines = self.dropped.lines - self.told.lines;
        let bytes = self.dropped.bytes - self.told.bytes;
        self.told = self.dropped;
        (lines > 0).then(|| format!("{lines} lines ({bytes} bytes) were left out of this log, which is full"))
    }

    fn count(&mut self, line: NewLine) -> NewLine {
        self.stored.lines += 1;
        self.stored.bytes += line.size();
        line
    }
}

/// A text that is not longer than allowed. What is cut off is counted at its end, with the bytes of the line that were
/// not even read.
pub(crate) fn cut(mut text: String, limit: usize, unread: u64) -> String {
    let kept = text.floor_char_boundary(limit);
    let missing = (text.len() - kept) as u64 + unread;
    if missing > 0 {
        text.truncate(kept);
        text.push_str(&format!(
            " … [{missing} bytes left off; they stand in the worker's work directory while the attempt lasts]"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    fn line(level: LogLevel, text: &str) -> NewLine {
        NewLine { at: Utc::now(), level, text: text.to_owned(), resource: None }
    }

    fn allowance(lines: u64, bytes: u64, stored: LogSize) -> Allowance {
        Allowance::new(LogLimits { line_bytes: 10, lines, bytes }, stored)
    }

    /// What is stored of lines of five bytes each.
    fn stored(allowance: &mut Allowance, count: usize) -> Vec<String> {
        (0..count)
            .filter_map(|number| allowance.admit(line(LogLevel::Info, &format!("no {number:2}")), false))
            .map(|line| line.text)
            .collect()
    }

    #[test]
    fn a_full_log_says_so_once_and_counts_what_it_leaves_out() {
        for mut allowance in [
            allowance(3, 1_000, LogSize::default()),
            allowance(1_000, 15, LogSize::default()),
            allowance(10, 1_000, LogSize { lines: 7, bytes: 5 }),
            allowance(1_000, 1_000, LogSize { lines: 1, bytes: 985 }),
        ] {
            let texts = stored(&mut allowance, 8);
            assert_eq!(texts[..3], ["no  0", "no  1", "no  2"]);
            assert!(texts[3].starts_with("this log is full ("), "{texts:?}");
            assert_eq!(texts.len(), 4);
            assert_eq!(
                allowance.tell().as_deref(),
                Some("5 lines (25 bytes) were left out of this log, which is full")
            );
            assert_eq!(allowance.tell(), None, "it was told");
            assert_eq!(stored(&mut allowance, 2), Vec::<String>::new());
            assert!(allowance.tell().is_some_and(|text| text.starts_with("2 lines (10 bytes)")));
        }
    }

    #[test]
    fn a_short_line_does_not_slip_in_behind_the_note() {
        let mut allowance = allowance(100, 12, LogSize::default());
        assert!(allowance.admit(line(LogLevel::Info, "0123456789"), false).is_some());
        let note = allowance.admit(line(LogLevel::Info, "0123456789"), false).unwrap();
        assert!(note.text.starts_with("this log is full"));
        assert_eq!(allowance.admit(line(LogLevel::Info, "01"), false), None);
    }

    #[test]
    fn errors_and_our_own_words_are_stored_in_a_full_log() {
        let mut allowance = allowance(0, 0, LogSize::default());
        assert_eq!(stored(&mut allowance, 2).len(), 1, "the note");
        let error = line(LogLevel::Error, "it failed");
        assert_eq!(allowance.admit(error.clone(), false), Some(error.clone()));
        let own = line(LogLevel::Info, "still creating");
        assert_eq!(allowance.admit(own.clone(), true), Some(own));
        // Not without end.
        let errors = (0..2 * ERRORS).filter(|_| allowance.admit(error.clone(), false).is_some()).count();
        assert_eq!(errors as u64, ERRORS - 1);
    }

    #[test]
    fn a_line_is_cut_between_characters_and_says_how_much_is_missing() {
        assert_eq!(cut("0123456789".to_owned(), 10, 0), "0123456789");
        let text = cut("01234567☂☂".to_owned(), 10, 100);
        assert!(text.starts_with("01234567 … [106 bytes left off;"), "{text}");
    }
}
