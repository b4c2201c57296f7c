//! What single values may look like that several sections have, with the source of each rule.

use std::collections::BTreeMap;

use super::{
    bucket_name::is_bucket_name,
    decode::Value,
    problem::{nearest, quoted},
};
use crate::{
    facts::{self, Region, RegionLookup},
    spec::EnvironmentName,
};

pub(super) fn environment_name(value: &Value<'_>) -> Option<EnvironmentName> {
    let text = value.text("a name")?;
    EnvironmentName::parse(text).or_else(|| {
        value.reject(format!(
            "{} is not a name; use 2 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen",
            quoted(text)
        ))
    })
}

pub(super) fn region(value: &Value<'_>) -> Option<String> {
    let text = value.text("a region, for example eu-west-1")?;
    match Region::find(text) {
        RegionLookup::Known(region) => Some(region.name.to_owned()),
        RegionLookup::OtherPartition(partition) => value.reject(format!(
            "{} is in the partition {partition}, which is not supported; use a region of the partition aws",
            quoted(text)
        )),
        RegionLookup::Unknown => {
            let hint = match nearest(text, Region::names()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "expected one such as eu-west-1 or us-east-1".to_owned(),
            };
            value.reject(format!("{} is not a region of AWS; {hint}", quoted(text)))
        }
    }
}

/// Twelve digits. Source: AWS Account Management reference, "AWS account identifiers".
pub(super) fn account_id(value: &Value<'_>) -> Option<String> {
    let text = value.text("an account id of twelve digits, in quotes")?;
    if is_account_id(text) {
        return Some(text.to_owned());
    }
    value.reject(format!("{} is not an account id; expected twelve digits, in quotes", quoted(text)))
}

fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Source: IAM user guide, "IAM identifiers" and "IAM and AWS STS quotas" (name up to 64, path up to 512 characters).
pub(super) fn role_arn(value: &Value<'_>) -> Option<String> {
    let text = value.text("the ARN of a role")?;
    if is_role_arn(text) {
        // Source: IAM user guide, "Create a service-linked role": only the service that it is linked to assumes it.
        if text.contains(":role/aws-service-role/") {
            let message =
                "is a service-linked role, which only AWS itself assumes; give one that trusts Terrane";
            return value.reject(message);
        }
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the ARN of a role; expected arn:aws:iam::<account id>:role/<name>",
        quoted(text)
    ))
}

fn is_role_arn(text: &str) -> bool {
    let Some((account, path)) = text.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":role/"))
    else {
        return false;
    };
    is_account_id(account) && is_iam_name(path, 64)
}

/// Whether this is what stands behind `role/` or `policy/`: a name of at most so many characters, behind a path or none.
fn is_iam_name(text: &str, longest: usize) -> bool {
    let (path, name) = text.rsplit_once('/').map_or((None, text), |(path, name)| (Some(path), name));
    // With the slashes around it.
    let is_path = |path: &str| (1..=510).contains(&path.len()) && path.bytes().all(|b| b.is_ascii_graphic());
    (1..=longest).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
        && path.is_none_or(is_path)
}

/// The ARN of a role or a user. EKS takes no session, no group and no root user.
/// Source: EKS user guide, "Create access entries".
pub(super) fn principal_arn(value: &Value<'_>) -> Option<String> {
    let text = value.text("the ARN of a role or a user")?;
    // Users have the same alphabet and lengths.
    if is_role_arn(text) || is_role_arn(&text.replacen(":user/", ":role/", 1)) {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the ARN of a role or a user; expected arn:aws:iam::<account id>:role/<name>",
        quoted(text)
    ))
}

/// The account in the ARN of a role.
pub(super) fn account_of_role(role_arn: &str) -> Option<&str> {
    role_arn.strip_prefix("arn:aws:iam::")?.split(':').next()
}

/// The account in the ARN of a managed policy, or `aws`; `None` if it is no such ARN.
/// Source: IAM user guide, "IAM identifiers" and "IAM and AWS STS quotas" (name up to 128, path up to 512 characters).
pub(super) fn account_of_policy(arn: &str) -> Option<&str> {
    let (account, path) = arn.strip_prefix("arn:aws:iam::")?.split_once(":policy/")?;
    let well_formed = (account == "aws" || is_account_id(account)) && is_iam_name(path, 128);
    well_formed.then_some(account)
}

pub(super) fn log_retention_days(value: &Value<'_>) -> Option<u16> {
    value.one_of(facts::LOG_RETENTION_DAYS)
}

/// `<service>.<family>.<size>`, as RDS (`db`) and ElastiCache (`cache`) name machines. Which of them a region offers is
/// AWS's to say.
pub(super) fn is_machine_class(text: &str, service: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let is_size = |size: &str| {
        let multiple = size
            .strip_suffix("xlarge")
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        ["micro", "small", "medium", "large", "xlarge"].contains(&size) || multiple
    };
    let parts: Vec<&str> = text.split('.').collect();
    text.len() <= 40
        && matches!(parts.as_slice(), [first, family, size] if *first == service && is_part(family) && is_size(size))
}

