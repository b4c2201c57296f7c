//! Where a reader of an operation's log stands.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A line's place in the order of writing: the batch that it came in and its index there. Prints as `12.3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogCursor {
    pub(crate) batch: i64,
    pub(crate) index: u32,
}

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a place in a log; expected two numbers as in 12.3")]
pub struct ParseLogCursorError(String);

impl fmt::Display for LogCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.batch, self.index)
    }
}

impl FromStr for LogCursor {
    type Err = ParseLogCursorError;

    fn from_str(text: &str) -> Result<Self, ParseLogCursorError> {
        let parsed = text.split_once('.').and_then(|(batch, index)| {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            (digits(batch) && digits(index))
                .then(|| Some(Self { batch: batch.parse().ok()?, index: index.parse().ok()? }))
                .flatten()
        });
        parsed.ok_or_else(|| ParseLogCursorError(text.chars().take(64).collect()))
    }
}

impl Serialize for LogCursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LogCursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_was_printed() {
        let cursor = LogCursor { batch: 12, index: 3 };
        assert_eq!(cursor.to_string(), "12.3");
        assert_eq!("12.3".parse(), Ok(cursor));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in [
            "",
            ".",
            "12",
            "12.",
            ".3",
            "-1.0",
            "+1.0",
            "1.2.3",
            "1.x",
            "1.4294967296",
            "99999999999999999999.0",
        ] {
            assert!(text.parse::<LogCursor>().is_err(), "{text}");
        }
    }
}
