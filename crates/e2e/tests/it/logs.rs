//! What a run said.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use reqwest::{Method, Response};

use crate::support::{World, text};

#[tokio::test]
async fn a_log_has_lines_of_every_step_and_a_stream_that_broke_off_misses_none_of_them() -> Result<()> {
    let Some(world) = World::start("logs", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    let created = world.create(&world.file("talkative", "registries: { api: {} }\n")).await?;
    let path = format!("/operations/{}/logs", created.operation);

    // Opened before anything has happened, and left in the middle.
    let mut first = Stream::open(&world, &path, None).await?;
    let mut cursors = Vec::new();
    while cursors.len() < 5 {
        let event = first.next().await?.context("the stream ended early")?;
        cursors.extend(event.id);
    }
    drop(first);
    let mut second = Stream::open(&world, &path, cursors.last()).await?;
    let mut names = BTreeSet::new();
    while let Some(event) = second.next().await? {
        cursors.extend(event.id);
        names.insert(event.name);
    }
    let expected = ["end", "line", "progress", "state"].map(str::to_owned);
    ensure!(names.iter().eq(&expected), "{names:?}");

    let log = world.log(&created.operation).await?;
    let stored: Vec<_> = log.iter().map(|line| text(line, "cursor")).collect();
    ensure!(cursors == stored, "streamed {cursors:?}, stored {stored:?}");
    let steps: BTreeSet<_> = log.iter().map(|line| text(line, "step")).collect();
    let expected = ["apply", "init", "outputs", "plan", "prepare", "render"].map(str::to_owned);
    ensure!(steps.iter().eq(&expected), "{steps:?}");
    ensure!(world.operation(&created.operation).await?["state"] == "succeeded");
    Ok(())
}

/// Server-sent events, one after the other.
struct Stream {
    response: Response,
    unread: String,
}

struct Event {
    name: String,
    id: Option<String>,
}

impl Stream {
    async fn open(world: &World, path: &str, after: Option<&String>) -> Result<Self> {
        let call = world.call(Method::GET, path).header("Accept", "text/event-stream");
        let call = after.into_iter().fold(call, |call, cursor| call.header("Last-Event-ID", cursor));
        Ok(Self { response: call.send().await?.error_for_status()?, unread: String::new() })
    }

    /// The next event; `None` once the server has said that this was all.
    async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            while let Some((block, rest)) = self.unread.split_once("\n\n") {
                let field =
                    |name: &str| block.lines().find_map(|line| Some(line.strip_prefix(name)?.to_owned()));
                let (event, id) = (field("event: "), field("id: "));
                self.unread = rest.to_owned();
                if let Some(name) = event {
                    return Ok(Some(Event { name, id }));
                }
            }
            match self.response.chunk().await? {
                Some(chunk) => self.unread.push_str(std::str::from_utf8(&chunk)?),
                None => return Ok(None),
            }
        }
    }
}
