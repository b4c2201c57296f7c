//! A small, safe builder in front of `hcl-edit`.
//!
//! WHY not `hcl-edit` alone: its types let any text become any syntax, its escaping leaves some interpolations live
//! (see [`text`]), and its default layout isn't what `terraform fmt` writes. So:
//!
//! * Literal text, references, templates and calls are made by different constructors of [`Expr`]; the only way in for
//!   text that isn't `&'static str` is a literal, and all literals are made in one module, [`text`].
//! * Identifiers (block types, labels, argument names, functions, parts of a reference) are `&'static str`: they come
//!   from this crate's source, never from a user.
//! * [`layout`] decides indentation, alignment and blank lines once everything is built; builders say nothing of them.
//!
//! `hcl-edit` holds the tree and writes it out.

mod block;
mod expr;
mod layout;
mod reference;
mod text;

pub(crate) use block::{Block, File};
pub(crate) use expr::{Expr, ForList, ForMap, Object, Piece};
pub(crate) use reference::{Reference, Resource, each_key, each_value, local};

/// A quoted template out of literal text and references, e.g. `template![local("name"), "-nat-", each_key()]`.
macro_rules! template {
    ($($piece:expr),+ $(,)?) => {
        $crate::hcl::Expr::template([$($crate::hcl::Piece::from($piece)),+])
    };
}
pub(crate) use template;
