//! Where lines break, how far they are indented, which `=` stand in a column: the rules of `terraform fmt`.
//!
//! WHY here: `terraform fmt` costs a process per file, needs the binary, and a pure crate has neither. Its rules (from
//! `hclwrite/format.go`) that matter for what we write:
//!
//! * Two spaces for each line that opens more brackets than it closes, so `merge(a, {` indents once.
//! * The `=` of neighbouring lines stand in a column. A line that opens a bracket without closing it takes no part
//!   and ends the run, and so does a blank line or a comment.
//! * Blank lines are kept. We put one around every block and every argument of several lines, behind `for_each`, and
//!   before a comment.

use std::fmt::Write;

use hcl_edit::{
    Decorate, Decorated,
    expr::{Array, Expression, ForExpr, Object, ObjectValueTerminator},
    structure::{Attribute, Block as HclBlock, BlockLabel, Body, Structure},
};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    Block, File,
    block::{Content, Item},
    reference::ident,
};

/// A list longer than about this, in bytes, gets a line for each element.
const LONGEST_LIST: usize = 80;

const INDENT: &str = "  ";

/// Bytes; most files fit in without growing the buffer.
const TYPICAL_FILE: usize = 8 * 1024;

/// The text of a file.
pub(super) fn write(file: File) -> String {
    let mut out = String::with_capacity(TYPICAL_FILE);
    push_comment(&mut out, file.about, 0);
    // Writing to a string can't fail.
    let _ = write!(out, "\n{}", body(file.items, 0));
    out
}

fn body(items: Vec<Item>, depth: usize) -> Body {
    let apart: Vec<bool> = items.iter().map(stands_apart).collect();
    let breaks = blank_lines(&items, &apart);
    let columns = columns(&items, &apart, &breaks);
    let structures = items.into_iter().enumerate().map(|(at, item)| {
        let mut prefix = String::new();
        if breaks[at] {
            prefix.push('\n');
        }
        if let Some(comment) = item.comment {
            push_comment(&mut prefix, comment, depth);
        }
        push_indent(&mut prefix, depth);
        match item.content {
            Content::Argument(name, value) => {
                let mut value = value.0;
                expression(&mut value, depth);
                let mut key = Decorated::new(ident(name));
                key.decor_mut().set_suffix(spaces(columns[at].saturating_sub(name.len()) + 1));
                let mut attribute = Attribute::new(key, value);
                attribute.decor_mut().set_prefix(prefix);
                Structure::Attribute(attribute)
            }
            Content::Block(inner) => {
                let mut block = block(inner, depth);
                block.decor_mut().set_prefix(prefix);
                Structure::Block(block)
            }
        }
    });
    Body::from(structures.collect::<Vec<_>>())
}

fn block(block: Block, depth: usize) -> HclBlock {
    let mut out = HclBlock::new(ident(block.kind));
    out.labels = block.labels.into_iter().map(BlockLabel::from).collect();
    out.body = body(block.items, depth + 1);
    if out.body.is_empty() {
        out.body.set_prefer_oneline(true);
    } else {
        out.body.decor_mut().set_suffix(INDENT.repeat(depth));
    }
    out
}

/// Which items have a blank line above them.
fn blank_lines(items: &[Item], apart: &[bool]) -> Vec<bool> {
    let breaks = items.iter().enumerate().map(|(at, item)| {
        let Some(previous) = at.checked_sub(1) else { return false };
        item.gap
            || item.comment.is_some()
            || apart[at]
            || apart[previous]
            || matches!(items[previous].content, Content::Argument("for_each", _))
    });
    breaks.collect()
}

/// Whether an item is a block or an argument of several lines.
fn stands_apart(item: &Item) -> bool {
    match &item.content {
        Content::Argument(_, value) => spans_lines(&value.0),
        Content::Block(_) => true,
    }
}

/// For each item, the width of the widest name in its run of one-line arguments; 0 outside of a run.
fn columns(items: &[Item], apart: &[bool], breaks: &[bool]) -> Vec<usize> {
    let widths = items.iter().zip(apart).map(|(item, apart)| match &item.content {
        Content::Argument(name, _) if !apart => Some(name.len()),
        Content::Argument(..) | Content::Block(_) => None,
    });
    align(widths.zip(breaks.iter().copied()))
}

