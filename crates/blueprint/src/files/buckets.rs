//! `buckets.tf`: S3 buckets, closed to the public and to plain HTTP.

use terrane_domain::{Bucket, BucketEncryption, InfraModel};

use super::{
    kms,
    part::{Part, by_key, first_path, of_each},
    policies::condition,
};
use crate::{
    hcl::{Block, Expr, File, Object, Reference, Resource, each_value, local, template},
    render::RenderError,
};

const BUCKET: Resource = Resource::per_key("aws_s3_bucket", "main");
const PUBLIC_ACCESS: Resource = Resource::per_key("aws_s3_bucket_public_access_block", "main");
const OWNERSHIP: Resource = Resource::per_key("aws_s3_bucket_ownership_controls", "main");
const ENCRYPTION: Resource = Resource::per_key("aws_s3_bucket_server_side_encryption_configuration", "main");
const VERSIONING: Resource = Resource::per_key("aws_s3_bucket_versioning", "main");
const LIFECYCLE: Resource = Resource::per_key("aws_s3_bucket_lifecycle_configuration", "main");
const POLICY: Resource = Resource::per_key("aws_s3_bucket_policy", "main");
const POLICY_DOCUMENT: Resource = Resource::data_per_key("aws_iam_policy_document", "bucket");

/// What S3 calls SSE-KMS.
const SSE_KMS: &str = "aws:kms";
/// What S3 calls SSE-S3.
const SSE_S3: &str = "AES256";

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    let wants = |bucket: &Bucket| bucket.encryption == BucketEncryption::EnvironmentKey;
    kms::require(model, first_path("buckets", &model.buckets, wants))
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    if model.buckets.is_empty() {
        return None;
    }
    let file =
        File::new("buckets.tf", "S3 buckets, closed to the public and to plain HTTP.")
            .block(
                each(BUCKET)
                    .arg("bucket", each_value("name"))
                    .arg("force_destroy", each_value("force_destroy"))
                    .tags(BUCKET),
            )
            .block(
                of_bucket(PUBLIC_ACCESS)
                    .gap()
                    .arg("block_public_acls", true)
                    .arg("block_public_policy", true)
                    .arg("ignore_public_acls", true)
                    .arg("restrict_public_buckets", true),
            )
            .noted(
                "Turns ACLs off: the bucket's owner owns every object, whoever wrote it.",
                of_bucket(OWNERSHIP).block(Block::new("rule").arg("object_ownership", "BucketOwnerEnforced")),
            )
            .block(of_bucket(ENCRYPTION).block(encryption_rule(model.encryption_key.is_some())))
            .block(of_bucket(VERSIONING).block(
                Block::new("versioning_configuration").arg(
                    "status",
                    Expr::choose(Expr::from(each_value("versioning")), "Enabled", "Suspended"),
                ),
            ))
            .block(lifecycle())
            .block(
                of_bucket(POLICY)
                    .arg("policy", POLICY_DOCUMENT.attr("json"))
                    .note("S3 refuses two changes to the access of one bucket at the same time.")
                    .arg("depends_on", Expr::list([PUBLIC_ACCESS.whole()])),
            )
            .block(policy_document());
    let bucket = Reference::variable("bucket");
    let output = Object::new().field("name", bucket.clone().attr("bucket")).field("arn", bucket.attr("arn"));
    let part = Part::of(file).local("buckets", by_key(&model.buckets, entry)).output(
        "buckets",
        "S3 buckets by name",
        of_each(BUCKET, "bucket", output),
    );
    Some(part)
}

fn entry(bucket: &Bucket) -> Object {
    let sse_algorithm = match bucket.encryption {
        BucketEncryption::EnvironmentKey => SSE_KMS,
        BucketEncryption::S3Managed => SSE_S3,
    };
    Object::new()
        .field("name", &bucket.name)
        .field("versioning", bucket.versioning)
        .field("sse_algorithm", sse_algorithm)
        .field("force_destroy", bucket.force_destroy)
        .field("glacier_after_days", bucket.lifecycle.glacier_after_days)
        .field("expire_after_days", bucket.lifecycle.expire_after_days)
        .field("expire_old_versions_after_days", bucket.lifecycle.expire_old_versions_after_days)
        .field("abort_uploads_after_days", bucket.lifecycle.abort_uploads_after_days)
}

fn each(resource: Resource) -> Block {
    Block::of(resource).arg("for_each", local("buckets"))
}

fn of_bucket(resource: Resource) -> Block {
    each(resource).arg("bucket", BUCKET.attr("id"))
}

fn encryption_rule(own_key: bool) -> Block {
    if !own_key {
        return Block::new("rule").block(
            Block::new("apply_server_side_encryption_by_default")
                .arg("sse_algorithm", each_value("sse_algorithm")),
        );
    }
    let uses_kms = || Expr::from(each_value("sse_algorithm")).equals(SSE_KMS);
    Block::new("rule")
        .note("Fewer calls to KMS, which are paid for one by one.")
        .arg("bucket_key_enabled", uses_kms())
        .block(
            Block::new("apply_server_side_encryption_by_default")
                .arg("sse_algorithm", each_value("sse_algorithm"))
                .arg("kms_master_key_id", Expr::choose(uses_kms(), kms::KEY.attr("arn"), Expr::null())),
        )
}

fn lifecycle() -> Block {
    of_bucket(LIFECYCLE)
        .block(
            rule("abort-unfinished-uploads").block(
                Block::new("abort_incomplete_multipart_upload")
                    .arg("days_after_initiation", each_value("abort_uploads_after_days")),
            ),
        )
        .note("[*] makes a list of none or one: the rule stands only where a number of days is given.")
        .block(optional_rule(
            "glacier_after_days",
            rule("move-to-glacier")
                .block(Block::new("transition").arg("days", rule_value()).arg("storage_class", "GLACIER")),
        ))
        .block(optional_rule(
            "expire_after_days",
            rule("expire").block(Block::new("expiration").arg("days", rule_value())),
        ))
        .block(optional_rule(
            "expire_old_versions_after_days",
            rule("expire-old-versions")
                .block(Block::new("noncurrent_version_expiration").arg("noncurrent_days", rule_value()))
                .note("Markers of deleted objects, once no version is left behind them.")
                .block(Block::new("expiration").arg("expired_object_delete_marker", true)),
        ))
        .note("Rules on old versions need versioning to be on.")
        .arg("depends_on", Expr::list([VERSIONING.whole()]))
}

fn rule(id: &'static str) -> Block {
    Block::new("rule").arg("id", id).arg("status", "Enabled").block(Block::new("filter"))
}

fn rule_value() -> Reference {
    Reference::variable("rule").attr("value")
}

fn optional_rule(days: &'static str, rule: Block) -> Block {
    Block::dynamic(each_value(days).splat(), rule)
}

fn policy_document() -> Block {
    Block::of(POLICY_DOCUMENT).arg("for_each", local("buckets")).block(
        Block::new("statement")
            .arg("sid", "DenyPlainHttp")
            .arg("effect", "Deny")
            .arg("actions", Expr::list(["s3:*"]))
            .arg(
                "resources",
                Expr::list([Expr::from(BUCKET.attr("arn")), template![BUCKET.attr("arn"), "/*"]]),
            )
            .block(Block::new("principals").arg("type", "*").arg("identifiers", Expr::list(["*"])))
            .block(condition("Bool", "aws:SecureTransport", Expr::from("false"))),
    )
}
