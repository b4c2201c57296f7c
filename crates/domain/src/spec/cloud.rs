//! `cloud`: where an environment stands.

use schemars::JsonSchema;
use serde::Serialize;

use super::{decode::Value, reading::word, rules, words::words};
use crate::facts::Region;

words! {
    /// A cloud.
    Provider {
        /// Amazon Web Services.
        Aws => "aws",
    }
}

/// Where an environment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CloudSpec {
    /// The cloud; `aws` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// The region, for example `eu-west-1`.
    #[schemars(extend("enum" = Region::names().collect::<Vec<_>>()))]
    pub region: String,
    /// Twelve digits, in quotes. Terraform refuses to act in any other account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{12}$"))]
    pub account_id: Option<String>,
    /// A role in your account that Terrane assumes; its trust policy must ask for the external id that Terrane shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:aws:iam::[0-9]{12}:role/([!-~]+/)?[A-Za-z0-9+=,.@_-]{1,64}$"))]
    pub role_arn: Option<String>,
}

impl CloudSpec {
    /// The account that the file names, by itself or inside the role.
    pub fn account(&self) -> Option<&str> {
        self.account_id.as_deref().or_else(|| self.role_account())
    }

    /// The account of the role.
    pub(crate) fn role_account(&self) -> Option<&str> {
        self.role_arn.as_deref().and_then(rules::account_of_role)
    }
}

pub(super) fn read(value: &Value<'_>) -> Option<CloudSpec> {
    let f = value.fields()?;
    let provider = f.get("provider", word);
    let region = f.required("region", "eu-west-1", rules::region);
    let account_id = f.get("account_id", rules::account_id);
    let role_arn = f.get("role_arn", rules::role_arn);
    f.close();
    Some(CloudSpec { provider, region: region?, account_id, role_arn })
}
