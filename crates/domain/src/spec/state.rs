//! `state`: where Terraform keeps its state.

use schemars::JsonSchema;
use serde::Serialize;

use super::{decode::Value, reading::word, rules, words::words};
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
        bucket: f.get("bucket", rules::bucket_name),
        region: f.get("region", rules::region),
        lock: f.get("lock", word),
    };
    f.close();
    Some(section)
}
