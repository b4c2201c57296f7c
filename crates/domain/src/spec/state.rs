//! `state`: where Terraform keeps its state.

use schemars::JsonSchema;
use serde::Serialize;

use super::{decode::Value, problem::quoted, reading::word, rules, words::words};
use crate::facts::Region;

/// Where Terraform keeps its state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct StateSpec {
    /// S3 bucket; made if absent. One per account and region if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"))]
    pub bucket: Option<String>,
    /// Region of the bucket; that of the environment if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = Region::names().collect::<Vec<_>>()))]
    pub region: Option<String>,
    /// How it is locked; `s3` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<StateLock>,
}

words! {
    /// How Terraform's state is locked.
    StateLock {
        /// By an object beside the state, written on condition that it isn't there.
        S3 => "s3",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<StateSpec> {
    let f = value.fields()?;
    let section = StateSpec {
        bucket: f.get("bucket", bucket_name),
        region: f.get("region", rules::region),
        lock: f.get("lock", word),
    };
    f.close();
    Some(section)
}

/// General purpose buckets; no dots, which break TLS for virtual hosts.
/// Source: S3 user guide, "General purpose bucket naming rules".
fn bucket_name(value: &Value<'_>) -> Option<String> {
    let text = value.text("the name of an S3 bucket")?;
    let is_edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = text.as_bytes();
    let well_formed = (3..=63).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        && is_edge(bytes.first())
        && is_edge(bytes.last());
    let reserved = ["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|prefix| text.starts_with(prefix))
        || ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"].iter().any(|suffix| text.ends_with(suffix));
    if well_formed && !reserved {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a bucket name that S3 accepts; use 3 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit",
        quoted(text)
    ))
}
