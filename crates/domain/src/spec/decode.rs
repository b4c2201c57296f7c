//! From a tree of plain values to types, collecting every problem on the way.
//!
//! A decoder is a function `fn(&Value) -> Option<T>`: `None` means that it has complained. A section is opened with
//! [`Value::fields`], asked for its keys one after the other, and closed, which complains about every key that nobody
//! asked for; so the struct literal in its `read` is the table of what a section may hold.

use std::{cell::RefCell, collections::BTreeMap};

use super::{
    node::{Entry, Kind, Node},
    problem::{Path, Problem, Sink, any_of, clipped, nearest, quoted},
    words::Word,
};
use crate::Key;

/// Longest list.
const MAX_LIST: usize = 50;
/// Most things of one kind in an environment. AWS's own quotas on a region are of this order, and a plan of thousands
/// of resources helps nobody.
const MAX_NAMED: usize = 100;

/// A value and where it stands.
pub(super) struct Value<'a> {
    pub(super) node: &'a Node,
    pub(super) path: Path,
    sink: &'a Sink,
}

impl<'a> Value<'a> {
    pub(super) fn root(node: &'a Node, sink: &'a Sink) -> Self {
        Self { node, path: Path::root(), sink }
    }

    fn child(&self, node: &'a Node, path: Path) -> Self {
        Self { node, path, sink: self.sink }
    }

    /// Complains about this value.
    pub(super) fn complain(&self, message: impl Into<String>) {
        self.sink.report_with(|| Problem::new(&self.path, self.node.line, message));
    }

    /// Complains about this value, which is then no value.
    pub(super) fn reject<T>(&self, message: impl Into<String>) -> Option<T> {
        self.complain(message);
        None
    }

    /// Complains that this value is of the wrong kind.
    pub(super) fn expected<T>(&self, what: &str) -> Option<T> {
        self.complain_of_kind(what);
        None
    }

    fn complain_of_kind(&self, what: &str) {
        let found = match &self.node.kind {
            Kind::Refused => return,
            Kind::Null => return self.complain(format!("is empty; expected {what}, or leave the line out")),
            Kind::Text(text) => quoted(text),
            Kind::Number(number) => clipped(&number.text),
            Kind::Bool(value) => value.to_string(),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a mapping".to_owned(),
        };
        self.complain(format!("expected {what}, found {found}"));
    }

    /// Text. A bare number or a bare `true` is refused with the advice to quote it: `17.10` would become 17.1.
    pub(super) fn text(&self, what: &str) -> Option<&'a str> {
        match &self.node.kind {
            Kind::Text(text) => Some(text),
            Kind::Number(number) => {
                self.reject(format!("{0} must be quoted: \"{0}\"", clipped(&number.text)))
            }
            Kind::Bool(value) => self.reject(format!("{value} must be quoted: \"{value}\"")),
            _ => self.expected(what),
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self.node.kind {
            Kind::Bool(value) => Some(value),
            _ => self.expected("true or false"),
        }
    }

    /// A whole number in a range.
    pub(super) fn integer<T: TryFrom<i64>>(&self, least: i64, most: i64) -> Option<T> {
        let what = format!("a whole number from {least} to {most}");
        match &self.node.kind {
            Kind::Number(number) => match number.integer.filter(|value| (least..=most).contains(value)) {
                Some(value) => T::try_from(value).ok().or_else(|| self.expected(&what)),
                None => self.expected(&what),
            },
            Kind::Text(text) if text.parse::<i64>().is_ok() => {
                self.reject(format!("expected {what}, found text; write {} without quotes", clipped(text)))
            }
            _ => self.expected(&what),
        }
    }

    /// One of a few numbers.
    pub(super) fn one_of<T: TryFrom<u16>>(&self, allowed: &[u16]) -> Option<T> {
        let value = match &self.node.kind {
            Kind::Number(number) => number.integer.and_then(|value| u16::try_from(value).ok()),
            _ => None,
        };
        match value.filter(|value| allowed.contains(value)).and_then(|value| T::try_from(value).ok()) {
            Some(value) => Some(value),
            None => {
                let words: Vec<String> = allowed.iter().map(u16::to_string).collect();
                self.expected(&any_of(words.iter().map(String::as_str)))
            }
        }
    }

