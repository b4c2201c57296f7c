//! When an operation is taken from a worker that is lost. Pure: leases and a clock in, decisions out.
//!
//! Two things prove a worker lost, as far as *starting* anything goes (a Terraform that it left behind is held off by
//! the state lock and ended by its guard):
//!
//! * its process is gone, seen from the same host;
//! * its lease ran out, was seen so, and is still the same half a lease later. Whoever looks has to have reached Postgres
//!   all that time: in a failover, or when the watcher itself was cut off, every lease runs out at once and nobody is
//!   lost. A holder stops starting things at its start barrier, which is shorter than a lease.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use terrane_domain::OperationId;
use terrane_store::{Fence, LostBy, WatchedLease};
use terrane_terraform::BootTime;

/// What a watcher sees of a lease holder's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderProcess {
    /// It runs, or stands still.
    Runs,
    /// It ended.
    Gone,
    /// It is on another host, or its host didn't say how to tell it.
    Elsewhere,
}

/// Whether an operation may be taken over, and for which reason. `expired_for` is how long its lease has been seen
/// expired without a break.
pub fn may_take_over(
    process: HolderProcess,
    expired_for: Option<Duration>,
    lease: Duration,
) -> Option<LostBy> {
    match (process, expired_for) {
        (HolderProcess::Gone, _) => Some(LostBy::Process),
        (_, Some(seen)) if seen >= lease / 2 => Some(LostBy::Lease),
        _ => None,
    }
}

/// A watcher's memory.
#[derive(Debug, Default)]
pub struct Watch {
    expired: HashMap<OperationId, Sighting>,
}

/// The first sight of an expired lease.
#[derive(Debug, Clone, Copy)]
struct Sighting {
    fence: Fence,
    lease_until: DateTime<Utc>,
    at: BootTime,
}

/// When a query was sent and answered. What it found was so at some moment between the two, so each is taken where it
/// makes what was seen last shorter.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Before it was sent.
    pub sent: BootTime,
    /// After its answer came.
    pub answered: BootTime,
}

impl Watch {
    /// Takes what a query found, and says what may be taken over.
    pub fn judge(
        &mut self,
        leases: Vec<WatchedLease>,
        asked: Asked,
        lease: Duration,
        process: impl Fn(&WatchedLease) -> HolderProcess,
    ) -> Vec<(WatchedLease, LostBy)> {
        let before = std::mem::take(&mut self.expired);
        let mut lost = Vec::new();
        for watched in leases {
            let expired_for = watched.expired.then(|| {
                let known = before
                    .get(&watched.operation_id)
                    .filter(|seen| (seen.fence, seen.lease_until) == (watched.fence, watched.lease_until));
                let at = known.map_or(asked.answered, |seen| seen.at);
                let sighting = Sighting { fence: watched.fence, lease_until: watched.lease_until, at };
                self.expired.insert(watched.operation_id, sighting);
                asked.sent.since(at)
            });
            if let Some(by) = may_take_over(process(&watched), expired_for, lease) {
                lost.push((watched, by));
            }
        }
        lost
    }

    /// Forgets everything, after a query that failed: what was seen before it proves nothing any more.
    pub fn forget(&mut self) {
        self.expired.clear();
    }
}

#[cfg(test)]
mod tests {
    use terrane_domain::{EnvironmentId, WorkerId};
    use terrane_store::Worker;
    use uuid::Uuid;

    use super::*;

    const LEASE: Duration = Duration::from_secs(30);

    /// A lease that ran out at this second.
    fn lease(until: i64, expired: bool) -> WatchedLease {
        let at = DateTime::from_timestamp(until, 0).unwrap();
        WatchedLease {
            operation_id: OperationId::from_uuid(Uuid::from_u128(1)),
            environment_id: EnvironmentId::from_uuid(Uuid::from_u128(2)),
            fence: serde_json::from_str::<Fence>("7").unwrap(),
            lease_until: at,
            expired,
            worker: Worker {
                id: WorkerId::from_uuid(Uuid::from_u128(3)),
                host: "host".to_owned(),
                process_id: 1,
                place: None,
                version: "0".to_owned(),
                slots: 1,
                started_at: at,
                seen_at: at,
                stopped_at: None,
            },
        }
    }

    /// What a watcher says that sees these leases at these milliseconds; `None` is a query that failed.
    fn watch(seen: &[(u64, Option<WatchedLease>)], process: HolderProcess) -> Vec<Option<LostBy>> {
        let mut watch = Watch::default();
        let mut told = Vec::new();
        for (millis, found) in seen {
            let Some(found) = found else {
                watch.forget();
                continue;
            };
            let at = BootTime::from_millis(*millis);
            let asked = Asked { sent: at, answered: at };
            let lost = watch.judge(vec![found.clone()], asked, LEASE, |_| process);
            told.push(lost.first().map(|(_, by)| *by));
        }
        told
    }

    #[test]
    fn a_lease_seen_expired_twice_half_a_lease_apart_is_lost() {
        let expired = Some(lease(100, true));
        let seen = [(0, expired.clone()), (14_999, expired.clone()), (15_000, expired)];
        assert_eq!(watch(&seen, HolderProcess::Elsewhere), [None, None, Some(LostBy::Lease)]);
        assert_eq!(watch(&seen, HolderProcess::Runs), [None, None, Some(LostBy::Lease)], "it may be stopped");
    }

    #[test]
    fn a_failed_query_or_a_renewal_in_between_begins_the_wait_anew() {
        let expired = Some(lease(100, true));
        let failed =
            [(0, expired.clone()), (8_000, None), (16_000, expired.clone()), (24_000, expired.clone())];
        assert_eq!(watch(&failed, HolderProcess::Elsewhere), [None, None, None]);
        let renewed = [(0, expired.clone()), (8_000, Some(lease(130, false))), (16_000, expired)];
        assert_eq!(watch(&renewed, HolderProcess::Elsewhere), [None, None, None]);
        let expired_again = [(0, Some(lease(100, true))), (16_000, Some(lease(130, true)))];
        assert_eq!(watch(&expired_again, HolderProcess::Elsewhere), [None, None]);
    }

    #[test]
    fn a_first_query_that_hangs_does_not_count_as_half_a_lease() {
        let at = BootTime::from_millis;
        let mut watch = Watch::default();
        let mut seen = |sent, answered| {
            let asked = Asked { sent: at(sent), answered: at(answered) };
            watch.judge(vec![lease(100, true)], asked, LEASE, |_| HolderProcess::Elsewhere).len()
        };
        // Postgres was away for 15 s: every lease has run out, and no holder has had time to renew.
        assert_eq!((seen(0, 15_000), seen(16_000, 16_010)), (0, 0));
        assert_eq!((seen(29_999, 30_020), seen(30_030, 30_040)), (0, 1));
    }

    #[test]
    fn a_process_that_is_gone_is_lost_at_once_and_one_that_runs_with_its_lease_is_not() {
        let held = [(0, Some(lease(100, false)))];
        assert_eq!(watch(&held, HolderProcess::Gone), [Some(LostBy::Process)]);
        assert_eq!(watch(&held, HolderProcess::Runs), [None]);
        assert_eq!(watch(&held, HolderProcess::Elsewhere), [None]);
    }
}
