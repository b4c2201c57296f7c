//! Buckets and registries.

use super::Row;

/// A section added to a valid file, the path of its only problem, and the message.
#[rustfmt::skip]
pub(super) const SECTIONS: &[Row] = &[
    ("buckets: { uploads: yes }", "buckets.uploads", "expected a mapping, found \"yes\""),
    ("buckets: { uploads: { encryption: AES256 } }", "buckets.uploads.encryption", "unknown value \"AES256\"; expected aws or kms"),
    ("buckets: { uploads: { versioning: yes } }", "buckets.uploads.versioning", "expected true or false, found \"yes\""),
    ("buckets: { uploads: { versioning: 1 } }", "buckets.uploads.versioning", "expected true or false, found 1"),
    ("buckets: { uploads: { acl: everybody } }", "buckets.uploads.acl", "unknown value \"everybody\"; expected private, public-read, public-read-write, authenticated-read, aws-exec-read, log-delivery-write, bucket-owner-read or bucket-owner-full-control"),
    ("profile: large\nbuckets: { uploads: { acl: public-read, ownership: object_writer } }", "buckets.uploads.acl", "public-read opens the bucket to strangers, who can't read what the environment's KMS key encrypts; set encryption: aws"),
    ("buckets: { uploads: { acl: public-read } }", "buckets.uploads.acl", "public-read needs ACLs, which ownership bucket_owner_enforced turns off; set ownership: bucket_owner_preferred"),
    ("buckets: { uploads: { cors: [{}] } }", "buckets.uploads.cors[0].origins", "is required, for example [https://app.acme.example]"),
    ("buckets: { uploads: { cors: [{ origins: [] }] } }", "buckets.uploads.cors[0].origins", "is empty; name at least one origin"),
    ("buckets: { uploads: { cors: [{ origins: [app.acme.example/x] }] } }", "buckets.uploads.cors[0].origins[0]", "\"app.acme.example/x\" is not an origin; expected one such as https://app.acme.example, with at most one * and no path"),
    ("buckets: { uploads: { cors: [{ origins: [\"*\"], methods: [PATCH] }] } }", "buckets.uploads.cors[0].methods[0]", "unknown value \"PATCH\"; expected GET, HEAD, PUT, POST or DELETE"),
    ("buckets: { uploads: { cors: [{ origins: [\"*\"], headers: [\"a b\"] }] } }", "buckets.uploads.cors[0].headers[0]", "\"a b\" is not the name of a header; use letters, digits, - and _, with at most one *"),
    ("buckets: { uploads: { access_logs: { bucket: nowhere } }, logs: {} }", "buckets.uploads.access_logs.bucket", "\"nowhere\" names no bucket; buckets: logs"),
    ("buckets: { uploads: { access_logs: { bucket: uploads } } }", "buckets.uploads.access_logs.bucket", "is the bucket itself, whose log would grow by being written; name another bucket"),
    ("buckets: { uploads: { access_logs: { bucket: logs } }, logs: { encryption: kms } }", "buckets.uploads.access_logs.bucket", "S3 can't write logs under a key of yours; set encryption: aws for buckets.logs"),
    ("buckets: { uploads: { access_logs: { bucket: logs, prefix: /x } }, logs: {} }", "buckets.uploads.access_logs.prefix", "\"/x\" is no beginning of a name; use up to 128 of letters, digits and !-_.*'()/, not / first"),
    ("buckets: { Uploads: {} }", "buckets.Uploads", "\"Uploads\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("buckets: { up--loads: {} }", "buckets.up--loads", "\"up--loads\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("registries: { api_v2: {} }", "registries.api_v2", "\"api_v2\" is not a name; use 1 to 24 of a-z, 0-9 and -, starting with a letter, with no doubled or trailing hyphen"),
    ("buckets: { uploads: { lifecycle: { expire_after_days: 0 } } }", "buckets.uploads.lifecycle.expire_after_days", "expected a whole number from 1 to 36500, found 0"),
    ("buckets: { uploads: { lifecycle: { expire_after_days: 1.5 } } }", "buckets.uploads.lifecycle.expire_after_days", "expected a whole number from 1 to 36500, found 1.5"),
    ("buckets: { uploads: { lifecycle: { expire_after_days: \"30\" } } }", "buckets.uploads.lifecycle.expire_after_days", "expected a whole number from 1 to 36500, found text; write 30 without quotes"),
    ("buckets: { uploads: { lifecycle: { glacier_after_days: 90, expire_after_days: 90 } } }", "buckets.uploads.lifecycle.expire_after_days", "90 must be more than glacier_after_days, which is 90"),
    ("buckets: { uploads: { lifecycle: { expire_old_versions_after_days: 9 } } }", "buckets.uploads.lifecycle.expire_old_versions_after_days", "there are no old versions without versioning; set versioning: true or leave this out"),
    ("registries: { api: { keep_last: -1 } }", "registries.api.keep_last", "expected a whole number from 1 to 1000, found -1"),
    ("registries: { api: { keep_last: 99999999999999999999 } }", "registries.api.keep_last", "expected a whole number from 1 to 1000, found 99999999999999999999"),
    ("lifecycle: { deletion_protection: true }\nbuckets: { a: { force_destroy: true } }", "buckets.a.force_destroy", "can't be on while lifecycle.deletion_protection is; leave it out, or turn that off"),
    ("profile: large\nregistries: { a: { force_destroy: true } }", "registries.a.force_destroy", "can't be on while lifecycle.deletion_protection is; leave it out, or turn that off"),
    ("buckets: { a: {}, a: {} }", "buckets.a", "this key is given twice; keep one"),
    ("buckets: { a: { access_logs: { bucket: b } }, b: { access_logs: { bucket: a } } }", "buckets.a.access_logs.bucket", "makes a loop, in which each log is logged again without end: a, b, a; take one of them out"),
    ("buckets: { x: { access_logs: { bucket: a } }, a: { access_logs: { bucket: c } }, b: { access_logs: { bucket: a } }, c: { access_logs: { bucket: b } } }", "buckets.a.access_logs.bucket", "makes a loop, in which each log is logged again without end: a, c, b, a; take one of them out"),
    ("buckets: { uploads: { access_logs: { bucket: logs } }, logs: { acl: public-read, ownership: object_writer } }", "buckets.uploads.access_logs.bucket", "is opened to strangers by acl public-read, and a log says who asked for what; set acl: private for buckets.logs"),
];
