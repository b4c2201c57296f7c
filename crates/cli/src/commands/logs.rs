//! `logs`: what an operation wrote, until now or until its end.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    args::LogsArgs,
    client::{LogEvent, LogLine},
    context::{Context, OutputFormat, operation_id},
    exit::Exit,
    failure::Failure,
    output::{log_line, plain},
};

/// Prints line by line; as JSON one object per line, as YAML one document per line.
pub async fn run(context: &Context, args: &LogsArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    let id = operation_id(&client, &args.operation.operation).await?;
    let format = context.format_or(args.operation.format.format);

    if args.follow {
        let mut stream = client.follow(id);
        while let Some(event) = stream.next().await {
            if let LogEvent::Line(line) = event? {
                context.terminal.print(&line_text(&line, format));
            }
            if context.terminal.is_closed() {
                break;
            }
        }
        return Ok(Exit::Ok);
    }

    let mut after = None;
    loop {
        let (lines, next) = client.log_page(id, after.as_deref()).await?;
        for line in &lines {
            context.terminal.print(&line_text(line, format));
        }
        after = next;
        if after.is_none() || context.terminal.is_closed() {
            return Ok(Exit::Ok);
        }
    }
}

fn line_text(line: &Value, format: OutputFormat) -> String {
    match format {
        OutputFormat::Json => line.to_string(),
        OutputFormat::Yaml => format!("---\n{}", crate::output::document(format, line, String::new)),
        // A line of another form is still shown.
        OutputFormat::Table => {
            LogLine::deserialize(line).map_or_else(|_| plain(&line.to_string()), |line| log_line(&line))
        }
    }
}
