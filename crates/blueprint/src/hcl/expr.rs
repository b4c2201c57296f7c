//! Expressions. Each kind has its own constructor; text goes in as a literal and in no other way.

use hcl_edit::{
    Decorate, Decorated, Number,
    expr::{
        Array, BinaryOp, BinaryOperator, Conditional, Expression, ForExpr, ForIntro, FuncArgs, FuncCall,
        ObjectKey, ObjectValue, Traversal, TraversalOperator,
    },
    template::{Element, Interpolation, StringTemplate},
};

use terrane_domain::Acus;

use super::{
    Reference,
    reference::ident,
    text::{literal, push_elements},
};

/// An expression that is safe to write out.
#[derive(Debug, Clone)]
pub(crate) struct Expr(pub(super) Expression);

impl Expr {
    /// `null`
    pub(crate) fn null() -> Self {
        Self(Expression::null())
    }

    /// `[a, b]`
    pub(crate) fn list<T: Into<Expr>>(items: impl IntoIterator<Item = T>) -> Self {
        Self(Expression::from(items.into_iter().map(|item| item.into().0).collect::<Array>()))
    }

    /// `function(a, b)`
    pub(crate) fn call<T: Into<Expr>>(function: &'static str, args: impl IntoIterator<Item = T>) -> Self {
        let args = args.into_iter().map(|arg| arg.into().0).collect::<FuncArgs>();
        Self(Expression::from(FuncCall::new(ident(function), args)))
    }

    /// `condition ? yes : no`
    pub(crate) fn choose(condition: Expr, yes: impl Into<Expr>, no: impl Into<Expr>) -> Self {
        Self(Expression::from(Conditional::new(condition.0, yes.into().0, no.into().0)))
    }

    /// `self.name`, of the value of a call.
    pub(crate) fn attr(self, name: &'static str) -> Self {
        let step = TraversalOperator::GetAttr(Decorated::new(ident(name)));
        Self(Expression::from(Traversal::new(self.0, vec![Decorated::new(step)])))
    }

    /// `self == other`
    pub(crate) fn equals(self, other: impl Into<Expr>) -> Self {
        Self(Expression::from(BinaryOp::new(self.0, Decorated::new(BinaryOperator::Eq), other.into().0)))
    }

    /// `self != other`
    pub(crate) fn differs(self, other: impl Into<Expr>) -> Self {
        Self(Expression::from(BinaryOp::new(self.0, Decorated::new(BinaryOperator::NotEq), other.into().0)))
    }

    /// `self && other`
    pub(crate) fn and(self, other: impl Into<Expr>) -> Self {
        Self(Expression::from(BinaryOp::new(self.0, Decorated::new(BinaryOperator::And), other.into().0)))
    }

    /// A quoted template. Without a reference among the pieces it is a plain literal.
    pub(crate) fn template<'a>(pieces: impl IntoIterator<Item = Piece<'a>>) -> Self {
        let mut elements = Vec::new();
        let mut pending = String::new();
        for piece in pieces {
            match piece {
                // Joined first: a marker may straddle two pieces.
                Piece::Text(text) => pending.push_str(text),
                Piece::Reference(reference) => {
                    push_elements(&mut elements, &pending);
                    pending.clear();
                    let mut expression = reference.into_expression();
                    *expression.decor_mut() = ("", "").into();
                    elements.push(Element::Interpolation(Interpolation::new(expression)));
                }
            }
        }
        if elements.is_empty() {
            return Self(literal(&pending));
        }
        push_elements(&mut elements, &pending);
        Self(Expression::from(StringTemplate::from(elements)))
    }
}

/// A part of a template.
#[derive(Debug, Clone)]
pub(crate) enum Piece<'a> {
    /// Text, escaped.
    Text(&'a str),
    /// Something that Terraform fills in.
    Reference(Reference),
}

impl<'a> From<&'a str> for Piece<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<Reference> for Piece<'_> {
    fn from(reference: Reference) -> Self {
        Self::Reference(reference)
    }
}

impl From<&str> for Expr {
    fn from(text: &str) -> Self {
        Self(literal(text))
    }
}

impl From<&String> for Expr {
    fn from(text: &String) -> Self {
        Self(literal(text))
    }
}

impl From<String> for Expr {
    fn from(text: String) -> Self {
        Self(literal(&text))
    }
}

impl From<bool> for Expr {
    fn from(value: bool) -> Self {
        Self(Expression::from(value))
    }
}

macro_rules! from_number {
    ($($number:ty),+) => {
        $(impl From<$number> for Expr {
            fn from(value: $number) -> Self {
                Self(Expression::from(value))
            }
        })+
    };
}
from_number!(u8, u16, u32);

impl From<Acus> for Expr {
    fn from(acus: Acus) -> Self {
        match Number::from_f64(f64::from(acus.halves()) / 2.0) {
            Some(half) if !acus.halves().is_multiple_of(2) => Self(Expression::from(half)),
            _ => Self::from(acus.halves() / 2),
        }
    }
}

impl From<Reference> for Expr {
    fn from(reference: Reference) -> Self {
        Self(reference.into_expression())
    }
}

impl<T: Into<Expr>> From<Option<T>> for Expr {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::null, Into::into)
    }
}

/// `{ name = value, "a user's key" = value }`
#[derive(Debug, Default)]
pub(crate) struct Object(Vec<(ObjectKey, ObjectValue)>);

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A field that this crate names.
    pub(crate) fn field(mut self, name: &'static str, value: impl Into<Expr>) -> Self {
        self.0.push((ObjectKey::from(ident(name)), ObjectValue::new(value.into().0)));
        self
    }

    /// An entry whose key is text, always quoted.
    pub(crate) fn entry(mut self, key: &str, value: impl Into<Expr>) -> Self {
        self.0.push((ObjectKey::from(literal(key)), ObjectValue::new(value.into().0)));
        self
    }
}

impl From<Object> for Expr {
    fn from(object: Object) -> Self {
        Self(Expression::from(object.0.into_iter().collect::<hcl_edit::expr::Object>()))
    }
}

/// `[for key, item in collection : value]`
#[derive(Debug)]
pub(crate) struct ForList {
    /// Name of the variable that holds the item; the key's is `key`.
    pub(crate) item: &'static str,
    pub(crate) collection: Reference,
    pub(crate) value: Expr,
}

impl From<ForList> for Expr {
    fn from(list: ForList) -> Self {
        let mut intro = ForIntro::new(ident(list.item), list.collection.into_expression());
        intro.key_var = Some(Decorated::new(ident("key")));
        Self(Expression::from(ForExpr::new(intro, list.value.0)))
    }
}

/// `{ for key, item in collection : key => value if condition }`
#[derive(Debug)]
pub(crate) struct ForMap {
    /// Name of the variable that holds the item; the key's is `key`.
    pub(crate) item: &'static str,
    pub(crate) collection: Reference,
    pub(crate) value: Expr,
    pub(crate) condition: Option<Expr>,
}

impl From<ForMap> for Expr {
    fn from(map: ForMap) -> Self {
        let mut intro = ForIntro::new(ident(map.item), map.collection.into_expression());
        intro.key_var = Some(Decorated::new(ident("key")));
        let mut expression = ForExpr::new(intro, map.value.0);
        expression.key_expr = Some(Reference::variable("key").into_expression());
        expression.cond = map.condition.map(|condition| condition.0.into());
        Self(Expression::from(expression))
    }
}
