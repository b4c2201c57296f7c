//! References to resources, locals and iteration variables, out of parts that this crate names.

use super::{Expr, expr::Node};

/// One step of a reference after its root.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// `.name`
    Attr(&'static str),
    /// `.name`, of a name that Terraform printed
    Named(Identifier),
    /// `[each.key]`
    EachKey,
    /// `[*]`, which also turns null into an empty list and anything else that is no list into a list of one
    Splat,
    /// `[0]`
    Nth(usize),
    /// `["key"]` or `[each.value.cluster]`
    Index(Box<Expr>),
}

/// The name of a resource that was read from an address. The one identifier that doesn't come from this crate's source,
/// so it holds what this crate's names are made of and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identifier(Box<str>);

impl Identifier {
    /// `None` for anything but small letters, digits and underscores that begin with a letter.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fits = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        fits.then(|| Self(text.into()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A reference, e.g. `aws_vpc.main.id`. Every name in it is a `&'static str` or an [`Identifier`].
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub(super) root: &'static str,
    pub(super) steps: Vec<Step>,
}

impl Reference {
    /// A root alone: the variable of a `for` expression or of a `dynamic` block.
    pub(crate) fn variable(name: &'static str) -> Self {
        Self { root: name, steps: Vec::new() }
    }

    /// `self.name`
    pub(crate) fn attr(self, name: &'static str) -> Self {
        self.step(Step::Attr(name))
    }

    /// `self.name`, of a name that was read
    pub(crate) fn named(self, name: Identifier) -> Self {
        self.step(Step::Named(name))
    }

    /// `self[*]`
    pub(crate) fn splat(self) -> Self {
        self.step(Step::Splat)
    }

    /// `self[0]`
    pub(crate) fn nth(self, index: usize) -> Self {
        self.step(Step::Nth(index))
    }

    /// `self[index]`: with another reference, or with text for a key that is known here.
    pub(crate) fn at(self, index: impl Into<Expr>) -> Self {
        self.step(Step::Index(Box::new(index.into())))
    }

    pub(super) fn step(mut self, step: Step) -> Self {
        // Four is enough for nearly all, so that no reference moves as it grows.
        if self.steps.is_empty() {
            self.steps.reserve_exact(4);
        }
        self.steps.push(step);
        self
    }

    /// Whether `self` is `other`, or something in it.
    pub(super) fn begins_with(&self, other: &Self) -> bool {
        self.root == other.root
            && self.steps.len() >= other.steps.len()
            && self.steps.iter().zip(&other.steps).all(|pair| match pair {
                (Step::Attr(name), Step::Attr(other)) => name == other,
                _ => false,
            })
    }

    /// Whether [`Self::begins_with`] holds for `self` or for a reference inside of its brackets.
    pub(super) fn mentions(&self, other: &Self) -> bool {
        self.begins_with(other) || any_index_mentions(&self.steps, other)
    }
}

/// Whether what stands in the brackets of a path mentions `other`.
pub(super) fn any_index_mentions(steps: &[Step], other: &Reference) -> bool {
    steps.iter().any(|step| match step {
        Step::Index(index) => index.mentions(other),
        Step::Attr(_) | Step::Named(_) | Step::EachKey | Step::Splat | Step::Nth(_) => false,
    })
}

impl From<Reference> for Expr {
    fn from(reference: Reference) -> Self {
        Self(Node::Reference(reference))
    }
}

/// `local.name`
pub(crate) fn local(name: &'static str) -> Reference {
    Reference::variable("local").attr(name)
}

/// `each.key`
pub(crate) fn each_key() -> Reference {
    Reference::variable("each").attr("key")
}

/// `each.value.field`
pub(crate) fn each_value(field: &'static str) -> Reference {
    Reference::variable("each").attr("value").attr(field)
}
