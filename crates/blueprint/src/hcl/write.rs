//! Values as text: on one line, or on several where a reader wants it.
//!
//! An object with something in it, a long list and a `for` that makes an object get a line for each thing. A call
//! keeps its arguments on its own line, so `merge(a, {` indents once. Everything inside of an operation or of a
//! template is on one line.

use std::fmt::Write;

use hcl_edit::expr::BinaryOperator;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    Expr, Reference,
    expr::{Node, Piece},
    for_expr::For,
    layout::{push_indent, push_spaces},
    object::{Entry, Key},
    reference::Step,
    text::{push_literal, push_unquoted},
};

/// A list longer than about this, in bytes, gets a line for each element.
const LONGEST_LIST: usize = 80;

/// Whether [`push_value`] will write it on several lines.
pub(super) fn spans_lines(value: &Expr) -> bool {
    match &value.0 {
        Node::Object(entries) => !entries.is_empty(),
        Node::List(items) => items.iter().any(spans_lines) || is_long(items),
        Node::Call(_, arguments) => arguments.iter().any(spans_lines),
        Node::For(inner) => {
            inner.key.is_some() || spans_lines(&inner.value) || inline_width(value) > LONGEST_LIST
        }
        _ => false,
    }
}

fn is_long(items: &[Expr]) -> bool {
    items.len() > 1 && items.iter().map(|item| inline_width(item) + 2).sum::<usize>() > LONGEST_LIST
}

fn inline_width(value: &Expr) -> usize {
    match &value.0 {
        Node::Text(text) => text.as_str().len() + 2,
        _ => {
            let mut text = String::new();
            push_inline(&mut text, value);
            text.len()
        }
    }
}

/// Appends a value that starts on a line indented by `depth`.
pub(super) fn push_value(out: &mut String, value: &Expr, depth: usize) {
    match &value.0 {
        Node::Object(entries) if !entries.is_empty() => push_object(out, entries, depth),
        Node::List(items) => push_list(out, items, depth),
        Node::Call(function, arguments) => {
            out.push_str(function);
            out.push('(');
            separated(out, arguments, |out, argument| push_value(out, argument, depth));
            out.push(')');
        }
        Node::For(inner) if spans_lines(value) => push_for(out, inner, depth),
        _ => push_inline(out, value),
    }
}

fn push_object(out: &mut String, entries: &[Entry], depth: usize) {
    out.push_str("{\n");
    let mut column = None;
    for (at, entry) in entries.iter().enumerate() {
        let spans = spans_lines(&entry.value);
        push_indent(out, depth + 1);
        let start = out.len();
        push_key(out, &entry.key);
        if spans {
            column = None;
            out.push_str(" = ");
        } else {
            let width = width(&out[start..]);
            let widest = *column.get_or_insert_with(|| widest_key(&entries[at..]));
            push_spaces(out, widest.saturating_sub(width));
            out.push_str(" = ");
        }
        push_value(out, &entry.value, depth + 1);
        out.push('\n');
    }
    push_indent(out, depth);
    out.push('}');
}

/// The widest key up to the first value of several lines.
fn widest_key(entries: &[Entry]) -> usize {
    let run = entries.iter().take_while(|entry| !spans_lines(&entry.value));
    let widths = run.map(|entry| match &entry.key {
        Key::Name(name) => name.len(),
        Key::Text(_) | Key::Template(_) => {
            let mut text = String::new();
            push_key(&mut text, &entry.key);
            width(&text)
        }
    });
    widths.max().unwrap_or(0)
}

/// Columns, as `terraform fmt` counts them.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).count() }
}

fn push_list(out: &mut String, items: &[Expr], depth: usize) {
    out.push('[');
    // `[{ … }]`: both brackets open on one line, so they indent once.
    if items.len() == 1 || !(items.iter().any(spans_lines) || is_long(items)) {
        separated(out, items, |out, item| push_value(out, item, depth));
    } else {
        for item in items {
            push_new_line(out, depth + 1);
            push_value(out, item, depth + 1);
            out.push(',');
        }
        push_new_line(out, depth);
    }
    out.push(']');
}

fn push_for(out: &mut String, inner: &For, depth: usize) {
    out.push(if inner.key.is_some() { '{' } else { '[' });
    push_new_line(out, depth + 1);
    push_for_head(out, inner);
    push_value(out, &inner.value, depth + 1);
    push_for_condition(out, inner);
    push_new_line(out, depth);
    out.push(if inner.key.is_some() { '}' } else { ']' });
}

fn push_for_head(out: &mut String, inner: &For) {
    out.push_str(if inner.with_key { "for key, " } else { "for " });
    out.push_str(inner.item);
    out.push_str(" in ");
    push_inline(out, &inner.collection);
    out.push_str(" : ");
    if let Some(key) = &inner.key {
        push_inline(out, key);
        out.push_str(" => ");
    }
}

