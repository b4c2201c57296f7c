//! Identities.

use aws_config::{BehaviorVersion, Region, SdkConfig, sts::AssumeRoleProvider};
use secrecy::{ExposeSecret, SecretString};

use crate::{AwsError, error::timeouts, state_bucket};

/// The process's own identity.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
}

/// Where and as whom to act.
#[derive(Debug, Clone)]
pub struct Target {
    /// AWS region.
    pub region: String,
    /// The role to assume and Terrane's external id for its tenant; `None` acts as the process itself.
    pub role: Option<(String, SecretString)>,
    /// Shown in CloudTrail; the operation's id.
    pub session_name: String,
}

/// An identity in one region of one account.
#[derive(Debug, Clone)]
pub struct Session {
    pub(crate) config: SdkConfig,
    pub(crate) region: String,
}

impl Aws {
    /// Reads credentials and endpoints as every AWS tool does (environment, profile, container, instance).
    pub async fn from_environment() -> Self {
        // A region is needed to sign; each session sets its own.
        let region = Region::from_static("us-east-1");
        Self::from_config(aws_config::defaults(BehaviorVersion::latest()).region(region).load().await)
    }

    /// The identity and endpoints of a configuration that was made elsewhere, within our limits of time.
    pub fn from_config(config: SdkConfig) -> Self {
        Self { config: config.into_builder().timeout_config(timeouts()).build() }
    }

    /// A session in the target's region, as its role if it names one. The role is assumed with the first call.
    pub async fn session(&self, target: &Target) -> Session {
        let region = Region::new(target.region.clone());
        let regional = self.config.clone().into_builder().region(region.clone()).build();
        let config = match &target.role {
            None => regional,
            Some((role_arn, external_id)) => {
                let provider = AssumeRoleProvider::builder(role_arn)
                    .external_id(external_id.expose_secret())
                    .session_name(&target.session_name)
                    .region(region)
                    .configure(&regional)
                    .build()
                    .await;
                regional
                    .into_builder()
                    .credentials_provider(aws_sdk_sts::config::SharedCredentialsProvider::new(provider))
                    .build()
            }
        };
        Session { config, region: target.region.clone() }
    }
}

impl Session {
    /// The account that this session acts in.
    pub async fn account_id(&self) -> Result<String, AwsError> {
        const OPERATION: &str = "sts:GetCallerIdentity";
        let identity = aws_sdk_sts::Client::new(&self.config)
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(OPERATION, error))?;
        identity.account.ok_or_else(|| {
            AwsError::unexpected(
                OPERATION,
                "AWS did not say which account these credentials belong to".to_owned(),
            )
        })
    }

    /// Makes the bucket for state if it is absent, refuses one that belongs to another account, and sees to it that it
    /// is versioned, encrypted, private and reachable over TLS only. Safe to run at every operation.
    pub async fn ensure_state_bucket(&self, bucket: &str, owner_account: &str) -> Result<(), AwsError> {
        state_bucket::ensure(self, bucket, owner_account).await
    }
}
