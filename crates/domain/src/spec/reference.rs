//! `{ from: databases.main.host }`: one section of the file that speaks of another.
//!
//! References are data, not text of a template: they are read into types here, and [`crate::resolve()`] answers one that
//! names nothing with the names that exist.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::{
    decode::Value,
    problem::{any_of, nearest, quoted},
    words::{Word, words},
};
use crate::{CacheField, DatabaseField, DocumentDatabaseField, Key};

/// Something about a thing of the same file, written `section.name.field`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// `databases.main.host`
    Database {
        /// `main`
        key: Key,
        /// `host`
        field: DatabaseField,
    },
    /// `caches.sessions.host`
    Cache {
        /// `sessions`
        key: Key,
        /// `host`
        field: CacheField,
    },
    /// `document_database.host`; there is one at most, so it has no name.
    DocumentDatabase {
        /// `host`
        field: DocumentDatabaseField,
    },
    /// `buckets.uploads.name`
    Bucket {
        /// `uploads`
        key: Key,
        /// `name`
        field: BucketField,
    },
    /// `registries.api.url`
    Registry {
        /// `api`
        key: Key,
        /// `url`
        field: RegistryField,
    },
    /// `secrets.session-key.value`
    Secret {
        /// `session-key`
        key: Key,
        /// `value`
        field: SecretField,
    },
}

words! {
    /// What a reference may say about a bucket.
    BucketField {
        /// Its name.
        Name => "name",
        /// Its ARN.
        Arn => "arn",
    }
}

words! {
    /// What a reference may say about a registry.
    RegistryField {
        /// Where images are pushed to and pulled from, without a tag.
        Url => "url",
        /// Its ARN.
        Arn => "arn",
    }
}

words! {
    /// What a reference may say about a secret with a random value.
    SecretField {
        /// The value; of one with several keys the JSON object, unless a key is named.
        Value => "value",
        /// Its ARN.
        Arn => "arn",
    }
}

/// What a reference may begin with; the shapes that messages show.
const SHAPES: &[(&str, &str)] = &[
    ("databases", "databases.<name>.host"),
    ("caches", "caches.<name>.host"),
    ("document_database", "document_database.host"),
    ("buckets", "buckets.<name>.name"),
    ("registries", "registries.<name>.url"),
    ("secrets", "secrets.<name>.value"),
];

impl Reference {
    /// Whether it stands for a secret, which reaches an app through Secrets Manager and never as plain text.
    pub const fn is_secret(&self) -> bool {
        match self {
            Self::Database { field, .. } => field.is_secret(),
            Self::DocumentDatabase { field } => field.is_secret(),
            Self::Secret { field, .. } => matches!(field, SecretField::Value),
            Self::Cache { .. } | Self::Bucket { .. } | Self::Registry { .. } => false,
        }
    }

    /// Section and name of what it speaks of: `("databases", Some(main))`.
    pub(crate) const fn target(&self) -> (&'static str, Option<&Key>) {
        match self {
            Self::Database { key, .. } => ("databases", Some(key)),
            Self::Cache { key, .. } => ("caches", Some(key)),
            Self::DocumentDatabase { .. } => ("document_database", None),
            Self::Bucket { key, .. } => ("buckets", Some(key)),
            Self::Registry { key, .. } => ("registries", Some(key)),
            Self::Secret { key, .. } => ("secrets", Some(key)),
        }
    }

    const fn field(&self) -> &'static str {
        match self {
            Self::Database { field, .. } => field.as_str(),
            Self::Cache { field, .. } => field.as_str(),
            Self::DocumentDatabase { field } => field.as_str(),
            Self::Bucket { field, .. } => field.as_str(),
            Self::Registry { field, .. } => field.as_str(),
            Self::Secret { field, .. } => field.as_str(),
        }
    }
}

