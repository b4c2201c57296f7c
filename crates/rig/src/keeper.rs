//! The owner's end of the keeper (`keeper/keeper.py` explains why there is one).
//!
//! The answers are read by an ordinary thread, not a task: a rig is shared by tests that each have a
//! runtime of their own, and must outlive every one of them.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::{oneshot, watch};

use crate::error::RigError;
use crate::find;

/// The order in which processes are stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wave {
    /// API and workers: first.
    Program = 0,
    /// What they use: last.
    Server = 1,
}

/// Everything about a process that is to be started.
#[derive(Debug, Serialize)]
pub(crate) struct Order {
    pub argv: Vec<String>,
    /// The whole environment; nothing is inherited.
    pub env: BTreeMap<String, String>,
    pub cwd: PathBuf,
    pub stdout: PathBuf,
    pub stderr: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gid: Option<u32>,
    /// The signal that stops it.
    pub stop: i32,
    /// Seconds from that signal to SIGKILL.
    pub grace: f64,
    pub wave: u8,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this code.
    Exited(i32),
    /// This signal ended it.
    Signalled(i32),
}

impl Ending {
    /// Whether it exited with code 0.
    pub fn is_success(self) -> bool {
        self == Ending::Exited(0)
    }
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ending::Exited(code) => write!(f, "exit code {code}"),
            Ending::Signalled(signal) => write!(f, "signal {signal}"),
        }
    }
}

/// A process that the keeper runs for us.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    number: u64,
    pub pid: u32,
    ending: watch::Receiver<Option<Ending>>,
    keeper: Arc<Link>,
}

/// The keeper of one rig. Dropping it is the order to stop everything.
#[derive(Debug)]
pub(crate) struct Keeper {
    link: Arc<Link>,
    directory: PathBuf,
    pid: u32,
    /// Set by the reading thread once the keeper has ended.
    gone: watch::Receiver<bool>,
}

#[derive(Debug)]
struct Link {
    pipe: Mutex<Option<ChildStdin>>,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    last: u64,
    closed: bool,
    answers: HashMap<u64, oneshot::Sender<Answer>>,
    endings: HashMap<u64, watch::Sender<Option<Ending>>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Message {
    Ended {
        process: u64,
        ended: i32,
    },
    Answer {
        id: u64,
        #[serde(flatten)]
        answer: Answer,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Pid(u32),
    Sent(bool),
    Error(String),
}

#[derive(Deserialize)]
struct Hello {
    directory: PathBuf,
}

impl Keeper {
    /// Starts a keeper, which makes the rig's directory.
    pub fn start() -> Result<Keeper, RigError> {
        let python = find::python()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("keeper/keeper.py");
        let mut child = Command::new(&python)
            .args(["-I", "-S"])
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|source| RigError::Run { program: python.display().to_string(), source })?;
        let (Some(pipe), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(RigError::KeeperGone);
        };
        let mut answers = BufReader::new(answers);
        let mut first = String::new();
        answers.read_line(&mut first).map_err(|_| RigError::KeeperGone)?;
        let hello: Hello = serde_json::from_str(&first).map_err(|_| RigError::KeeperGone)?;
        let link = Arc::new(Link { pipe: Mutex::new(Some(pipe)), waiting: Mutex::default() });
        let pid = child.id();
        let (is_gone, gone) = watch::channel(false);
        let listener = Arc::clone(&link);
        std::thread::spawn(move || {
            listener.listen(answers, child);
            is_gone.send_replace(true);
        });
        Ok(Keeper { link, directory: hello.directory, pid, gone })
    }

    /// The rig's directory; removed by the keeper at the end.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// What starts processes; keeps neither the keeper nor the rig alive.
    pub fn spawner(&self) -> Spawner {
        Spawner(Arc::clone(&self.link))
    }

    /// Returns when the keeper is gone.
    pub async fn gone(&self) {
        // An error means that the thread is gone, and it goes last.
        let _ = self.gone.clone().wait_for(|gone| *gone).await;
    }

    /// Stops everything and returns when it is gone.
    pub async fn stop(self) {
        self.link.close();
        self.gone().await;
    }
}

/// Starts processes for as long as the keeper lives.
#[derive(Debug, Clone)]
pub(crate) struct Spawner(Arc<Link>);

impl Spawner {
    /// Starts a process and returns once it runs.
    pub async fn start(&self, order: Order) -> Result<Kept, RigError> {
        let program = order.argv.first().cloned().unwrap_or_default();
        let (ended, ending) = watch::channel(None);
        let body = serde_json::to_value(&order).map_err(|_| RigError::KeeperGone)?;
        let (number, answer) = self.0.ask("start", body, Some(ended)).await?;
        match answer {
            Answer::Pid(pid) => Ok(Kept { number, pid, ending, keeper: Arc::clone(&self.0) }),
            Answer::Error(reason) => Err(RigError::Keeper { action: format!("start {program}"), reason }),
            Answer::Sent(_) => Err(RigError::KeeperGone),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.link.close();
    }
}

impl Kept {
    /// Sends a signal; false if the process had ended before.
    pub async fn signal(&self, signal: rustix::process::Signal) -> Result<bool, RigError> {
        let body = serde_json::json!({ "process": self.number, "signal": signal.as_raw() });
        match self.keeper.ask("signal", body, None).await?.1 {
            Answer::Sent(sent) => Ok(sent),
            Answer::Error(reason) => {
                Err(RigError::Keeper { action: format!("signal process {}", self.pid), reason })
            }
            Answer::Pid(_) => Err(RigError::KeeperGone),
        }
    }

