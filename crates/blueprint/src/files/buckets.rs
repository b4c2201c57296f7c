//! `buckets.tf`: S3 buckets, closed to the public and to plain HTTP.

use terrane_domain::{
    Bucket, BucketEncryption, BucketField, CannedAcl, CorsRule, InfraModel, Key, ObjectOwnership,
};

use super::{
    data::{CALLER, PARTITION},
    kms,
    part::{Part, by_key, first_path, of_each},
    policies::{condition, deny_plain_http},
};
use crate::{
    hcl::{Block, Expr, File, For, Object, Reference, Resource, each_value, local, template},
    render::RenderError,
};

pub(super) const BUCKET: Resource = Resource::per_key("aws_s3_bucket", "main");
const PUBLIC_ACCESS: Resource = Resource::per_key("aws_s3_bucket_public_access_block", "main");
const OWNERSHIP: Resource = Resource::per_key("aws_s3_bucket_ownership_controls", "main");
const ENCRYPTION: Resource = Resource::per_key("aws_s3_bucket_server_side_encryption_configuration", "main");
const VERSIONING: Resource = Resource::per_key("aws_s3_bucket_versioning", "main");
const LIFECYCLE: Resource = Resource::per_key("aws_s3_bucket_lifecycle_configuration", "main");
const ACL: Resource = Resource::per_key("aws_s3_bucket_acl", "main");
const CORS: Resource = Resource::per_key("aws_s3_bucket_cors_configuration", "main");
const LOGGING: Resource = Resource::per_key("aws_s3_bucket_logging", "main");
const POLICY: Resource = Resource::per_key("aws_s3_bucket_policy", "main");
const POLICY_DOCUMENT: Resource = Resource::data_per_key("aws_iam_policy_document", "bucket");

/// What S3 calls SSE-KMS.
const SSE_KMS: &str = "aws:kms";
/// What S3 calls SSE-S3.
pub(super) const SSE_S3: &str = "AES256";
/// What S3 calls it when ACLs are off.
pub(super) const ENFORCED: &str = "BucketOwnerEnforced";

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    let wants = |bucket: &Bucket| bucket.encryption == BucketEncryption::EnvironmentKey;
    kms::require(model, first_path("buckets", &model.buckets, wants))
}

/// What a reference to a bucket stands for; `None` if there is no such bucket.
pub(super) fn field(model: &InfraModel, key: &Key, field: BucketField) -> Option<Expr> {
    model.buckets.get(key)?;
    Some(match field {
        BucketField::Name => BUCKET.at(key, "bucket"),
        BucketField::Arn => BUCKET.at(key, "arn"),
    })
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    if model.buckets.is_empty() {
        return None;
    }
    let uses = Uses::of(model);
    let file = File::new(
        "buckets.tf",
        "S3 buckets, closed to plain HTTP, and to the public unless an ACL says otherwise.",
    )
    .block(
        each(BUCKET)
            .arg("bucket", each_value("name"))
            .arg("force_destroy", each_value("force_destroy"))
            .tags(BUCKET),
    );
    let file =
        access(file, &uses)
            .block(of_bucket(ENCRYPTION).block(encryption_rule(model.encryption_key.is_some())))
            .block(of_bucket(VERSIONING).block(
                Block::new("versioning_configuration").arg(
                    "status",
                    Expr::choose(Expr::from(each_value("versioning")), "Enabled", "Suspended"),
                ),
            ))
            .block(lifecycle());
    let file = if uses.cors { file.block(cors()) } else { file };
    let file = if uses.access_logs { file.block(access_logs()) } else { file };
    let file = file
        .block(
            of_bucket(POLICY)
                .arg("policy", POLICY_DOCUMENT.attr("json"))
                .note("S3 refuses two changes to the access of one bucket at the same time.")
                .arg("depends_on", Expr::list([PUBLIC_ACCESS.whole()])),
        )
        .block(policy_document(&uses));
    let bucket = Reference::variable("bucket");
    let output = Object::new().field("name", bucket.clone().attr("bucket")).field("arn", bucket.attr("arn"));
    let entries = by_key(&model.buckets, |bucket| entry(bucket, &uses, written_by(model, bucket)));
    let part = Part::of(file).local("buckets", entries).output(
        "buckets",
        "S3 buckets by name",
        of_each(BUCKET, "bucket", output),
    );
    Some(part)
}

