//! `buckets`: S3 buckets.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    CannedAcl, Encryption,
    decode::Value,
    problem::quoted,
    reading::{flag, word},
    words::words,
};
use crate::Key;

/// An S3 bucket: TLS-only, encrypted, and private unless it says otherwise.
///
/// Only an `acl` opens it to people outside of the account, and that needs an `ownership` that leaves ACLs on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BucketSpec {
    /// Keep old versions of objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versioning: Option<bool>,
    /// Whose key encrypts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// What happens to objects with age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<BucketLifecycleSpec>,
    /// Delete the objects too when the bucket is taken out of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_destroy: Option<bool>,
    /// A canned ACL in AWS's own spelling; `private` if not said. Any other needs an ownership that leaves ACLs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acl: Option<CannedAcl>,
    /// Who owns what others write; `bucket_owner_enforced`, which turns ACLs off, if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<ObjectOwnership>,
    /// Which web pages of other origins may use it from a browser.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default, length(max = 100))]
    pub cors: Vec<CorsRuleSpec>,
    /// Where S3 writes down who read and wrote what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_logs: Option<AccessLogsSpec>,
}

words! {
    /// Who owns an object that somebody else wrote.
    /// Source: S3 user guide, "Controlling ownership of objects and disabling ACLs for your bucket".
    ObjectOwnership {
        /// The bucket's owner, always; ACLs are off.
        BucketOwnerEnforced => "bucket_owner_enforced",
        /// The bucket's owner, if the writer allows it; ACLs are on.
        BucketOwnerPreferred => "bucket_owner_preferred",
        /// The writer; ACLs are on.
        ObjectWriter => "object_writer",
    }
}

words! {
    /// A method that a browser may use across origins.
    CorsMethod {
        /// Read.
        Get => "GET",
        /// Read the headers.
        Head => "HEAD",
        /// Write.
        Put => "PUT",
        /// Write out of a form.
        Post => "POST",
        /// Delete.
        Delete => "DELETE",
    }
}

/// Which web pages may use a bucket from a browser, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CorsRuleSpec {
    /// Origins such as `https://app.acme.example`, each with at most one `*`.
    #[schemars(length(min = 1, max = 100))]
    pub origins: Vec<String>,
    /// Methods; `[GET, HEAD]` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<CorsMethod>>,
    /// Headers that a request may have, each with at most one `*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub headers: Vec<String>,
    /// Headers of an answer that the page may see.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub expose_headers: Vec<String>,
    /// How long a browser may remember the answer, in seconds; an hour if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 86400))]
    pub max_age_seconds: Option<u32>,
}

/// Where S3 writes down who read and wrote what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AccessLogsSpec {
    /// Another bucket of this file, encrypted with `aws`: S3 can't write its logs under a key of yours.
    pub bucket: Key,
    /// Beginning of the names of the logs; the bucket's own name and `/` if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub prefix: Option<String>,
}

/// What happens to objects with age.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BucketLifecycleSpec {
    /// Move objects to Glacier after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub glacier_after_days: Option<u32>,
    /// Delete objects after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub expire_after_days: Option<u32>,
    /// Delete old versions so many days after they were replaced; needs versioning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub expire_old_versions_after_days: Option<u32>,
    /// Drop the parts of unfinished uploads after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub abort_uploads_after_days: Option<u32>,
}

pub(super) fn read(value: &Value<'_>) -> Option<BucketSpec> {
    let f = value.fields()?;
    let section = BucketSpec {
        versioning: f.get("versioning", flag),
        encryption: f.get("encryption", word),
        lifecycle: f.get("lifecycle", lifecycle),
        force_destroy: f.get("force_destroy", flag),
        acl: f.get("acl", word),
        ownership: f.get("ownership", word),
        cors: f.get("cors", |value| value.list("a list of rules", cors_rule)).unwrap_or_default(),
        access_logs: f.get("access_logs", access_logs),
    };
    f.close();
    Some(section)
}

fn cors_rule(value: &Value<'_>) -> Option<CorsRuleSpec> {
    let f = value.fields()?;
    let origins = f.required("origins", "[https://app.acme.example]", |value| {
        let origins = value.list("a list of origins", origin)?;
        if origins.is_empty() { value.reject("is empty; name at least one origin") } else { Some(origins) }
    });
    let headers = |value: &Value<'_>| value.list("a list of headers", header);
    let rule = CorsRuleSpec {
        methods: f.get("methods", |value| value.list("a list of methods, such as [GET, PUT]", word)),
        headers: f.get("headers", headers).unwrap_or_default(),
        expose_headers: f.get("expose_headers", headers).unwrap_or_default(),
        max_age_seconds: f.get("max_age_seconds", |value| value.integer(0, 86_400)),
        origins: Vec::new(),
    };
    f.close();
    Some(CorsRuleSpec { origins: origins?, ..rule })
}

/// Source: S3 user guide, "Elements of a CORS configuration".
fn origin(value: &Value<'_>) -> Option<String> {
    let text = value.text("an origin such as https://app.acme.example")?;
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_origin = |host: &str| {
        (1..=253).contains(&host.len())
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:*[]".contains(&b))
            && host.matches('*').count() <= 1
    };
    if text == "*" || host.is_some_and(is_origin) {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not an origin; expected one such as https://app.acme.example, with at most one * and no path",
        quoted(text)
    ))
}

/// Source: RFC 9110, section 5.1, field names.
fn header(value: &Value<'_>) -> Option<String> {
    let text = value.text("the name of a header")?;
    let well_formed = (1..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_*".contains(&b))
        && text.matches('*').count() <= 1;
    if well_formed {
        return Some(text.to_owned());
    }
    value.reject(format!(
        "{} is not the name of a header; use letters, digits, - and _, with at most one *",
        quoted(text)
    ))
}

fn access_logs(value: &Value<'_>) -> Option<AccessLogsSpec> {
    fn key(value: &Value<'_>) -> Option<Key> {
        let text = value.text("the name of another bucket of this file")?;
        Key::parse(text).ok().or_else(|| value.reject(format!("{} names no bucket", quoted(text))))
    }
    fn prefix(value: &Value<'_>) -> Option<String> {
        let text = value.text("the beginning of a name")?;
        let well_formed = text.len() <= 128
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!-_.*'()/".contains(&b))
            && !text.starts_with('/');
        if well_formed {
            return Some(text.to_owned());
        }
        value.reject(format!(
            "{} is no beginning of a name; use up to 128 of letters, digits and !-_.*'()/, not / first",
            quoted(text)
        ))
    }
    let f = value.fields()?;
    let bucket = f.required("bucket", "logs", key);
    let prefix = f.get("prefix", prefix);
    f.close();
    Some(AccessLogsSpec { bucket: bucket?, prefix })
}

fn lifecycle(value: &Value<'_>) -> Option<BucketLifecycleSpec> {
    fn days(value: &Value<'_>) -> Option<u32> {
        value.integer(1, 36_500)
    }
    let f = value.fields()?;
    let section = BucketLifecycleSpec {
        glacier_after_days: f.get("glacier_after_days", days),
        expire_after_days: f.get("expire_after_days", days),
        expire_old_versions_after_days: f.get("expire_old_versions_after_days", days),
        abort_uploads_after_days: f.get("abort_uploads_after_days", days),
    };
    f.close();
    Some(section)
}
