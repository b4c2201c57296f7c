//! A command that runs under its guard, as a stream of events whose last one is its exit.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::process::Child;
use tokio::time::{Instant, sleep_until};

use crate::boot_time::BootTime;
use crate::command::{Command, Prints};
use crate::diagnostic::Diagnostic;
use crate::exit::{Collected, Exit};
use crate::guard::{self, ControlPipe, ExitReport, GuardRecord};
use crate::message::Message;
use crate::tail::{Tail, TailLine};

/// Pause between two looks at the files: short while lines come, longer while nothing happens.
const SHORTEST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// Which of Terraform's outputs a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Messages.
    Stdout,
    /// Complaints of the engine before it speaks JSON, and of crashing providers.
    Stderr,
}

/// Something that happened in a run.
#[derive(Debug)]
pub enum Event {
    /// A line was printed.
    Line(Line),
    /// Nothing was printed for so long; reported again after each further
    /// [`crate::RunOptions::silence`].
    Silent(Duration),
    /// Terraform has ended and its process group is gone. Always the last event.
    Exited(Exit),
}

/// One line of output. Not scrubbed: see [`crate::scrub`].
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Where it came from.
    pub stream: Stream,
    /// Byte offset of the line in its stream; with run and stream it names the line for good.
    pub offset: u64,
    /// Byte offset behind the line: where tailing resumes.
    pub next_offset: u64,
    /// The line without its break.
    pub text: String,
    /// Whether the line was too long and was cut.
    pub truncated: bool,
    /// The message, if the line is one.
    pub parsed: Option<Box<Message>>,
}

impl Line {
    pub(crate) fn read(stream: Stream, line: TailLine) -> Self {
        let TailLine { offset, next_offset, text, truncated } = line;
        let parsed = match stream {
            Stream::Stdout => Message::parse(&text).map(Box::new),
            Stream::Stderr => None,
        };
        Self { stream, offset, next_offset, text, truncated, parsed }
    }
}

/// A running command. Dropping it closes the pipe to the guard, which interrupts Terraform: a run
/// goes on only as long as somebody cares.
#[derive(Debug)]
pub struct Run {
    child: Child,
    pipe: Arc<ControlPipe>,
    directory: PathBuf,
    command: Command,
    stdout: Option<Tail>,
    stderr: Tail,
    queue: VecDeque<Line>,
    collected: Collected,
    pause: Duration,
    silence: Duration,
    last_line: Instant,
    next_silence: Instant,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    /// The guard has ended; lines may be left to hand out.
    Ending,
    Done,
}

/// Asks for the interrupt from elsewhere. Does nothing once the run has ended or was dropped.
#[derive(Debug, Clone)]
pub struct Canceller(Weak<ControlPipe>);

impl Canceller {
    /// See [`Run::cancel`].
    pub fn cancel(&self) {
        if let Some(pipe) = self.0.upgrade() {
            pipe.interrupt();
        }
    }
}

/// Ticks the guard from elsewhere, for example from the task that renews the lease. Does nothing
/// once the run has ended or was dropped.
#[derive(Debug, Clone)]
pub struct Ticker(Weak<ControlPipe>);

impl Ticker {
    /// See [`Run::tick`].
    pub fn tick(&self, as_of: BootTime) {
        if let Some(pipe) = self.0.upgrade() {
            pipe.tick(as_of);
        }
    }
}

