//! A value that a JSON Schema allows.

use serde_json::{Map, Value};

use crate::{dice::Dice, hints, pattern};

/// How often an optional key is written, in a hundred.
const OFTEN: u64 = 45;
/// Values for a text of which the schema says nothing: labels, tags, variables of an app.
const WORDS: [&str; 8] = ["platform", "4711", "Größe", "a b", "a/b:c=d+e-f@g", "x", "日本", "production"];
/// Names that a user might choose, from the shortest to the longest.
const NAMES: [&str; 6] = ["main", "a", "web", "orders-2", "the-name-of-24-letters-x", "b0"];

/// Draws a file, key by key.
pub(crate) struct Draw<'a> {
    pub(crate) dice: &'a mut Dice,
    /// The sections that are drawn already, for what refers to them.
    file: Map<String, Value>,
}

impl<'a> Draw<'a> {
    pub(crate) fn new(dice: &'a mut Dice) -> Self {
        Self { dice, file: Map::new() }
    }

    /// A whole file.
    pub(crate) fn file(mut self, schema: &Value) -> Value {
        for (key, property) in properties(schema) {
            if is_required(schema, key) || self.dice.chance(OFTEN) {
                let value = self.value(property, &mut vec![key.clone()]);
                self.file.insert(key.clone(), value);
            }
        }
        Value::Object(self.file)
    }

    /// The value at `path`, in which names that a user chooses stand as `*`.
    fn value(&mut self, schema: &Value, path: &mut Vec<String>) -> Value {
        if let Some(value) = hints::hint(&path.join("."), self.dice, &self.file) {
            return value;
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(options) = schema[choice].as_array() {
                return self.dice.pick(options).map_or(Value::Null, |option| self.value(option, path));
            }
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(words) = schema["enum"].as_array() {
            return self.dice.pick(words).cloned().unwrap_or_default();
        }
        match kind(schema) {
            "object" => self.object(schema, path),
            "array" => self.array(schema, path),
            "boolean" => Value::from(self.dice.chance(50)),
            "integer" | "number" => Value::from(self.integer(schema)),
            _ => Value::from(self.text(schema)),
        }
    }

    fn object(&mut self, schema: &Value, path: &mut Vec<String>) -> Value {
        let mut object = Map::new();
        for (key, property) in properties(schema) {
            if is_required(schema, key) || self.dice.chance(OFTEN) {
                path.push(key.clone());
                let value = self.value(property, path);
                path.pop();
                if !value.is_null() {
                    object.insert(key.clone(), value);
                }
            }
        }
        let by_pattern = schema["patternProperties"].as_object().into_iter().flatten();
        let open = schema.get("additionalProperties").filter(|rest| rest.is_object());
        let named = by_pattern.map(|(pattern, item)| (Some(pattern), item));
        for (pattern, item) in named.chain(open.map(|item| (None, item))) {
            for _ in 0..self.dice.between(1, 2) {
                let name = self.name(pattern);
                path.push("*".to_owned());
                let value = self.value(item, path);
                path.pop();
                object.insert(name, value);
            }
        }
        Value::Object(object)
    }

    fn name(&mut self, pattern: Option<&String>) -> String {
        let drawn = match pattern {
            Some(pattern) if self.dice.chance(30) => pattern::text(pattern, self.dice),
            _ => self.dice.pick(&NAMES).map(|name| (*name).to_owned()),
        };
        drawn.unwrap_or_default()
    }

    fn array(&mut self, schema: &Value, path: &mut Vec<String>) -> Value {
        let least = schema["minItems"].as_u64().unwrap_or(0);
        let most = schema["maxItems"].as_u64().unwrap_or(least + 3);
        path.push("*".to_owned());
        let mut items: Vec<Value> = Vec::new();
        for _ in 0..self.dice.between(least, most) {
            let item = self.value(&schema["items"], path);
            // Most lists of the file are sets.
            if !items.contains(&item) {
                items.push(item);
            }
        }
        path.pop();
        Value::Array(items)
    }

    /// Small numbers more often than large ones, and the edges now and then.
    fn integer(&mut self, schema: &Value) -> u64 {
        let least = schema["minimum"].as_u64().unwrap_or(0);
        let most = schema["maximum"].as_u64().unwrap_or(least + 1_000);
        match self.dice.between(0, 9) {
            0 => least,
            1 => most,
            2..=6 => self.dice.between(least, most.min(least.saturating_add(20))),
            _ => self.dice.between(least, most),
        }
    }

    fn text(&mut self, schema: &Value) -> String {
        let examples = schema["examples"].as_array().filter(|_| self.dice.chance(70));
        if let Some(Value::String(example)) = examples.and_then(|examples| self.dice.pick(examples)) {
            return example.clone();
        }
        let Some(pattern) = schema["pattern"].as_str() else {
            return self.dice.pick(&WORDS).map(|word| (*word).to_owned()).unwrap_or_default();
        };
        let bound = |name: &str, open: u64| schema[name].as_u64().unwrap_or(open);
        let lengths = bound("minLength", 0)..=bound("maxLength", u64::MAX);
        let mut drawn = (0..10).filter_map(|_| pattern::text(pattern, self.dice));
        drawn.find(|text| lengths.contains(&(text.chars().count() as u64))).unwrap_or_default()
    }
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn is_required(schema: &Value, key: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.iter().any(|name| name == key))
}

/// The type; of several, the one that is a section.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        only => only.as_str(),
    }
    .unwrap_or("string")
}
