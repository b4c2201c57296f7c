//! The schema and the reader take the same texts: what an editor underlines is refused, and nothing else.

use std::{cell::RefCell, collections::BTreeMap};

use proptest::{prelude::*, sample::select, strategy::ValueTree as _, test_runner::TestRunner};
use regex_lite::Regex;
use serde::Deserialize;
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
        let pattern = self.schema().pattern.unwrap_or_else(|| panic!("{} has no pattern", self.schema));
        let pattern = pattern.trim_matches(['^', '$']).replace("]+", "]{1,20}").replace("]*", "]{0,20}");
        let pattern = pattern.replace(")*", "){0,4}").replace(")+", "){1,4}");
        let described =
            proptest::string::string_regex(&pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        prop_oneof![pieced, described]
    }

    fn is_read(&self, text: &str) -> bool {
        parse_value(&(self.environment)(text)).is_ok()
    }

    fn schema(&self) -> Text {
        let schema = json_schema().pointer(self.schema).cloned().unwrap_or_default();
        serde_json::from_value(schema).unwrap_or_else(|error| panic!("{}: {error}", self.schema))
    }

    /// What judges by the schema.
    fn judge(&self) -> impl Fn(&str) -> bool {
        let (schema, patterns) = (self.schema(), Patterns::default());
        move |text| schema.takes(text, &patterns)
    }
}

/// Each pattern is read once.
type Patterns = RefCell<BTreeMap<String, Regex>>;

/// As much of JSON Schema as texts are described with; more is an error.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Text {
    #[serde(rename = "type")]
    kind: Option<String>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    pattern: Option<String>,
    all_of: Option<Vec<Text>>,
    any_of: Option<Vec<Text>>,
    not: Option<Box<Text>>,
    #[serde(rename = "description")]
    _description: Option<String>,
}

impl Text {
    fn takes(&self, text: &str, patterns: &Patterns) -> bool {
        let length = text.chars().count();
        let matches = |pattern: &String| {
            let mut patterns = patterns.borrow_mut();
            let read = || Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            patterns.entry(pattern.clone()).or_insert_with(read).is_match(text)
        };
        self.kind.as_ref().is_none_or(|kind| kind == "string")
            && self.min_length.is_none_or(|least| length >= least)
            && self.max_length.is_none_or(|most| length <= most)
            && self.pattern.as_ref().is_none_or(matches)
            && self.all_of.as_ref().is_none_or(|all| all.iter().all(|one| one.takes(text, patterns)))
            && self.any_of.as_ref().is_none_or(|any| any.iter().any(|one| one.takes(text, patterns)))
            && self.not.as_ref().is_none_or(|not| !not.takes(text, patterns))
    }
}

fn agree(place: &'static Place) {
    let is_described = place.judge();
    let mut runner = TestRunner::deterministic();
    let texts = place.texts();
    let (tries, mut taken) = (4_000, 0);
    for _ in 0..tries {
        let text = texts.new_tree(&mut runner).unwrap_or_else(|error| panic!("{error}")).current();
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
