//! JSON to [`Node`]: the same tree, the same limits, no lines. serde_json's own `Value` would let the second of two
//! equal keys win, silently.

use std::{collections::BTreeSet, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{
    node::{Entry, Kind, MAX_DEPTH, MAX_KEY_CHARS, MAX_NODES, Node, Number},
    problem::{Path, Problem, Sink, quoted},
};

/// Reads one document. `Err` is what made it impossible to go on; lesser problems are in `sink`.
pub(super) fn read(text: &str, sink: &Sink) -> Result<Node, Problem> {
    let nodes = std::cell::Cell::new(0);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Seed { sink, nodes: &nodes, path: Path::root(), depth: 0 };
    let node = seed.deserialize(&mut deserializer).and_then(|node| deserializer.end().map(|()| node));
    node.map_err(|error| {
        let full = error.to_string();
        let message = full.split(" at line ").next().unwrap_or(&full);
        let prefix = if error.is_data() { "" } else { "not valid JSON: " };
        Problem::of_file(
            u32::try_from(error.line()).ok().filter(|line| *line > 0),
            format!("{prefix}{message}"),
        )
    })
}

struct Seed<'a> {
    sink: &'a Sink,
    nodes: &'a std::cell::Cell<usize>,
    path: Path,
    depth: usize,
}

impl Seed<'_> {
    fn inside<E: de::Error>(&self, path: Path) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format_args!("nested more than {MAX_DEPTH} levels deep")));
        }
        Ok(Self { sink: self.sink, nodes: self.nodes, path, depth: self.depth + 1 })
    }

    fn node<E: de::Error>(&self, kind: Kind) -> Result<Node, E> {
        self.nodes.set(self.nodes.get() + 1);
        if self.nodes.get() > MAX_NODES {
            return Err(E::custom(format_args!(
                "more than {MAX_NODES} values; an environment needs far fewer"
            )));
        }
        Ok(Node { line: None, kind })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        self.node(Kind::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        self.node(Kind::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        self.node(Kind::Number(Number { text: value.to_string(), integer: Some(value) }))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        self.node(Kind::Number(Number { text: value.to_string(), integer: i64::try_from(value).ok() }))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        self.node(Kind::Number(Number { text: value.to_string(), integer: None }))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        self.node(Kind::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self.inside(self.path.index(items.len()))?)? {
            items.push(item);
        }
        self.node(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        let mut seen = BTreeSet::new();
        while let Some(key) = access.next_key::<String>()? {
            let path = self.path.key(&key);
            let value = access.next_value_seed(self.inside(path.clone())?)?;
            if key.chars().count() > MAX_KEY_CHARS {
                let message = format!("the key {} is longer than {MAX_KEY_CHARS} characters", quoted(&key));
                self.sink.report(Problem::new(&self.path, None, message));
            } else if seen.insert(key.clone()) {
                entries.push(Entry { key, line: None, value });
            } else {
                self.sink.report(Problem::new(&path, None, "this key is given twice; keep one"));
            }
        }
        self.node(Kind::Map(entries))
    }
}
