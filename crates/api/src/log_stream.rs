//! An operation's log as server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
//!
//! WHY polling: a stream asks the store at intervals of 100 ms while something happens and of up to 500 ms while
//! nothing does. Notifications would need a connection per process and a place where they are missed; a poll is one
//! indexed read, costs nothing when nobody looks, and finds everything after a restart of Postgres, during which a
//! stream just stays silent. The number of streams is limited, so the number of polls is.
//!
//! Order within a stream: each poll reads the operation **before** its lines, so an operation that was over when it was
//! read has all its lines in the log already, and `end` is really the last event.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::web;
use bytes::Bytes;
use futures::{Stream, stream};
use serde::Serialize;
use terrane_domain::OperationId;
use terrane_telemetry::HttpMetrics;
use tokio_util::sync::CancellationToken;

use crate::{
    app::Service,
    error::{Error, Refusal},
    http::{Caller, chain},
    views::{LogPageView, OperationView, ProgressView},
};

const BUSY: Duration = Duration::from_millis(100);
const IDLE: Duration = Duration::from_millis(500);
const HEARTBEAT: Duration = Duration::from_secs(15);
const LINES_AT_ONCE: u32 = 500;

/// The streams of this process.
#[derive(Clone)]
pub struct LogStreams {
    limit: usize,
    open: Arc<AtomicUsize>,
    metrics: HttpMetrics,
    stopping: CancellationToken,
}

/// A place among the streams, given back when the stream is dropped.
struct Place(LogStreams);

impl LogStreams {
    /// No stream yet; all end when `stopping` is cancelled.
    pub fn new(limit: usize, metrics: HttpMetrics, stopping: CancellationToken) -> Self {
        Self { limit, open: Arc::default(), metrics, stopping }
    }

    /// Begins to follow an operation behind the cursor `after`.
    pub async fn open(
        &self,
        app: web::Data<Service>,
        caller: Caller,
        id: &str,
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Bytes, Infallible>> + use<>, Error> {
        let place = self.place()?;
        // The first look is part of the call: a wrong id or cursor is a problem, not an empty stream.
        let operation = app.get_operation(caller.clone(), id).await?;
        let page = app.read_log(caller.clone(), id, after.clone(), LINES_AT_ONCE).await?;
        let mut follower = Follower::new(app, caller, operation.id, after, place);
        let beginning = follower.events(operation, page);
        follower.pending = Some(format!("retry: 1000\n\n{beginning}"));
        Ok(stream::unfold(follower, Follower::next))
    }

    fn place(&self) -> Result<Place, Error> {
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        // Made first, so that a refusal gives the place back as well.
        let place = Place(self.clone());
        self.metrics.open_streams.inc();
        if before < self.limit { Ok(place) } else { Err(Refusal::TooManyStreams(self.limit).into()) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
        self.0.metrics.open_streams.dec();
    }
}

struct Follower {
    app: web::Data<Service>,
    caller: Caller,
    id: OperationId,
    after: Option<String>,
    place: Place,
    shown: Option<(String, ProgressView)>,
    pending: Option<String>,
    interval: Duration,
    spoke: Instant,
    ended: bool,
}

impl Follower {
    fn new(
        app: web::Data<Service>,
        caller: Caller,
        id: OperationId,
        after: Option<String>,
        place: Place,
    ) -> Self {
        Self {
            app,
            caller,
            id,
            after,
            place,
            shown: None,
            pending: None,
            interval: BUSY,
            spoke: Instant::now(),
            ended: false,
        }
    }

    /// The next piece of the stream, and what goes on behind it.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if let Some(text) = self.pending.take() {
            return Some((Ok(text.into()), self));
        }
        if self.ended {
            return None;
        }
        loop {
            let stopping = self.place.0.stopping.clone();
            tokio::select! {
                // The client connects again, to another process, and goes on where it was.
                () = stopping.cancelled() => return None,
                () = tokio::time::sleep(self.interval) => {}
            }
            let text = match self.look().await {
                Ok(text) => text,
                Err(Error::Unavailable(_)) => {
                    self.interval = IDLE;
                    String::new()
                }
                Err(error) => {
                    tracing::error!(event = "log_stream.failed", operation = %self.id, error = chain(&error), "a log stream broke off");
                    return None;
                }
            };
            if !text.is_empty() {
                self.interval = BUSY;
                self.spoke = Instant::now();
                return Some((Ok(text.into()), self));
            }
            self.interval = (self.interval * 3 / 2).min(IDLE);
            if self.spoke.elapsed() >= HEARTBEAT {
                self.spoke = Instant::now();
                // Keeps proxies from closing the connection, and shows us when the client has gone.
                return Some((Ok(Bytes::from_static(b": still here\n\n")), self));
            }
        }
    }

    async fn look(&mut self) -> Result<String, Error> {
        let id = self.id.to_string();
        let operation = self.app.get_operation(self.caller.clone(), &id).await?;
        let page = self.app.read_log(self.caller.clone(), &id, self.after.clone(), LINES_AT_ONCE).await?;
        Ok(self.events(operation, page))
    }

    /// What is new since the last look, as events.
    fn events(&mut self, operation: OperationView, page: LogPageView) -> String {
        let mut text = String::new();
        let state = operation.state.to_string();
        let (same_state, same_progress) = match &self.shown {
            Some((shown, progress)) => (*shown == state, *progress == operation.progress),
            None => (false, false),
        };
        if !same_state {
            event(&mut text, "state", None, &operation);
        }
        for line in &page.items {
            event(&mut text, "line", Some(&line.cursor), line);
        }
        if !same_progress {
            event(&mut text, "progress", None, &operation.progress);
        }
        self.shown = Some((state, operation.progress));
        if let Some(last) = page.items.last() {
            self.after = Some(last.cursor.clone());
        }
        if let Some(note) = &page.note {
            event(&mut text, "note", None, note);
        }
        if operation.state.is_over() && page.complete {
            event(&mut text, "end", None, &operation);
            self.ended = true;
        }
        text
    }
}

fn event(text: &mut String, name: &str, id: Option<&str>, data: &impl Serialize) {
    // JSON holds no line break, which is what would end the field.
    let data = serde_json::to_string(data).unwrap_or_else(|_| "null".to_owned());
    if let Some(id) = id {
        text.push_str(&format!("id: {id}\n"));
    }
    text.push_str(&format!("event: {name}\ndata: {data}\n\n"));
}
