//! Operations for people.

use chrono::{DateTime, Utc};

use super::{
    Colour, Palette, age, duration, plain,
    table::{Cell, Table},
};
use crate::client::{Document, Operation, OperationError};

/// One line per operation.
pub fn operation_table(operations: &[Document<Operation>], now: DateTime<Utc>, palette: Palette) -> String {
    let mut table = Table::new(["ID", "KIND", "STATE", "GENERATION", "DONE", "AGE", "TOOK", "ERROR"]);
    for Document { value: operation, .. } in operations {
        let done = match operation.progress.planned {
            Some(planned) => format!("{}/{planned}", operation.progress.done),
            None => String::new(),
        };
        let took = operation.started_at.map(|from| duration(operation.finished_at.unwrap_or(now) - from));
        table.row([
            Cell::new(operation.id.to_string()),
            Cell::new(operation.kind.to_string()),
            Cell::word(&operation.state),
            Cell::new(operation.generation.to_string()),
            Cell::new(done),
            Cell::new(age(operation.created_at, now)),
            Cell::new(took.unwrap_or_default()),
            Cell::new(operation.error.as_ref().map_or("", |error| error.message.as_str())),
        ]);
    }
    table.text(palette)
}

/// Why it ended badly and what to do about it.
pub fn operation_error(error: &OperationError, palette: Palette) -> Vec<String> {
    let mut lines = vec![format!("{} {}", palette.paint(Colour::Bad, "error:"), plain(&error.message))];
    if let Some(hint) = &error.hint {
        lines.push(format!("  {}", plain(hint)));
    }
    lines
}
