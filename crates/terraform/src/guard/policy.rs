//! When the guard interrupts and when it kills: a pure function over the clock and the pipe.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::boot_time::BootTime;

/// Why Terraform was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The worker asked: a cancel or a drain.
    Requested,
    /// The worker's end of the pipe closed: it died or dropped the run.
    WorkerGone,
    /// No tick for the fence time: the worker is frozen or has lost its lease.
    NoTick,
    /// The command's own time is up.
    Deadline,
}

/// Times that hold for one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// When the command's time is up.
    pub(super) deadline: BootTime,
    /// How long it may go on without a tick.
    pub(super) fence: Duration,
    /// From the interrupt to the kill.
    pub(super) grace: Duration,
    /// From when the worker is lost to the kill, if that comes first.
    pub(super) orphan_grace: Duration,
}

/// What the guard knows when it decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation {
    pub(super) now: BootTime,
    /// As of when the worker last held its lease.
    pub(super) last_tick: BootTime,
    /// When the worker's end of the pipe was found closed, if it was.
    pub(super) pipe_closed_at: Option<BootTime>,
    pub(super) asked_to_interrupt: bool,
    /// When SIGINT was sent, if it was.
    pub(super) interrupted_at: Option<BootTime>,
    pub(super) killed: bool,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Nothing, and look again at this moment if nothing happens before.
    WaitUntil(BootTime),
    /// Nothing any more, but wait for the end.
    WaitForExit,
    /// Send SIGINT. Answered at most once in a run.
    Interrupt(Cause),
    /// Send SIGKILL to the group. Answered at most once in a run.
    Kill,
}

pub(super) fn decide(limits: &Limits, situation: &Situation) -> Decision {
    let Situation { now, last_tick, .. } = *situation;
    if situation.killed {
        return Decision::WaitForExit;
    }
    let fence_ends = last_tick.plus(limits.fence);
    if let Some(interrupted_at) = situation.interrupted_at {
        // Nobody who takes over waits longer for an interrupt that was asked for than for one that wasn't.
        let lost_at = situation.pipe_closed_at.map_or(fence_ends, |closed_at| closed_at.min(fence_ends));
        let kill_at = interrupted_at.plus(limits.grace).min(lost_at.plus(limits.orphan_grace));
        return if now >= kill_at { Decision::Kill } else { Decision::WaitUntil(kill_at) };
    }
    if situation.asked_to_interrupt {
        Decision::Interrupt(Cause::Requested)
    } else if situation.pipe_closed_at.is_some() {
        Decision::Interrupt(Cause::WorkerGone)
    } else if now >= limits.deadline {
        Decision::Interrupt(Cause::Deadline)
    } else if now >= fence_ends {
        Decision::Interrupt(Cause::NoTick)
    } else {
        Decision::WaitUntil(fence_ends.min(limits.deadline))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        deadline: BootTime::from_millis(1_000_000),
        fence: Duration::from_secs(90),
        grace: Duration::from_secs(600),
        orphan_grace: Duration::from_secs(60),
    };

    fn at(millis: u64) -> Situation {
        Situation {
            now: BootTime::from_millis(millis),
            last_tick: BootTime::from_millis(0),
            pipe_closed_at: None,
            asked_to_interrupt: false,
            interrupted_at: None,
            killed: false,
        }
    }

    #[test]
    fn each_cause_interrupts_and_the_nearest_limit_is_waited_for() {
        let quiet = at(89_999);
        let late = Situation { last_tick: BootTime::from_millis(950_000), ..at(960_000) };
        let cases = [
            (quiet, Decision::WaitUntil(BootTime::from_millis(90_000))),
            (late, Decision::WaitUntil(BootTime::from_millis(1_000_000))),
            (at(90_000), Decision::Interrupt(Cause::NoTick)),
            (
                Situation { now: BootTime::from_millis(1_000_000), ..late },
                Decision::Interrupt(Cause::Deadline),
            ),
            (Situation { pipe_closed_at: Some(quiet.now), ..quiet }, Decision::Interrupt(Cause::WorkerGone)),
            (Situation { asked_to_interrupt: true, ..quiet }, Decision::Interrupt(Cause::Requested)),
            // A worker that asks and goes away at once has asked.
            (
                Situation { asked_to_interrupt: true, pipe_closed_at: Some(quiet.now), ..quiet },
                Decision::Interrupt(Cause::Requested),
            ),
        ];
        for (situation, expected) in cases {
            assert_eq!(decide(&LIMITS, &situation), expected, "{situation:?}");
        }
    }

    #[test]
    fn after_the_interrupt_every_further_cause_only_waits_for_the_end_of_the_grace() {
        let ticked = Situation {
            last_tick: BootTime::from_millis(2_599_000),
            asked_to_interrupt: true,
            interrupted_at: Some(BootTime::from_millis(2_000_000)),
            ..at(2_599_999)
        };
        assert_eq!(decide(&LIMITS, &ticked), Decision::WaitUntil(BootTime::from_millis(2_600_000)));
        let grace_over = Situation { now: BootTime::from_millis(2_600_000), ..ticked };
        assert_eq!(decide(&LIMITS, &grace_over), Decision::Kill);
        assert_eq!(decide(&LIMITS, &Situation { killed: true, ..grace_over }), Decision::WaitForExit);
    }

    /// Whoever takes over counts on it: past fence and orphan's grace nothing of a lost attempt runs.
    #[test]
    fn a_lost_worker_shortens_the_grace_whatever_the_interrupt_was_for() {
        let millis = BootTime::from_millis;
        let asked =
            Situation { asked_to_interrupt: true, interrupted_at: Some(millis(10_000)), ..at(20_000) };
        let closed = Situation { pipe_closed_at: Some(millis(15_000)), ..asked };
        assert_eq!(decide(&LIMITS, &closed), Decision::WaitUntil(millis(75_000)));
        assert_eq!(decide(&LIMITS, &Situation { now: millis(75_000), ..closed }), Decision::Kill);
        // No tick since 0: lost at 90 s, whenever the pipe closes after that.
        assert_eq!(decide(&LIMITS, &asked), Decision::WaitUntil(millis(150_000)));
        let late = Situation { pipe_closed_at: Some(millis(140_000)), now: millis(150_000), ..asked };
        assert_eq!(decide(&LIMITS, &late), Decision::Kill);
        let frozen = Situation { interrupted_at: Some(millis(90_000)), ..at(100_000) };
        assert_eq!(decide(&LIMITS, &frozen), Decision::WaitUntil(millis(150_000)));
    }
}
