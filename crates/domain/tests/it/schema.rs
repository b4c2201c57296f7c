//! The schema and the reader know the same keys.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use terrane_domain::{json_schema, parse_value};

/// A mapping with fixed keys.
pub struct Section {
    pub pointer: String,
    pub keys: BTreeSet<String>,
}

/// Every mapping with fixed keys that the schema describes; `main` stands for a name that the user chooses.
pub fn sections() -> Vec<Section> {
    let mut found = Vec::new();
    collect(&json_schema(), String::new(), &mut found);
    found
}

fn collect(schema: &Value, pointer: String, found: &mut Vec<Section>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (key, property) in properties {
            collect(property, format!("{pointer}/{key}"), found);
        }
        found.push(Section { pointer: pointer.clone(), keys: properties.keys().cloned().collect() });
    }
    for named in
        schema.get("patternProperties").and_then(Value::as_object).into_iter().flat_map(|map| map.values())
    {
        collect(named, format!("{pointer}/main"), found);
    }
    if let Some(named) = schema.get("additionalProperties").filter(|named| named.is_object()) {
        collect(named, format!("{pointer}/main"), found);
    }
    for option in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        collect(option, pointer.clone(), found);
    }
}

#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let sections = sections();
    let pointers: BTreeSet<&str> = sections.iter().map(|section| section.pointer.as_str()).collect();
    for expected in
        ["", "/network/flow_logs", "/buckets/main/lifecycle", "/databases/main/size", "/lifecycle/on_destroy"]
    {
        assert!(pointers.contains(expected), "{pointers:?}");
    }
    for section in sections {
        // Far from every key, so that the reader lists all it knows.
        let mut environment = json!({ "name": "dev", "cloud": { "region": "eu-west-1" } });
        let mut place = &mut environment;
        for key in section.pointer.split('/').skip(1) {
            place = place.as_object_mut().unwrap().entry(key).or_insert_with(|| json!({}));
        }
        place.as_object_mut().unwrap().insert("qqqqqqqqqqqq".to_owned(), json!(1));
        let problems = parse_value(&environment).unwrap_err();
        let pointer = format!("{}/qqqqqqqqqqqq", section.pointer);
        let problem = problems.iter().find(|problem| problem.pointer == pointer).unwrap();
        let listed = problem.message.strip_prefix("unknown key; expected ").unwrap();
        let known: BTreeSet<String> = listed.replace(" or ", ", ").split(", ").map(str::to_owned).collect();
        assert_eq!(known, section.keys, "{}", section.pointer);
    }
}

#[test]
fn the_schema_lists_what_a_value_may_be() {
    let schema = json_schema();
    let words = |pointer: &str, of: &str| -> Vec<Value> {
        let list = schema.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("{pointer}"));
        list.iter().map(|word| if of.is_empty() { word.clone() } else { word[of].clone() }).collect()
    };
    assert_eq!(words("/properties/profile/oneOf", "const"), ["small", "medium", "large"]);
    assert!(words("/properties/cloud/properties/region/enum", "").contains(&json!("eu-west-1")));
    let flow_logs = "/properties/network/properties/flow_logs/anyOf/1/properties/retention_days/enum";
    assert!(words(flow_logs, "").contains(&json!(90)));
}

#[test]
fn every_key_of_the_schema_is_described() {
    fn check(schema: &Value, path: &str) {
        for (key, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = format!("{path}/{key}");
            assert!(property.get("description").is_some(), "{path} has no description");
            check(property, &path);
        }
    }
    check(&json_schema(), "");
}

#[test]
fn unknown_keys_are_refused_by_the_schema_too_and_scalars_are_never_null() {
    fn check(schema: &Value) {
        if schema.get("properties").is_some() {
            assert_eq!(schema.get("additionalProperties"), Some(&json!(false)), "{schema}");
        }
        if let Some(types) = schema.get("type").and_then(Value::as_array) {
            assert!(types.contains(&json!("object")), "{schema}");
        }
        match schema {
            Value::Object(map) => map.values().for_each(check),
            Value::Array(items) => items.iter().for_each(check),
            _ => {}
        }
    }
    check(&json_schema());
}

#[test]
fn every_list_of_addresses_has_the_same_schema() {
    fn addresses<'a>(schema: &'a Value, found: &mut Vec<&'a Value>) {
        found.extend(schema["properties"].get("emails").map(|emails| &emails["items"]));
        match schema {
            Value::Object(parts) => parts.values().for_each(|part| addresses(part, found)),
            Value::Array(parts) => parts.iter().for_each(|part| addresses(part, found)),
            _ => {}
        }
    }
    let schema = json_schema();
    let mut found = Vec::new();
    addresses(&schema, &mut found);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], found[1]);
    assert!(found[0]["pattern"].is_string() && found[0]["maxLength"] == 254, "{}", found[0]);
}
