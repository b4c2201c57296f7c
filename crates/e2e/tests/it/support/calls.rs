//! Calls of the API, and waiting for what they set off.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

use super::World;

/// Longer than anything without a database takes, even on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(240);

/// The ids in the answer to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub environment: String,
    pub operation: String,
}

/// A step of an operation: name, attempt, state.
pub type Step = (String, u64, String);

impl World {
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/api/v1{path}", self.api.url())).bearer_auth(&self.key)
    }

    /// GET of something that is there.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let (status, body) = send(self.call(Method::GET, path)).await?;
        ensure!(status == StatusCode::OK, "GET {path}: {status} {body}");
        Ok(body)
    }

    pub async fn create(&self, file: &str) -> Result<Accepted> {
        accepted(with_file(self.call(Method::POST, "/environments"), file)).await
    }

    pub async fn update(&self, environment: &str, file: &str) -> Result<Accepted> {
        accepted(with_file(self.call(Method::PUT, &format!("/environments/{environment}")), file)).await
    }

    pub async fn destroy(&self, environment: &str) -> Result<Accepted> {
        accepted(self.call(Method::DELETE, &format!("/environments/{environment}"))).await
    }

    /// `approve`, `discard`, `cancel` or `retry`.
    pub async fn decide(&self, operation: &str, decision: &str) -> Result<Accepted> {
        accepted(self.call(Method::POST, &format!("/operations/{operation}/{decision}"))).await
    }

    pub async fn environment(&self, id: &str) -> Result<Value> {
        self.get(&format!("/environments/{id}")).await
    }

    pub async fn operation(&self, id: &str) -> Result<Value> {
        self.get(&format!("/operations/{id}")).await
    }

    pub async fn steps(&self, operation: &str) -> Result<Vec<Step>> {
        let answer = self.get(&format!("/operations/{operation}/steps")).await?;
        let steps = answer["items"].as_array().context("a list of steps")?;
        Ok(steps
            .iter()
            .map(|step| {
                (text(step, "name"), step["attempt"].as_u64().unwrap_or_default(), text(step, "state"))
            })
            .collect())
    }

    /// All lines of an operation's log, page after page.
    pub async fn log(&self, operation: &str) -> Result<Vec<Value>> {
        let (mut lines, mut path) = (Vec::new(), format!("/operations/{operation}/logs?limit=1000"));
        loop {
            let page = self.get(&path).await?;
            let items = page["items"].as_array().context("a page of lines")?;
            if items.is_empty() {
                return Ok(lines);
            }
            lines.extend(items.iter().cloned());
            let after = text(&page, "next_cursor");
            path = format!("/operations/{operation}/logs?limit=1000&after={after}");
        }
    }

    /// Waits until the operation is in this state. Fails at once, and says why, if it has ended in another.
    pub async fn reaches(&self, operation: &str, state: &str, limit: Duration) -> Result<Value> {
        let row = eventually(&format!("{operation} is {state}"), limit, async || {
            let row = self.operation(operation).await?;
            Ok((row["state"] == state || is_over(&row)).then_some(row))
        })
        .await?;
        if row["state"] != state {
            let log = self.log(operation).await?;
            let tail: Vec<_> = log.iter().rev().take(15).rev().map(|line| text(line, "text")).collect();
            bail!(
                "{} is {} and not {state}: {}\n{}",
                row["kind"],
                row["state"],
                row["error"],
                tail.join("\n")
            );
        }
        Ok(row)
    }

    /// Waits until the operation has succeeded.
    pub async fn succeeds(&self, operation: &str) -> Result<Value> {
        self.reaches(operation, "succeeded", PATIENCE).await
    }

    /// Waits until AWS is asked for this.
    pub async fn is_called(&self, service: &str, action: &str) -> Result<()> {
        eventually(&format!("{service} {action} is called"), PATIENCE, async || {
            Ok((self.calls(service, action).await? > 0).then_some(()))
        })
        .await
    }
}

/// Asks until there is an answer; an error, or no answer within `limit`, ends it.
pub async fn eventually<T>(
    condition: &str,
    limit: Duration,
    ask: impl AsyncFn() -> Result<Option<T>>,
) -> Result<T> {
    terrane_rig::until(condition, limit, async || ask().await.transpose()).await?
}

fn is_over(operation: &Value) -> bool {
    ["succeeded", "failed", "cancelled"].iter().any(|state| operation["state"] == *state)
}

/// A member as text; empty if it is none.
pub fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

pub async fn send(request: RequestBuilder) -> Result<(StatusCode, Value)> {
    let response = request.send().await?;
    let status = response.status();
    Ok((status, response.json().await.with_context(|| format!("the body of a {status}"))?))
}

fn with_file(request: RequestBuilder, file: &str) -> RequestBuilder {
    request.header("Content-Type", "application/yaml").body(file.to_owned())
}

async fn accepted(request: RequestBuilder) -> Result<Accepted> {
    let (status, body) = send(request).await?;
    ensure!(status == StatusCode::ACCEPTED, "{status} {body}");
    Ok(Accepted { environment: text(&body["environment"], "id"), operation: text(&body["operation"], "id") })
}
