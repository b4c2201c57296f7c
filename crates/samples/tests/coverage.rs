//! Random files reach what there is to reach.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use terrane_domain::json_schema;
use terrane_samples::{examples, sample, samples};

#[test]
fn nearly_every_seed_gives_a_file_and_all_are_different() {
    let batch = samples(1, 500);
    println!("{}", batch.tally);
    assert_eq!(batch.samples.len(), 500, "{}", batch.tally);
    assert!(batch.tally.given_up < 100, "{}", batch.tally);
    assert!(batch.tally.as_drawn > 50, "too much is left to the reader to refuse: {}", batch.tally);
}

#[test]
fn a_seed_gives_the_same_file_again() {
    for seed in 0..50 {
        let [first, second] = [sample(seed), sample(seed)].map(|sample| sample.map(|sample| sample.spec));
        assert_eq!(first, second);
    }
}

/// Says for each key that no file has how often the reader refused it: the hints of its section need a word about it.
#[test]
fn every_key_of_the_schema_is_in_some_file() {
    let batch = samples(1, 500);
    let mut missing = BTreeSet::new();
    keys_of_schema(&json_schema(), "", &mut missing);
    assert!(missing.len() > 40, "the schema was not understood: {missing:?}");
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    for sample in &batch.samples {
        strike_out(&sample.spec.to_json(), "", &mut missing);
        sample.left_out.iter().for_each(|path| *refused.entry(path).or_default() += 1);
    }
    let often: BTreeMap<_, _> = refused.into_iter().filter(|(_, count)| *count >= 5).collect();
    println!("left out five times or more: {often:#?}");
    assert!(missing.is_empty(), "in no file: {missing:?}; often refused: {often:?}");
}

fn keys_of_schema(schema: &Value, path: &str, keys: &mut BTreeSet<String>) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        keys.insert(format!("{path}/{key}"));
        keys_of_schema(property, &format!("{path}/{key}"), keys);
    }
    let named = schema["patternProperties"].as_object().into_iter().flatten().map(|(_, item)| item);
    for item in named.chain(schema.get("additionalProperties").filter(|rest| rest.is_object())) {
        keys_of_schema(item, &format!("{path}/*"), keys);
    }
    for option in ["anyOf", "oneOf"].iter().filter_map(|choice| schema[choice].as_array()).flatten() {
        keys_of_schema(option, path, keys);
    }
    if schema["items"].is_object() {
        keys_of_schema(&schema["items"], &format!("{path}/*"), keys);
    }
}

fn strike_out(value: &Value, path: &str, missing: &mut BTreeSet<String>) {
    missing.remove(path);
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                strike_out(value, &format!("{path}/{key}"), missing);
                strike_out(value, &format!("{path}/*"), missing);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| strike_out(item, &format!("{path}/*"), missing)),
        _ => {}
    }
}

#[test]
fn the_examples_are_found() {
    let names: Vec<String> = examples().unwrap().into_iter().map(|example| example.name).collect();
    assert!(names.contains(&"minimal".to_owned()) && names.len() >= 4, "{names:?}");
    assert!(names.is_sorted(), "{names:?}");
}