fn push_for_condition(out: &mut String, inner: &For) {
    if let Some(condition) = &inner.condition {
        out.push_str(" if ");
        push_inline(out, condition);
    }
}

/// Appends a value on one line.
fn push_inline(out: &mut String, value: &Expr) {
    match &value.0 {
        Node::Null => out.push_str("null"),
        Node::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        // Writing to a string can't fail.
        Node::Integer(number) => _ = write!(out, "{number}"),
        Node::Float(number) => _ = write!(out, "{number}"),
        Node::Text(text) => push_literal(out, text.as_str()),
        Node::Reference(reference) => push_reference(out, reference),
        Node::Template(pieces) => push_template(out, pieces),
        Node::List(items) => {
            out.push('[');
            separated(out, items, push_inline);
            out.push(']');
        }
        Node::Object(entries) if entries.is_empty() => out.push_str("{}"),
        Node::Object(entries) => {
            out.push_str("{ ");
            separated(out, entries, |out, entry| {
                push_key(out, &entry.key);
                out.push_str(" = ");
                push_inline(out, &entry.value);
            });
            out.push_str(" }");
        }
        Node::Call(function, arguments) => {
            out.push_str(function);
            out.push('(');
            separated(out, arguments, push_inline);
            out.push(')');
        }
        Node::For(inner) => {
            out.push_str(if inner.key.is_some() { "{ " } else { "[" });
            push_for_head(out, inner);
            push_inline(out, &inner.value);
            push_for_condition(out, inner);
            out.push_str(if inner.key.is_some() { " }" } else { "]" });
        }
        Node::Not(operand) => {
            out.push('!');
            push_operand(out, operand, TIGHTEST);
        }
        Node::Operation(operation) => {
            let (left, operator, right) = operation.as_ref();
            push_operand(out, left, operator.precedence());
            out.push(' ');
            out.push_str(operator.as_str());
            out.push(' ');
            // They bind to the left: the same operator on the right needs parentheses.
            push_operand(out, right, operator.precedence() + 1);
        }
        Node::Choice(parts) => {
            let [condition, yes, no] = parts.as_ref();
            push_operand(out, condition, 0);
            out.push_str(" ? ");
            push_inline(out, yes);
            out.push_str(" : ");
            push_inline(out, no);
        }
        Node::Path(start, steps) => {
            push_operand(out, start, TIGHTEST);
            push_steps(out, steps);
        }
    }
}

/// Binds more tightly than every operator.
const TIGHTEST: u8 = u8::MAX;

/// Appends an operand, in parentheses if it binds less tightly than `needed`.
fn push_operand(out: &mut String, operand: &Expr, needed: u8) {
    let loose = match &operand.0 {
        Node::Choice(_) => true,
        Node::Operation(operation) => BinaryOperator::precedence(operation.1) < needed,
        _ => false,
    };
    if loose {
        out.push('(');
    }
    push_inline(out, operand);
    if loose {
        out.push(')');
    }
}

fn push_reference(out: &mut String, reference: &Reference) {
    out.push_str(reference.root);
    push_steps(out, &reference.steps);
}

fn push_steps(out: &mut String, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Attr(name) => {
                out.push('.');
                out.push_str(name);
            }
            Step::Named(name) => {
                out.push('.');
                out.push_str(name.as_str());
            }
            Step::EachKey => out.push_str("[each.key]"),
            Step::Splat => out.push_str("[*]"),
            // Writing to a string can't fail.
            Step::Nth(index) => _ = write!(out, "[{index}]"),
            Step::Index(index) => {
                out.push('[');
                push_inline(out, index);
                out.push(']');
            }
        }
    }
}

fn push_template(out: &mut String, pieces: &[Piece]) {
    out.push('"');
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) if matches!(pieces.get(at + 1), Some(Piece::Reference(_))) => {
                push_before_interpolation(out, text.as_str());
            }
            Piece::Text(text) => push_unquoted(out, text.as_str()),
            Piece::Reference(reference) => {
                out.push_str("${");
                push_reference(out, reference);
                out.push('}');
            }
        }
    }
    out.push('"');
}

/// A `$` in front of `${` would escape it, so signs at the end of the text become an interpolation of their own.
fn push_before_interpolation(out: &mut String, text: &str) {
    let plain = text.trim_end_matches(['$', '%']);
    push_unquoted(out, plain);
    if plain.len() < text.len() {
        out.push_str("${");
        push_literal(out, &text[plain.len()..]);
        out.push('}');
    }
}

fn push_key(out: &mut String, key: &Key) {
    match key {
        Key::Name(name) => out.push_str(name),
        Key::Text(text) => push_literal(out, text.as_str()),
        Key::Template(template) => push_inline(out, template),
    }
}

fn push_new_line(out: &mut String, depth: usize) {
    out.push('\n');
    push_indent(out, depth);
}

fn separated<T>(out: &mut String, items: &[T], mut push: impl FnMut(&mut String, &T)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        push(out, item);
    }
}
