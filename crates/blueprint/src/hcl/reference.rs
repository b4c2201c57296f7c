//! References to resources, locals and iteration variables, out of parts that this crate names.

use super::{Expr, expr::Node};

/// One step of a reference after its root.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// `.name`
    Attr(&'static str),
    /// `[each.key]`
    EachKey,
    /// `[*]`, which also turns null into an empty list and anything else that is no list into a list of one
    Splat,
    /// `[0]`
    Nth(usize),
    /// `["key"]` or `[each.value.cluster]`
    Index(Box<Expr>),
}

/// A reference, e.g. `aws_vpc.main.id`. Every name in it is a `&'static str`.
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
        Step::Attr(_) | Step::EachKey | Step::Splat | Step::Nth(_) => false,
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
