//! Words for times, and text that is safe to show.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::client::LogLine;

/// One line without control characters: text from a server must not move the cursor or hide what stands before it.
pub fn plain(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.trim_end().chars().map(shown).collect()
}

/// `42s`, `3m07s`, `2h05m`, `3d04h`. Clocks that disagree give `0s`, never a negative time.
pub fn duration(time: TimeDelta) -> String {
    let seconds = time.num_seconds().max(0);
    match (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, s) => format!("{s}s"),
        (0, 0, m, s) => format!("{m}m{s:02}s"),
        (0, h, m, _) => format!("{h}h{m:02}m"),
        (d, h, _, _) => format!("{d}d{h:02}h"),
    }
}

/// How long ago, in one unit: `42s`, `3m`, `2h`, `3d`.
pub fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - since).num_seconds().max(0);
    match seconds {
        0..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m", seconds / 60),
        3600..=86_399 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// `2026-01-02T03:04:05.678Z apply  aws_vpc.main: Creating...`
pub fn log_line(line: &LogLine) -> String {
    let level = match line.level.as_str() {
        "error" => "error: ",
        "warn" => "warning: ",
        _ => "",
    };
    let at = line.at.to_rfc3339_opts(SecondsFormat::Millis, true);
    format!("{at} {:<9} {level}{}", line.step, plain(&line.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well_at_every_size() {
        let text = |seconds| duration(TimeDelta::seconds(seconds));
        assert_eq!(
            [-5, 0, 59, 60, 187, 3600, 7530, 90_061].map(text),
            ["0s", "0s", "59s", "1m00s", "3m07s", "1h00m", "2h05m", "1d01h"]
        );
    }

    #[test]
    fn ages_have_one_unit() {
        let since = DateTime::UNIX_EPOCH;
        let text = |seconds| age(since, since + TimeDelta::seconds(seconds));
        assert_eq!([-1, 59, 60, 7199, 200_000].map(text), ["0s", "59s", "1m", "1h", "2d"]);
    }
}
