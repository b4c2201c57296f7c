//! Expressions. Each kind has its own constructor; text goes in as a literal and in no other way.

use hcl_edit::expr::BinaryOperator;
use terrane_domain::{Acus, Key};

use super::{
    Object, Reference, Text,
    for_expr::For,
    object::Entry,
    reference::{Step, any_index_mentions},
};

/// An expression that is safe to write out.
#[derive(Debug, Clone)]
pub(crate) struct Expr(pub(super) Node);

#[derive(Debug, Clone)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Integer(u64),
    Float(f64),
    Text(Text),
    Reference(Reference),
    Template(Vec<Piece>),
    List(Vec<Expr>),
    Object(Vec<Entry>),
    Call(&'static str, Vec<Expr>),
    For(Box<For>),
    Not(Box<Expr>),
    Operation(Box<(Expr, BinaryOperator, Expr)>),
    /// Condition, then, else.
    Choice(Box<[Expr; 3]>),
    /// Something in the value of another expression: `values(a)[*].id`.
    Path(Box<Expr>, Vec<Step>),
}

impl Expr {
    /// `null`
    pub(crate) fn null() -> Self {
        Self(Node::Null)
    }

    /// `[a, b]`
    pub(crate) fn list<T: Into<Expr>>(items: impl IntoIterator<Item = T>) -> Self {
        Self(Node::List(items.into_iter().map(Into::into).collect()))
    }

    /// `function(a, b)`
    pub(crate) fn call<T: Into<Expr>>(function: &'static str, args: impl IntoIterator<Item = T>) -> Self {
        Self(Node::Call(function, args.into_iter().map(Into::into).collect()))
    }

    /// `jsonencode({ … })`: a document that AWS wants as text. Never a heredoc: there a user's text would be syntax.
    pub(crate) fn json(document: impl Into<Expr>) -> Self {
        Self::call("jsonencode", [document.into()])
    }

    /// `condition ? yes : no`
    pub(crate) fn choose(condition: Expr, yes: impl Into<Expr>, no: impl Into<Expr>) -> Self {
        Self(Node::Choice(Box::new([condition, yes.into(), no.into()])))
    }

    /// `self == other`
    pub(crate) fn equals(self, other: impl Into<Expr>) -> Self {
        self.operation(BinaryOperator::Eq, other)
    }

    /// `self != other`
    pub(crate) fn differs(self, other: impl Into<Expr>) -> Self {
        self.operation(BinaryOperator::NotEq, other)
    }

    /// `self && other`
    pub(crate) fn and(self, other: impl Into<Expr>) -> Self {
        self.operation(BinaryOperator::And, other)
    }