/// Spreads the widest of each run over the run. A run ends at `None` and before an item that has a break above it.
fn align(items: impl Iterator<Item = (Option<usize>, bool)>) -> Vec<usize> {
    let mut columns = Vec::new();
    let mut start = 0;
    let mut widest = 0;
    for (width, breaks) in items {
        if breaks || width.is_none() {
            columns[start..].fill(widest);
            (start, widest) = (columns.len(), 0);
        }
        widest = widest.max(width.unwrap_or(0));
        columns.push(0);
        if width.is_none() {
            (start, widest) = (columns.len(), 0);
        }
    }
    columns[start..].fill(widest);
    columns
}

/// Whether [`expression`] will write it on several lines.
fn spans_lines(value: &Expression) -> bool {
    match value {
        Expression::Object(object) => !object.is_empty(),
        Expression::Array(array) => array.iter().any(spans_lines) || is_long(array),
        Expression::FuncCall(call) => call.args.iter().any(spans_lines),
        Expression::ForExpr(_) => true,
        _ => false,
    }
}

fn is_long(array: &Array) -> bool {
    let width = |item: &Expression| match item {
        Expression::String(text) => text.len() + 4,
        other => other.to_string().len() + 2,
    };
    array.len() > 1 && array.iter().map(width).sum::<usize>() > LONGEST_LIST
}

/// Lays out a value that starts on a line indented by `depth`.
fn expression(value: &mut Expression, depth: usize) {
    match value {
        Expression::Object(object) => lay_out_object(object, depth),
        Expression::Array(array) => lay_out_array(array, depth),
        Expression::FuncCall(call) => call.args.iter_mut().for_each(|arg| expression(arg, depth)),
        Expression::ForExpr(for_expr) => lay_out_for(for_expr, depth),
        _ => {}
    }
}

fn lay_out_object(object: &mut Object, depth: usize) {
    if object.is_empty() {
        return;
    }
    let widths: Vec<_> = object
        .iter()
        .map(|(key, value)| {
            let width = match key {
                hcl_edit::expr::ObjectKey::Ident(ident) => ident.len(),
                hcl_edit::expr::ObjectKey::Expression(text) => text.to_string().graphemes(true).count(),
            };
            (width, spans_lines(value.expr()))
        })
        .collect();
    let columns = align(widths.iter().map(|&(width, spans)| ((!spans).then_some(width), false)));
    for (at, (mut key, value)) in object.iter_mut().enumerate() {
        let mut prefix = String::from(if at == 0 { "\n" } else { "" });
        push_indent(&mut prefix, depth + 1);
        let padding = spaces(columns[at].saturating_sub(widths[at].0) + 1);
        *key.decor_mut() = (prefix, padding).into();
        value.set_terminator(ObjectValueTerminator::Newline);
        expression(value.expr_mut(), depth + 1);
    }
    object.set_trailing(INDENT.repeat(depth));
}

fn lay_out_array(array: &mut Array, depth: usize) {
    // `[{ … }]`: both brackets open on one line, so they indent once.
    if array.len() == 1 {
        array.iter_mut().for_each(|item| expression(item, depth));
        return;
    }
    if !(array.iter().any(spans_lines) || is_long(array)) {
        return;
    }
    for item in array.iter_mut() {
        expression(item, depth + 1);
        item.decor_mut().set_prefix(new_line(depth + 1));
    }
    array.set_trailing_comma(true);
    array.set_trailing(new_line(depth));
}

fn lay_out_for(for_expr: &mut ForExpr, depth: usize) {
    for_expr.intro.decor_mut().set_prefix(new_line(depth + 1));
    *for_expr.intro.value_var.decor_mut() = (" ", " ").into();
    expression(&mut for_expr.value_expr, depth + 1);
    match &mut for_expr.cond {
        Some(cond) => cond.decor_mut().set_suffix(new_line(depth)),
        None => for_expr.value_expr.decor_mut().set_suffix(new_line(depth)),
    }
}

fn push_comment(out: &mut String, comment: &str, depth: usize) {
    for line in comment.lines() {
        push_indent(out, depth);
        out.push_str("# ");
        out.push_str(line);
        out.push('\n');
    }
}

fn push_indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str(INDENT);
    }
}

fn new_line(depth: usize) -> String {
    let mut out = String::from("\n");
    push_indent(&mut out, depth);
    out
}

fn spaces(count: usize) -> String {
    " ".repeat(count)
}
