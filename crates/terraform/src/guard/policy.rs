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
}

/// What the guard knows when it decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation {
    pub(super) now: BootTime,
    /// As of when the worker last held its lease.
    pub(super) last_tick: BootTime,
    pub(super) pipe_open: bool,
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
    if let Some(interrupted_at) = situation.interrupted_at {
        let kill_at = interrupted_at.plus(limits.grace);
        return if now >= kill_at { Decision::Kill } else { Decision::WaitUntil(kill_at) };
    }
    let fence_ends = last_tick.plus(limits.fence);
    if situation.asked_to_interrupt {
        Decision::Interrupt(Cause::Requested)
    } else if !situation.pipe_open {
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
    };

    fn at(millis: u64) -> Situation {
        Situation {
            now: BootTime::from_millis(millis),
            last_tick: BootTime::from_millis(0),
            pipe_open: true,
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
            (Situation { pipe_open: false, ..quiet }, Decision::Interrupt(Cause::WorkerGone)),
            (Situation { asked_to_interrupt: true, ..quiet }, Decision::Interrupt(Cause::Requested)),
            // A worker that asks and goes away at once has asked.
            (
                Situation { asked_to_interrupt: true, pipe_open: false, ..quiet },
                Decision::Interrupt(Cause::Requested),
            ),
        ];
        for (situation, expected) in cases {
            assert_eq!(decide(&LIMITS, &situation), expected, "{situation:?}");
        }
    }

    #[test]
    fn after_the_interrupt_every_further_cause_only_waits_for_the_end_of_the_grace() {
        let everything_at_once = Situation {
            pipe_open: false,
            asked_to_interrupt: true,
            interrupted_at: Some(BootTime::from_millis(2_000_000)),
            ..at(2_599_999)
        };
        assert_eq!(
            decide(&LIMITS, &everything_at_once),
            Decision::WaitUntil(BootTime::from_millis(2_600_000))
        );
        let grace_over = Situation { now: BootTime::from_millis(2_600_000), ..everything_at_once };
        assert_eq!(decide(&LIMITS, &grace_over), Decision::Kill);
        assert_eq!(decide(&LIMITS, &Situation { killed: true, ..grace_over }), Decision::WaitForExit);
    }
}
