//! Work directories that an operation left behind, on this worker's own host.
//!
//! An attempt removes its directory when it ends; one that was killed or lost its lease can't, and one that could not
//! save its state must not. What is left is nobody's once its operation is over in Postgres and nothing runs in it.
//! A directory stays if Postgres doesn't know its operation (it may be another installation's), if a guard or Terraform
//! may still use it, or if it holds a state that was not saved: that is for a person.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use terrane_domain::OperationId;
use terrane_engine::{Engine, Timing};
use terrane_store::{FinishedOperation, StoreError};
use terrane_telemetry::Chain;
use terrane_terraform::guard::{AttemptFacts, LeaseFacts, attempt_is_over};

/// Directories that one round looks at; the next round goes on behind them.
const AT_ONCE: usize = 100;
/// What Terraform writes when it can't save its state.
const UNSAVED_STATE: &str = "errored.tfstate";

/// Why a round ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    /// Postgres didn't say which operations are over.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The work directory can't be read, or something in it can't be removed.
    #[error("could not tidy up {}", path.display())]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// What is to be done with an operation's directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Remove,
    Keep(&'static str),
}

/// The rounds of one worker.
#[derive(Default)]
pub(crate) struct Sweep {
    last: Option<OperationId>,
}

impl Sweep {
    /// Removes what is nobody's among the next directories. Returns how many that were.
    pub(crate) async fn round(&mut self, engine: &Engine) -> Result<u64, SweepError> {
        let place = &engine.settings.work_dir;
        let found = blocking(place, operations_in).await?;
        let next: Vec<_> = found.into_iter().filter(|id| self.last < Some(*id)).take(AT_ONCE).collect();
        // At the end begin again, next time.
        self.last = next.last().copied().filter(|_| next.len() == AT_ONCE);
        if next.is_empty() {
            return Ok(0);
        }
        let mut removed = 0;
        for operation in engine.store.finished_among(&next).await? {
            let lease = lease_facts(&operation, &engine.settings.timing);
            let path = place.join(operation.id.to_string());
            match blocking(&path, move |path| tidy(path, &lease)).await {
                Ok(Verdict::Remove) => {
                    removed += 1;
                    tracing::info!(operation = %operation.id, "work_directory_removed");
                }
                Ok(Verdict::Keep(reason)) => {
                    tracing::debug!(operation = %operation.id, reason, "work_directory_kept");
                }
                // The others are not to wait for somebody to mend this one.
                Err(error) => tracing::warn!(error = %Chain(&error), "leftover_not_removed"),
            }
        }
        Ok(removed)
    }
}

/// The lease ended so long ago, so the last renewal did, too.
const fn lease_facts(operation: &FinishedOperation, timing: &Timing) -> LeaseFacts {
    let Timing { fence, orphan_grace, margin, .. } = *timing;
    LeaseFacts { since_renewal: operation.free_for, fence, orphan_grace, margin }
}

async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T, SweepError> {
    let path = path.to_path_buf();
    let given = path.clone();
    let result = match tokio::task::spawn_blocking(move || work(&given)).await {
        Ok(result) => result,
        Err(panicked) => Err(io::Error::other(panicked)),
    };
    result.map_err(|source| SweepError::Directory { path, source })
}

/// The operations that have a directory, in the order of their ids.
fn operations_in(place: &Path) -> io::Result<Vec<OperationId>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(place)? {
        found.extend(entry?.file_name().to_str().and_then(|name| name.parse::<OperationId>().ok()));
    }
    found.sort();
    Ok(found)
}

/// Removes the directory of an operation that is over, unless something speaks against it. Another worker of this host
/// may be doing the same.
fn tidy(directory: &Path, lease: &LeaseFacts) -> io::Result<Verdict> {
    let verdict = judge(directory, lease)?;
    if verdict == Verdict::Remove {
        gone_is_fine(fs::remove_dir_all(directory))?;
    }
    Ok(verdict)
}

fn judge(directory: &Path, lease: &LeaseFacts) -> io::Result<Verdict> {
    let Some(attempts) = gone_is_fine(fs::read_dir(directory))? else {
        return Ok(Verdict::Keep("somebody has just removed it"));
    };
    for attempt in attempts {
        let attempt = attempt?;
        if !attempt.file_type()?.is_dir() {
            continue;
        }
        for (_, facts) in gone_is_fine(AttemptFacts::gather_all(&attempt.path()))?.unwrap_or_default() {
            let verdict = attempt_is_over(&facts, Some(lease));
            if !verdict.is_over() {
                return Ok(Verdict::Keep(verdict.reason()));
            }
        }
        if holds_unsaved_state(&attempt.path())? {
            return Ok(Verdict::Keep("it holds a state that was not saved"));
        }
    }
    Ok(Verdict::Remove)
}

