//! Log lines.

use chrono::{DateTime, Utc};
use serde::Serialize;
use terrane_domain::StepName;
use terrane_store::{LogLevel, LogLine, LogPage, LogStream};
use utoipa::ToSchema;

use crate::openapi::words;

/// One line of an operation's log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogLineView {
    /// Its place; send it as `after` or `Last-Event-ID` to go on behind it.
    pub cursor: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The step that wrote it.
    #[schema(schema_with = words::step_name)]
    pub step: StepName,
    /// The attempt that wrote it.
    pub attempt: u32,
    /// `stdout` and `stderr` of Terraform, or `engine` for Terrane's own words.
    #[schema(schema_with = words::log_stream)]
    pub stream: LogStream,
    /// How loud it is.
    #[schema(schema_with = words::log_level)]
    pub level: LogLevel,
    /// The line, secrets scrubbed.
    pub text: String,
    /// The resource that it is about.
    #[schema(required = true)]
    pub resource: Option<String>,
}

/// One page of a log, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogPageView {
    /// The page.
    pub items: Vec<LogLineView>,
    /// Send it as `after` for what comes next, now or later; `null` while there is no line at all.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// Whether nothing will come behind this page.
    pub complete: bool,
    /// What a reader should know about the log as a whole, such as that its lines were kept for long enough and are gone.
    #[schema(required = true)]
    pub note: Option<String>,
}

const REMOVED: &str =
    "the lines of this operation were removed: they had been kept for as long as logs are kept";

impl From<LogLine> for LogLineView {
    fn from(line: LogLine) -> Self {
        Self {
            cursor: line.cursor.to_string(),
            at: line.at,
            step: line.step,
            attempt: line.attempt,
            stream: line.stream,
            level: line.level,
            text: line.text,
            resource: line.resource,
        }
    }
}

impl From<LogPage> for LogPageView {
    fn from(page: LogPage) -> Self {
        Self {
            items: page.lines.into_iter().map(LogLineView::from).collect(),
            next_cursor: page.next.map(|cursor| cursor.to_string()),
            complete: page.complete,
            note: page.removed.then(|| REMOVED.to_owned()),
        }
    }
}
