//! From bytes to a checked spec.

use super::{
    EnvironmentSpec,
    decode::Value,
    json,
    node::{Kind, MAX_SPEC_BYTES, Node},
    problem::{Path, Problem, Problems, Sink},
    yaml,
};
use crate::resolve;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.2, core schema, without aliases, merge keys and tags.
    Yaml,
    /// JSON (RFC 8259).
    Json,
}

/// Reads an environment file and checks it as far as it can be checked without a cloud.
///
/// # Errors
/// Everything that is wrong with it, at once: what the values say by themselves and what they say together. Only a
/// syntax error or a limit (256 KiB, 32 levels, 20,000 values) ends the reading early.
pub fn parse(bytes: &[u8], format: Format) -> Result<EnvironmentSpec, Problems> {
    document(bytes, format, decode)
}

/// Reads a document of any kind: its limits, its syntax, and then what `decode` says about it.
pub(super) fn document<T>(
    bytes: &[u8],
    format: Format,
    decode: fn(&Node, &Sink) -> Option<T>,
) -> Result<T, Problems> {
    if bytes.len() > MAX_SPEC_BYTES {
        let message = format!("{} bytes are too many; a file has at most {MAX_SPEC_BYTES}", bytes.len());
        return Err(Problem::of_file(None, message).into());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("is not UTF-8 (byte {}); save the file as UTF-8", error.valid_up_to());
        Problem::of_file(u32::try_from(line).ok(), message)
    })?;
    let sink = Sink::default();
    let node = match format {
        Format::Yaml => yaml::read(text, &sink),
        Format::Json => json::read(text, &sink),
    };
    let decoded = match node {
        Ok(node) => decode(&node, &sink),
        Err(problem) => {
            sink.report(problem);
            None
        }
    };
    sink.into_result()?;
    // Whoever gives nothing has complained; this is the answer if a decoder ever forgets to.
    decoded.ok_or_else(|| Problem::of_file(None, "the file can't be read").into())
}

/// Reads an environment that is already JSON, for example what [`EnvironmentSpec::to_json`] gave.
///
/// # Errors
/// As [`parse`].
pub fn parse_value(value: &serde_json::Value) -> Result<EnvironmentSpec, Problems> {
    parse(value.to_string().as_bytes(), Format::Json)
}

fn decode(node: &Node, sink: &Sink) -> Option<EnvironmentSpec> {
    if matches!(node.kind, Kind::Null) && sink.is_empty() {
        sink.report(Problem::of_file(None, "the file is empty; it needs at least name and cloud.region"));
        return None;
    }
    let spec = super::environment(&Value::root(node, sink))?;
    let broken = sink.pointers();
    for conflict in resolve::conflicts(&spec) {
        // A rule across values says nothing while one of them could not be read.
        if !conflict.rests_on().any(|path| is_broken(&broken, path)) {
            let line = node.line_of(&conflict.path);
            sink.report(conflict.into_problem(line));
        }
    }
    Some(spec)
}

fn is_broken(broken: &[String], path: &Path) -> bool {
    let pointer = path.pointer();
    broken.iter().any(|place| {
        let inside = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        inside(place, &pointer) || inside(&pointer, place)
    })
}