/// Why the document that a command printed can't be had.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The file could not be read.
    #[error("could not read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is not what was expected.
    #[error("{} is not the expected JSON document", path.display())]
    Parse {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl Run {
    pub(crate) fn new(
        child: Child,
        pipe: ControlPipe,
        directory: PathBuf,
        command: Command,
        silence: Duration,
    ) -> Self {
        let stdout = directory.join(guard::STDOUT);
        let now = Instant::now();
        Self {
            child,
            pipe: Arc::new(pipe),
            stdout: (command.prints() == Prints::Messages).then(|| Tail::new(&stdout)),
            stderr: Tail::new(&directory.join(guard::STDERR)),
            directory,
            command,
            queue: VecDeque::new(),
            collected: Collected::default(),
            pause: SHORTEST_PAUSE,
            silence,
            last_line: now,
            next_silence: now + silence,
            state: State::Running,
        }
    }

    /// Where the run's files lie.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What runs.
    #[must_use]
    pub const fn command(&self) -> &Command {
        &self.command
    }

    /// Tells the guard that the lease was held as of this moment: when the renewal that succeeded
    /// was *sent*. To be called after each renewal, well within the fence time.
    pub fn tick(&self, as_of: BootTime) {
        self.pipe.tick(as_of);
    }

    /// Asks the guard to interrupt Terraform. It finishes or cuts short what it is doing, writes its
    /// state, gives back its lock and exits; calling this again changes nothing.
    pub fn cancel(&self) {
        self.pipe.interrupt();
    }

    /// A handle to [`Run::cancel`].
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller(Arc::downgrade(&self.pipe))
    }

    /// A handle to [`Run::tick`].
    #[must_use]
    pub fn ticker(&self) -> Ticker {
        Ticker(Arc::downgrade(&self.pipe))
    }

    /// The next event; `None` after [`Event::Exited`]. Safe to drop while it waits: no event is lost.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(line) = self.queue.pop_front() {
                return Some(Event::Line(line));
            }
            match self.state {
                State::Done => return None,
                State::Running => {
                    if self.fetch() {
                        continue;
                    }
                    if let Some(silent) = self.silent_for() {
                        return Some(Event::Silent(silent));
                    }
                    self.wait().await;
                }
                State::Ending => {
                    // Everything was written before the guard ended, so this finds the last lines.
                    if !self.fetch() && !self.fetch_rest() {
                        let exit = self.conclude().await;
                        self.state = State::Done;
                        return Some(Event::Exited(exit));
                    }
                }
            }
        }
    }

    /// Runs to the end and hands every event but the exit to `each`.
    pub async fn finish(&mut self, mut each: impl FnMut(Event)) -> Exit {
        loop {
            match self.next().await {
                Some(Event::Exited(exit)) => return exit,
                Some(event) => each(event),
                // Asked again after the exit.
                None => return self.conclude().await,
            }
        }
    }

    /// The document that `output`, `show` or `validate` printed. Call it after the exit.
    pub fn document<T: DeserializeOwned>(&self) -> Result<T, DocumentError> {
        read_document(&self.directory)
    }

    async fn wait(&mut self) {
        let pause_ends = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        let mut nap = pin!(sleep_until(pause_ends));
        tokio::select! {
            biased;
            ended = self.child.wait() => {
                if let Err(error) = ended {
                    tracing::warn!(%error, "guard_wait_failed");
                }
                self.state = State::Ending;
            }
            () = &mut nap => {}
        }
    }

    fn silent_for(&mut self) -> Option<Duration> {
        let now = Instant::now();
        if now < self.next_silence {
            return None;
        }
        self.next_silence = now + self.silence;
        Some(now - self.last_line)
    }

    /// Takes complete lines from both files; whether there were any.
    fn fetch(&mut self) -> bool {
        let out = self.stdout.as_mut().map(Tail::read_lines).unwrap_or(Ok(Vec::new()));
        let err = self.stderr.read_lines();
        let mut any = false;
        for (stream, lines) in [(Stream::Stdout, out), (Stream::Stderr, err)] {
            match lines {
                Ok(lines) => {
                    for line in lines {
                        any = true;
                        self.enqueue(stream, line);
                    }
                }
                Err(error) => tracing::warn!(%error, ?stream, "terraform_output_read_failed"),
            }
        }
        any
    }

    /// Takes the lines that end without a break; whether there were any.
    fn fetch_rest(&mut self) -> bool {
        let out = self.stdout.as_mut().and_then(Tail::finish);
        let err = self.stderr.finish();
        let mut any = false;
        for (stream, line) in [(Stream::Stdout, out), (Stream::Stderr, err)] {
            if let Some(line) = line {
                any = true;
                self.enqueue(stream, line);
            }
        }
        any
    }

    fn enqueue(&mut self, stream: Stream, line: TailLine) {
        self.pause = SHORTEST_PAUSE;
        self.last_line = Instant::now();
        self.next_silence = self.last_line + self.silence;
        let line = Line::read(stream, line);
        self.collected.take(stream, &line.text, line.parsed.as_deref());
        self.queue.push_back(line);
    }

    async fn conclude(&mut self) -> Exit {
        let report = guard::read_record::<ExitReport>(&self.directory).unwrap_or_else(|error| {
            tracing::warn!(%error, "exit_report_unreadable");
            None
        });
        let collected = std::mem::take(&mut self.collected);
        match report {
            Some(report) => {
                let mut diagnostics = collected.diagnostics;
                if self.command == Command::Validate {
                    diagnostics.extend(self.validation());
                }
                Exit::from_report(report, diagnostics, &collected.text)
            }
            None => {
                self.bury_after_lost_guard().await;
                let log = std::fs::read_to_string(self.directory.join(guard::GUARD_LOG)).unwrap_or_default();
                let mut diagnostics = collected.diagnostics;
                diagnostics
                    .push(Diagnostic::error("The guard ended without a report", log.trim().to_owned()));
                Exit::guard_lost(diagnostics)
            }
        }
    }

    /// `validate` puts its diagnostics into its document.
    fn validation(&self) -> Vec<Diagnostic> {
        #[derive(serde::Deserialize)]
        struct Validation {
            #[serde(default)]
            diagnostics: Vec<Diagnostic>,
        }
        self.document::<Validation>().map(|document| document.diagnostics).unwrap_or_default()
    }

    /// A guard that was killed takes Terraform with it, but not Terraform's providers. They can do
    /// nothing any more; still, the attempt is over only when its group is gone.
    async fn bury_after_lost_guard(&self) {
        const PATIENCE: Duration = Duration::from_secs(5);
        let Ok(Some(GuardRecord { engine: Some(engine), .. })) = guard::read_record(&self.directory) else {
            return;
        };
        let give_up = Instant::now() + PATIENCE;
        while engine.group_has_members() && Instant::now() < give_up {
            engine.kill_group();
            tokio::time::sleep(SHORTEST_PAUSE).await;
        }
    }
}

/// The document that a finished run printed on standard output.
pub(crate) fn read_document<T: DeserializeOwned>(run_directory: &Path) -> Result<T, DocumentError> {
    let path = run_directory.join(guard::STDOUT);
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(source) => return Err(DocumentError::Read { path, source }),
    };
    serde_json::from_slice(&text).map_err(|source| DocumentError::Parse { path, source })
}
