//! Buckets and registries.

use std::collections::BTreeMap;

use terrane_domain::*;

use super::key;

pub(super) fn plain_bucket(name: &str) -> Bucket {
    Bucket {
        name: name.to_owned(),
        versioning: false,
        encryption: BucketEncryption::S3Managed,
        lifecycle: BucketLifecycle {
            glacier_after_days: None,
            expire_after_days: None,
            expire_old_versions_after_days: None,
            abort_uploads_after_days: 7,
        },
        force_destroy: false,
        ownership: ObjectOwnership::BucketOwnerEnforced,
        acl: None,
        cors: Vec::new(),
        access_logs: None,
    }
}

pub(super) fn cors_rule() -> CorsRule {
    CorsRule {
        origins: vec!["https://app.acme.example".to_owned()],
        methods: vec![CorsMethod::Get, CorsMethod::Put],
        headers: vec!["*".to_owned()],
        expose_headers: vec!["ETag".to_owned()],
        max_age_seconds: 3600,
    }
}

pub(super) fn widened_buckets() -> BTreeMap<Key, Bucket> {
    let assets = Bucket {
        ownership: ObjectOwnership::BucketOwnerPreferred,
        acl: Some(CannedAcl::PublicRead),
        cors: vec![cors_rule()],
        access_logs: Some(AccessLogs { bucket: key("logs"), prefix: "assets/".to_owned() }),
        ..plain_bucket("dev-anna-4f2a91c0-assets")
    };
    BTreeMap::from([
        (key("assets"), assets),
        (key("files"), plain_bucket("dev-anna-4f2a91c0-files")),
        (key("logs"), plain_bucket("dev-anna-4f2a91c0-logs")),
    ])
}

pub(super) fn registry(name: &str, environment_key: bool) -> Registry {
    Registry {
        name: name.to_owned(),
        keep_last: 20,
        expire_untagged_after_days: 7,
        immutable_tags: environment_key,
        scan_on_push: true,
        environment_key,
        force_delete: false,
    }
}
