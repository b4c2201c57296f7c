//! Blocks and files: what stands in them, in order. Where lines break is decided in [`super::layout`].

use super::{Expr, Resource, layout};

/// One thing in the body of a block.
#[derive(Debug)]
pub(super) struct Item {
    /// Lines of comment above it, without the `#`.
    pub(super) comment: Option<&'static str>,
    /// Whether it starts a new group, apart by a blank line.
    pub(super) gap: bool,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Argument(&'static str, Expr),
    Block(Block),
}

/// A block: `type "label" { … }`.
#[derive(Debug)]
pub(crate) struct Block {
    pub(super) kind: &'static str,
    pub(super) labels: Vec<&'static str>,
    pub(super) items: Vec<Item>,
    comment: Option<&'static str>,
    gap: bool,
}

impl Block {
    /// A block without labels.
    pub(crate) fn new(kind: &'static str) -> Self {
        Self { kind, labels: Vec::new(), items: Vec::new(), comment: None, gap: false }
    }

    /// A block with one label.
    pub(crate) fn labelled(kind: &'static str, label: &'static str) -> Self {
        Self { labels: vec![label], ..Self::new(kind) }
    }

    /// `resource "type" "name"`, `data "type" "name"` or `ephemeral "type" "name"`.
    pub(crate) fn of(resource: Resource) -> Self {
        Self { labels: vec![resource.kind, resource.name], ..Self::new(resource.mode.block()) }
    }

    /// An argument.
    pub(crate) fn arg(self, name: &'static str, value: impl Into<Expr>) -> Self {
        self.push(Content::Argument(name, value.into()))
    }

    /// An argument that is left out when there is no value.
    pub(crate) fn arg_if_some(self, name: &'static str, value: Option<impl Into<Expr>>) -> Self {
        match value {
            Some(value) => self.arg(name, value),
            None => self,
        }
    }

    /// A nested block.
    pub(crate) fn block(self, block: Block) -> Self {
        self.push(Content::Block(block))
    }

    /// The same body in a block of another type, without labels: the `content` of a `dynamic` block.
    pub(crate) fn renamed(self, kind: &'static str) -> Self {
        Self { kind, labels: Vec::new(), ..self }
    }

    /// A comment above what comes next; lines are split at newlines.
    pub(crate) fn note(mut self, comment: &'static str) -> Self {
        self.comment = Some(comment);
        self
    }

    /// A blank line before what comes next.
    pub(crate) fn gap(mut self) -> Self {
        self.gap = true;
        self
    }

    fn push(mut self, content: Content) -> Self {
        let (comment, gap) = (self.comment.take(), std::mem::take(&mut self.gap));
        self.items.push(Item { comment, gap, content });
        self
    }
}

/// A file: a comment that says what it is about, and top-level blocks.
#[derive(Debug)]
pub(crate) struct File {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) items: Vec<Item>,
}

impl File {
    pub(crate) fn new(name: &'static str, about: &'static str) -> Self {
        Self { name, about, items: Vec::new() }
    }

    /// A top-level block.
    pub(crate) fn block(mut self, block: Block) -> Self {
        self.items.push(Item { comment: None, gap: true, content: Content::Block(block) });
        self
    }

    /// A top-level block with a comment above it.
    pub(crate) fn noted(mut self, comment: &'static str, block: Block) -> Self {
        self.items.push(Item { comment: Some(comment), gap: true, content: Content::Block(block) });
        self
    }

    /// Name and text, as `terraform fmt` would write it.
    pub(crate) fn write(self) -> (&'static str, String) {
        (self.name, layout::write(self))
    }
}
