//! Names of S3 buckets: one rule and one schema, which say the same.
//!
//! Source of the rule: S3 user guide, "General purpose bucket naming rules".

use std::{borrow::Cow, net::Ipv4Addr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

const LENGTHS: std::ops::RangeInclusive<usize> = 3..=63;
/// Beginnings and ends that S3 keeps for itself.
const RESERVED_STARTS: &[&str] = &["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS: &[&str] = &["-s3alias", "--ol-s3", "--x-s3", "--table-s3"];
/// Letters, digits and hyphens with single dots between them; a hyphen neither first nor last.
const PATTERN: &str = r"^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*$";
const LAST: &str = "[a-z0-9]$";
/// What reads as an address of IPv4: no number has a zero in front.
const ADDRESS: &str =
    r"^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$";

/// Whether a general purpose bucket may be called so.
pub(super) fn is_bucket_name(text: &str) -> bool {
    let is_edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = text.as_bytes();
    let well_formed = LENGTHS.contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
        && is_edge(bytes.first())
        && is_edge(bytes.last())
        && !text.contains("..")
        && text.parse::<Ipv4Addr>().is_err();
    let reserved = RESERVED_STARTS.iter().any(|start| text.starts_with(start))
        || RESERVED_ENDS.iter().any(|end| text.ends_with(end));
    well_formed && !reserved
}

/// The schema of a name.
pub(super) struct BucketName;

impl JsonSchema for BucketName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "BucketName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // `not` instead of looking ahead, which not every reader of schemas can.
        json_schema!({
            "type": "string",
            "minLength": LENGTHS.start(),
            "maxLength": LENGTHS.end(),
            "pattern": PATTERN,
            "allOf": [{ "pattern": LAST }],
            "not": { "anyOf": [
                { "pattern": ADDRESS },
                { "pattern": format!("^({})", RESERVED_STARTS.join("|")) },
                { "pattern": format!("({})$", RESERVED_ENDS.join("|")) },
            ] },
        })
    }
}
