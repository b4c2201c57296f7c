//! `registries`: ECR repositories.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Encryption,
    decode::Value,
    reading::{flag, word},
};

/// An ECR repository.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RegistrySpec {
    /// Images to keep; older ones expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub keep_last: Option<u32>,
    /// Images without a tag expire after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub expire_untagged_after_days: Option<u32>,
    /// Refuse to move a tag to another image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immutable_tags: Option<bool>,
    /// Scan images when they are pushed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan: Option<bool>,
    /// Whose key encrypts it. Changing this replaces the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// Delete the images too when the registry is taken out of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_destroy: Option<bool>,
}

pub(super) fn read(value: &Value<'_>) -> Option<RegistrySpec> {
    let f = value.fields()?;
    let section = RegistrySpec {
        keep_last: f.get("keep_last", |value| value.integer(1, 1_000)),
        expire_untagged_after_days: f.get("expire_untagged_after_days", |value| value.integer(1, 3_650)),
        immutable_tags: f.get("immutable_tags", flag),
        scan: f.get("scan", flag),
        encryption: f.get("encryption", word),
        force_destroy: f.get("force_destroy", flag),
    };
    f.close();
    Some(section)
}
