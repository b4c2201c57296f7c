//! `state`: where Terraform keeps its state.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    bucket_name::{BucketName, is_bucket_name},
    decode::Value,
    problem::quoted,
    reading::word,
    rules,
    words::words,
};
use crate::facts::Region;

/// Where Terraform keeps its state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct StateSpec {
    /// S3 bucket; made if absent. One per account and region if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BucketName>")]
    pub bucket: Option<String>,
    /// Region of the bucket; that of the environment if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = Region::names().collect::<Vec<_>>()))]
    pub region: Option<String>,
    /// How it is locked; `s3` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<StateLock>,
    /// The DynamoDB table, which has to exist, with the key `LockID`; needed by `lock: dynamodb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_.-]{3,255}$"))]
    pub lock_table: Option<String>,
    /// ARN of the KMS key that encrypts the state; a key that S3 manages if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/.+$"))]
    pub kms_key_arn: Option<String>,
}

words! {
    /// How Terraform's state is locked.
    StateLock {
        /// By an object beside the state, written on condition that it isn't there.
        S3 => "s3",
        /// By that object and by an item of a DynamoDB table too, for installations whose other tools know only the table.
        Dynamodb => "dynamodb",
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<StateSpec> {
    let f = value.fields()?;
    let section = StateSpec {
        bucket: f.get("bucket", bucket_name),
        region: f.get("region", rules::region),
        lock: f.get("lock", word),
        lock_table: f.get("lock_table", table_name),
        kms_key_arn: f.get("kms_key_arn", rules::kms_key_arn),
    };
    f.close();
    Some(section)
}

/// With dots, unlike that of a bucket that an environment has: older installations have such names, and where a name has
/// dots Terraform and the SDK put it into the path instead of the host.
fn bucket_name(value: &Value<'_>) -> Option<String> {
    let text = value.text("the name of an S3 bucket")?;
    if is_bucket_name(text) {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a bucket name that S3 accepts; use 3 to 63 of a-z, 0-9, - and ., starting and ending with a letter or \
         digit, with no two dots in a row",
        quoted(text)
    ))
}

/// Source: Amazon DynamoDB developer guide, "Supported data types and naming rules".
fn table_name(value: &Value<'_>) -> Option<String> {
    let text = value.text("the name of a DynamoDB table")?;
    let well_formed = (3..=255).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    if well_formed {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the name of a DynamoDB table; use 3 to 255 of letters, digits, _, . and -",
        quoted(text)
    ))
}
