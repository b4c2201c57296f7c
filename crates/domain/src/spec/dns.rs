//! `dns`: the zone in which the names of apps stand.

use schemars::JsonSchema;
use serde::Serialize;

use super::{decode::Value, problem::quoted, reading::flag};

/// A public hosted zone of Route 53. Apps with a `host` in it get a record, and a certificate that proves itself by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DnsSpec {
    /// Name of the zone, for example `acme.example`.
    #[schemars(regex(pattern = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"))]
    pub zone: String,
    /// Make the zone. Without it there has to be one of that name in the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<bool>,
    /// Zone in the account under which the new one stands, and which then leads to it. Without it somebody has to enter the
    /// output `name_servers` there: until then no certificate is issued, and an apply that wants one waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"))]
    pub parent: Option<String>,
}

pub(super) fn read(value: &Value<'_>) -> Option<DnsSpec> {
    let f = value.fields()?;
    let zone = f.required("zone", "acme.example", zone_name);
    let create = f.get("create", flag);
    let parent = f.get("parent", zone_name);
    f.close();
    Some(DnsSpec { zone: zone?, create, parent })
}

/// Source: Route 53 developer guide, "DNS domain name format"; lower case, because that is how AWS shows it, and without
/// the dot at the end.
fn zone_name(value: &Value<'_>) -> Option<String> {
    let text = value.text("the name of a zone such as acme.example")?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if text.len() <= 253 && text.contains('.') && text.split('.').all(is_label) {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the name of a zone; expected one in lower case such as acme.example",
        quoted(text)
    ))
}