fn holds_unsaved_state(directory: &Path) -> io::Result<bool> {
    let Some(entries) = gone_is_fine(fs::read_dir(directory))? else { return Ok(false) };
    for entry in entries {
        let entry = entry?;
        // Of the directory entry itself: a link, such as one to a provider, is not followed.
        if entry.file_name() == UNSAVED_STATE
            || entry.file_type()?.is_dir() && holds_unsaved_state(&entry.path())?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn gone_is_fine<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};
    use tempfile::TempDir;
    use terrane_terraform::guard::{HostIdentity, ProcessIdentity};

    use super::*;

    fn lease(free_for: u64) -> LeaseFacts {
        let operation = FinishedOperation {
            id: "op_0193a5f4c8e07a3d9b6f2c1d4e5f6071".parse().unwrap(),
            free_for: Duration::from_secs(free_for),
        };
        lease_facts(&operation, &Timing::DEFAULT)
    }

    /// An operation's directory with one attempt and one run.
    fn place(records: &[(&str, Value)]) -> TempDir {
        let place = tempfile::tempdir().unwrap();
        let run = place.path().join("1/runs/04-apply");
        fs::create_dir_all(&run).unwrap();
        fs::create_dir_all(place.path().join("1/config/.terraform")).unwrap();
        for (name, record) in records {
            fs::write(run.join(name), record.to_string()).unwrap();
        }
        place
    }

    fn guard(host: &HostIdentity, guard: ProcessIdentity) -> (&'static str, Value) {
        let record =
            json!({"host": host, "guard": guard, "engine": null, "started_at": "2026-01-01T00:00:00Z"});
        ("guard.json", record)
    }

    fn exit(host: &HostIdentity, engine: ProcessIdentity) -> (&'static str, Value) {
        let record = json!({
            "ended_by": {"code": 0}, "interrupted": null, "killed": false, "host": host, "engine": engine,
            "started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T00:00:01Z",
        });
        ("exit.json", record)
    }

    #[test]
    fn only_a_directory_in_which_nothing_runs_or_can_run_goes() {
        let here = HostIdentity::current().unwrap();
        let elsewhere = HostIdentity { hostname: "elsewhere".to_owned(), ..here.clone() };
        let me = ProcessIdentity::of(rustix::process::getpid()).unwrap();
        let gone = ProcessIdentity { start_ticks: me.start_ticks + 1, ..me };
        let cases = [
            ("its guard reported", vec![guard(&here, me), exit(&here, gone)], 0, true),
            ("its guard runs", vec![guard(&here, me)], 0, false),
            ("its guard is gone", vec![guard(&here, gone)], 0, true),
            ("elsewhere nobody can look", vec![guard(&elsewhere, gone)], 180, false),
            ("until time has proved it", vec![guard(&elsewhere, gone)], 181, true),
            // Its operation is over: a guard that begins by now finds that it is too late.
            ("its guard never began", vec![], 0, true),
        ];
        for (what, records, free_for, goes) in cases {
            let place = place(&records);
            let verdict = tidy(place.path(), &lease(free_for)).unwrap();
            assert_eq!(verdict == Verdict::Remove, goes, "{what}: {verdict:?}");
            assert_eq!(place.path().exists(), !goes, "{what}");
        }
    }

    #[test]
    fn a_state_that_was_not_saved_is_never_removed() {
        let place = place(&[]);
        fs::write(place.path().join("1/config/errored.tfstate"), "{}").unwrap();
        let verdict = tidy(place.path(), &lease(1_000_000)).unwrap();
        assert_eq!(verdict, Verdict::Keep("it holds a state that was not saved"));
        assert!(place.path().join("1/config/errored.tfstate").exists());
    }

    #[test]
    fn what_a_link_points_to_stays() {
        let (place, provider) = (place(&[]), tempfile::tempdir().unwrap());
        fs::write(provider.path().join("errored.tfstate"), "of somebody else").unwrap();
        std::os::unix::fs::symlink(provider.path(), place.path().join("1/config/.terraform/provider"))
            .unwrap();
        assert_eq!(tidy(place.path(), &lease(1_000)).unwrap(), Verdict::Remove);
        assert!(!place.path().exists() && provider.path().join("errored.tfstate").exists());
    }

    #[test]
    fn an_attempt_that_never_ran_anything_leaves_nothing_to_wait_for() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("2/config")).unwrap();
        assert_eq!(tidy(place.path(), &lease(0)).unwrap(), Verdict::Remove);
        assert_eq!(tidy(place.path(), &lease(0)).unwrap(), Verdict::Keep("somebody has just removed it"));
    }

    #[test]
    fn only_directories_of_operations_are_looked_at_and_in_order() {
        let place = tempfile::tempdir().unwrap();
        let ids = ["op_0193a5f4c8e07a3d9b6f2c1d4e5f6072", "op_0193a5f4c8e07a3d9b6f2c1d4e5f6071"];
        for name in [ids[0], ids[1], "lost+found", "op_", "env_0193a5f4c8e07a3d9b6f2c1d4e5f6071"] {
            fs::create_dir(place.path().join(name)).unwrap();
        }
        let found: Vec<_> = operations_in(place.path()).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(found, [ids[1], ids[0]]);
    }
}
