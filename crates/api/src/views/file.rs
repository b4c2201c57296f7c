//! Answers about an environment file.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use terrane_domain::Reason;
use utoipa::ToSchema;

/// Why a value that nobody wrote is what it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReasonView {
    /// Where in the resolved file.
    #[schema(example = "network.nat")]
    pub path: String,
    /// What it became.
    #[schema(example = "single")]
    pub value: String,
    /// Why.
    #[schema(example = "profile small")]
    pub because: String,
}

/// A file that is right.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValidView {
    /// Always true; a file that is wrong is answered with a problem.
    pub valid: bool,
    /// The file with every default filled in.
    #[schema(value_type = Object)]
    pub resolved: Value,
    /// Why each default is what it is.
    pub reasons: Vec<ReasonView>,
}

/// The Terraform files of an environment file.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilesView {
    /// Content by name.
    #[schema(example = json!({"versions.tf": "terraform {\n  required_version = \">= 1.11\"\n}\n"}))]
    pub files: BTreeMap<String, String>,
    /// Where they were left, below the server's output directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "acme/dev-anna")]
    pub directory: Option<String>,
}

/// The file of a single bucket.
#[derive(Debug, Serialize, ToSchema)]
pub struct BucketFileView {
    /// Where it was left, below the server's output directory.
    #[schema(example = "acme/acme-data.tf")]
    pub path: String,
    /// Its content.
    pub preview: String,
}

impl From<Reason> for ReasonView {
    fn from(reason: Reason) -> Self {
        Self { path: reason.path, value: reason.value, because: reason.because }
    }
}
