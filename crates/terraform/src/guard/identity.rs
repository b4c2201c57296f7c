//! Names for a host and for a process that don't come back by chance.
//!
//! A pid is reused, a hostname survives a reboot, and containers of one machine share its boot id
//! while they see different processes. Together these three say whether `kill(pid, 0)` asks about
//! the process that is meant.

use std::fs;
use std::io;

use rustix::process::Pid;
use serde::{Deserialize, Serialize};

/// The set of processes that a pid belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostIdentity {
    /// Name of the host or the pod.
    pub hostname: String,
    /// Changes with every boot.
    pub boot_id: String,
    /// Changes with every container: `pid:[4026531836]`.
    pub pid_namespace: String,
}

impl HostIdentity {
    /// Where this process runs.
    pub fn current() -> io::Result<Self> {
        let line = |path: &str| fs::read_to_string(path).map(|text| text.trim().to_owned());
        Ok(Self {
            hostname: line("/proc/sys/kernel/hostname")?,
            boot_id: line("/proc/sys/kernel/random/boot_id")?,
            pid_namespace: fs::read_link("/proc/self/ns/pid")?.to_string_lossy().into_owned(),
        })
    }
}

/// A process, told apart from a later one with the same pid by its start time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    /// Its pid. Terraform's is its process group's id too.
    pub pid: i32,
    /// Clock ticks between boot and its start (field 22 of `/proc/pid/stat`).
    pub start_ticks: u64,
}

impl ProcessIdentity {
    /// Identity of a live process; an error if there is none with this pid.
    pub fn of(pid: Pid) -> io::Result<Self> {
        let pid = pid.as_raw_nonzero().get();
        let (_, start_ticks) = stat(pid)?;
        Ok(Self { pid, start_ticks })
    }

    /// Whether this very process still runs. A zombie does not.
    #[must_use]
    pub fn is_running(&self) -> bool {
        match stat(self.pid) {
            Ok((state, start_ticks)) => start_ticks == self.start_ticks && state != 'Z' && state != 'X',
            Err(_) => false,
        }
    }

    /// Kills what is left of the group that this process led. Only for a group whose guard is gone.
    pub(crate) fn kill_group(&self) {
        if let Some(group) = Pid::from_raw(self.pid) {
            // Already gone is what was wanted.
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        }
    }

    /// Whether a process is left in the group that this process leads (or led).
    #[must_use]
    pub fn group_has_members(&self) -> bool {
        // Anything but "no such process" means that there is one, even if it may not be signalled.
        Pid::from_raw(self.pid).is_some_and(|group| {
            rustix::process::test_kill_process_group(group) != Err(rustix::io::Errno::SRCH)
        })
    }
}

/// State letter and start time of a process, from `/proc/pid/stat` (proc_pid_stat(5)).
fn stat(pid: i32) -> io::Result<(char, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    parse_stat(&text).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "malformed /proc stat"))
}

fn parse_stat(text: &str) -> Option<(char, u64)> {
    // The second field is the program's name in parentheses and may hold both of them and spaces.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    let start_ticks = fields.nth(18)?.parse().ok()?;
    Some((state, start_ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_and_spaces_does_not_shift_the_fields() {
        let line = "42 (a) b (c) S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 2000 100 18446744073709551615";
        assert_eq!(parse_stat(line), Some(('S', 98_765)));
    }

    #[test]
    fn this_process_runs_and_one_that_started_at_another_time_does_not() {
        let me = ProcessIdentity::of(rustix::process::getpid()).unwrap();
        assert!(me.is_running());
        let predecessor = ProcessIdentity { start_ticks: me.start_ticks + 1, ..me };
        assert!(!predecessor.is_running());
    }
}
