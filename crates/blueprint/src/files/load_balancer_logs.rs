//! The bucket into which load balancers write whom they answered what; in `load_balancers.tf`.

use terrane_domain::AccessLogBucket;

use super::{
    buckets,
    data::{CALLER, arn},
    policies::{condition, deny_plain_http},
};
use crate::hcl::{Block, Expr, File, Resource, template};

pub(super) const BUCKET: Resource = Resource::one("aws_s3_bucket", "load_balancer_logs");
const PUBLIC_ACCESS: Resource = Resource::one("aws_s3_bucket_public_access_block", "load_balancer_logs");
const OWNERSHIP: Resource = Resource::one("aws_s3_bucket_ownership_controls", "load_balancer_logs");
const ENCRYPTION: Resource =
    Resource::one("aws_s3_bucket_server_side_encryption_configuration", "load_balancer_logs");
const LIFECYCLE: Resource = Resource::one("aws_s3_bucket_lifecycle_configuration", "load_balancer_logs");
const POLICY: Resource = Resource::one("aws_s3_bucket_policy", "load_balancer_logs");
const POLICY_DOCUMENT: Resource = Resource::data("aws_iam_policy_document", "load_balancer_logs");

/// What has to be there before a load balancer writes.
pub(super) const READY: [Resource; 2] = [POLICY, ENCRYPTION];

/// Adds the bucket.
pub(super) fn add_to(file: File, logs: &AccessLogBucket) -> File {
    let of_bucket = |resource: Resource| Block::of(resource).arg("bucket", BUCKET.attr("id"));
    file.noted(
        "Who asked what and how it was answered.",
        Block::of(BUCKET).arg("bucket", &logs.bucket).arg("force_destroy", logs.force_destroy).tags(BUCKET),
    )
    .block(buckets::public_access(of_bucket(PUBLIC_ACCESS), true))
    .block(of_bucket(OWNERSHIP).block(Block::new("rule").arg("object_ownership", buckets::ENFORCED)))
    .noted(
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        "Load balancers write with keys of S3 and no other.",
        of_bucket(ENCRYPTION).block(Block::new("rule").block(
            Block::new("apply_server_side_encryption_by_default").arg("sse_algorithm", buckets::SSE_S3),
        )),
    )
    .block(
        of_bucket(LIFECYCLE).block(
            Block::new("rule")
                .arg("id", "expire")
                .arg("status", "Enabled")
                .block(Block::new("filter"))
                .block(Block::new("expiration").arg("days", logs.expire_after_days))
                .block(Block::new("abort_incomplete_multipart_upload").arg("days_after_initiation", 1_u8)),
        ),
    )
    .block(
        of_bucket(POLICY)
            .arg("policy", POLICY_DOCUMENT.attr("json"))
            .note("S3 refuses two changes to the access of one bucket at the same time.")
            .arg("depends_on", Expr::list([PUBLIC_ACCESS.whole()])),
    )
    .block(policy())
}

fn policy() -> Block {
    let balancers = arn!["elasticloadbalancing", "loadbalancer/*",];
    Block::of(POLICY_DOCUMENT)
        .block(
            Block::new("statement")
                .arg("sid", "LoadBalancersOfThisAccountWrite")
                .arg("actions", Expr::list(["s3:PutObject"]))
                .arg(
                    "resources",
                    Expr::list([template![
                        BUCKET.attr("arn"),
                        "/*/AWSLogs/",
                        CALLER.attr("account_id"),
                        "/*"
                    ]]),
                )
                .block(
                    Block::new("principals")
                        .arg("type", "Service")
                        .arg("identifiers", Expr::list(["logdelivery.elasticloadbalancing.amazonaws.com"])),
                )
                .block(condition("ArnLike", "aws:SourceArn", balancers)),
        )
        .block(deny_plain_http(BUCKET))
}
