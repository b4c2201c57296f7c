//! S3 buckets.

use serde::Serialize;

/// An S3 bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// Globally unique name.
    pub name: String,
    /// Keep old versions of objects.
    pub versioning: bool,
    /// SSE-KMS with the environment's key, or SSE-S3.
    pub encryption: BucketEncryption,
    /// What happens to objects with age.
    pub lifecycle: BucketLifecycle,
    /// Delete the objects too when the bucket is destroyed.
    pub force_destroy: bool,
}

/// How a bucket encrypts what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BucketEncryption {
    /// Keys that S3 manages (AES256).
    S3Managed,
    /// The environment's KMS key, with a bucket key to keep the number of KMS calls down.
    EnvironmentKey,
}

/// What happens to objects with age; all in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BucketLifecycle {
    /// Move to Glacier Flexible Retrieval.
    pub glacier_after_days: Option<u32>,
    /// Delete.
    pub expire_after_days: Option<u32>,
    /// Delete versions that were replaced; only with versioning.
    pub expire_old_versions_after_days: Option<u32>,
    /// Drop the parts of uploads that were never finished.
    pub abort_uploads_after_days: u32,
}

impl Bucket {
    /// Takes off what would keep it from being destroyed.
    pub(super) fn unprotect(&mut self) {
        self.force_destroy = true;
    }
}
