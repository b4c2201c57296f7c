//! `buckets`: S3 buckets.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Encryption,
    decode::Value,
    reading::{flag, word},
};

/// An S3 bucket. Always private, TLS-only and encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BucketSpec {
    /// Keep old versions of objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versioning: Option<bool>,
    /// Whose key encrypts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// What happens to objects with age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<BucketLifecycleSpec>,
    /// Delete the objects too when the bucket is taken out of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_destroy: Option<bool>,
}

/// What happens to objects with age.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BucketLifecycleSpec {
    /// Move objects to Glacier after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub glacier_after_days: Option<u32>,
    /// Delete objects after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub expire_after_days: Option<u32>,
    /// Delete old versions so many days after they were replaced; needs versioning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub expire_old_versions_after_days: Option<u32>,
    /// Drop the parts of unfinished uploads after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub abort_uploads_after_days: Option<u32>,
}

pub(super) fn read(value: &Value<'_>) -> Option<BucketSpec> {
    let f = value.fields()?;
    let section = BucketSpec {
        versioning: f.get("versioning", flag),
        encryption: f.get("encryption", word),
        lifecycle: f.get("lifecycle", lifecycle),
        force_destroy: f.get("force_destroy", flag),
    };
    f.close();
    Some(section)
}

fn lifecycle(value: &Value<'_>) -> Option<BucketLifecycleSpec> {
    fn days(value: &Value<'_>) -> Option<u32> {
        value.integer(1, 36_500)
    }
    let f = value.fields()?;
    let section = BucketLifecycleSpec {
        glacier_after_days: f.get("glacier_after_days", days),
        expire_after_days: f.get("expire_after_days", days),
        expire_old_versions_after_days: f.get("expire_old_versions_after_days", days),
        abort_uploads_after_days: f.get("abort_uploads_after_days", days),
    };
    f.close();
    Some(section)
}
