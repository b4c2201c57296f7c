//! Input that is meant to hurt costs a bounded amount of work and is answered like any other mistake.

use proptest::prelude::*;
use terrane_domain::{Format, MAX_SPEC_BYTES, Problems, parse};

use crate::{problems, with_base};

fn message(bytes: &[u8], format: Format) -> String {
    match parse(bytes, format) {
        Ok(_) => panic!("was read"),
        Err(problems) => problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(
            "
",
        ),
    }
}

#[test]
fn a_megabyte_is_refused_before_it_is_read() {
    let text = format!("name: {}", "x".repeat(1 << 20));
    let expected = format!("{} bytes are too many; a file has at most {MAX_SPEC_BYTES}", text.len());
    assert_eq!(message(text.as_bytes(), Format::Yaml), expected);
    assert_eq!(message(text.as_bytes(), Format::Json), expected);
}

#[test]
fn the_largest_file_that_is_read_meets_the_limit_on_values() {
    for text in [format!("a: [{}1]", "1,".repeat(120_000)), "- \n".repeat(80_000), "- - ".repeat(60_000)] {
        assert!(text.len() < MAX_SPEC_BYTES);
        let message = message(text.as_bytes(), Format::Yaml);
        assert!(message.contains("more than 20000 values") || message.contains("32 levels"), "{message}");
    }
    let json = format!("[{}1]", "1,".repeat(120_000));
    assert_eq!(
        message(json.as_bytes(), Format::Json),
        "more than 20000 values; an environment needs far fewer"
    );
}

#[test]
fn a_bomb_of_aliases_is_refused_at_its_first_anchor() {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in
        ["b", "c", "d", "e", "f", "g", "h"].into_iter().zip(["a", "b", "c", "d", "e", "f", "g"])
    {
        text.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(", ")));
    }
    let found = problems(&text);
    assert!(found.iter().any(|p| p.path == "a" && p.message.starts_with("anchors (&name)")), "{found:?}");
    assert!(found.iter().any(|p| p.path == "b[0]" && p.message.starts_with("aliases (*name)")), "{found:?}");
}

#[test]
fn deep_nesting_is_refused_in_every_style() {
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(50_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        "a: ".repeat(80_000),
    ] {
        assert!(parse(text.as_bytes(), Format::Yaml).is_err());
        assert!(parse(text.as_bytes(), Format::Json).is_err());
    }
    let nested = |depth: usize| with_base(&format!("labels: {}{}", "[".repeat(depth), "]".repeat(depth)));
    assert!(problems(&nested(40))[0].message.contains("nested more than 32 levels deep"));
    assert!(!problems(&nested(20))[0].message.contains("nested"));
    let json = format!("{}{}", "[".repeat(40), "]".repeat(40));
    assert_eq!(message(json.as_bytes(), Format::Json), "nested more than 32 levels deep");
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_with_their_line() {
    let problems = parse(b"name: dev\ncloud: \xff\n", Format::Yaml).unwrap_err();
    let problem = problems.iter().next().unwrap();
    assert_eq!(
        (problem.line, problem.message.as_str()),
        (Some(2), "is not UTF-8 (byte 17); save the file as UTF-8")
    );
}

#[test]
fn a_nul_cannot_hide_what_follows_it() {
    let text = with_base("labels: { a: \"b\" }\n\0\nnetwork: { nat: one }\n");
    assert_eq!(problems(&text)[0].message, "contains the control character U+0000; a spec is plain text");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_fine() {
    let text = format!("\u{feff}{}", with_base("network: {}\n").replace('\n', "\r\n"));
    assert_eq!(problems(&text), []);
}

#[test]
fn no_more_than_a_hundred_problems_are_listed() {
    let text: String = (0..500).map(|n| format!("key{n}: 1\n")).collect();
    let found = problems(&with_base(&text));
    assert_eq!(found.len(), Problems::MAX + 1);
    assert_eq!(found[Problems::MAX].message, "and 400 more");
}

#[test]
fn what_a_user_wrote_reaches_a_message_escaped_and_cut() {
    let text = with_base(&format!("profile: \"\\e[31m{}\"", "x".repeat(10_000)));
    let message = problems(&text)[0].message.clone();
    assert!(message.starts_with("unknown value \"\\u{1b}[31mxxx") && message.len() < 200, "{message}");
}

#[test]
fn more_things_than_anybody_needs_are_refused() {
    let many = |count: usize| (0..count).map(|n| format!("  b{n}: {{}}\n")).collect::<String>();
    assert_eq!(problems(&with_base(&format!("buckets:\n{}", many(100)))), []);
    for (section, message) in [
        (format!("buckets:\n{}", many(101)), "101 are too many; at most 100"),
        (
            format!("network: {{ endpoints: [{}] }}", "s3, ".repeat(5_000)),
            "5000 entries are too many; at most 50",
        ),
        (format!("tags:\n{}", many(41).replace("{}", "x")), "41 tags are too many; at most 40"),
        (format!("labels:\n{}", many(33).replace("{}", "x")), "33 labels are too many; at most 32"),
    ] {
        let messages: Vec<String> = problems(&with_base(&section)).into_iter().map(|p| p.message).collect();
        assert_eq!(messages, [message]);
    }
}

#[test]
fn a_number_of_a_thousand_digits_is_shown_by_its_beginning() {
    let text = with_base(&format!("registries: {{ a: {{ keep_last: {} }} }}", "1".repeat(1_000)));
    let message = problems(&text)[0].message.clone();
    assert_eq!(message, format!("expected a whole number from 1 to 1000, found {}…", "1".repeat(64)));
}

/// Pieces from which most of YAML's grammar can be put together.
fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "\n", " ", "  ", "    ", "\t", "- ", "-", ": ", ":", "? ", "?", ", ", "[", "]", "{", "}", "&a ", "*a", "!!str ", "!t ",
            "|", "|+\n", "|2-\n", ">", ">-\n", "\"", "'", "\\", "\\x", "\\u00", "#", " # c\n", "%", "%YAML 1.2\n", "%TAG ! x:\n",
            "---", "--- ", "\n---\n", "...", "\n...\n", "<<", "<<: ", "~", "null", "true", "1", "1.5", "0x", "@", "`", "\r", "\r\n",
            "\u{feff}", "\u{85}", "\u{2028}", "é",
        ]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "name", "name: dev\n", "cloud: { region: eu-west-1 }\n", "network", "databases:\n  main:\n    ", "buckets", "nat: ",
            "cidr: 10.0.0.0/16", "version: ", "tags", "labels: ", "availability_zones: 3", "flow_logs: ",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn yaml_like_text_is_read_or_refused(text in yamlish()) {
        let _ = parse(text.as_bytes(), Format::Yaml);
        let _ = parse(with_base(&text).as_bytes(), Format::Yaml);
    }

    #[test]
    fn json_like_text_is_read_or_refused(text in "[\\[\\]{}\",:0-9a-e.\\\\ ntrufls-]{0,80}") {
        let _ = parse(text.as_bytes(), Format::Json);
    }

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes, Format::Yaml);
        let _ = parse(&bytes, Format::Json);
    }
}
