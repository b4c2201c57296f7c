//! When a call is tried again, and after how long.
//!
//! WHY it is safe: a read changes nothing, and a write carries an `Idempotency-Key` which stays the same from try to
//! try, so the server carries it out once even if only its answer was lost.

use std::time::Duration;

/// Tries of one call, the first included.
pub const MAX_TRIES: u32 = 5;
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(8);
/// A server that wants us to wait longer than this is reported, not waited for.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No answer: refused, reset, timed out.
    NoAnswer,
    /// An answer with this status, and its `Retry-After`.
    Status(u16, Option<Duration>),
}

/// How long to wait before try number `tries + 1`; `None` to give up. `chance` is any number, for jitter: many clients
/// that lost the same server must not come back at the same moment.
pub fn delay(outcome: Outcome, tries: u32, chance: u64) -> Option<Duration> {
    if tries >= MAX_TRIES {
        return None;
    }
    match outcome {
        Outcome::Status(429 | 502 | 503 | 504, Some(asked)) => (asked <= LONGEST_ASKED).then_some(asked),
        Outcome::NoAnswer | Outcome::Status(502..=504, None) => Some(backoff(tries, chance)),
        Outcome::Status(..) => None,
    }
}

/// Doubling from a quarter of a second to eight seconds, of which up to a half is taken off by `chance`.
pub fn backoff(tries: u32, chance: u64) -> Duration {
    let full = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LONGEST);
    full.mul_f64(1.0 - (chance % 1000) as f64 / 2000.0)
}

/// Reads `Retry-After`; only its form in seconds, which is what the API sends.
pub fn retry_after(value: &str) -> Option<Duration> {
    value.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn only_what_may_pass_by_itself_is_tried_again() {
        for status in [502, 503, 504] {
            assert!(delay(Outcome::Status(status, None), 1, 0).is_some(), "{status}");
        }
        for status in [400, 401, 404, 409, 412, 422, 429, 500] {
            assert_eq!(delay(Outcome::Status(status, None), 1, 0), None, "{status}");
        }
        assert!(delay(Outcome::NoAnswer, 1, 0).is_some());
    }

    #[test]
    fn the_server_decides_how_long_within_reason() {
        let asked = |seconds| delay(Outcome::Status(503, Some(seconds * SECOND)), 1, 0);
        assert_eq!(asked(5), Some(5 * SECOND));
        assert_eq!(asked(0), Some(Duration::ZERO));
        assert_eq!(asked(3600), None);
        assert_eq!(delay(Outcome::Status(429, Some(SECOND)), 1, 0), Some(SECOND));
    }

    #[test]
    fn waiting_grows_is_bounded_jittered_and_ends() {
        assert_eq!(backoff(1, 0), FIRST);
        assert_eq!(backoff(3, 0), 4 * FIRST);
        assert_eq!(backoff(4_000_000_000, 0), LONGEST);
        assert!((0..2000).all(|chance| (FIRST / 2..=FIRST).contains(&backoff(1, chance))));
        assert_eq!(delay(Outcome::NoAnswer, MAX_TRIES, 0), None);
    }

    #[test]
    fn retry_after_is_read_in_seconds() {
        assert_eq!(retry_after(" 7 "), Some(7 * SECOND));
        assert_eq!(retry_after("Wed, 21 Oct 2026 07:28:00 GMT"), None);
        assert_eq!(retry_after("-1"), None);
    }
}
