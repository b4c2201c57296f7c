//! What the process ends with. Scripts branch on these numbers, so they never change their meaning.

/// Exit code of `terrane`; the list stands in `terrane --help` too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// The operation that was waited for failed.
    Failed = 1,
    /// Wrong usage, or an environment file that isn't valid. Also what clap ends with.
    Usage = 2,
    /// No such environment or operation.
    NotFound = 3,
    /// The server refused: a conflict, a protection, a generation that has moved on.
    Refused = 4,
    /// No API key, a wrong one, or one that doesn't serve the tenant.
    Forbidden = 5,
    /// The server can't be reached, isn't available, or failed.
    Unavailable = 6,
    /// The operation waits for approval, and nobody is there to ask.
    AwaitingApproval = 7,
    /// The operation was cancelled.
    Cancelled = 8,
    /// Ctrl-C; what was started goes on.
    Interrupted = 130,
}

impl Exit {
    /// For [`std::process::exit`].
    pub const fn code(self) -> i32 {
        self as i32
    }
}

/// The list for `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
    0  done
    1  the operation failed
    2  wrong usage, or an environment file that isn't valid
    3  no such environment or operation
    4  refused: a conflict, a protection, or somebody else's change in between
    5  not authenticated, or not allowed
    6  the server can't be reached or isn't available
    7  the operation waits for approval (terrane approve, terrane discard)
    8  the operation was cancelled
  130  interrupted by Ctrl-C; the operation goes on";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_every_exit_code() {
        let all = [
            Exit::Ok,
            Exit::Failed,
            Exit::Usage,
            Exit::NotFound,
            Exit::Refused,
            Exit::Forbidden,
            Exit::Unavailable,
            Exit::AwaitingApproval,
            Exit::Cancelled,
            Exit::Interrupted,
        ];
        let listed: Vec<i32> =
            HELP.lines().filter_map(|line| line.trim().split(' ').next()?.parse().ok()).collect();
        assert_eq!(listed, all.map(Exit::code));
    }
}
