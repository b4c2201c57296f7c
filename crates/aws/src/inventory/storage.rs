//! Buckets.

use aws_sdk_s3::Client;

use super::{
    Arn, Standing,
    answer::{found, presence},
};
use crate::{AwsError, Session};

pub(super) async fn standing(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    // Access points and the like have a kind.
    if !arn.kind.is_empty() {
        return Ok(Standing::Unknown);
    }
    let answer = Client::new(&session.config).head_bucket().bucket(arn.id).send().await;
    Ok(presence(found("s3:HeadBucket", answer, Some)?))
}
