//! What the rendered module declares by type and name: resources, data sources and ephemeral resources.

use super::{Expr, Reference, Text, each_key, expr::Node, reference::Step};

/// How Terraform treats an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Made, changed and destroyed.
    Managed,
    /// Read.
    Data,
    /// Opened in each run and in no state: what a write-only argument takes.
    Ephemeral,
}

/// A resource or data source of the rendered module: its type, its name, and whether it stands once or per key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(super) mode: Mode,
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    keyed: bool,
}

impl Resource {
    /// A resource that stands once.
    pub(crate) const fn one(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Managed, kind, name, keyed: false }
    }

    /// A resource with `for_each`.
    pub(crate) const fn per_key(kind: &'static str, name: &'static str) -> Self {
        Self { keyed: true, ..Self::one(kind, name) }
    }

    /// A data source that stands once.
    pub(crate) const fn data(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Data, ..Self::one(kind, name) }
    }

    /// A data source with `for_each`.
    pub(crate) const fn data_per_key(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Data, ..Self::per_key(kind, name) }
    }

    /// An ephemeral resource that stands once.
    #[cfg_attr(not(test), expect(dead_code, reason = "all ephemeral resources so far are one per key"))]
    pub(crate) const fn ephemeral(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Ephemeral, ..Self::one(kind, name) }
    }

    /// An ephemeral resource with `for_each`.
    pub(crate) const fn ephemeral_per_key(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Ephemeral, ..Self::per_key(kind, name) }
    }

    /// All of it, as `depends_on` wants it.
    pub(crate) fn whole(self) -> Reference {
        match self.mode {
            Mode::Managed => Reference::variable(self.kind).attr(self.name),
            Mode::Data => Reference::variable("data").attr(self.kind).attr(self.name),
            Mode::Ephemeral => Reference::variable("ephemeral").attr(self.kind).attr(self.name),
        }
    }

    /// An attribute; of the instance with the same key where there is one per key.
    pub(crate) fn attr(self, name: &'static str) -> Reference {
        let whole = self.whole();
        if self.keyed { whole.step(Step::EachKey) } else { whole }.attr(name)
    }

    /// An attribute of the instance with a key that is known here.
    pub(crate) fn at(self, key: impl Into<Text>, name: &'static str) -> Expr {
        self.whole().at(key.into()).attr(name).into()
    }

    /// An attribute of the instance whose key stands somewhere else: `aws_x.main[each.value.cluster].id`.
    pub(crate) fn via(self, key: Reference, name: &'static str) -> Reference {
        self.whole().at(key).attr(name)
    }

    /// An attribute of every instance, as a list.
    pub(crate) fn all(self, name: &'static str) -> Expr {
        let values = Expr::call("values", [self.whole()]);
        Expr(Node::Path(Box::new(values), vec![Step::Splat, Step::Attr(name)]))
    }

    /// The value of the tag `terrane:address`: `type.name`, or `type.name/key`, because AWS refuses brackets and
    /// quotes in tag values. [`crate::address_of_tag`] is the way back.
    pub(crate) fn address_tag(self) -> Expr {
        let (kind, name) = (self.kind.into(), self.name.into());
        if self.keyed {
            Expr::template([kind, ".".into(), name, "/".into(), each_key().into()])
        } else {
            Expr::template([kind, ".".into(), name])
        }
    }
}
