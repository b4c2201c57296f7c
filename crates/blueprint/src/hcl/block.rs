//! Blocks and files: what stands in them, in order. Where lines break is decided in [`super::layout`].

use super::{Expr, Reference, Resource, layout, resource::Mode};

/// One thing in the body of a block.
#[derive(Debug)]
pub(super) struct Item {
    /// Lines of comment above it, without the `#`.
    pub(super) comment: Option<&'static str>,
    /// Whether it starts a new group, apart by a blank line.
    pub(super) gap: bool,
    pub(super) content: Content,
}

impl Item {
    const fn plain(content: Content) -> Self {
        Self { comment: None, gap: false, content }
    }

    fn is_argument(&self, wanted: &str) -> bool {
        matches!(&self.content, Content::Argument(name, _) if *name == wanted)
    }
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
    pub(super) labels: [Option<&'static str>; 2],
    pub(super) items: Vec<Item>,
    comment: Option<&'static str>,
    gap: bool,
}

impl Block {
    /// A block without labels.
    pub(crate) fn new(kind: &'static str) -> Self {
        Self { kind, labels: [None; 2], items: Vec::new(), comment: None, gap: false }
    }

    /// A block with one label.
    pub(crate) fn labelled(kind: &'static str, label: &'static str) -> Self {
        Self { labels: [Some(label), None], ..Self::new(kind) }
    }

    /// `resource "type" "name"`, `data "type" "name"` or `ephemeral "type" "name"`.
    pub(crate) fn of(resource: Resource) -> Self {
        let kind = match resource.mode {
            Mode::Managed => "resource",
            Mode::Data => "data",
            Mode::Ephemeral => "ephemeral",
        };
        let mut block = Self::new(kind);
        block.labels = [Some(resource.kind), Some(resource.name)];
        block.items.reserve(8);
        block
    }

    /// `dynamic "kind"`: a block for each element of a collection, with the body of `block`, in which the element is
    /// `Reference::variable(kind).attr("value")`.
    pub(crate) fn dynamic(for_each: impl Into<Expr>, block: Block) -> Self {
        Self::labelled("dynamic", block.kind).arg("for_each", for_each).block(Self {
            kind: "content",
            labels: [None; 2],
            ..block
        })
    }

    /// `lifecycle`, to be filled with [`Self::ignore_changes`], [`Self::precondition`] and its other arguments.
    pub(crate) fn lifecycle() -> Self {
        Self::new("lifecycle")
    }

    /// In a `lifecycle`: leaves alone what somebody else changes. The attributes are named from the resource's own
    /// body: `Reference::variable("scaling_config").nth(0).attr("desired_size")`.
    pub(crate) fn ignore_changes(self, attributes: impl IntoIterator<Item = Reference>) -> Self {
        self.arg("ignore_changes", Expr::list(attributes))
    }

    /// In a `lifecycle`: refuses to go on unless `condition` holds.
    pub(crate) fn precondition(self, condition: Expr, error_message: impl Into<Expr>) -> Self {
        self.block(Self::new("precondition").arg("condition", condition).arg("error_message", error_message))
    }

    /// In a `lifecycle`: refuses what has been read or made unless `condition` holds; in it the object is `self`.
    pub(crate) fn postcondition(self, condition: Expr, error_message: impl Into<Expr>) -> Self {
        self.block(Self::new("postcondition").arg("condition", condition).arg("error_message", error_message))
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

    /// The type of a resource; `None` for any other block.
    pub(crate) fn resource_type(&self) -> Option<&'static str> {
        self.labels[0].filter(|_| self.kind == "resource")
    }

    /// Puts an argument behind one that is there, or at the end.
    pub(crate) fn insert_after(&mut self, other: &str, name: &'static str, value: impl Into<Expr>) {
        let at =
            self.items.iter().position(|item| item.is_argument(other)).map_or(self.items.len(), |at| at + 1);
        self.items.insert(at, Item::plain(Content::Argument(name, value.into())));
    }

    /// Puts an argument first in the block `lifecycle`. If there is none yet, it comes at the end, but before
    /// `depends_on`.
    pub(crate) fn add_to_lifecycle(&mut self, name: &'static str, value: impl Into<Expr>) {
        let argument = Item::plain(Content::Argument(name, value.into()));
        for item in &mut self.items {
            if let Content::Block(block) = &mut item.content
                && block.kind == "lifecycle"
            {
                block.items.insert(0, argument);
                return;
            }
        }
        let mut block = Self::lifecycle();
        block.items.push(argument);
        let at = self.items.iter().position(|item| item.is_argument("depends_on"));
        self.items.insert(at.unwrap_or(self.items.len()), Item::plain(Content::Block(block)));
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

    /// The top-level blocks, to be changed.
    pub(crate) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut Block> {
        self.items.iter_mut().filter_map(|item| match &mut item.content {
            Content::Block(block) => Some(block),
            Content::Argument(..) => None,
        })
    }

    /// Whether something in it refers to `what` or to an attribute of it.
    pub(crate) fn mentions(&self, what: &Reference) -> bool {
        any_mentions(&self.items, what)
    }

    /// Name and text, as `terraform fmt` would write it.
    pub(crate) fn write(&self) -> (&'static str, String) {
        (self.name, layout::write(self))
    }
}

fn any_mentions(items: &[Item], what: &Reference) -> bool {
    items.iter().any(|item| match &item.content {
        Content::Argument(_, value) => value.mentions(what),
        Content::Block(block) => any_mentions(&block.items, what),
    })
}
