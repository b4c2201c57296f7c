//! Whether and when a failed attempt is tried again. Pure: chance comes in as a number.

use std::time::Duration;

use crate::RetryPolicy;

/// What follows a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Again after this long.
    Again {
        /// Time to wait.
        after: Duration,
        /// Whether the failure counts towards the limit.
        counts: bool,
    },
    /// Not again.
    GiveUp(Why),
}

/// Why there is no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The same would happen again.
    Permanent,
    /// It happened too often.
    TooManyFailures,
}

/// What kind of failure it was, as far as trying again is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The same would happen again.
    Permanent,
    /// It may help to wait.
    Transient,
    /// It can't succeed before this has passed; nobody's failure either.
    NotYet(Duration),
    /// Somebody else holds the state; waiting is all there is to do, and it is nobody's failure.
    Locked,
}

/// Decides after an attempt failed that had `failures` counted failures before it. `chance` is uniform in `0.0..1.0` and
/// spreads the delays over their upper half, so that a hundred environments don't come back in the same second.
pub fn after_failure(failure: Failure, failures: u32, chance: f64, policy: &RetryPolicy) -> Verdict {
    let counts = match failure {
        Failure::Permanent => return Verdict::GiveUp(Why::Permanent),
        Failure::Transient if failures + 1 >= policy.max_failures => {
            return Verdict::GiveUp(Why::TooManyFailures);
        }
        Failure::NotYet(after) => return Verdict::Again { after, counts: false },
        Failure::Transient => true,
        Failure::Locked => false,
    };
    let full = policy.first_delay.saturating_mul(1 << failures.min(16)).min(policy.max_delay);
    Verdict::Again { after: full.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0), counts }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        max_failures: 3,
        max_takeovers: 5,
        first_delay: Duration::from_secs(10),
        max_delay: Duration::from_secs(60),
    };

    #[test]
    fn a_permanent_failure_is_not_tried_again() {
        assert_eq!(after_failure(Failure::Permanent, 0, 0.5, &POLICY), Verdict::GiveUp(Why::Permanent));
    }

    #[test]
    fn what_has_to_wait_waits_exactly_so_long_and_is_no_failure() {
        let wait = Duration::from_secs(100);
        let verdict = after_failure(Failure::NotYet(wait), 2, 0.5, &POLICY);
        assert_eq!(verdict, Verdict::Again { after: wait, counts: false });
    }

    #[test]
    fn the_third_failure_is_the_last() {
        assert!(matches!(
            after_failure(Failure::Transient, 1, 0.5, &POLICY),
            Verdict::Again { counts: true, .. }
        ));
        assert_eq!(after_failure(Failure::Transient, 2, 0.5, &POLICY), Verdict::GiveUp(Why::TooManyFailures));
    }

    #[test]
    fn delays_double_are_spread_and_end_at_the_limit() {
        let delay = |failures, chance| match after_failure(Failure::Locked, failures, chance, &POLICY) {
            Verdict::Again { after, counts: false } => after.as_secs_f64(),
            other => panic!("{other:?}"),
        };
        assert_eq!((delay(0, 0.0), delay(0, 1.0)), (5.0, 10.0));
        assert_eq!(delay(1, 1.0), 20.0);
        assert_eq!(delay(40, 1.0), 60.0);
    }
}
