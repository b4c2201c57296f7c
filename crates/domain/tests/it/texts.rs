//! The schema and the reader take the same texts: what an editor underlines is refused, and nothing else.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select, strategy::ValueTree as _, test_runner::TestRunner};
use regex_lite::Regex;
use serde_json::{Value, json};
use terrane_domain::{json_schema, parse_value};

/// A place for a text: where the schema describes it, what it is read from, and what such texts are pieced together of.
struct Place {
    schema: &'static str,
    environment: fn(&str) -> Value,
    pieces: &'static [&'static str],
}

const BUCKET: Place = Place {
    schema: "/properties/state/properties/bucket",
    environment: |text| json!({ "name": "dev", "cloud": { "region": "eu-west-1" }, "state": { "bucket": text } }),
    pieces: &[
        "a",
        "b9",
        "acme",
        "0",
        "01",
        "1",
        "10",
        "255",
        "256",
        "-",
        "--",
        ".",
        "..",
        "192.168.",
        "5.4",
        "1.2.3.4",
        "xn--",
        "sthree-",
        "amzn-s3-demo-",
        "-s3alias",
        "--ol-s3",
        "--x-s3",
        "--table-s3",
        "A",
        "_",
        "\n",
        "é",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "x-yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
    ],
};

const EMAIL: Place = Place {
    schema: "/properties/observability/properties/alarms/anyOf/1/properties/emails/items",
    environment: |text| json!({ "name": "dev", "cloud": { "region": "eu-west-1" }, "observability": { "alarms": { "emails": [text] } } }),
    pieces: &[
        "a",
        "Ops",
        "+",
        "night",
        ".",
        "..",
        "@",
        "@",
        "-",
        "_",
        "'",
        "acme",
        ".example",
        ".com",
        "3.4",
        " ",
        "\"",
        "\n",
        "é",
        "(",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
        ".zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
    ],
};

impl Place {
    /// Texts that are now and then right, and otherwise nearly so.
    fn texts(&'static self) -> impl Strategy<Value = String> {
        let pieced = prop::collection::vec(select(self.pieces), 1..8).prop_map(|pieces| pieces.concat());
        let pattern = schema_of(self)["pattern"].as_str().unwrap().trim_matches(['^', '$']).to_owned();
        let pattern = pattern.replace("]+", "]{1,20}").replace("]*", "]{0,20}").replace(")*", "){0,4}");
        let described = proptest::string::string_regex(&pattern.replace(")+", "){1,4}")).unwrap();
        prop_oneof![pieced, described]
    }

    fn is_read(&self, text: &str) -> bool {
        parse_value(&(self.environment)(text)).is_ok()
    }

    /// What judges by the schema.
    fn judge(&self) -> impl Fn(&str) -> bool {
        let (schema, patterns) = (schema_of(self), Patterns::default());
        move |text| fits(&schema, text, &patterns)
    }
}

fn schema_of(place: &Place) -> Value {
    json_schema().pointer(place.schema).unwrap_or_else(|| panic!("{}", place.schema)).clone()
}

/// Each pattern is read once.
type Patterns = std::cell::RefCell<BTreeMap<String, Regex>>;

/// Whether a text fits a schema: as much of JSON Schema as texts are described with.
fn fits(schema: &Value, text: &str, patterns: &Patterns) -> bool {
    let length = text.chars().count() as u64;
    schema.as_object().unwrap().iter().all(|(keyword, value)| match keyword.as_str() {
        "type" => value == "string",
        "minLength" => length >= value.as_u64().unwrap(),
        "maxLength" => length <= value.as_u64().unwrap(),
        "pattern" => {
            let pattern = value.as_str().unwrap();
            let mut patterns = patterns.borrow_mut();
            let known = patterns.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap());
            known.is_match(text)
        }
        "allOf" => value.as_array().unwrap().iter().all(|schema| fits(schema, text, patterns)),
        "anyOf" => value.as_array().unwrap().iter().any(|schema| fits(schema, text, patterns)),
        "not" => !fits(value, text, patterns),
        "description" => true,
        other => panic!("a text is described with {other}, which this test doesn't know"),
    })
}

fn agree(place: &'static Place) {
    let is_described = place.judge();
    let mut runner = TestRunner::deterministic();
    let texts = place.texts();
    let (tries, mut taken) = (4_000, 0);
    for _ in 0..tries {
        let text = texts.new_tree(&mut runner).unwrap().current();
        let (read, described) = (place.is_read(&text), is_described(&text));
        assert_eq!(read, described, "{text:?} is read: {read}; the schema takes it: {described}");
        taken += usize::from(read);
    }
    assert!((tries / 20..tries * 19 / 20).contains(&taken), "{taken} of {tries} are right");
}

#[test]
fn the_schema_and_the_reader_take_the_same_names_of_state_buckets() {
    agree(&BUCKET);
}

#[test]
fn the_schema_and_the_reader_take_the_same_addresses_of_mail() {
    agree(&EMAIL);
}

#[test]
fn what_looks_like_the_name_of_a_bucket_and_is_none_is_in_neither() {
    let is_described = BUCKET.judge();
    for text in ["a..b", "192.168.5.4", "xn--acme", "acme-s3alias", "-acme", "acme-", "ab", &"a".repeat(64)] {
        assert!(!BUCKET.is_read(text) && !is_described(text), "{text}");
    }
    for text in ["acme.terraform.state", "256.1.1.1", "01.2.3.4", "1.2.3.4.5", &"a".repeat(63)] {
        assert!(BUCKET.is_read(text) && is_described(text), "{text}");
    }
}
