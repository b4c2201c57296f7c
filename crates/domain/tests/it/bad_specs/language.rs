//! What every section has in common: keys, kinds of values, words, names, labels, tags, and YAML itself.

use super::Row;

/// A section added to a valid file, the path of its only problem, and the message.
#[rustfmt::skip]
pub(super) const SECTIONS: &[Row] = &[
    // Keys and kinds
    ("netwrok: {}", "netwrok", "unknown key; did you mean \"network\"?"),
    ("zzz: 1", "zzz", "unknown key; expected name, profile, labels, tags, cloud, network, kubernetes, buckets, registries, databases, caches, document_database, secrets, ecs, apps, dns, observability, governance, state or lifecycle"),
    ("\"a.b c\": 1", "\"a.b c\"", "unknown key; expected name, profile, labels, tags, cloud, network, kubernetes, buckets, registries, databases, caches, document_database, secrets, ecs, apps, dns, observability, governance, state or lifecycle"),
    // Words
    ("profile: larg", "profile", "unknown value \"larg\"; expected small, medium or large"),
    ("profile: 1", "profile", "expected small, medium or large, found 1"),
    // Labels and tags
    ("labels: { team: [a] }", "labels.team", "expected text, found a list"),
    ("labels: { team: 7 }", "labels.team", "7 must be quoted: \"7\""),
    ("labels: { \"a=b\": c }", "labels.\"a=b\"", "\"a=b\" is not a label; use 1 to 63 of a-z, A-Z, 0-9 and . _ - /, starting and ending with a letter or digit"),
    ("labels: { team: \"-x\" }", "labels.team", "\"-x\" is not a label value; use 1 to 63 of a-z, A-Z, 0-9 and . _ - /, starting and ending with a letter or digit"),
    ("tags: { cost-center: 4711 }", "tags.cost-center", "4711 must be quoted: \"4711\""),
    ("tags: { live: true }", "tags.live", "true must be quoted: \"true\""),
    ("tags: { \"aws:x\": y }", "tags.aws:x", "keys that start with aws: are reserved; choose another"),
    ("tags: { \"Terrane:environment\": y }", "tags.Terrane:environment", "keys that start with terrane: are reserved; choose another"),
    ("tags: { owner: \"a<b\" }", "tags.owner", "\"a<b\" has the character '<', which AWS refuses in a tag value; use letters, digits, spaces and _ . : / = + - @"),
    ("tags: { \"a\\nb\": c }", "tags.\"a\\nb\"", "\"a\\nb\" has the character '\\n', which AWS refuses in a tag key; use letters, digits, spaces and _ . : / = + - @"),
    ("tags: { owner: \" anna\" }", "tags.owner", "\" anna\" starts or ends with a space, which AWS cuts off; remove it"),
    ("tags: { \"\": x }", "tags.\"\"", "a tag key has 1 to 128 characters; this one has 0"),
    ("tags: { Owner: a, owner: b }", "tags.owner", "differs from \"Owner\" only in case, which IAM ignores; keep one"),
    // YAML itself
    ("name: again", "name", "this key is given twice; keep one"),
    ("network: *shared", "", "not valid YAML: while parsing node, found unknown anchor"),
    ("labels: &shared { a: b }", "labels", "anchors (&name) are not supported; write the plain value"),
    ("labels: { <<: { a: b } }", "labels", "merge keys (<<) are not supported; repeat the values"),
    ("labels: { a: !!str 1 }", "labels.a", "tags (!name) are not supported; write the plain value"),
    ("labels: { ? [a, b] : c }", "labels", "a key must be a word, not a list or a mapping"),
    ("labels: { ~: c }", "labels", "a key is missing before the colon"),
    ("---\nname: other", "", "several documents; write one file for each environment"),
];
