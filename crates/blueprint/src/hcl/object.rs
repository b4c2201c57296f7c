//! Object literals.

use super::{Expr, Text};

/// `{ name = value, "a user's key" = value, "${local.a}:b" = value }`
#[derive(Debug, Default)]
pub(crate) struct Object(pub(super) Vec<Entry>);

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) value: Expr,
}

#[derive(Debug, Clone)]
pub(super) enum Key {
    /// Written as it is.
    Name(&'static str),
    /// Written in quotes.
    Text(Text),
    /// A template, which Terraform fills in.
    Template(Expr),
}

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A field that this crate names.
    pub(crate) fn field(self, name: &'static str, value: impl Into<Expr>) -> Self {
        self.push(Key::Name(name), value.into())
    }

    /// An entry whose key is text, always quoted.
    pub(crate) fn entry(self, key: impl Into<Text>, value: impl Into<Expr>) -> Self {
        self.push(Key::Text(key.into()), value.into())
    }

    /// An entry whose key is made by Terraform out of a template.
    pub(crate) fn filled_in(self, key: Expr, value: impl Into<Expr>) -> Self {
        self.push(Key::Template(key), value.into())
    }

    fn push(mut self, key: Key, value: Expr) -> Self {
        self.0.push(Entry { key, value });
        self
    }
}
