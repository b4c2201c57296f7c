//! What is wrong with a file is said with its path, its line and what to do about it.
//!
//! The rows stand in a file for each subject. A rule that is added gets a row first, which fails.

mod apps;
mod caches;
mod databases;
mod files;
mod governance;
mod hosts;
mod kubernetes;
mod language;
mod network;
mod storage;

use terrane_domain::{Format, parse};

use crate::{problems, with_base};

/// What is written, the path of its only problem, and the message.
type Row = (&'static str, &'static str, &'static str);

/// Each is added to a valid file.
const SECTIONS: &[&[Row]] = &[
    language::SECTIONS,
    network::SECTIONS,
    kubernetes::SECTIONS,
    storage::SECTIONS,
    databases::SECTIONS,
    caches::SECTIONS,
    apps::SECTIONS,
    hosts::SECTIONS,
    governance::SECTIONS,
];

#[test]
fn each_bad_spec_is_refused_with_its_path_and_a_remedy() {
    let sections = SECTIONS.iter().copied().flatten();
    let sections = sections.map(|(section, path, message)| (with_base(section), path, message));
    let files = files::FILES.iter().map(|(file, path, message)| ((*file).to_owned(), path, message));
    let mut wrong = Vec::new();
    for (text, path, message) in sections.chain(files) {
        let found: Vec<(String, String)> = problems(&text).into_iter().map(|p| (p.path, p.message)).collect();
        if found != [((*path).to_owned(), (*message).to_owned())] {
            wrong.push(format!("{text}\n  expected {path}: {message}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn all_problems_are_told_at_once_with_their_lines() {
    let text = "\
name: acme-prod
cloud:
  region: eu-west-7
network:
  cidr: 10.40.0.0/26
  nat: one
databases:
  main:
    version: 17.1
    verion: \"17\"
";
    let listing = parse(text.as_bytes(), Format::Yaml).unwrap_err().to_string();
    let expected = "\
4 problems
  cloud.region: \"eu-west-7\" is not a region of AWS; did you mean \"eu-west-1\"?   (line 3)
  network.nat: unknown value \"one\"; expected none, single or per_az             (line 6)
  databases.main.version: 17.1 must be quoted: \"17.1\"                           (line 9)
  databases.main.verion: unknown key; did you mean \"version\"?                   (line 10)";
    assert_eq!(listing, expected);
}

#[test]
fn rules_across_values_are_told_together_with_the_rest() {
    let text = with_base("network:\n  cidr: 10.40.0.0/26\n  nat: one\n");
    let listing = parse(text.as_bytes(), Format::Yaml).unwrap_err().to_string();
    let expected = "\
2 problems
  network.cidr: 10.40.0.0/26 is too small: 2 zones need 6 subnets of at least /27; use /22 or larger   (line 4)
  network.nat: unknown value \"one\"; expected none, single or per_az                                    (line 5)";
    assert_eq!(listing, expected);
}

#[test]
fn a_rule_across_values_says_nothing_while_one_of_them_is_broken() {
    let text = with_base("network: { cidr: 10.40.0.0/26, availability_zones: three }");
    let paths: Vec<String> = problems(&text).into_iter().map(|problem| problem.path).collect();
    assert_eq!(paths, ["network.availability_zones"]);
}

#[test]
fn pointers_are_json_pointers() {
    let text = with_base("buckets: { \"a/b~c\": {} }\nnetwork: { endpoints: [s3, x] }");
    let pointers: Vec<String> = problems(&text).into_iter().map(|problem| problem.pointer).collect();
    assert_eq!(pointers, ["/buckets/a~1b~0c", "/network/endpoints/1"]);
}

#[test]
fn json_is_judged_like_yaml() {
    let parse = |text: &str| parse(text.as_bytes(), Format::Json).unwrap_err().to_string();
    let text = r#"{ "name": "dev", "name": "dev", "cloud": { "region": "eu-west-1" }, "network": { "nat": "one" } }"#;
    assert_eq!(
        parse(text),
        "2 problems\n  name: this key is given twice; keep one\n  network.nat: unknown value \"one\"; expected none, single or per_az"
    );
    assert_eq!(parse(r#"{ "name": "#), "1 problem\n  not valid JSON: EOF while parsing a value   (line 1)");
    assert_eq!(parse("{} {}"), "1 problem\n  not valid JSON: trailing characters   (line 1)");
    assert_eq!(parse("name: dev"), "1 problem\n  not valid JSON: expected ident   (line 1)");
}
