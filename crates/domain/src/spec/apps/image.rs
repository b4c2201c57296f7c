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

const TAG_RULE: &str = "use 1 to 128 of a-z, A-Z, 0-9 and _ . -, starting with none of . -";

fn tag(value: &Value<'_>) -> Option<String> {
    let text = value.text("a tag such as \"1.4.2\"")?;
    if is_tag(text) {
        return Some(text.to_owned());
    }
    value.reject(format!("{} is not a tag; {TAG_RULE}", quoted(text)))
}

/// Source: ECS API reference, `ContainerDefinition`, `image`: up to 255 characters.
fn full_name(value: &Value<'_>) -> Option<String> {
    let text = value.text("the full name of an image")?;
    let possible = (1..=255).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:/@".contains(&b));
    if !possible {
        return value.reject(format!(
            "{} is not the name of an image; expected one such as public.ecr.aws/nginx/nginx:1.29",
            quoted(text)
        ));
    }
    match fault(text) {
        None => Some(text.to_owned()),
        Some(fault) => value.reject(format!("{} is not the name of an image: {fault}", quoted(text))),
    }
}

/// Why no registry has an image of this name: `[host[:port]/]part[/part…][:tag][@digest]`.
///
/// What stands before the first slash is a host if it has a dot or a colon, or is `localhost`; otherwise the image is one
/// of Docker Hub.
/// Source: OCI distribution specification, "Pulling manifests" (repository and tag); OCI image specification,
/// "Descriptors", "Digests"; and the grammar of `github.com/distribution/reference`, which containerd follows.
fn fault(text: &str) -> Option<String> {
    if let Some(scheme) = ["http://", "https://"].into_iter().find(|scheme| text.starts_with(scheme)) {
        return Some(format!("it is no address of the web; leave {scheme} out"));
    }
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (text, None),
    };
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Some("a digest is sha256: and 64 of 0-9 and a-f, or sha512: and 128".to_owned());
    }
    let (host, repository) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
        _ => (None, name),
    };
    if let Some(host) = host.filter(|host| !is_registry(host)) {
        let host = quoted(host);
        return Some(format!("{host} is no registry; expected a host such as registry.acme.example:5000"));
    }
    let (repository, tag) = match repository.split_once(':') {
        Some((repository, tag)) => (repository, Some(tag)),
        None => (repository, None),
    };
    match tag {
        Some("") => {
            return Some("nothing stands behind the colon; add a tag, or leave the colon out".to_owned());
        }
        Some(tag) if !is_tag(tag) => return Some(format!("{} is no tag; {TAG_RULE}", quoted(tag))),
        _ => {}
    }
    if repository.contains(|c: char| c.is_ascii_uppercase()) {
        return Some("a repository is written in lower case".to_owned());
    }
    let part = repository.split('/').find(|part| !is_part(part))?;
    Some(format!(
        "{} is no part of a repository, which has a-z and 0-9, and between them . _ __ or hyphens",
        quoted(part)
    ))
}

fn is_tag(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(is_word)
        && text.bytes().all(|b| is_word(b) || matches!(b, b'.' | b'-'))
}

fn is_digest(text: &str) -> bool {
    let digits = match text.split_once(':') {
        Some(("sha256", hex)) if hex.len() == 64 => hex,
        Some(("sha512", hex)) if hex.len() == 128 => hex,
        _ => return false,
    };
    digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_registry(text: &str) -> bool {
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let is_label = |label: &str| {
        let is_edge = |c: char| c.is_ascii_alphanumeric();
        label.starts_with(is_edge)
            && label.ends_with(is_edge)
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(is_label) && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Letters and digits, between which stand a dot, one or two underscores, or any number of hyphens.
fn is_part(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_separator = |text: &str| matches!(text, "." | "_" | "__") || text.bytes().all(|b| b == b'-');
    text.starts_with(is_word) && text.ends_with(is_word) && text.split(is_word).all(is_separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_registries_have_them_are_taken() {
        let sha256 = format!("nginx@sha256:{}", "0a".repeat(32));
        let both = format!("acme/api:1.4.2@sha512:{}", "0a".repeat(64));
        for name in [
            "nginx",
            "nginx:1.29",
            "acme/api",
            "a/b/c/d:V1_2.3-rc",
            "public.ecr.aws/nginx/nginx:1.29",
            "222222222222.dkr.ecr.eu-west-1.amazonaws.com/acme-prod/api:latest",
            "localhost/api",
            "localhost:5000/api:1",
            "Registry.Acme.example:5000/api",
            "gcr.io/k8s--minikube/a__b/c_d/e.f",
            &sha256,
            &both,
        ] {
            assert_eq!(fault(name), None, "{name}");
        }
    }
}
