//! What both readers produce: a tree of plain values that knows its lines.
//!
//! Numbers keep their spelling: `version: 17.10` has to be answered with `"17.10"`, not with `17.1`.

use super::problem::{Path, Segment};

/// Longest file, in bytes. A large environment is a few KiB; this is the bound on the work that a caller can ask for.
pub const MAX_SPEC_BYTES: usize = 256 * 1024;
/// Deepest nesting.
pub(super) const MAX_DEPTH: usize = 32;
/// Most values in a file.
pub(super) const MAX_NODES: usize = 20_000;
/// Longest key, in characters; AWS's limit on tag keys.
pub(super) const MAX_KEY_CHARS: usize = 128;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) line: Option<u32>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Something that the reader has already complained about.
    Refused,
}

/// A number as it was written, and its value if it is an integer of 64 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) text: String,
    pub(super) integer: Option<i64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: Option<u32>,
    pub(super) value: Node,
}

impl Node {
    /// The line of the place that `path` names, or of the nearest thing around it.
    pub(super) fn line_of(&self, path: &Path) -> Option<u32> {
        let mut node = self;
        let mut line = None;
        for segment in path.segments() {
            let next = match (&node.kind, segment) {
                (Kind::Map(entries), Segment::Key(key)) => {
                    entries.iter().find(|entry| entry.key == *key).map(|entry| (entry.line, &entry.value))
                }
                (Kind::List(items), Segment::Index(index)) => items.get(*index).map(|item| (item.line, item)),
                _ => None,
            };
            let Some((found, value)) = next else { break };
            line = found;
            node = value;
        }
        line
    }
}
