//! The bucket that holds Terraform's state.
//!
//! Bucket names are global and ours can be guessed (`terrane-state-<account>-<region>`), so whoever makes it first owns
//! it. Every call therefore names the owner that we expect; AWS refuses it for anybody else's bucket
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html>).

use aws_sdk_s3::{
    Client,
    error::ProvideErrorMetadata,
    types::{
        BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration,
        PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
        ServerSideEncryptionConfiguration, ServerSideEncryptionRule, VersioningConfiguration,
    },
};

use crate::{AwsError, Session};

pub(crate) async fn ensure(session: &Session, bucket: &str, owner: &str) -> Result<(), AwsError> {
    let client = Client::new(&session.config);
    match client.head_bucket().bucket(bucket).expected_bucket_owner(owner).send().await {
        Ok(_) => return require_versions(&client, bucket, owner).await,
        Err(error) => match error.raw_response().map(|response| response.status().as_u16()) {
            Some(404) => {}
            Some(403) => {
                return Err(AwsError::wrong_owner(
                    "s3:HeadBucket",
                    format!(
                        "the state bucket {bucket} is not accessible or does not belong to account {owner}"
                    ),
                ));
            }
            _ => return Err(AwsError::from_sdk("s3:HeadBucket", error)),
        },
    }
    create(&client, bucket, &session.region).await?;
    make_ready(&client, bucket, owner).await
}

async fn create(client: &Client, bucket: &str, region: &str) -> Result<(), AwsError> {
    // us-east-1 is the one region that must not be named.
    let location = (region != "us-east-1").then(|| {
        CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(region))
            .build()
    });
    match client.create_bucket().bucket(bucket).set_create_bucket_configuration(location).send().await {
        Ok(_) => Ok(()),
        // Another worker was quicker.
        Err(error) if error.code() == Some("BucketAlreadyOwnedByYou") => Ok(()),
        Err(error) if error.code() == Some("BucketAlreadyExists") => Err(AwsError::wrong_owner(
            "s3:CreateBucket",
            format!("the name of the state bucket, {bucket}, is taken by another account"),
        )),
        Err(error) => Err(AwsError::from_sdk("s3:CreateBucket", error)),
    }
}

async fn make_ready(client: &Client, bucket: &str, owner: &str) -> Result<(), AwsError> {
    client
        .put_public_access_block()
        .bucket(bucket)
        .expected_bucket_owner(owner)
        .public_access_block_configuration(
            PublicAccessBlockConfiguration::builder()
                .block_public_acls(true)
                .block_public_policy(true)
                .ignore_public_acls(true)
                .restrict_public_buckets(true)
                .build(),
        )
        .send()
        .await
        .map_err(|error| AwsError::from_sdk("s3:PutPublicAccessBlock", error))?;
    client
        .put_bucket_encryption()
        .bucket(bucket)
        .expected_bucket_owner(owner)
        .server_side_encryption_configuration(encryption()?)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk("s3:PutBucketEncryption", error))?;
    client
        .put_bucket_policy()
        .bucket(bucket)
        .expected_bucket_owner(owner)
        .policy(tls_only(bucket))
        .send()
        .await
        .map_err(|error| AwsError::from_sdk("s3:PutBucketPolicy", error))?;
    // Last, see `require_versions`.
    enable_versions(client, bucket, owner).await
}

/// A bucket that stands is left as it is, but for versions, without which a lost state can't be had back. One without
/// versions and without a policy is ours, from a worker that died while it made it: the policy comes before versions.
async fn require_versions(client: &Client, bucket: &str, owner: &str) -> Result<(), AwsError> {
    let found = client
        .get_bucket_versioning()
        .bucket(bucket)
        .expected_bucket_owner(owner)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk("s3:GetBucketVersioning", error))?;
    if found.status == Some(BucketVersioningStatus::Enabled) {
        return Ok(());
    }
    match client.get_bucket_policy().bucket(bucket).expected_bucket_owner(owner).send().await {
        Ok(_) => enable_versions(client, bucket, owner).await,
        Err(error) if error.code() == Some("NoSuchBucketPolicy") => make_ready(client, bucket, owner).await,
        Err(error) => Err(AwsError::from_sdk("s3:GetBucketPolicy", error)),
    }
}

async fn enable_versions(client: &Client, bucket: &str, owner: &str) -> Result<(), AwsError> {
    client
        .put_bucket_versioning()
        .bucket(bucket)
        .expected_bucket_owner(owner)
        .versioning_configuration(
            VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build(),
        )
        .send()
        .await
        .map_err(|error| AwsError::from_sdk("s3:PutBucketVersioning", error))?;
    Ok(())
}

fn encryption() -> Result<ServerSideEncryptionConfiguration, AwsError> {
    let default =
        ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::Aes256).build();
    default
        .and_then(|default| {
            ServerSideEncryptionConfiguration::builder()
                .rules(
                    ServerSideEncryptionRule::builder()
                        .apply_server_side_encryption_by_default(default)
                        .build(),
                )
                .build()
        })
        .map_err(|error| AwsError::unexpected("s3:PutBucketEncryption", error.to_string()))
}

/// Refuses every request that does not come over TLS.
fn tls_only(bucket: &str) -> String {
    // The name was checked against S3's alphabet, which has nothing that JSON would need to escape.
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::{bucket}","arn:aws:s3:::{bucket}/*"],"Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}]}}"#
    )
}