const MAX_LABELS: usize = 32;

/// Labels have rules of our own: they stand in URLs (`?label=team=platform`).
pub(super) fn labels(value: &Value<'_>) -> BTreeMap<String, String> {
    const RULE: &str = "use 1 to 63 of a-z, A-Z, 0-9 and . _ - /, starting and ending with a letter or digit";
    fn is_label(text: &str) -> bool {
        let is_edge = |c: char| c.is_ascii_alphanumeric();
        (1..=63).contains(&text.len())
            && text.starts_with(is_edge)
            && text.ends_with(is_edge)
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b))
    }
    fn label_value(value: &Value<'_>) -> Option<String> {
        let text = value.text("text")?;
        if text.is_empty() || is_label(text) {
            return Some(text.to_owned());
        }
        value.reject(format!("{} is not a label value; {RULE}", quoted(text)))
    }
    let check = |key: &str| {
        if is_label(key) {
            Ok(key.to_owned())
        } else {
            Err(format!("{} is not a label; {RULE}", quoted(key)))
        }
    };
    let labels = value.pairs("a mapping of texts", check, label_value);
    if labels.len() > MAX_LABELS {
        value.complain(format!("{} labels are too many; at most {MAX_LABELS}", labels.len()));
    }
    labels
}

/// AWS allows 50 tags on most things; ten are left for Terrane, the blueprint and AWS itself.
const MAX_TAGS: usize = 40;

/// Source: AWS tagging guide, "Tag naming limits and requirements"; the characters are those that every service takes.
/// Keys that differ only in case are refused, because IAM does not tell them apart.
pub(super) fn tags(value: &Value<'_>) -> BTreeMap<String, String> {
    fn tag_value(value: &Value<'_>) -> Option<String> {
        let text = value.text("text")?;
        match tag_text("value", text, 0, 256) {
            Ok(()) => Some(text.to_owned()),
            Err(message) => value.reject(message),
        }
    }
    let check = |key: &str| {
        tag_text("key", key, 1, 128)?;
        match ["aws:", "terrane:"].into_iter().find(|prefix| key.to_lowercase().starts_with(prefix)) {
            Some(prefix) => Err(format!("keys that start with {prefix} are reserved; choose another")),
            None => Ok(key.to_owned()),
        }
    };
    let tags = value.pairs("a mapping of texts", check, tag_value);
    if tags.len() > MAX_TAGS {
        value.complain(format!("{} tags are too many; at most {MAX_TAGS}", tags.len()));
    }
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    for key in tags.keys() {
        if let Some(other) = folded.insert(key.to_lowercase(), key) {
            value.reject_key(
                key,
                format!("differs from {} only in case, which IAM ignores; keep one", quoted(other)),
            );
        }
    }
    tags
}

fn tag_text(what: &str, text: &str, least: usize, most: usize) -> Result<(), String> {
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    if let Some(refused) = text.chars().find(|c| !allowed(*c)) {
        return Err(format!(
            "{} has the character {refused:?}, which AWS refuses in a tag {what}; use letters, digits, spaces and _ . : / = + - @",
            quoted(text)
        ));
    }
    if text != text.trim() {
        return Err(format!("{} starts or ends with a space, which AWS cuts off; remove it", quoted(text)));
    }
    let length = text.chars().count();
    if (least..=most).contains(&length) {
        Ok(())
    } else {
        Err(format!("a tag {what} has {least} to {most} characters; this one has {length}"))
    }
}

/// A bucket that is made with an environment; no dots, which break TLS for virtual hosts.
pub(super) fn bucket_name(value: &Value<'_>) -> Option<String> {
    let text = value.text("the name of an S3 bucket")?;
    if is_bucket_name(text) && !text.contains('.') {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not a bucket name that S3 accepts without dots; use 3 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit",
        quoted(text)
    ))
}

/// A key by its id: an alias can be moved to another key behind Terraform's back.
/// Source: KMS developer guide, "Key identifiers (KeyId)".
pub(super) fn kms_key_arn(value: &Value<'_>) -> Option<String> {
    let text = value.text("the ARN of a KMS key")?;
    let well_formed = text
        .strip_prefix("arn:aws:kms:")
        .and_then(|rest| rest.split_once(":key/"))
        .is_some_and(|(place, key)| {
            place.split_once(':').is_some_and(|(region, account)| {
                matches!(Region::find(region), RegionLookup::Known(_)) && is_account_id(account)
            }) && (1..=64).contains(&key.len())
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    if well_formed {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the ARN of a KMS key; expected arn:aws:kms:<region>:<account id>:key/<key id>",
        quoted(text)
    ))
}
