//! The JSON Schema of the environment file.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::Value;

use crate::{
    Key,
    spec::{EnvironmentName, EnvironmentSpec, Switch},
};

/// The JSON Schema (2020-12) of the environment file, for editors and for `terrane schema`. It says what [`crate::parse`]
/// accepts as far as a schema can; rules across values are left to `parse`.
pub fn json_schema() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut schema = settings.into_generator().into_root_schema_for::<EnvironmentSpec>().to_value();
    simplify(&mut schema);
    schema
}

/// Makes the derived schema say what the reader does: a section may be named without a value (`network:`), a single
/// value may not. What is then the only choice left is no choice.
fn simplify(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(simplify),
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                let is_section = types.iter().any(|name| name == "object");
                types.retain(|name| is_section || name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(options)) = map.get_mut("anyOf") {
                options.retain(|option| option.get("type") != Some(&Value::from("null")));
                if let [Value::Object(only)] = options.as_mut_slice() {
                    let only = std::mem::take(only);
                    map.remove("anyOf");
                    for (key, value) in only {
                        map.entry(key).or_insert(value);
                    }
                }
            }
            if let Some(Value::Array(words)) = map.get_mut("enum") {
                words.retain(|word| !word.is_null());
            }
            map.values_mut().for_each(simplify);
        }
        _ => {}
    }
}

impl JsonSchema for Key {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Key".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        name_schema(1)
    }
}

impl JsonSchema for EnvironmentName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "EnvironmentName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        name_schema(Self::MIN_LEN)
    }
}

fn name_schema(least: usize) -> Schema {
    json_schema!({
        "type": "string",
        "minLength": least,
        "maxLength": Key::MAX_LEN,
        "pattern": "^[a-z](-?[a-z0-9])*$",
    })
}

impl<T: JsonSchema> JsonSchema for Switch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("SwitchOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let settings = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "const": false }, settings] })
    }
}
