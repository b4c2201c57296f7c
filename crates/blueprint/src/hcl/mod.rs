//! A small, safe builder of Terraform's language, and the layout of `terraform fmt`.
//!
//! * Literal text, references, templates and calls are made by different constructors of [`Expr`]; the only way in for
//!   text that isn't `&'static str` is a literal, and all literals are written in one module, [`text`].
//! * Identifiers (block types, labels, argument names, functions, parts of a reference) are `&'static str`: they come
//!   from this crate's source, never from a user. [`Identifier`] is the one that is read, from an address of a plan.
//! * Builders say nothing of white space. [`layout`] decides indentation, alignment and blank lines of blocks, [`write`]
//!   those of values, both while writing into the buffer that becomes the file.
//!
//! WHY the tree is ours: `hcl-edit`'s keeps a `String` for every identifier and room for white space at every node.
//! With it, rendering took five times as long, nearly all of it for making, decorating, encoding and dropping nodes.
//! `hcl-edit` has the word where its knowledge is needed: how text is escaped, how operators are spelt and bind. The
//! tests read all that is rendered back with `hcl-rs`.

mod block;
mod expr;
mod for_expr;
mod layout;
mod object;
mod reference;
mod resource;
mod text;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use block::{Block, File};
pub(crate) use expr::{Expr, Piece};
pub(crate) use for_expr::For;
pub(crate) use object::Object;
pub(crate) use reference::{Identifier, Reference, each_key, each_value, local};
pub(crate) use resource::Resource;
pub(crate) use text::Text;

/// A quoted template out of literal text and references, e.g. `template![local("name"), "-nat-", each_key()]`.
macro_rules! template {
    ($($piece:expr),+ $(,)?) => {
        $crate::hcl::Expr::template([$($crate::hcl::Piece::from($piece)),+])
    };
}
pub(crate) use template;
