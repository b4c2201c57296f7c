//! References to resources, data sources, locals and iteration variables. Every part is a `&'static str`.

use hcl_edit::{
    Decorated, Ident,
    expr::{Expression, Splat, Traversal, TraversalOperator},
};

use super::{Expr, text};

/// One step of a reference after its root.
#[derive(Debug, Clone)]
enum Step {
    /// `.name`
    Attr(&'static str),
    /// `[each.key]`
    EachKey,
    /// `[reference]`
    Under(Reference),
    /// `[each.value.field]`
    EachValue(&'static str),
    /// `[*]`, which also turns null into an empty list and anything else that is no list into a list of one
    Splat,
}

/// A reference out of parts that this crate names, e.g. `aws_vpc.main.id`. It holds no text of a user, which is what
/// makes it fit to stand inside a template: `hcl-edit` stops escaping a template behind a nested one.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    root: &'static str,
    steps: Vec<Step>,
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

    /// `self[each.key]`
    pub(crate) fn of_each_key(self) -> Self {
        self.step(Step::EachKey)
    }

    /// `self[each.value.field]`: what the thing at hand belongs to.
    pub(crate) fn of_each(self, field: &'static str) -> Self {
        self.step(Step::EachValue(field))
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    pub(super) fn into_expression(self) -> Expression {
        let root = Expression::from(ident(self.root));
        if self.steps.is_empty() {
            return root;
        }
        let operators = self.steps.into_iter().map(|step| {
            Decorated::new(match step {
                Step::Attr(name) => TraversalOperator::GetAttr(Decorated::new(ident(name))),
                Step::EachKey => TraversalOperator::Index(each_key().into_expression()),
                Step::Under(key) => TraversalOperator::Index(key.into_expression()),
                Step::EachValue(field) => TraversalOperator::Index(each_value(field).into_expression()),
                Step::Splat => TraversalOperator::FullSplat(Decorated::new(Splat)),
            })
        });
        Expression::from(Traversal::new(root, operators.collect::<Vec<_>>()))
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

/// What becomes of a thing that is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Terraform makes it and keeps it in state.
    Resource,
    /// Terraform reads it and keeps it in state.
    Data,
    /// Terraform makes or reads it anew in each run and keeps it nowhere.
    Ephemeral,
}

impl Mode {
    /// The block that declares it.
    pub(super) const fn block(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Data => "data",
            Self::Ephemeral => "ephemeral",
        }
    }
}

/// A resource or data source of the rendered module: its type, its name, and whether it stands once or per key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resource {
    pub(super) mode: Mode,
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    keyed: bool,
}

impl Resource {
    /// A resource that stands once.
    pub(crate) const fn one(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Resource, kind, name, keyed: false }
    }

    /// A resource with `for_each`.
    pub(crate) const fn per_key(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Resource, kind, name, keyed: true }
    }

    /// A data source that stands once.
    pub(crate) const fn data(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Data, kind, name, keyed: false }
    }

    /// A data source with `for_each`.
    pub(crate) const fn data_per_key(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Data, kind, name, keyed: true }
    }

    /// An ephemeral resource with `for_each`: secrets on their way from one place to another.
    pub(crate) const fn ephemeral_per_key(kind: &'static str, name: &'static str) -> Self {
        Self { mode: Mode::Ephemeral, kind, name, keyed: true }
    }

    /// All of it, as `depends_on` wants it.
    pub(crate) fn whole(self) -> Reference {
        match self.mode {
            Mode::Resource => Reference::variable(self.kind).attr(self.name),
            other => Reference::variable(other.block()).attr(self.kind).attr(self.name),
        }
    }

    /// An attribute; of the instance with the same key where there is one per key.
    pub(crate) fn attr(self, name: &'static str) -> Reference {
        let whole = self.whole();
        if self.keyed { whole.step(Step::EachKey) } else { whole }.attr(name)
    }

    /// An attribute of the instance whose key stands elsewhere: `type.name[each.value.load_balancer].attr`.
    pub(crate) fn under(self, key: Reference, name: &'static str) -> Reference {
        self.whole().step(Step::Under(key)).attr(name)
    }

    /// The instance with a key that is known here, as a `moved` block wants it.
    pub(crate) fn instance(self, key: &str) -> Expr {
        Expr(Expression::from(Traversal::new(
            self.whole().into_expression(),
            vec![Decorated::new(TraversalOperator::Index(text::literal(key)))],
        )))
    }

    /// An attribute of the instance whose key is a field of the thing at hand: `type.name[each.value.field].name`.
    pub(crate) fn of_each(self, field: &'static str, name: &'static str) -> Reference {
        self.whole().of_each(field).attr(name)
    }

    /// An attribute of the instance whose key a `for` expression holds in a variable: `type.name[key].name`.
    pub(crate) fn of_variable(self, variable: &'static str, name: &'static str) -> Expr {
        Expr(Expression::from(Traversal::new(
            self.whole().into_expression(),
            vec![
                Decorated::new(TraversalOperator::Index(Reference::variable(variable).into_expression())),
                Decorated::new(TraversalOperator::GetAttr(Decorated::new(ident(name)))),
            ],
        )))
    }

    /// An attribute of the instance with a key that is known here.
    pub(crate) fn at(self, key: &str, name: &'static str) -> Expr {
        Expr(Expression::from(Traversal::new(
            self.whole().into_expression(),
            vec![
                Decorated::new(TraversalOperator::Index(text::literal(key))),
                Decorated::new(TraversalOperator::GetAttr(Decorated::new(ident(name)))),
            ],
        )))
    }

    /// An attribute of every block in a list of blocks, of the instance with a key that is known here:
    /// `type.name["key"].blocks[*].name`.
    pub(crate) fn at_all(self, key: &str, blocks: &'static str, name: &'static str) -> Expr {
        Expr(Expression::from(Traversal::new(
            self.whole().into_expression(),
            vec![
                Decorated::new(TraversalOperator::Index(text::literal(key))),
                Decorated::new(TraversalOperator::GetAttr(Decorated::new(ident(blocks)))),
                Decorated::new(TraversalOperator::FullSplat(Decorated::new(Splat))),
                Decorated::new(TraversalOperator::GetAttr(Decorated::new(ident(name)))),
            ],
        )))
    }

    /// An attribute of every instance, as a list.
    pub(crate) fn all(self, name: &'static str) -> Expr {
        let values = Expr::call("values", [self.whole()]);
        Expr(Expression::from(Traversal::new(
            values.0,
            vec![
                Decorated::new(TraversalOperator::FullSplat(Decorated::new(Splat))),
                Decorated::new(TraversalOperator::GetAttr(Decorated::new(ident(name)))),
            ],
        )))
    }

    /// How the configuration calls it: `aws_vpc.main`, `data.aws_region.current`.
    pub(crate) fn address(self) -> String {
        match self.mode {
            Mode::Resource => format!("{}.{}", self.kind, self.name),
            other => format!("{}.{}.{}", other.block(), self.kind, self.name),
        }
    }

    /// The value of the tag `terrane:address`: `type.name`, or `type.name/key`, because AWS refuses brackets and
    /// quotes in tag values. [`crate::address_of_tag`] is the way back.
    pub(crate) fn address_tag(self) -> Expr {
        let mut pieces = vec![self.kind.into(), ".".into(), self.name.into()];
        if self.keyed {
            pieces.extend(["/".into(), each_key().into()]);
        }
        Expr::template(pieces)
    }
}

/// An identifier from our own source. Tests parse everything that is rendered, so a wrong one is found there.
pub(super) fn ident(name: &'static str) -> Ident {
    Ident::new_unchecked(name)
}
