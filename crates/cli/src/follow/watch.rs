//! Waits for the next thing that a person has to decide or know, and shows what happens meanwhile.

use std::{io, pin::Pin, sync::Arc, time::Duration};

use serde::Deserialize;
use terrane_domain::OperationState;
use tokio::time::{Instant, MissedTickBehavior};

use super::{
    live, plain,
    poll::Poll,
    view::{Change, View},
};
use crate::{
    client::{Client, ClientError, LogEvent, LogLine, LogStream, Operation, Word},
    clock::now,
    terminal::Terminal,
};

/// Between two drawings.
const FRAME: Duration = Duration::from_millis(100);
/// The last lines of an operation that is over may take so long to come.
const LAST_LINES: Duration = Duration::from_secs(3);

/// Why watching came to a stop.
#[derive(Debug)]
pub enum Stop {
    /// The operation is over.
    Over,
    /// It waits for a person.
    AwaitingApproval,
    /// Ctrl-C.
    Interrupted,
}

/// An operation that is being followed.
pub struct Watch<'a> {
    terminal: &'a Terminal,
    client: &'a Arc<Client>,
    /// What is known of it.
    pub view: View,
    /// One for the whole time, so that no Ctrl-C falls between two of them.
    interrupt: Pin<Box<dyn Future<Output = io::Result<()>>>>,
    stream: Option<LogStream>,
    /// When to stop waiting for last lines.
    deadline: Option<Instant>,
}

impl<'a> Watch<'a> {
    /// Begins to follow.
    pub fn start(terminal: &'a Terminal, client: &'a Arc<Client>, name: &str, operation: Operation) -> Self {
        let id = operation.id;
        Self {
            terminal,
            client,
            view: View::new(name, operation),
            interrupt: Box::pin(tokio::signal::ctrl_c()),
            stream: Some(client.follow(id)),
            deadline: None,
        }
    }

    /// Shows what happens until there is a reason to stop. Can be called again to go on.
    pub async fn until_stop(&mut self) -> Result<Stop, ClientError> {
        let stop = self.run().await;
        self.terminal.clear();
        stop
    }

    async fn run(&mut self) -> Result<Stop, ClientError> {
        // A new one each time: what was asked before a decision must not be taken for what came of it.
        let mut poll = Poll::start(self.client.clone(), self.view.operation.id);
        let mut frame = tokio::time::interval(FRAME);
        frame.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut fresh = false;
        loop {
            if fresh && let Some(stop) = self.reason_to_stop() {
                return Ok(stop);
            }
            tokio::select! {
                _ = &mut self.interrupt => return Ok(Stop::Interrupted),
                snapshot = poll.next() => match snapshot {
                    Some(Ok((operation, steps))) => {
                        fresh = true;
                        let changes = self.view.snapshot(operation, steps);
                        self.tell(&changes);
                    }
                    Some(Err(error)) => return Err(error),
                    None => return Ok(Stop::Over),
                },
                event = next_event(&mut self.stream) => match event {
                    Some(Ok(event)) => self.take(event, &poll),
                    // The state comes from the poll; without a stream there are only fewer lines.
                    Some(Err(_)) | None => {
                        self.stream = None;
                        poll.nudge();
                    }
                },
                _ = frame.tick(), if self.terminal.is_live() => {
                    let palette = self.terminal.err_palette();
                    self.terminal.draw(live::lines(&self.view, now(), self.terminal.width(), palette));
                }
                () = until(self.deadline), if self.deadline.is_some() => self.stream = None,
            }
        }
    }

    /// As of the last snapshot.
    fn reason_to_stop(&mut self) -> Option<Stop> {
        if self.view.operation.state == OperationState::AwaitingApproval {
            return Some(Stop::AwaitingApproval);
        }
        if !self.view.operation.is_over() {
            return None;
        }
        self.deadline.get_or_insert_with(|| Instant::now() + LAST_LINES);
        self.stream.is_none().then_some(Stop::Over)
    }

    fn take(&mut self, event: LogEvent, poll: &Poll) {
        match event {
            LogEvent::Changed => poll.nudge(),
            LogEvent::Progress(progress) => self.view.take_progress(progress),
            LogEvent::Line(json) => {
                // A line of another form is for `terrane logs`, not for here.
                if let Ok(line) = LogLine::deserialize(&json) {
                    if self.view.is_behind(&line) {
                        poll.nudge();
                    }
                    let changes = self.view.line(&line);
                    self.tell(&changes);
                }
            }
        }
    }

    /// Says what changed; where progress is drawn, only what must outlast the drawing.
    fn tell(&self, changes: &[Change]) {
        for change in changes {
            let lasting =
                matches!(change, Change::Trouble(_) | Change::State(Word::Known(OperationState::Retrying)));
            if lasting || !self.terminal.is_live() {
                self.terminal.note(&plain::line(&self.view, change, now()));
            }
        }
    }
}

async fn next_event(stream: &mut Option<LogStream>) -> Option<Result<LogEvent, ClientError>> {
    match stream {
        Some(stream) => stream.next().await,
        None => std::future::pending().await,
    }
}

async fn until(deadline: Option<Instant>) {
    if let Some(deadline) = deadline {
        tokio::time::sleep_until(deadline).await;
    }
}
