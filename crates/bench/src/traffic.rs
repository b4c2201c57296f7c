//! How much the API answers, asked over kept connections by a simple loader in this very process: it takes its share of
//! the same cores, so the API alone does better.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use reqwest::{Client, RequestBuilder, StatusCode};
use terrane_rig::{Rig, new_api_key};
use tokio::task::JoinSet;

use crate::{
    statistics::{Sample, ms},
    table::Table,
};

const CONNECTIONS: usize = 16;
const GETS: usize = 10_000;
const POSTS: usize = 2_000;
const WARM_UP: usize = 200;

pub(crate) async fn add(table: &mut Table, rig: &Rig, api: &Path) -> anyhow::Result<()> {
    let (key, keys) = new_api_key()?;
    let mut env = rig.program_env().await?;
    env.insert("API_KEYS_JSON".to_owned(), keys);
    let api = rig.start_api(api, env).await?;
    let client = client()?;
    let url = format!("{}/api/v1/environments", api.url());
    let create = {
        let (client, key, url) = (client.clone(), key.clone(), url.clone());
        move |number: usize| {
            let body =
                serde_json::json!({"name": format!("load-{number}"), "cloud": {"region": "eu-central-1"}});
            client.post(&url).bearer_auth(&key).json(&body)
        }
    };
    let first = create(0).send().await?;
    let location = first.headers().get("location").context("no location")?.to_str()?.to_owned();
    let read = {
        let url = format!("{}{location}", api.url());
        move |_| client.get(&url).bearer_auth(&key)
    };
    drive(WARM_UP, StatusCode::OK, 0, read.clone()).await?;
    let gets = drive(GETS, StatusCode::OK, 0, read).await?;
    drive(WARM_UP, StatusCode::ACCEPTED, 1, create.clone()).await?;
    let posts = drive(POSTS, StatusCode::ACCEPTED, 1 + WARM_UP, create).await?;
    for (what, driven) in [("GET an environment", gets), ("POST an environment", posts)] {
        let what = format!("{what}, {CONNECTIONS} connections, {}", driven.latencies.len());
        let latency = |percent| ms(driven.latencies.percentile(percent));
        let figure = format!("{:.0}/s, p50 {}, p99 {}", driven.per_second, latency(50), latency(99));
        table.row(what, figure, "");
    }
    Ok(())
}

struct Driven {
    per_second: f64,
    latencies: Sample,
}

/// Sends `count` requests, numbered from `first`, on all connections at once.
async fn drive(
    count: usize,
    expected: StatusCode,
    first: usize,
    request: impl Fn(usize) -> RequestBuilder + Clone + Send + Sync + 'static,
) -> anyhow::Result<Driven> {
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (next, request) = (next.clone(), request.clone());
        connections.spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(latencies);
                }
                let sent = Instant::now();
                let answer = request(first + number).send().await?;
                let status = answer.status();
                let body = answer.bytes().await?;
                ensure!(status == expected, "{status}: {}", String::from_utf8_lossy(&body));
                latencies.push(sent.elapsed());
            }
        });
    }
    let mut latencies = Vec::with_capacity(count);
    while let Some(connection) = connections.join_next().await {
        latencies.extend(connection??);
    }
    let per_second = count as f64 / begun.elapsed().as_secs_f64();
    Ok(Driven { per_second, latencies: Sample::of(latencies) })
}

/// A client for loopback only.
pub(crate) fn client() -> reqwest::Result<Client> {
    Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()
}
