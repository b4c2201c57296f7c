//! The view as lines that are redrawn in place. Pure: state in, lines out.

use chrono::{DateTime, Utc};
use terrane_domain::{OperationState, StepName, StepState};

use super::view::View;
use crate::{
    client::{Step, Word},
    output::{Colour, Palette, duration, plain},
};

/// Resources shown at most; Terraform works on ten at once.
const MAX_RESOURCES: usize = 6;
/// Below this nothing can be shown; a terminal that says 0 doesn't know.
const MIN_WIDTH: usize = 20;

/// One line: what is cut when there is not room for all of it, what is not, and its colour.
struct Line {
    text: String,
    tail: String,
    colour: Option<Colour>,
}

/// What is drawn for a terminal of this width.
pub fn lines(view: &View, now: DateTime<Utc>, width: usize, palette: Palette) -> Vec<String> {
    let mut lines = vec![Line {
        text: format!("{}   {} {}", view.name, view.operation.kind, status(view, now)),
        tail: format!("   {}", duration(view.elapsed(now))),
        colour: Some(Colour::Strong),
    }];
    lines.extend(view.current_steps().map(|step| step_line(view, step, now)));
    for current in view.current.iter().take(MAX_RESOURCES) {
        lines.push(Line {
            text: format!("      {} {}", current.verb, current.address),
            tail: format!("   {}", duration(now - current.since)),
            colour: None,
        });
    }
    let more = view.current.len().saturating_sub(MAX_RESOURCES);
    if more > 0 {
        lines.push(Line {
            text: format!("      and {more} more"),
            tail: String::new(),
            colour: Some(Colour::Faint),
        });
    }
    lines.into_iter().map(|line| fit(line, width, palette)).collect()
}

fn status(view: &View, now: DateTime<Utc>) -> String {
    let operation = &view.operation;
    if operation.cancel_requested_at.is_some() && !operation.is_over() {
        return "cancelling".to_owned();
    }
    let mut status = operation.state.to_string().replace('_', " ");
    if let (true, Some(due)) = (operation.state == OperationState::Retrying, operation.next_attempt_at) {
        status.push_str(&format!(" in {}", duration(due - now)));
    }
    if operation.attempt > 1 {
        status.push_str(&format!(" (attempt {})", operation.attempt));
    }
    status
}

fn step_line(view: &View, step: &Step, now: DateTime<Utc>) -> Line {
    let (mark, colour) = match &step.state {
        Word::Known(StepState::Succeeded) => ('✓', Some(Colour::Good)),
        Word::Known(StepState::Failed) => ('✗', Some(Colour::Bad)),
        Word::Known(StepState::Interrupted) => ('-', Some(Colour::Busy)),
        Word::Known(StepState::Running) | Word::New(_) => ('▸', None),
    };
    let took = duration(step.finished_at.unwrap_or(now) - step.started_at);
    let tail = match view.progress.planned {
        Some(planned) if step.name == StepName::Apply => format!("   {} of {planned}", view.progress.done),
        _ => String::new(),
    };
    Line { text: format!("  {mark} {:<9} {took:>6}", step.name), tail, colour }
}

/// Cuts a line that would wrap: a wrapped one can't be redrawn.
fn fit(line: Line, width: usize, palette: Palette) -> String {
    let mut text = plain(&line.text);
    let room = width.max(MIN_WIDTH).saturating_sub(line.tail.chars().count() + 1);
    if text.chars().count() > room {
        text = text.chars().take(room.saturating_sub(1)).collect();
        text.push('…');
    }
    text.push_str(&line.tail);
    match line.colour {
        Some(colour) => palette.paint(colour, &text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::view::testing::{applying, at, operation, step},
        *,
    };

    fn drawn(view: &View, second: i64, width: usize) -> String {
        lines(view, at(second), width, Palette::new(false)).join("\n")
    }

    #[test]
    fn an_apply_shows_its_steps_its_progress_and_what_is_worked_on() {
        insta::assert_snapshot!(drawn(&applying(), 90, 80), @r#"
        acme-prod   create running   1m30s
          ✓ prepare       1s
          ✓ plan         11s
          ▸ apply      1m18s   17 of 42
              creating aws_subnet.private["eu-west-1a"]   1m10s
              creating aws_subnet.private["eu-west-1b"]   1m00s
              creating aws_subnet.private["eu-west-1c"]   50s
              creating aws_subnet.private["eu-west-1d"]   40s
              creating aws_subnet.private["eu-west-1e"]   30s
              creating aws_subnet.private["eu-west-1f"]   20s
              and 1 more
        "#);
    }

    #[test]
    fn a_narrow_terminal_cuts_lines_and_never_wraps_them() {
        insta::assert_snapshot!(drawn(&applying(), 90, 32), @"
        acme-prod   create run…   1m30s
          ✓ prepare       1s
          ✓ plan         11s
          ▸ apply      1m18s   17 of 42
              creating aws_sub…   1m10s
              creating aws_sub…   1m00s
              creating aws_subne…   50s
              creating aws_subne…   40s
              creating aws_subne…   30s
              creating aws_subne…   20s
              and 1 more
        ");
    }

    #[test]
    fn before_a_worker_begins_only_the_wait_is_shown() {
        assert_eq!(drawn(&View::new("a", operation("queued")), 5, 80), "a   create queued   5s");
    }

    #[test]
    fn the_end_keeps_its_times() {
        let mut view = applying();
        view.snapshot(operation("failed"), vec![step("apply", "failed", 12, Some(190))]);
        insta::assert_snapshot!(drawn(&view, 4000, 80), @"
        acme-prod   create failed   3m20s
          ✗ apply      2m58s   17 of 42
        ");
    }

    #[test]
    fn between_two_attempts_it_says_when_the_next_is_due() {
        let mut view = applying();
        let mut waiting = operation("retrying");
        waiting.attempt = 2;
        waiting.next_attempt_at = Some(at(130));
        view.snapshot(waiting, Vec::new());
        assert_eq!(drawn(&view, 100, 80), "acme-prod   create retrying in 30s (attempt 2)   1m40s");
    }

    #[test]
    fn only_the_newest_attempt_is_shown() {
        let mut view = applying();
        let again = Step { attempt: 2, ..step("prepare", "running", 95, None) };
        view.snapshot(operation("running"), vec![step("prepare", "failed", 0, Some(1)), again]);
        assert_eq!(lines(&view, at(96), 80, Palette::new(false))[1], "  ▸ prepare       1s");
    }
}