/// What at least one bucket asks for; nobody has to read about the rest.
struct Uses {
    acls: bool,
    public: bool,
    cors: bool,
    access_logs: bool,
}

impl Uses {
    fn of(model: &InfraModel) -> Self {
        let any = |has: fn(&Bucket) -> bool| model.buckets.values().any(has);
        Self {
            acls: any(|bucket| bucket.acl.is_some()),
            public: any(is_public),
            cors: any(|bucket| !bucket.cors.is_empty()),
            access_logs: any(|bucket| bucket.access_logs.is_some()),
        }
    }
}

fn is_public(bucket: &Bucket) -> bool {
    bucket.acl.is_some_and(CannedAcl::is_public)
}

/// The buckets whose access logs are written into this one.
fn written_by<'m>(model: &'m InfraModel, target: &Bucket) -> Vec<&'m String> {
    let writes = |bucket: &&Bucket| {
        let logs = bucket.access_logs.as_ref();
        logs.and_then(|logs| model.buckets.get(&logs.bucket)).is_some_and(|bucket| bucket.name == target.name)
    };
    model.buckets.values().filter(writes).map(|bucket| &bucket.name).collect()
}

fn entry(bucket: &Bucket, uses: &Uses, writers: Vec<&String>) -> Object {
    let sse_algorithm = match bucket.encryption {
        BucketEncryption::EnvironmentKey => SSE_KMS,
        BucketEncryption::S3Managed => SSE_S3,
    };
    let mut entry = Object::new()
        .field("name", &bucket.name)
        .field("versioning", bucket.versioning)
        .field("sse_algorithm", sse_algorithm)
        .field("force_destroy", bucket.force_destroy);
    if uses.acls {
        entry = entry
            .field("ownership", ownership(bucket.ownership))
            .field("acl", bucket.acl.map(CannedAcl::as_str));
    }
    if uses.public {
        entry = entry.field("public_acl", is_public(bucket));
    }
    entry = entry
        .field("glacier_after_days", bucket.lifecycle.glacier_after_days)
        .field("expire_after_days", bucket.lifecycle.expire_after_days)
        .field("expire_old_versions_after_days", bucket.lifecycle.expire_old_versions_after_days)
        .field("abort_uploads_after_days", bucket.lifecycle.abort_uploads_after_days);
    if uses.cors {
        entry = entry.field("cors", Expr::list(bucket.cors.iter().map(cors_entry)));
    }
    if uses.access_logs {
        let logs = bucket.access_logs.as_ref();
        entry = entry
            .field(
                "access_logs",
                logs.map(|logs| Object::new().field("bucket", &logs.bucket).field("prefix", &logs.prefix)),
            )
            .field("access_logs_of", Expr::list(writers));
    }
    entry
}

/// What S3 calls it.
const fn ownership(ownership: ObjectOwnership) -> &'static str {
    match ownership {
        ObjectOwnership::BucketOwnerEnforced => ENFORCED,
        ObjectOwnership::BucketOwnerPreferred => "BucketOwnerPreferred",
        ObjectOwnership::ObjectWriter => "ObjectWriter",
    }
}

fn cors_entry(rule: &CorsRule) -> Object {
    let list = |texts: &[String]| Expr::list(texts.iter().map(Expr::from));
    Object::new()
        .field("origins", list(&rule.origins))
        .field("methods", Expr::list(rule.methods.iter().map(|method| method.as_str())))
        .field("headers", list(&rule.headers))
        .field("expose_headers", list(&rule.expose_headers))
        .field("max_age_seconds", rule.max_age_seconds)
}

