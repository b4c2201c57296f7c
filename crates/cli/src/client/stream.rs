//! The log of an operation as it is written.
//!
//! WHY a task of its own: connecting again takes its time, and whoever follows has a clock to redraw and a Ctrl-C to
//! listen to meanwhile; receiving from a channel can be given up at any moment without losing an event. A broken
//! connection is the normal case (proxies, sleeping laptops, servers that are replaced): the stream goes on behind the
//! last event that was whole. It ends by itself only when the server says so, or refuses for good.

use std::sync::Arc;

use reqwest::{
    Response,
    header::{ACCEPT, HeaderValue},
};
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    Call, Client, ClientError, Progress, chance,
    retry::{self, Outcome},
    sse::{Decoder, Event},
};

/// Without an event or a connection for so many tries in a row the stream is given up. With the longest wait between
/// them that is a few minutes: longer than the replacement of a server takes.
const MAX_TRIES_IN_A_ROW: u32 = 30;

/// Something that happened to an operation.
#[derive(Debug)]
pub enum LogEvent {
    /// A line was written; as it came.
    Line(Value),
    /// The plan is known, or more of it is carried out.
    Progress(Progress),
    /// The operation or one of its steps is in another state: ask for it.
    Changed,
}

/// Follows one operation; stops when dropped.
pub struct LogStream {
    events: mpsc::Receiver<Result<LogEvent, ClientError>>,
    task: JoinHandle<()>,
}

impl Drop for LogStream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl LogStream {
    pub(super) fn start(client: Arc<Client>, mut call: Call) -> Self {
        call.headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        let (sender, events) = mpsc::channel(256);
        let task = tokio::spawn(async move {
            let mut reader = Reader { client, call, sender, tries: 0 };
            if let Err(error) = reader.run().await {
                // Nobody listens any more: nothing to tell.
                let _ = reader.sender.send(Err(error)).await;
            }
        });
        Self { events, task }
    }

    /// The next event; `None` when the operation is over. Can be dropped and called again without losing one.
    pub async fn next(&mut self) -> Option<Result<LogEvent, ClientError>> {
        self.events.recv().await
    }
}

struct Reader {
    client: Arc<Client>,
    call: Call,
    sender: mpsc::Sender<Result<LogEvent, ClientError>>,
    tries: u32,
}

enum Ended {
    /// The operation is over, or nobody listens any more.
    ForGood,
    /// To be resumed.
    Broken(ClientError),
}

impl Reader {
    async fn run(&mut self) -> Result<(), ClientError> {
        loop {
            self.tries += 1;
            let (error, delay) = match self.connect().await {
                Ok(response) => match self.read(response).await? {
                    Ended::ForGood => return Ok(()),
                    Ended::Broken(error) => (error, retry::backoff(self.tries, chance())),
                },
                Err((error, Outcome::NoAnswer)) => (error, retry::backoff(self.tries, chance())),
                Err((error, outcome)) => match retry::delay(outcome, 1, chance()) {
                    Some(asked) => (error, asked.max(retry::backoff(self.tries, chance()))),
                    None => return Err(error),
                },
            };
            if self.tries >= MAX_TRIES_IN_A_ROW {
                return Err(error);
            }
            tokio::time::sleep(delay).await;
        }
    }

    async fn connect(&self) -> Result<Response, (ClientError, Outcome)> {
        let response = self
            .client
            .request(&self.call)
            .send()
            .await
            .map_err(|cause| (self.client.unreachable(cause), Outcome::NoAnswer))?;
        if response.status().is_success() { Ok(response) } else { Err(self.client.refused(response).await) }
    }

    async fn read(&mut self, mut response: Response) -> Result<Ended, ClientError> {
        let mut decoder = Decoder::default();
        loop {
            let bytes = match response.chunk().await {
                Ok(Some(bytes)) => bytes,
                // The server closed without `end`: it is being replaced, or a proxy lost patience.
                Ok(None) => return Ok(Ended::Broken(self.closed())),
                Err(cause) => return Ok(Ended::Broken(self.client.unreachable(cause))),
            };
            for event in decoder.push(&bytes)? {
                self.tries = 0;
                if let Some(id) = event.id.as_deref().and_then(|id| HeaderValue::try_from(id).ok()) {
                    self.call.headers.insert("last-event-id", id);
                }
                if event.event == "end" {
                    return Ok(Ended::ForGood);
                }
                if let Some(event) = self.understand(event)?
                    && self.sender.send(Ok(event)).await.is_err()
                {
                    return Ok(Ended::ForGood);
                }
            }
        }
    }

    fn understand(&self, event: Event) -> Result<Option<LogEvent>, ClientError> {
        let parse = |cause| ClientError::Answer { server: self.client.server(), cause };
        Ok(match event.event.as_str() {
            "line" => Some(LogEvent::Line(serde_json::from_str(&event.data).map_err(parse)?)),
            "progress" => Some(LogEvent::Progress(serde_json::from_str(&event.data).map_err(parse)?)),
            "state" | "step" => Some(LogEvent::Changed),
            // Of a newer server.
            _ => None,
        })
    }

    fn closed(&self) -> ClientError {
        ClientError::Closed { server: self.client.server() }
    }
}
