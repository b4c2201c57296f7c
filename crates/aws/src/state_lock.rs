//! The lock on a state: an object beside it that Terraform makes on condition that there is none, and deletes.
//!
//! A Terraform that was killed leaves it. `terraform force-unlock` reads the object and then deletes it, so that it can
//! delete the lock of whoever came in between; here it is deleted on condition that it is still the one that was judged
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html>).

use aws_sdk_s3::{Client, error::SdkError};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::{AwsError, Session};

/// A lock as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateLock {
    /// Its id, which `force-unlock` asks for.
    pub id: String,
    /// `user@host` of the process that took it.
    pub who: String,
    /// When it was taken, on that host's clock.
    pub created: DateTime<Utc>,
    /// What for, such as `OperationTypeApply`.
    pub operation: String,
    etag: String,
}

impl StateLock {
    /// The host on which it was taken.
    #[must_use]
    pub fn host(&self) -> &str {
        self.who.rsplit_once('@').map_or(self.who.as_str(), |(_, host)| host)
    }
}

/// The object's text, as Terraform and OpenTofu write it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    #[serde(rename = "ID")]
    id: String,
    who: String,
    created: DateTime<Utc>,
    operation: String,
}

impl Session {
    /// The lock on the state under `key`; `None` if nobody holds it.
    ///
    /// # Errors
    /// If AWS can't be asked, or if the object is no lock.
    pub async fn state_lock(&self, bucket: &str, key: &str) -> Result<Option<StateLock>, AwsError> {
        const OPERATION: &str = "s3:GetObject";
        let read = self.s3().get_object().bucket(bucket).key(lock_of(key)).send().await;
        let object = match read {
            Ok(object) => object,
            Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => return Ok(None),
            Err(error) => return Err(AwsError::from_sdk(OPERATION, error)),
        };
        let etag = object.e_tag.unwrap_or_default();
        let no_lock = |why: String| AwsError::unexpected(OPERATION, format!("the lock can't be read: {why}"));
        let body = object.body.collect().await.map_err(|error| no_lock(error.to_string()))?;
        let lock: Written =
            serde_json::from_slice(&body.into_bytes()).map_err(|error| no_lock(error.to_string()))?;
        let Written { id, who, created, operation } = lock;
        Ok(Some(StateLock { id, who, created, operation, etag }))
    }

    /// Deletes this lock. False if it isn't there any more, or if another one is.
    ///
    /// # Errors
    /// If AWS can't be asked.
    pub async fn break_state_lock(
        &self,
        bucket: &str,
        key: &str,
        lock: &StateLock,
    ) -> Result<bool, AwsError> {
        let deleted =
            self.s3().delete_object().bucket(bucket).key(lock_of(key)).if_match(&lock.etag).send().await;
        match deleted {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error))
                if matches!(error.raw().status().as_u16(), 404 | 409 | 412) =>
            {
                Ok(false)
            }
            Err(error) => Err(AwsError::from_sdk("s3:DeleteObject", error)),
        }
    }

    fn s3(&self) -> Client {
        Client::new(&self.config)
    }
}

fn lock_of(key: &str) -> String {
    format!("{key}.tflock")
}