    /// Sends SIGKILL without waiting for the keeper to say that it did.
    pub fn kill_soon(&self) {
        let signal = rustix::process::Signal::KILL.as_raw();
        let body = serde_json::json!({ "process": self.number, "signal": signal });
        // Without a keeper there is nothing left to kill.
        let _ = self.keeper.send("signal", body, None);
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        *self.ending.borrow()
    }

    /// Waits for its end, without a deadline.
    pub async fn wait(&self) -> Result<Ending, RigError> {
        let mut ending = self.ending.clone();
        let ended = ending.wait_for(Option::is_some).await.map_err(|_| RigError::KeeperGone)?;
        (*ended).ok_or(RigError::KeeperGone)
    }
}

impl Link {
    async fn ask(
        &self,
        verb: &str,
        body: serde_json::Value,
        ended: Option<watch::Sender<Option<Ending>>>,
    ) -> Result<(u64, Answer), RigError> {
        let (number, answered) = self.send(verb, body, ended)?;
        Ok((number, answered.await.map_err(|_| RigError::KeeperGone)?))
    }

    fn send(
        &self,
        verb: &str,
        mut body: serde_json::Value,
        ended: Option<watch::Sender<Option<Ending>>>,
    ) -> Result<(u64, oneshot::Receiver<Answer>), RigError> {
        let (answer, answered) = oneshot::channel();
        let number = {
            let mut waiting = lock(&self.waiting);
            if waiting.closed {
                return Err(RigError::KeeperGone);
            }
            waiting.last += 1;
            let number = waiting.last;
            waiting.answers.insert(number, answer);
            waiting.endings.extend(ended.map(|ended| (number, ended)));
            number
        };
        body["id"] = number.into();
        body["do"] = verb.into();
        let mut line = body.to_string();
        line.push('\n');
        let mut pipe = lock(&self.pipe);
        let pipe = pipe.as_mut().ok_or(RigError::KeeperGone)?;
        pipe.write_all(line.as_bytes()).map_err(|_| RigError::KeeperGone)?;
        Ok((number, answered))
    }

    fn close(&self) {
        lock(&self.pipe).take();
    }

    /// Hands out answers until the keeper is gone.
    fn listen(&self, answers: BufReader<ChildStdout>, mut child: Child) {
        for line in answers.lines().map_while(Result::ok) {
            let Ok(message) = serde_json::from_str(&line) else { continue };
            let mut waiting = lock(&self.waiting);
            match message {
                Message::Answer { id, answer } => {
                    if let Some(asker) = waiting.answers.remove(&id) {
                        // The asker may have stopped waiting.
                        let _ = asker.send(answer);
                    }
                }
                Message::Ended { process, ended } => {
                    if let Some(watcher) = waiting.endings.remove(&process) {
                        watcher.send_replace(Some(match ended {
                            code @ 0.. => Ending::Exited(code),
                            signal => Ending::Signalled(-signal),
                        }));
                    }
                }
            }
        }
        {
            let mut waiting = lock(&self.waiting);
            waiting.closed = true;
            waiting.answers.clear();
            waiting.endings.clear();
        }
        let _ = child.wait();
    }
}

/// The data stays usable when a holder panicked: every change under these locks is one insert or remove.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
