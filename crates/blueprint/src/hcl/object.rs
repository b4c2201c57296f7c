//! Object literals.

use super::{Expr, Text};

/// `{ name = value, "a user's key" = value }`
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

    fn push(mut self, key: Key, value: Expr) -> Self {
        self.0.push(Entry { key, value });
        self
    }
}
