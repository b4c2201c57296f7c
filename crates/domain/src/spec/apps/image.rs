//! What an app runs.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::{decode::Value, node::Kind, problem::quoted};
use crate::Key;

/// An image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(deny_unknown_fields)]
pub enum ImageSpec {
    /// Its full name, for example `public.ecr.aws/nginx/nginx:1.29`.
    Named(String),
    /// One of this file's own registries.
    Registry {
        /// Name of the registry.
        registry: Key,
        /// For example `1.4.2`.
        #[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"))]
        tag: String,
    },
}

pub(super) fn read(value: &Value<'_>) -> Option<ImageSpec> {
    match &value.node.kind {
        Kind::Map(_) => {
            let f = value.fields()?;
            let registry = f.required("registry", "api", key);
            let tag = f.required("tag", "\"1.4.2\"", tag);
            f.close();
            Some(ImageSpec::Registry { registry: registry?, tag: tag? })
        }
        Kind::Text(_) => full_name(value).map(ImageSpec::Named),
        _ => value.expected("{ registry: api, tag: \"1.4.2\" } or the full name of an image"),
    }
}

fn key(value: &Value<'_>) -> Option<Key> {
    let text = value.text("the name of a registry")?;
    match Key::parse(text) {
        Ok(key) => Some(key),
        Err(error) => value.reject(format!("{} is not a name; {error}", quoted(text))),
    }
}

/// Source: OCI distribution specification, "Pulling manifests": a tag has up to 128 characters.
fn tag(value: &Value<'_>) -> Option<String> {
    let text = value.text("a tag such as \"1.4.2\"")?;
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let well_formed = text.len() <= 128
        && text.bytes().next().is_some_and(is_word)
        && text.bytes().all(|b| is_word(b) || matches!(b, b'.' | b'-'));
    if well_formed {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a tag; use 1 to 128 of a-z, A-Z, 0-9 and _ . -, starting with none of . -",
        quoted(text)
    ))
}

/// Source: ECS API reference, `ContainerDefinition`, `image`.
fn full_name(value: &Value<'_>) -> Option<String> {
    let text = value.text("the full name of an image")?;
    let well_formed = (1..=255).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:/@#".contains(&b));
    if well_formed {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the name of an image; expected one such as public.ecr.aws/nginx/nginx:1.29",
        quoted(text)
    ))
}
