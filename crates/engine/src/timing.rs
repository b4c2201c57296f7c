//! The durations on which it rests that two workers never work on one operation, and how they have to fit together.
//!
//! ```text
//! since the last renewal that succeeded was sent:
//!
//! 0 ───── start barrier ───── lease ───── lease × 1.5 ───── fence ───── + orphan grace ── + margin
//!         the holder          has         the earliest      its guard   and kills     the attempt is over,
//!         starts nothing      expired     takeover          interrupts  it            by time alone
//! ```
//!
//! The holder's own limits count from when a renewal was sent, the lease from when Postgres had it: later, and so on the
//! safe side.

use std::time::Duration;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long a claim is good for without renewal.
    pub lease: Duration,
    /// How often it is renewed.
    pub renew_every: Duration,
    /// Nothing new is started this long after the last renewal that succeeded was *sent*.
    pub start_barrier: Duration,
    /// A Terraform that already runs may go on this long without a renewal, covered by its state lock.
    pub fence: Duration,
    /// Between the interrupt that a cancel or a drain asked for and the kill of a Terraform that doesn't end.
    pub grace: Duration,
    /// The same where the worker is lost: others wait for it.
    pub orphan_grace: Duration,
    /// Added before time alone proves that an attempt is over: for clocks that differ, and for a kernel that takes long
    /// to end a process.
    pub margin: Duration,
}

/// Durations that don't fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{longer} ({} s) has to be {by} {shorter} ({} s): {why}", longer_is.as_secs_f64(), shorter_is.as_secs_f64())]
pub struct Misfit {
    longer: &'static str,
    longer_is: Duration,
    by: &'static str,
    shorter: &'static str,
    shorter_is: Duration,
    why: &'static str,
}

impl Timing {
    /// The usual durations.
    pub const DEFAULT: Self = Self {
        lease: Duration::from_secs(30),
        renew_every: Duration::from_secs(5),
        start_barrier: Duration::from_secs(20),
        fence: Duration::from_secs(90),
        grace: Duration::from_secs(600),
        orphan_grace: Duration::from_secs(60),
        margin: Duration::from_secs(30),
    };

    /// Refuses durations with which a holder could be overtaken while it may still start something, or would be stopped
    /// by a single renewal that fails.
    pub fn check(&self) -> Result<(), Misfit> {
        let rules = [
            (
                ("the start barrier", self.start_barrier, "at least thrice"),
                ("the time between renewals", self.renew_every),
                self.start_barrier >= self.renew_every * 3,
                "one renewal that fails may not stop the work",
            ),
            (
                ("the lease", self.lease, "longer than"),
                ("the start barrier", self.start_barrier),
                self.lease > self.start_barrier,
                "nothing may be started that somebody else may have taken over",
            ),
            (
                ("the fence", self.fence, "at least twice"),
                ("the lease", self.lease),
                self.fence >= self.lease * 2,
                "a Terraform that runs may not be interrupted before its operation can be taken over",
            ),
        ];
        for ((longer, longer_is, by), (shorter, shorter_is), holds, why) in rules {
            if !holds {
                return Err(Misfit { longer, longer_is, by, shorter, shorter_is, why });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_durations_fit_and_still_do_when_divided() {
        assert_eq!(Timing::DEFAULT.check(), Ok(()));
        let Timing { lease, renew_every, start_barrier, fence, grace, orphan_grace, margin } =
            Timing::DEFAULT;
        let divided = Timing {
            lease: lease / 5,
            renew_every: renew_every / 5,
            start_barrier: start_barrier / 5,
            fence: fence / 5,
            grace: grace / 5,
            orphan_grace: orphan_grace / 5,
            margin: margin / 5,
        };
        assert_eq!(divided.check(), Ok(()));
    }

    #[test]
    fn durations_that_do_not_fit_are_refused_with_the_reason() {
        let told = |timing: Timing| timing.check().unwrap_err().to_string();
        let seconds = Duration::from_secs;
        assert_eq!(
            told(Timing { start_barrier: seconds(30), ..Timing::DEFAULT }),
            "the lease (30 s) has to be longer than the start barrier (30 s): nothing may be started that somebody else \
             may have taken over"
        );
        assert!(
            told(Timing { renew_every: seconds(7), ..Timing::DEFAULT })
                .starts_with("the start barrier (20 s)")
        );
        assert!(told(Timing { fence: seconds(59), ..Timing::DEFAULT }).starts_with("the fence (59 s)"));
    }
}