    /// `self || other`
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the test of how operators bind needs one that binds less")
    )]
    pub(crate) fn or(self, other: impl Into<Expr>) -> Self {
        self.operation(BinaryOperator::Or, other)
    }

    /// `self > other`
    pub(crate) fn exceeds(self, other: impl Into<Expr>) -> Self {
        self.operation(BinaryOperator::Greater, other)
    }

    /// `self >= other`
    pub(crate) fn at_least(self, other: impl Into<Expr>) -> Self {
        self.operation(BinaryOperator::GreaterEq, other)
    }

    /// `self <= other`
    pub(crate) fn at_most(self, other: impl Into<Expr>) -> Self {
        self.operation(BinaryOperator::LessEq, other)
    }

    /// `!self`
    pub(crate) fn negated(self) -> Self {
        Self(Node::Not(Box::new(self)))
    }

    /// `self[0]`, of a value that no reference names, such as what a function gives.
    pub(crate) fn nth(self, index: usize) -> Self {
        self.step(Step::Nth(index))
    }

    /// `self.name`, of a value that no reference names.
    pub(crate) fn attr(self, name: &'static str) -> Self {
        self.step(Step::Attr(name))
    }

    fn step(self, step: Step) -> Self {
        match self.0 {
            Node::Reference(reference) => Self(Node::Reference(reference.step(step))),
            Node::Path(start, mut steps) => {
                steps.push(step);
                Self(Node::Path(start, steps))
            }
            start => Self(Node::Path(Box::new(Self(start)), vec![step])),
        }
    }

    fn operation(self, operator: BinaryOperator, other: impl Into<Expr>) -> Self {
        Self(Node::Operation(Box::new((self, operator, other.into()))))
    }

    /// A quoted template. Without a reference among the pieces it is a plain literal.
    pub(crate) fn template(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let pieces = pieces.into_iter();
        let mut joined: Vec<Piece> = Vec::with_capacity(pieces.size_hint().0);
        let mut live = false;
        for piece in pieces {
            live |= matches!(piece, Piece::Reference(_));
            match (joined.last_mut(), piece) {
                // A sign and the bracket behind it may stand in two pieces, and have to be escaped as one.
                (Some(Piece::Text(before)), Piece::Text(text)) if before.as_str().ends_with(['$', '%']) => {
                    before.push(text.as_str());
                }
                (_, piece) => joined.push(piece),
            }
        }
        if live {
            return Self(Node::Template(joined));
        }
        let mut all = String::new();
        for piece in &joined {
            if let Piece::Text(text) = piece {
                all.push_str(text.as_str());
            }
        }
        Self::from(all)
    }

    /// Whether it holds a reference to `what` or to something in it.
    pub(crate) fn mentions(&self, what: &Reference) -> bool {
        let any = |items: &[Self]| items.iter().any(|item| item.mentions(what));
        match &self.0 {
            Node::Null | Node::Bool(_) | Node::Integer(_) | Node::Float(_) | Node::Text(_) => false,
            Node::Reference(reference) => reference.mentions(what),
            Node::Template(pieces) => pieces.iter().any(|piece| match piece {
                Piece::Text(_) => false,
                Piece::Reference(reference) => reference.mentions(what),
            }),
            Node::List(items) | Node::Call(_, items) => any(items),
            Node::Object(entries) => entries.iter().any(|entry| {
                let of_key = matches!(&entry.key, super::object::Key::Template(key) if key.mentions(what));
                of_key || entry.value.mentions(what)
            }),
            Node::For(inner) => inner.mentions(what),
            Node::Not(operand) => operand.mentions(what),
            Node::Operation(operation) => operation.0.mentions(what) || operation.2.mentions(what),
            Node::Choice(parts) => any(parts.as_slice()),
            Node::Path(start, steps) => start.mentions(what) || any_index_mentions(steps, what),
        }
    }
}

/// A part of a template.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// Text, escaped.
    Text(Text),
    /// Something that Terraform fills in.
    Reference(Reference),
}

impl From<Reference> for Piece {
    fn from(reference: Reference) -> Self {
        Self::Reference(reference)
    }
}

macro_rules! from_text {
    ($($text:ty),+) => {
        $(impl From<$text> for Expr {
            fn from(text: $text) -> Self {
                Self(Node::Text(text.into()))
            }
        }

        impl From<$text> for Piece {
            fn from(text: $text) -> Self {
                Self::Text(text.into())
            }
        })+
    };
}
from_text!(&'static str, String, &String, &Key, Text);

impl From<bool> for Expr {
    fn from(value: bool) -> Self {
        Self(Node::Bool(value))
    }
}

macro_rules! from_number {
    ($($number:ty),+) => {
        $(impl From<$number> for Expr {
            fn from(value: $number) -> Self {
                Self(Node::Integer(value.into()))
            }
        })+
    };
}
from_number!(u8, u16, u32, u64);

impl From<Acus> for Expr {
    fn from(acus: Acus) -> Self {
        if acus.halves().is_multiple_of(2) {
            Self::from(acus.halves() / 2)
        } else {
            Self::from(f64::from(acus.halves()) / 2.0)
        }
    }
}

impl From<f64> for Expr {
    /// HCL has no infinity and nothing that is no number: they become `null`.
    fn from(value: f64) -> Self {
        Self(if value.is_finite() { Node::Float(value) } else { Node::Null })
    }
}

impl<T: Into<Expr>> From<Option<T>> for Expr {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::null, Into::into)
    }
}

impl From<Object> for Expr {
    fn from(object: Object) -> Self {
        Self(Node::Object(object.0))
    }
}

impl From<For> for Expr {
    fn from(inner: For) -> Self {
        Self(Node::For(Box::new(inner)))
    }
}
