//! Ways into emulated accounts.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use terrane_aws::{Aws, AwsError, AwsErrorKind, Session, Target};
use terrane_rig::{AwsAccount, Emulator};

pub const REGION: &str = "eu-west-1";

/// The emulator that tests share; for those that switch nothing on.
pub async fn shared() -> &'static Emulator {
    terrane_rig::shared().await.unwrap().emulator().await.unwrap()
}

/// What a worker would have read from its environment.
pub async fn config(endpoint: &str) -> SdkConfig {
    let key = Credentials::new("AKIAIOSFODNN7EXAMPLE", "not checked", None, None, "test");
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .credentials_provider(key)
        .region(Region::from_static("us-east-1"))
        .load()
        .await
}

pub async fn enter(emulator: &Emulator, region: &str, role: Option<(String, &str)>) -> Session {
    let target = Target {
        region: region.to_owned(),
        role: role.map(|(arn, external_id)| (arn, external_id.to_owned().into())),
        session_name: "op-test".to_owned(),
    };
    Aws::from_config(config(emulator.endpoint_url()).await).session(&target).await
}

/// A session in an account of its own.
pub async fn session(emulator: &Emulator, account: &AwsAccount) -> Session {
    enter(emulator, REGION, Some((account.role_arn(), "any"))).await
}

/// Credentials in `account`, for what Terrane itself never does there.
pub async fn credentials(emulator: &Emulator, account: &AwsAccount) -> Credentials {
    let sts = aws_sdk_sts::Client::new(&config(emulator.endpoint_url()).await);
    let assumed = sts.assume_role().role_arn(account.role_arn()).role_session_name("test").send();
    let key = assumed.await.unwrap().credentials.unwrap();
    Credentials::new(key.access_key_id, key.secret_access_key, Some(key.session_token), None, "test")
}

/// What the owner of `account` calls AWS with.
pub async fn owner(emulator: &Emulator, account: &AwsAccount) -> SdkConfig {
    let provider = SharedCredentialsProvider::new(credentials(emulator, account).await);
    let config = config(emulator.endpoint_url()).await.into_builder();
    config.credentials_provider(provider).region(Region::from_static(REGION)).build()
}

/// S3 as the owner of `account` sees it.
pub async fn s3(emulator: &Emulator, account: &AwsAccount) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::new(&owner(emulator, account).await)
}

#[track_caller]
pub fn refused<T: std::fmt::Debug>(outcome: Result<T, AwsError>, kind: AwsErrorKind) -> AwsError {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind, kind, "{error:?}");
    assert!(!error.hint().is_empty());
    error
}
