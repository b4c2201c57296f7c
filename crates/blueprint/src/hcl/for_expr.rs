//! `for` expressions: lists and maps made out of collections.

use super::{Expr, Reference};

/// A `for` expression. The value, the key and the condition refer to the item as `Reference::variable(item)`.
#[derive(Debug, Clone)]
pub(crate) struct For {
    pub(super) with_key: bool,
    pub(super) item: &'static str,
    pub(super) collection: Expr,
    /// Makes it an object.
    pub(super) key: Option<Expr>,
    pub(super) value: Expr,
    pub(super) condition: Option<Expr>,
}

impl For {
    /// `[for item in collection : value]`
    pub(crate) fn list(item: &'static str, collection: impl Into<Expr>, value: impl Into<Expr>) -> Self {
        Self {
            with_key: false,
            item,
            collection: collection.into(),
            key: None,
            value: value.into(),
            condition: None,
        }
    }

    /// `{ for key, item in collection : key => value }`: the keys stay, and are the variable `key`.
    pub(crate) fn map(item: &'static str, collection: impl Into<Expr>, value: impl Into<Expr>) -> Self {
        let key = Some(Reference::variable("key").into());
        Self { with_key: true, key, ..Self::list(item, collection, value) }
    }

    /// `{ for item in collection : key => value }`
    pub(crate) fn keyed(
        item: &'static str,
        collection: impl Into<Expr>,
        key: impl Into<Expr>,
        value: impl Into<Expr>,
    ) -> Self {
        Self { key: Some(key.into()), ..Self::list(item, collection, value) }
    }

    /// Only the items for which `condition` holds.
    pub(crate) fn when(self, condition: impl Into<Expr>) -> Self {
        Self { condition: Some(condition.into()), ..self }
    }

    /// Makes the key of each item the variable `key` too.
    pub(crate) fn with_key(self) -> Self {
        Self { with_key: true, ..self }
    }

    pub(super) fn mentions(&self, what: &Reference) -> bool {
        let optional = |part: &Option<Expr>| part.as_ref().is_some_and(|part| part.mentions(what));
        self.collection.mentions(what)
            || optional(&self.key)
            || self.value.mentions(what)
            || optional(&self.condition)
    }
}
