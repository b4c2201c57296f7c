//! Text from a user comes back unchanged when rendered files are read, and none of it is live.
//!
//! How: a model is rendered twice, once with a harmless marker in every text field and once with arbitrary text in the
//! same places. Read back, the second must be the first with each marker replaced: the same blocks, the same templates
//! with the same interpolations, and the very text. A block whose bytes are the same in both holds no text of a user.

mod canonical;
mod cluster;
mod model;

use std::{collections::HashMap, sync::LazyLock};

use proptest::prelude::*;
use terrane_blueprint::{RenderedFiles, render};

use canonical::canonical;
use model::with_texts;

use crate::tree;

/// What is likely to break out of a string.
pub const NASTY: [&str; 50] = [
    "${a}",
    "%{if a}",
    "$${a}",
    "%%{a}",
    "$$${a}",
    "%${a}",
    "$%{a}",
    "$%${a}",
    "%$%{a}",
    "a${b}%${file(\"/etc/passwd\")}",
    "${",
    "%{",
    "$",
    "%",
    "$$",
    "%%",
    "{",
    "}",
    "${}",
    "%{}",
    "${\"${a}\"}",
    "%{ for a in b }${a}%{ endfor }",
    "~}",
    "${~ a ~}",
    "\"",
    "\\",
    "\\\"",
    "\\${a}",
    "\\u0024{a}",
    "\" }\nresource \"aws_iam_user\" \"x\" {",
    "'",
    "`",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u{0}",
    "\u{1f}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}cba",
    "\u{feff}",
    "<<EOT\n${a}\nEOT\n",
    "# a",
    "/* a */",
    "// a",
    "日本語 ${é}",
    "👩‍👩‍👧 $\u{0}{a}",
];

fn text() -> impl Strategy<Value = String> {
    let any = prop::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter);
    let near_markers = prop::collection::vec(
        prop::sample::select("$%{}\"\\~an\n\r\u{0}é".chars().collect::<Vec<_>>()),
        0..10,
    )
    .prop_map(String::from_iter);
    let nasty =
        prop::collection::vec(prop::sample::select(&NASTY[..]), 1..4).prop_map(|parts| parts.concat());
    prop_oneof![1 => any, 3 => near_markers, 2 => nasty]
}

static MARKED: LazyLock<(RenderedFiles, usize)> = LazyLock::new(|| {
    let mut count = 0;
    let model = with_texts(|| {
        count += 1;
        format!("⟦{}⟧", count - 1)
    });
    (render(&model).unwrap(), count)
});

/// Replaces each marker by the text of its number.
fn fill(text: &str, texts: &[String]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once('⟦') {
        let (number, after) = marked.split_once('⟧').unwrap();
        out.push_str(before);
        out.push_str(&texts[number.parse::<usize>().unwrap()]);
        rest = after;
    }
    out + rest
}

fn assert_unharmed(texts: &[String]) {
    let (marked, count) = &*MARKED;
    assert_eq!(texts.len(), *count);
    let mut rest = texts.iter().cloned();
    let files = render(&with_texts(|| rest.next().unwrap())).unwrap();
    for ((name, harmless), (_, hostile)) in marked.iter().zip(files.iter()) {
        // Block by block: each has to parse by itself, so nothing can reach out of one into the next.
        let [expected, found] =
            [harmless, hostile].map(|text| text.split_inclusive("\n}\n").collect::<Vec<_>>());
        assert_eq!(found.len(), expected.len(), "{name}\n{hostile}");
        for (expected, found) in expected.into_iter().zip(found) {
            if found == expected {
                assert!(!found.contains('⟦'), "{name}");
                continue;
            }
            let expected = canonical(&HARMLESS[expected], &|text| fill(text, texts));
            assert_eq!(canonical(&tree::parse(name, found), &str::to_owned), expected, "{name}\n{found}");
        }
    }
}

/// The blocks of the marked model, parsed once.
static HARMLESS: LazyLock<HashMap<&'static str, hcl::Body>> = LazyLock::new(|| {
    let blocks = MARKED
        .0
        .iter()
        .flat_map(|(name, text)| text.split_inclusive("\n}\n").map(move |block| (name, block)));
    blocks.map(|(name, block)| (block, tree::parse(name, block))).collect()
});

/// Texts that serve as keys have to differ.
fn distinct(mut texts: Vec<String>) -> Vec<String> {
    for at in 0..texts.len() {
        while texts[..at].contains(&texts[at]) {
            texts[at].push('\u{2060}');
        }
    }
    texts
}

#[test]
fn each_nasty_text_in_every_field_comes_back_unchanged() {
    for nasty in NASTY {
        assert_unharmed(&distinct(vec![nasty.to_owned(); MARKED.1]));
    }
}

proptest! {
    // A case has a text for every field of the model, more than a hundred.
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_in_every_field_comes_back_unchanged(texts in prop::collection::vec(text(), MARKED.1)) {
        assert_unharmed(&distinct(texts));
    }
}

#[test]
fn the_check_sees_text_that_went_live() {
    let canonical = |text: &str| canonical(&hcl::parse(text).unwrap(), &str::to_owned);
    assert_ne!(canonical("a = \"$${b}\""), canonical("a = \"${b}\""));
    assert_ne!(canonical("a = \"x%$${b}\""), canonical("a = \"x%${b}\""));
    assert_ne!(canonical("a = \"b\""), canonical("a = b"));
    assert_eq!(canonical("a = { b = 1, c = 2 }"), canonical("a = {\n c = 2\n b = 1\n}"));
}
