//! Why a command came to nothing, for people.

use std::error::Error;

use super::{Colour, Palette, plain};
use crate::{
    client::Problem,
    failure::{Failure, FileName},
};

/// What goes to stderr.
pub fn failure_lines(failure: &Failure, palette: Palette) -> Vec<String> {
    let error = palette.paint(Colour::Bad, "error:");
    match failure {
        Failure::InvalidFile { file, problems } => vec![format!("{file}: {problems}")],
        Failure::Client { error: client, file } => match client.problem() {
            Some(problem) => problem_lines(problem, file.as_ref(), &error),
            None => vec![format!("{error} {}", chain(client))],
        },
        other => vec![format!("{error} {}", chain(other))],
    }
}

/// The server's words: of a wrong file in the form in which `validate` says it.
fn problem_lines(problem: &Problem, file: Option<&FileName>, error: &str) -> Vec<String> {
    let mut lines = match file {
        Some(file) if !problem.errors.is_empty() => {
            let plural = if problem.errors.len() == 1 { "" } else { "s" };
            vec![format!("{file}: {} problem{plural}", problem.errors.len())]
        }
        _ => vec![format!("{error} {}", plain(&problem.title)), format!("  {}", plain(&problem.detail))],
    };
    let texts: Vec<String> = problem
        .errors
        .iter()
        .map(|error| {
            if error.path.is_empty() {
                plain(&error.detail)
            } else {
                plain(&format!("{}: {}", error.path, error.detail))
            }
        })
        .collect();
    let width = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).min(120);
    for (error, text) in problem.errors.iter().zip(texts) {
        lines.push(match error.line {
            Some(line) => format!("  {text:<width$}   (line {line})"),
            None => format!("  {text}"),
        });
    }
    if let Some(request_id) = &problem.request_id {
        lines.push(format!("  request id: {}", plain(request_id)));
    }
    lines
}

/// An error and its causes, each of which says only its own part.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
