//! Environments for people.

use chrono::{DateTime, Utc};

use super::{
    Colour, Palette, age, operation_error,
    table::{Cell, Table},
};
use crate::client::{Document, Environment};

/// One line per environment.
pub fn environment_table(
    environments: &[Document<Environment>],
    now: DateTime<Utc>,
    palette: Palette,
) -> String {
    let mut table = Table::new(["NAME", "STATE", "REGION", "GENERATION", "AGE", "ID", "LABELS"]);
    for Document { value: environment, .. } in environments {
        table.row([
            Cell::new(&environment.name),
            Cell::word(&environment.state),
            Cell::new(&environment.region),
            Cell::new(generation(environment)),
            Cell::new(age(environment.created_at, now)),
            Cell::new(environment.id.to_string()),
            Cell::new(labels(environment)),
        ]);
    }
    table.text(palette)
}

/// Everything about one that a person asks for first.
pub fn environment_details(environment: &Environment, now: DateTime<Utc>, palette: Palette) -> String {
    let mut table = Table::bare();
    let mut row = |name: &str, value: Cell| table.row([Cell::painted(name, Colour::Faint), value]);
    row("name", Cell::painted(&environment.name, Colour::Strong));
    row("id", Cell::new(environment.id.to_string()));
    row("state", Cell::word(&environment.state));
    if !environment.conditions.is_empty() {
        row("conditions", Cell::painted(environment.conditions.join(", "), Colour::Busy));
    }
    row("region", Cell::new(&environment.region));
    row("generation", Cell::new(generation(environment)));
    if !environment.labels.is_empty() {
        row("labels", Cell::new(labels(environment)));
    }
    row("created", Cell::new(format!("{} ago", age(environment.created_at, now))));
    row("updated", Cell::new(format!("{} ago", age(environment.updated_at, now))));
    if let Some(operation) = &environment.operation {
        row("operation", Cell::new(format!("{} {} ({})", operation.kind, operation.state, operation.id)));
    }
    let mut text = table.text(palette);
    if let Some(error) = &environment.error {
        text.push_str("\n\n");
        text.push_str(&operation_error(error, palette).join("\n"));
    }
    text
}

/// `3`, or what stands in the cloud beside it when that is another one.
fn generation(environment: &Environment) -> String {
    match environment.applied_generation {
        Some(applied) if applied == environment.generation => applied.to_string(),
        Some(applied) => format!("{} (applied: {applied})", environment.generation),
        None => format!("{} (applied: none)", environment.generation),
    }
}

fn labels(environment: &Environment) -> String {
    let labels: Vec<String> =
        environment.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    labels.join(",")
}