    /// One of a closed set of words.
    pub(super) fn word<W: Word>(&self) -> Option<W> {
        let words = || W::WORDS.iter().map(|(word, _)| *word);
        let Kind::Text(text) = &self.node.kind else { return self.expected(&any_of(words())) };
        if let Some((_, value)) = W::WORDS.iter().find(|(word, _)| word == text) {
            return Some(*value);
        }
        // A short list speaks for itself, and guessing among short words misleads: `one` is nearest to `none`.
        let near = if W::WORDS.len() > 4 { nearest(text, words()) } else { None };
        let hint = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        self.reject(format!("unknown value {}; expected {}{hint}", quoted(text), any_of(words())))
    }

    /// A list without doubles.
    pub(super) fn list<T: PartialEq>(
        &self,
        what: &str,
        decode: fn(&Value<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Kind::List(nodes) = &self.node.kind else { return self.expected(what) };
        if nodes.len() > MAX_LIST {
            return self.reject(format!("{} entries are too many; at most {MAX_LIST}", nodes.len()));
        }
        let mut items: Vec<T> = Vec::new();
        let mut complete = true;
        for (index, node) in nodes.iter().enumerate() {
            let value = self.child(node, self.path.index(index));
            match decode(&value) {
                Some(item) if items.contains(&item) => {
                    complete = false;
                    value.complain("is in the list twice; keep one");
                }
                Some(item) => items.push(item),
                None => complete = false,
            }
        }
        complete.then_some(items)
    }

    /// A list in which order counts and doubles may be.
    pub(super) fn items<T>(&self, decode: fn(&Value<'_>) -> Option<T>) -> Option<Vec<T>> {
        let Kind::List(nodes) = &self.node.kind else { return self.expected("a list") };
        if nodes.len() > MAX_LIST {
            return self.reject(format!("{} entries are too many; at most {MAX_LIST}", nodes.len()));
        }
        let items = nodes.iter().enumerate();
        let items: Vec<_> =
            items.map(|(index, node)| decode(&self.child(node, self.path.index(index)))).collect();
        items.into_iter().collect()
    }

    /// The keys of a mapping; a section that is merely named (`network:`) has none.
    pub(super) fn fields(&self) -> Option<Fields<'a, '_>> {
        let entries: &[Entry] = match &self.node.kind {
            Kind::Map(entries) => entries,
            Kind::Null => &[],
            _ => return self.expected("a mapping"),
        };
        Some(Fields { value: self, entries, known: RefCell::default() })
    }

    /// A mapping of names that the user chose.
    pub(super) fn named<T>(&self, decode: fn(&Value<'_>) -> Option<T>) -> BTreeMap<Key, T> {
        if let Kind::Map(entries) = &self.node.kind
            && entries.len() > MAX_NAMED
        {
            self.complain(format!("{} are too many; at most {MAX_NAMED}", entries.len()));
            return BTreeMap::new();
        }
        let check =
            |key: &str| Key::parse(key).map_err(|error| format!("{} is not a name; {error}", quoted(key)));
        self.pairs("a mapping of names", check, decode)
    }

    /// A mapping whose keys and values have rules of their own.
    pub(super) fn pairs<K: Ord, T>(
        &self,
        what: &str,
        check: impl Fn(&str) -> Result<K, String>,
        decode: fn(&Value<'_>) -> Option<T>,
    ) -> BTreeMap<K, T> {
        let mut pairs = BTreeMap::new();
        let entries: &[Entry] = match &self.node.kind {
            Kind::Map(entries) => entries,
            Kind::Null => &[],
            _ => {
                self.complain_of_kind(what);
                &[]
            }
        };
        for entry in entries {
            let value = self.child(&entry.value, self.path.key(&entry.key));
            let key = check(&entry.key)
                .map_err(|message| self.sink.report(Problem::new(&value.path, entry.line, message)));
            if let (Ok(key), Some(value)) = (key, decode(&value)) {
                pairs.insert(key, value);
            }
        }
        pairs
    }

    /// Complains about a key of this mapping.
    pub(super) fn reject_key(&self, key: &str, message: impl Into<String>) {
        let path = self.path.key(key);
        let line = match &self.node.kind {
            Kind::Map(entries) => entries.iter().find(|entry| entry.key == key).and_then(|entry| entry.line),
            _ => None,
        };
        self.sink.report(Problem::new(&path, line.or(self.node.line), message));
    }

    /// Complains about an entry of this list.
    pub(super) fn reject_item(&self, index: usize, message: impl Into<String>) {
        let Kind::List(nodes) = &self.node.kind else { return };
        let line = nodes.get(index).and_then(|node| node.line);
        self.sink.report(Problem::new(&self.path.index(index), line.or(self.node.line), message));
    }
}

/// An open section.
pub(super) struct Fields<'a, 'v> {
    value: &'v Value<'a>,
    entries: &'a [Entry],
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a, '_> {
    fn find(&self, key: &'static str) -> Option<Value<'a>> {
        self.known.borrow_mut().push(key);
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(self.value.child(&entry.value, self.value.path.key(key)))
    }

    /// What stands under a key, if anything does.
    pub(super) fn get<T>(&self, key: &'static str, decode: fn(&Value<'_>) -> Option<T>) -> Option<T> {
        self.find(key).and_then(|value| decode(&value))
    }

    /// What must stand under a key.
    pub(super) fn required<T>(
        &self,
        key: &'static str,
        example: &str,
        decode: fn(&Value<'_>) -> Option<T>,
    ) -> Option<T> {
        match self.find(key) {
            Some(value) => decode(&value),
            None => {
                let path = self.value.path.key(key);
                let message = format!("is required, for example {example}");
                self.value.sink.report(Problem::new(&path, self.value.node.line, message));
                None
            }
        }
    }

    /// A mapping of names under a key; empty if there is none.
    pub(super) fn named<T>(
        &self,
        key: &'static str,
        decode: fn(&Value<'_>) -> Option<T>,
    ) -> BTreeMap<Key, T> {
        self.find(key).map(|value| value.named(decode)).unwrap_or_default()
    }

    /// A mapping of texts under a key; empty if there is none.
    pub(super) fn texts(
        &self,
        key: &'static str,
        decode: fn(&Value<'_>) -> BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        self.find(key).map(|value| decode(&value)).unwrap_or_default()
    }

    /// A mapping under a key whose keys have rules of their own; empty if there is none.
    pub(super) fn map<K, T>(
        &self,
        key: &'static str,
        decode: fn(&Value<'_>) -> BTreeMap<K, T>,
    ) -> BTreeMap<K, T> {
        self.find(key).map(|value| decode(&value)).unwrap_or_default()
    }

    /// Whether a key stands in the section, whether it could be read or not.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// How many of the known keys stand in the section, whether they could be read or not.
    pub(super) fn present(&self) -> usize {
        let known = self.known.borrow();
        self.entries.iter().filter(|entry| known.contains(&entry.key.as_str())).count()
    }

    /// Complains about every key that nobody asked for.
    pub(super) fn close(&self) {
        let known = self.known.borrow();
        for entry in self.entries {
            if known.contains(&entry.key.as_str()) {
                continue;
            }
            self.value.sink.report_with(|| {
                let message = match nearest(&entry.key, known.iter().copied()) {
                    None if known.is_empty() => "unknown key; nothing can be set here, write {}".to_owned(),
                    Some(near) => format!("unknown key; did you mean \"{near}\"?"),
                    None => format!("unknown key; expected {}", any_of(known.iter().copied())),
                };
                Problem::new(&self.value.path.key(&entry.key), entry.line, message)
            });
        }
    }
}
