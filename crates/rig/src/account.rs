//! Emulated AWS accounts and the settings that point a program at the emulator.

use std::collections::BTreeMap;

/// The account that the rig's own access key belongs to.
pub const HOME_ACCOUNT: &str = "123456789012";

/// The region of the rig where nobody names one.
pub const REGION: &str = "eu-central-1";

/// An account of the emulator, entered by assuming its role: there needn't be anything in it before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AwsAccount {
    id: String,
}

impl AwsAccount {
    /// The account's 12 digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A role of the account that the rig's access key may assume: for `cloud.role_arn`.
    pub fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/terrane", self.id)
    }

    /// Accounts 100000000001, 100000000002 and so on, none of which is [`HOME_ACCOUNT`].
    pub(crate) fn numbered(number: u64) -> AwsAccount {
        AwsAccount { id: format!("1{:011}", number % 23_456_789_011 + 1) }
    }
}

/// The environment variables that make AWS's tools and SDKs, Terraform included, talk to the emulator.
pub(crate) fn env(endpoint: &str) -> BTreeMap<String, String> {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("AWS_REGION", REGION),
        // What boto3 and the aws command read.
        ("AWS_DEFAULT_REGION", REGION),
        // Nobody may find real credentials, or wait for a metadata service that isn't there.
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

/// What `*_override.tf` has to say so that the AWS provider works against the emulator; what Terrane
/// renders stays as it is. The endpoint itself comes from `AWS_ENDPOINT_URL`.
///
/// * Few retries: a call that the emulator lacks answers at once, and the provider's 25 retries would turn
///   that into minutes.
/// * Nothing is said about the state backend: an override file replaces a whole `backend` block instead of
///   merging into it (<https://developer.hashicorp.com/terraform/language/files/override>), and the SDK
///   uses path-style addresses by itself when the endpoint is an IP address.
pub const TERRAFORM_OVERRIDE: &str = r#"# Written by the rig: points the AWS provider at an emulator. Never part of what Terrane renders.
provider "aws" {
  max_retries                 = 2
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_accounts_have_twelve_digits_and_are_never_the_home_account() {
        assert_eq!(AwsAccount::numbered(0).id(), "100000000001");
        assert_eq!(AwsAccount::numbered(23_456_789_010).id(), "123456789011");
        assert_eq!(AwsAccount::numbered(23_456_789_011).id(), "100000000001");
        assert_eq!(AwsAccount::numbered(6).role_arn(), "arn:aws:iam::100000000007:role/terrane");
    }
}
