//! A single bucket as a root module of one file: what the older form of the render service asks for.
//!
//! Not an environment: it has no state backend and no tags of Terrane's, and its name is the caller's own.

use terrane_domain::{BucketRequest, CannedAcl};

use crate::{
    AWS_PROVIDER_VERSION,
    files::{deny_plain_http, public_access},
    hcl::{Block, Expr, File, Object, Resource, template},
};

const BUCKET: Resource = Resource::one("aws_s3_bucket", "main");
const PUBLIC_ACCESS: Resource = Resource::one("aws_s3_bucket_public_access_block", "main");
const OWNERSHIP: Resource = Resource::one("aws_s3_bucket_ownership_controls", "main");
const ACL: Resource = Resource::one("aws_s3_bucket_acl", "main");
const ENCRYPTION: Resource = Resource::one("aws_s3_bucket_server_side_encryption_configuration", "main");
const VERSIONING: Resource = Resource::one("aws_s3_bucket_versioning", "main");
const POLICY: Resource = Resource::one("aws_s3_bucket_policy", "main");
const POLICY_DOCUMENT: Resource = Resource::data("aws_iam_policy_document", "tls_only");

/// The content of `<bucket>.tf`.
#[must_use]
pub fn render_bucket(request: &BucketRequest) -> String {
    let file = File::new("bucket.tf", "One S3 bucket: encrypted, versioned, closed to plain HTTP.")
        .block(terraform())
        .block(Block::labelled("provider", "aws").arg("region", &request.region))
        .block(Block::of(BUCKET).arg("bucket", &request.bucket).arg("force_destroy", request.force_destroy));
    access(file, request.acl)
        .block(
            of_bucket(ENCRYPTION).block(
                Block::new("rule").block(
                    Block::new("apply_server_side_encryption_by_default").arg("sse_algorithm", "AES256"),
                ),
            ),
        )
        .block(of_bucket(VERSIONING).block(Block::new("versioning_configuration").arg("status", "Enabled")))
        .block(
            of_bucket(POLICY)
                .arg("policy", POLICY_DOCUMENT.attr("json"))
                .note("S3 refuses two changes to the access of one bucket at the same time.")
                .arg("depends_on", Expr::list([PUBLIC_ACCESS.whole()])),
        )
        .block(tls_only())
        .write()
        .1
}

fn terraform() -> Block {
    let aws = Object::new()
        .field("source", "hashicorp/aws")
        .field("version", template![">= ", AWS_PROVIDER_VERSION, ", < 7.0.0"]);
    Block::new("terraform")
        .arg("required_version", ">= 1.11.0")
        .block(Block::new("required_providers").arg("aws", aws))
}

fn of_bucket(resource: Resource) -> Block {
    Block::of(resource).arg("bucket", BUCKET.attr("id"))
}

/// Since April 2023 a new bucket has ACLs turned off, and setting one fails until its ownership allows it.
/// Source: S3 user guide, "Controlling ownership of objects and disabling ACLs for your bucket".
fn access(file: File, acl: CannedAcl) -> File {
    let closed = !acl.is_public();
    let file = file.block(public_access(of_bucket(PUBLIC_ACCESS), closed));
    if acl == CannedAcl::Private {
        return file.noted(
            "Turns ACLs off, which is stricter than a private one: the bucket's owner owns every object.",
            of_bucket(OWNERSHIP).block(Block::new("rule").arg("object_ownership", "BucketOwnerEnforced")),
        );
    }
    file.noted(
        "Leaves ACLs on, without which the one below would be refused.",
        of_bucket(OWNERSHIP).block(Block::new("rule").arg("object_ownership", "BucketOwnerPreferred")),
    )
    .block(
        of_bucket(ACL)
            .arg("acl", acl.as_str())
            .arg("depends_on", Expr::list([OWNERSHIP.whole(), PUBLIC_ACCESS.whole()])),
    )
}

fn tls_only() -> Block {
    Block::of(POLICY_DOCUMENT).block(deny_plain_http(BUCKET))
}
