//! Keys and secrets: both are deleted after a window in which they can be had back.

use aws_sdk_kms::types::KeyState;
use chrono::{DateTime, Utc};

use super::{
    Arn, Standing,
    answer::{Words, found, judged},
};
use crate::{AwsError, Session};

/// A disabled key is whole. <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
const KEY: Words =
    Words { ready: &["Enabled", "Disabled", "PendingImport"], failed: &["Unavailable"], gone: &[] };

pub(super) async fn standing(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    match (arn.service, arn.kind) {
        ("kms", "key") => key(session, arn).await,
        ("secretsmanager", "secret") => secret(session, arn).await,
        _ => Ok(Standing::Unknown),
    }
}

async fn key(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    let kms = aws_sdk_kms::Client::new(&session.config);
    let answer = kms.describe_key().key_id(arn.whole).send().await;
    let Some(key) = found("kms:DescribeKey", answer, |answer| answer.key_metadata)? else {
        return Ok(Standing::Gone);
    };
    if matches!(key.key_state, Some(KeyState::PendingDeletion | KeyState::PendingReplicaDeletion)) {
        return Ok(Standing::Pending { until: key.deletion_date.as_ref().and_then(moment) });
    }
    Ok(judged(Some(key.key_state), &KEY))
}

async fn secret(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    let manager = aws_sdk_secretsmanager::Client::new(&session.config);
    let answer = manager.describe_secret().secret_id(arn.whole).send().await;
    Ok(match found("secretsmanager:DescribeSecret", answer, Some)? {
        None => Standing::Gone,
        Some(secret) => match secret.deleted_date {
            // The day from which it is gone, not the day on which somebody asked for that.
            // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
            Some(day) => Standing::Pending { until: moment(&day) },
            None => Standing::Stands,
        },
    })
}

fn moment(date: &aws_sdk_kms::primitives::DateTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(date.secs(), date.subsec_nanos())
}
