//! The older form of the render service: one bucket, in kebab-case names.
//!
//! ```json
//! {"payload": {"properties": {"aws-region": "eu-west-1", "bucket-name": "acme-data", "acl": "private", "force-destroy": false}}}
//! ```

use super::{
    Format,
    decode::Value,
    node::Node,
    parse::document,
    problem::{Problems, Sink},
    reading::{flag, word},
    rules,
    words::words,
};

/// One bucket, as the older form asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketRequest {
    /// Where it stands.
    pub region: String,
    /// Its name, exactly; it is nobody else's in the world, and safe as the name of a file.
    pub bucket: String,
    /// Who may read and write it; `private` if not said.
    pub acl: CannedAcl,
    /// Delete the objects too when the bucket is destroyed; no if not said.
    pub force_destroy: bool,
}

words! {
    /// A canned ACL.
    /// Source: S3 user guide, "Access control list (ACL) overview", "Canned ACL".
    #[derive(Default)]
    CannedAcl {
        /// Nobody but the owner.
        #[default]
        Private => "private",
        /// The whole world may read.
        PublicRead => "public-read",
        /// The whole world may read and write.
        PublicReadWrite => "public-read-write",
        /// Whoever has any AWS account may read.
        AuthenticatedRead => "authenticated-read",
        /// EC2 may read machine images out of it.
        AwsExecRead => "aws-exec-read",
        /// S3 may deliver access logs into it.
        LogDeliveryWrite => "log-delivery-write",
        /// Ignored for buckets; for objects, the bucket's owner may read.
        BucketOwnerRead => "bucket-owner-read",
        /// Ignored for buckets; for objects, the bucket's owner has full control.
        BucketOwnerFullControl => "bucket-owner-full-control",
    }
}

impl CannedAcl {
    /// Whether it opens the bucket to people outside of the account.
    pub const fn is_public(self) -> bool {
        matches!(self, Self::PublicRead | Self::PublicReadWrite | Self::AuthenticatedRead)
    }
}

/// Reads a request.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn parse_bucket_request(bytes: &[u8], format: Format) -> Result<BucketRequest, Problems> {
    document(bytes, format, decode)
}

fn decode(node: &Node, sink: &Sink) -> Option<BucketRequest> {
    const EXAMPLE: &str = r#"{"properties": {"aws-region": "eu-west-1", "bucket-name": "acme-data"}}"#;
    let value = Value::root(node, sink);
    let f = value.fields()?;
    let request = f.required("payload", EXAMPLE, payload);
    f.close();
    request
}

fn payload(value: &Value<'_>) -> Option<BucketRequest> {
    let f = value.fields()?;
    let request =
        f.required("properties", r#"{"aws-region": "eu-west-1", "bucket-name": "acme-data"}"#, properties);
    f.close();
    request
}

fn properties(value: &Value<'_>) -> Option<BucketRequest> {
    let f = value.fields()?;
    let region = f.required("aws-region", "eu-west-1", rules::region);
    let bucket = f.required("bucket-name", "acme-data", rules::bucket_name);
    let acl = f.get("acl", word);
    let force_destroy = f.get("force-destroy", flag);
    f.close();
    Some(BucketRequest {
        region: region?,
        bucket: bucket?,
        acl: acl.unwrap_or_default(),
        force_destroy: force_destroy.unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(properties: serde_json::Value) -> Result<BucketRequest, String> {
        let text = json!({"payload": {"properties": properties}}).to_string();
        parse_bucket_request(text.as_bytes(), Format::Json).map_err(|problems| problems.to_string())
    }

    #[test]
    fn the_older_form_is_read_with_its_defaults() {
        let request = read(json!({"aws-region": "eu-west-1", "bucket-name": "acme-data"})).unwrap();
        assert_eq!((request.acl, request.force_destroy), (CannedAcl::Private, false));
        let all = json!({"aws-region": "eu-west-1", "bucket-name": "acme-data", "acl": "public-read", "force-destroy": true});
        let request = read(all).unwrap();
        assert_eq!((request.acl, request.force_destroy), (CannedAcl::PublicRead, true));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_all_at_once() {
        let problems =
            read(json!({"acl": "everybody", "force-destroy": "no", "region": "eu-west-1"})).unwrap_err();
        for told in [
            "payload.properties.aws-region: is required, for example eu-west-1",
            "payload.properties.bucket-name: is required, for example acme-data",
            "payload.properties.acl: unknown value \"everybody\"; expected private, public-read,",
            "payload.properties.force-destroy: expected true or false",
            "payload.properties.region: unknown key",
        ] {
            assert!(problems.contains(told), "{told}\n{problems}");
        }
        let problems = parse_bucket_request(b"{}", Format::Json).unwrap_err().to_string();
        assert!(problems.contains("payload: is required"), "{problems}");
    }

    #[test]
    fn a_name_that_is_a_path_is_no_name_of_a_bucket() {
        for name in ["../../etc/cron", "/etc/passwd", "a/b", "..", "a\0b", "con.tf", "Acme", "a", "${x}"] {
            let problems = read(json!({"aws-region": "eu-west-1", "bucket-name": name})).unwrap_err();
            assert!(problems.contains("payload.properties.bucket-name: "), "{name}: {problems}");
        }
    }
}
