//! S3 buckets.

use serde::Serialize;

use crate::{
    Key,
    spec::{CannedAcl, CorsMethod, ObjectOwnership},
};

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
    /// Who owns what others write.
    pub ownership: ObjectOwnership,
    /// The canned ACL; `None` where the ownership turns ACLs off.
    pub acl: Option<CannedAcl>,
    /// Which web pages of other origins may use it from a browser.
    pub cors: Vec<CorsRule>,
    /// Where S3 writes down who read and wrote what.
    pub access_logs: Option<AccessLogs>,
}

/// Which web pages may use a bucket from a browser, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorsRule {
    /// Origins, each with at most one `*`.
    pub origins: Vec<String>,
    /// Methods.
    pub methods: Vec<CorsMethod>,
    /// Headers that a request may have.
    pub headers: Vec<String>,
    /// Headers of an answer that the page may see.
    pub expose_headers: Vec<String>,
    /// How long a browser may remember the answer, in seconds.
    pub max_age_seconds: u32,
}

/// Where S3 writes down who read and wrote what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessLogs {
    /// Another bucket of the environment.
    pub bucket: Key,
    /// Beginning of the names of the logs.
    pub prefix: String,
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
