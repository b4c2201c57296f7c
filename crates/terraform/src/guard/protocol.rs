//! What a worker tells its guard, over the guard's standard input.
//!
//! Nine bytes: a letter and a moment of the boot-time clock. A pipe takes that in one piece
//! (POSIX: writes up to PIPE_BUF are atomic), and the moment is that of the renewal, not of its
//! arrival: a tick that lay in the pipe while the machine was suspended counts as old as it is.

use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};

use crate::boot_time::BootTime;

const TICK: u8 = b't';
const INTERRUPT: u8 = b'i';
const LENGTH: usize = 9;

/// The worker's end. Closing it tells the guard that the worker is gone.
#[derive(Debug)]
pub(crate) struct ControlPipe(OwnedFd);

/// Both ends: the worker's, and the one that becomes the guard's standard input. Neither is
/// inherited by any other child, or the end of a worker would not end the pipe.
pub(crate) fn control_pipe() -> rustix::io::Result<(ControlPipe, OwnedFd)> {
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
    // A guard that was stopped by hand must not be able to stop its worker too.
    fcntl_setfl(&writer, fcntl_getfl(&writer)? | OFlags::NONBLOCK)?;
    Ok((ControlPipe(writer), reader))
}

impl ControlPipe {
    /// The worker held its lease as of this moment.
    pub(crate) fn tick(&self, as_of: BootTime) {
        self.send(TICK, as_of);
    }

    /// Terraform is to be interrupted.
    pub(crate) fn interrupt(&self) {
        self.send(INTERRUPT, BootTime::now());
    }

    fn send(&self, kind: u8, at: BootTime) {
        let mut message = [kind; LENGTH];
        message[1..].copy_from_slice(&at.as_millis().to_le_bytes());
        match rustix::io::retry_on_intr(|| rustix::io::write(&self.0, &message)) {
            Ok(_) => {}
            // The guard has ended; whoever waits for the exit is about to learn it.
            Err(Errno::PIPE) => {}
            // Full: the guard reads nothing any more. Missing ticks make it interrupt, as they must.
            Err(error) => tracing::warn!(%error, "guard_pipe_write_failed"),
        }
    }
}

/// One message, as the guard reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Tick(BootTime),
    Interrupt,
}

/// The guard's end: puts messages together from whatever a read returns.
#[derive(Debug, Default)]
pub(super) struct Receiver {
    pending: Vec<u8>,
}

impl Receiver {
    /// Reads what is there. Call it only when `poll` says that there is something. `None` at the
    /// end of the pipe.
    pub(super) fn receive(&mut self, pipe: BorrowedFd<'_>) -> rustix::io::Result<Option<Vec<Signal>>> {
        let mut buffer = [0_u8; 64 * LENGTH];
        let count = rustix::io::retry_on_intr(|| rustix::io::read(pipe, &mut buffer[..]))?;
        if count == 0 {
            return Ok(None);
        }
        self.pending.extend_from_slice(&buffer[..count]);
        let complete = self.pending.len() - self.pending.len() % LENGTH;
        Ok(Some(
            self.pending.drain(..complete).collect::<Vec<_>>().chunks(LENGTH).filter_map(decode).collect(),
        ))
    }
}

fn decode(message: &[u8]) -> Option<Signal> {
    let (&kind, moment) = message.split_first()?;
    match kind {
        TICK => Some(Signal::Tick(BootTime::from_millis(u64::from_le_bytes(moment.try_into().ok()?)))),
        INTERRUPT => Some(Signal::Interrupt),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn messages_arrive_as_sent_and_the_end_is_seen() {
        let (worker, guard) = control_pipe().unwrap();
        let mut receiver = Receiver::default();
        worker.tick(BootTime::from_millis(77));
        worker.interrupt();
        assert_eq!(
            receiver.receive(guard.as_fd()).unwrap(),
            Some(vec![Signal::Tick(BootTime::from_millis(77)), Signal::Interrupt])
        );
        drop(worker);
        assert_eq!(receiver.receive(guard.as_fd()).unwrap(), None);
    }

    #[test]
    fn a_message_that_comes_in_two_pieces_is_put_together() {
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC).unwrap();
        let mut receiver = Receiver::default();
        rustix::io::write(&writer, b"t\x05\0").unwrap();
        assert_eq!(receiver.receive(reader.as_fd()).unwrap(), Some(vec![]));
        rustix::io::write(&writer, b"\0\0\0\0\0\0").unwrap();
        assert_eq!(
            receiver.receive(reader.as_fd()).unwrap(),
            Some(vec![Signal::Tick(BootTime::from_millis(5))])
        );
    }

    #[test]
    fn a_full_pipe_does_not_block_the_worker() {
        let (worker, _guard) = control_pipe().unwrap();
        for _ in 0..20_000 {
            worker.tick(BootTime::from_millis(1));
        }
    }
}