fn access(file: File, uses: &Uses) -> File {
    let acls_blocked =
        if uses.public { Expr::from(each_value("public_acl")).negated() } else { Expr::from(true) };
    let file = file.block(public_access(of_bucket(PUBLIC_ACCESS), acls_blocked));
    let rule = |value: Expr| of_bucket(OWNERSHIP).block(Block::new("rule").arg("object_ownership", value));
    if !uses.acls {
        return file.noted(
            "Turns ACLs off: the bucket's owner owns every object, whoever wrote it.",
            rule(Expr::from(ENFORCED)),
        );
    }
    file.noted(
        "BucketOwnerEnforced turns ACLs off: the bucket's owner owns every object, whoever wrote it.",
        rule(each_value("ownership").into()),
    )
    .block(
        only_those(ACL, "acl")
            .arg("bucket", BUCKET.attr("id"))
            .arg("acl", each_value("acl"))
            .note("S3 refuses an ACL until the ownership allows one and the public access block agrees.")
            .arg("depends_on", Expr::list([OWNERSHIP.whole(), PUBLIC_ACCESS.whole()])),
    )
}

/// Closes a bucket to the public; to what an ACL says about it, only where `acls_blocked` holds.
pub(crate) fn public_access(block: Block, acls_blocked: impl Into<Expr>) -> Block {
    let acls_blocked = acls_blocked.into();
    block
        .gap()
        .arg("block_public_acls", acls_blocked.clone())
        .arg("block_public_policy", true)
        .arg("ignore_public_acls", acls_blocked)
        .arg("restrict_public_buckets", true)
}

fn cors() -> Block {
    let field = |name| Reference::variable("cors_rule").attr("value").attr(name);
    let has_rules = Expr::call("length", [Reference::variable("bucket").attr("cors")]).exceeds(0_u8);
    Block::of(CORS)
        .arg("for_each", For::map("bucket", local("buckets"), Reference::variable("bucket")).when(has_rules))
        .arg("bucket", BUCKET.attr("id"))
        .block(Block::dynamic(
            each_value("cors"),
            Block::new("cors_rule")
                .arg("allowed_origins", field("origins"))
                .arg("allowed_methods", field("methods"))
                .arg("allowed_headers", field("headers"))
                .arg("expose_headers", field("expose_headers"))
                .arg("max_age_seconds", field("max_age_seconds")),
        ))
}

fn access_logs() -> Block {
    let logs = |name| each_value("access_logs").attr(name);
    only_those(LOGGING, "access_logs")
        .arg("bucket", BUCKET.attr("id"))
        .arg("target_bucket", BUCKET.via(logs("bucket"), "id"))
        .arg("target_prefix", logs("prefix"))
        .note("S3 looks at once whether it may write there.")
        .arg("depends_on", Expr::list([POLICY.whole()]))
}

/// A resource for those buckets that have a value under `field`.
fn only_those(resource: Resource, field: &'static str) -> Block {
    let bucket = || Reference::variable("bucket");
    let has = Expr::from(bucket().attr(field)).differs(Expr::null());
    Block::of(resource).arg("for_each", For::map("bucket", local("buckets"), bucket()).when(has))
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

fn policy_document(uses: &Uses) -> Block {
    let document =
        Block::of(POLICY_DOCUMENT).arg("for_each", local("buckets")).block(deny_plain_http(BUCKET));
    if uses.access_logs { document.block(log_delivery()) } else { document }
}

/// Source: S3 user guide, "Enabling Amazon S3 server access logging", "Granting permissions to the logging service
/// principal using a bucket policy".
fn log_delivery() -> Block {
    let writers = each_value("access_logs_of");
    let arn = template!["arn:", PARTITION.attr("partition"), ":s3:::", Reference::variable("name")];
    let any = Expr::call("length", [writers.clone()]).exceeds(0_u8);
    Block::dynamic(
        Expr::choose(any, Expr::list([true]), Expr::list::<Expr>([])),
        Block::new("statement")
            .arg("sid", "AccessLogs")
            .arg("actions", Expr::list(["s3:PutObject"]))
            .arg("resources", Expr::list([template![BUCKET.attr("arn"), "/*"]]))
            .block(
                Block::new("principals")
                    .arg("type", "Service")
                    .arg("identifiers", Expr::list(["logging.s3.amazonaws.com"])),
            )
            .block(condition("StringEquals", "aws:SourceAccount", Expr::from(CALLER.attr("account_id"))))
            .block(
                Block::new("condition")
                    .arg("test", "ArnLike")
                    .arg("variable", "aws:SourceArn")
                    .arg("values", For::list("name", writers, arn)),
            ),
    )
}
