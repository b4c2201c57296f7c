//! Decoders that every section needs, in the form that a key of a section asks for.

use super::{Switch, decode::Value, node::Kind, words::Word};

pub(super) fn flag(value: &Value<'_>) -> Option<bool> {
    value.flag()
}

pub(super) fn word<W: Word>(value: &Value<'_>) -> Option<W> {
    value.word()
}

/// `false`, or settings. `true` is refused: `{}` says it, and one way to say a thing is enough.
pub(super) fn switch<T>(value: &Value<'_>, settings: fn(&Value<'_>) -> Option<T>) -> Option<Switch<T>> {
    match value.node.kind {
        Kind::Bool(false) => Some(Switch::Off),
        Kind::Bool(true) => value.reject("write {} to turn it on with its defaults, or false to turn it off"),
        _ => settings(value).map(Switch::On),
    }
}