/// Reads what stands behind `from`.
pub(super) fn read(value: &Value<'_>) -> Option<Reference> {
    let text = value.text("a reference such as databases.main.host")?;
    let parts: Vec<&str> = text.split('.').collect();
    let shapes = || any_of(SHAPES.iter().map(|(_, shape)| *shape));
    let Some((section, shape)) = SHAPES.iter().find(|(section, _)| *section == parts[0]) else {
        let near = nearest(parts[0], SHAPES.iter().map(|(section, _)| *section));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        return value.reject(format!("{} refers to nothing; expected {}{hint}", quoted(text), shapes()));
    };
    if *section == "document_database" {
        return match parts.as_slice() {
            [_, field] => Some(Reference::DocumentDatabase { field: field_of(value, text, field)? }),
            _ => value.reject(format!("{} is no reference; expected {shape}", quoted(text))),
        };
    }
    let [_, name, field] = parts.as_slice() else {
        return value.reject(format!("{} is no reference; expected {shape}", quoted(text)));
    };
    let key = match Key::parse(name) {
        Ok(key) => key,
        Err(error) => return value.reject(format!("{} is not a name; {error}", quoted(name))),
    };
    match *section {
        "databases" => Some(Reference::Database { key, field: field_of(value, text, field)? }),
        "caches" => Some(Reference::Cache { key, field: field_of(value, text, field)? }),
        "buckets" => Some(Reference::Bucket { key, field: field_of(value, text, field)? }),
        "secrets" => Some(Reference::Secret { key, field: field_of(value, text, field)? }),
        _ => Some(Reference::Registry { key, field: field_of(value, text, field)? }),
    }
}

fn field_of<W: Word>(value: &Value<'_>, text: &str, field: &str) -> Option<W> {
    let words = || W::WORDS.iter().map(|(word, _)| *word);
    if let Some((_, found)) = W::WORDS.iter().find(|(word, _)| *word == field) {
        return Some(*found);
    }
    let near = nearest(field, words());
    let hint = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
    value.reject(format!(
        "{} ends in {}, which can't be referred to; expected {}{hint}",
        quoted(text),
        quoted(field),
        any_of(words())
    ))
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.target() {
            (section, Some(key)) => write!(f, "{section}.{key}.{}", self.field()),
            (section, None) => write!(f, "{section}.{}", self.field()),
        }
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Reference {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^(databases|caches|buckets|registries|secrets)\.[a-z](-?[a-z0-9])*\.[a-z_]+$|^document_database\.[a-z_]+$",
            "examples": ["databases.main.host"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{
        node::{Kind, Node},
        problem::Sink,
    };

    fn said(text: &str) -> Result<Reference, String> {
        let node = Node { line: None, kind: Kind::Text(text.to_owned()) };
        let sink = Sink::default();
        let reference = read(&Value::root(&node, &sink));
        match sink.into_result() {
            Ok(()) => Ok(reference.unwrap()),
            Err(problems) => Err(problems.iter().next().unwrap().message.clone()),
        }
    }

    #[test]
    fn a_reference_reads_back_as_it_is_written() {
        for (text, is_secret) in [
            ("databases.main.host", false),
            ("databases.main.reader_host", false),
            ("databases.main.password", true),
            ("databases.main.url", true),
            ("caches.session-store.url", false),
            ("document_database.host", false),
            ("document_database.url", true),
            ("buckets.uploads.name", false),
            ("registries.api.url", false),
            ("secrets.session-key.value", true),
            ("secrets.session-key.arn", false),
        ] {
            let reference = said(text).unwrap();
            assert_eq!(reference.to_string(), text);
            assert_eq!(reference.is_secret(), is_secret, "{text}");
            assert_eq!(serde_json::to_value(&reference).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_reference_is_refused_with_what_would_be_one() {
        let shapes = "databases.<name>.host, caches.<name>.host, document_database.host, buckets.<name>.name, registries.<name>.url or secrets.<name>.value";
        for (text, message) in [
            ("", format!("\"\" refers to nothing; expected {shapes}")),
            ("llm.key", format!("\"llm.key\" refers to nothing; expected {shapes}")),
            ("secrets.llm", "\"secrets.llm\" is no reference; expected secrets.<name>.value".to_owned()),
            ("cache.a.url", format!("\"cache.a.url\" refers to nothing; expected {shapes}; did you mean \"caches\"?")),
            ("databases", "\"databases\" is no reference; expected databases.<name>.host".to_owned()),
            ("databases.main", "\"databases.main\" is no reference; expected databases.<name>.host".to_owned()),
            ("databases.a.b.c", "\"databases.a.b.c\" is no reference; expected databases.<name>.host".to_owned()),
            (
                "databases.Main.host",
                "\"Main\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen".to_owned(),
            ),
            (
                "buckets.a.nmae",
                "\"buckets.a.nmae\" ends in \"nmae\", which can't be referred to; expected name or arn; did you mean \"name\"?".to_owned(),
            ),
            (
                "document_database.main.host",
                "\"document_database.main.host\" is no reference; expected document_database.host".to_owned(),
            ),
        ] {
            assert_eq!(said(text), Err(message), "{text}");
        }
    }
}
