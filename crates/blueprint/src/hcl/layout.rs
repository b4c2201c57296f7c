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

use super::{
    Block, File,
    block::{Content, Item},
    write::{push_value, spans_lines},
};

const INDENT: &str = "  ";

/// Bytes; most files fit in without growing the buffer.
const TYPICAL_FILE: usize = 8 * 1024;

/// The text of a file.
pub(super) fn write(file: &File) -> String {
    let mut out = String::with_capacity(TYPICAL_FILE);
    push_comment(&mut out, file.about, 0);
    out.push('\n');
    push_items(&mut out, &file.items, 0);
    out
}

fn push_items(out: &mut String, items: &[Item], depth: usize) {
    // Of the run of one-line arguments that is being written: the width of its widest name.
    let mut column = None;
    for (at, item) in items.iter().enumerate() {
        let apart = stands_apart(item);
        let previous = at.checked_sub(1).map(|at| &items[at]);
        if let Some(previous) = previous
            && (apart || starts_group(item, previous) || stands_apart(previous))
        {
            out.push('\n');
            column = None;
        }
        if let Some(comment) = item.comment {
            push_comment(out, comment, depth);
        }
        push_indent(out, depth);
        match &item.content {
            Content::Argument(name, value) => {
                out.push_str(name);
                if !apart {
                    let widest = *column.get_or_insert_with(|| widest_name(&items[at..]));
                    push_spaces(out, widest.saturating_sub(name.len()));
                }
                out.push_str(" = ");
                push_value(out, value, depth);
                out.push('\n');
            }
            Content::Block(block) => push_block(out, block, depth),
        }
    }
}

fn push_block(out: &mut String, block: &Block, depth: usize) {
    out.push_str(block.kind);
    for label in block.labels.iter().flatten() {
        out.push_str(" \"");
        out.push_str(label);
        out.push('"');
    }
    if block.items.is_empty() {
        out.push_str(" {}\n");
        return;
    }
    out.push_str(" {\n");
    push_items(out, &block.items, depth + 1);
    push_indent(out, depth);
    out.push_str("}\n");
}

/// Whether a blank line stands between two items for another reason than their height.
fn starts_group(item: &Item, previous: &Item) -> bool {
    item.gap || item.comment.is_some() || matches!(previous.content, Content::Argument("for_each", _))
}

/// Whether an item is a block or an argument of several lines.
fn stands_apart(item: &Item) -> bool {
    match &item.content {
        Content::Argument(_, value) => spans_lines(value),
        Content::Block(_) => true,
    }
}

/// The widest name in the run of one-line arguments that begins with the first of `items`.
fn widest_name(items: &[Item]) -> usize {
    let mut widest = 0;
    for (at, item) in items.iter().enumerate() {
        let Content::Argument(name, value) = &item.content else { break };
        if at > 0 && (starts_group(item, &items[at - 1]) || spans_lines(value)) {
            break;
        }
        widest = widest.max(name.len());
    }
    widest
}

fn push_comment(out: &mut String, comment: &str, depth: usize) {
    for line in comment.lines() {
        push_indent(out, depth);
        out.push_str("# ");
        out.push_str(line);
        out.push('\n');
    }
}

pub(super) fn push_indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str(INDENT);
    }
}

pub(super) fn push_spaces(out: &mut String, count: usize) {
    const SPACES: &str = "                                ";
    let mut left = count;
    while left > 0 {
        let now = left.min(SPACES.len());
        out.push_str(&SPACES[..now]);
        left -= now;
    }
}
