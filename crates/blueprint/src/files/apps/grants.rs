//! What an app itself may do: use what its variables name.
//!
//! A variable that only carries a password needs nothing of this: ECS reads it. A grant is for what the app does with
//! its own role: sign in to a cache, read and write a bucket, read a secret by its ARN.

use terrane_domain::{App, BucketEncryption, BucketField, InfraModel, Key, Reference as Wish, Secret};

use super::{
    super::{
        buckets, caches,
        data::REGION,
        kms,
        part::Part,
        policies::{allow, condition},
    },
    access::TASK_ROLE,
    on_ecs, variables,
};
use crate::hcl::{Block, Expr, File, Object, Reference, Resource, each_key, each_value, local, template};

pub(super) const POLICY: Resource = Resource::per_key("aws_iam_role_policy", "app_task");
const DOCUMENT: Resource = Resource::data_per_key("aws_iam_policy_document", "app_task");
const GRANTS: &str = "app_grants";

/// ARNs, each once.
#[derive(Debug, Default)]
pub(in crate::files) struct Grants {
    pub(in crate::files) secrets: Vec<Expr>,
    /// Of a cache that knows its users: the group and the user.
    caches: Vec<Expr>,
    buckets: Vec<Expr>,
    /// One of the buckets is encrypted with the environment's key.
    own_key: bool,
}

impl Grants {
    pub(in crate::files) fn of(model: &InfraModel, of: &Key, app: &App) -> Self {
        let mut grants = Self { secrets: variables::read_by_app(model, of, app), ..Self::default() };
        let (mut caches, mut buckets) = (Vec::new(), Vec::new());
        for secret in app.secrets.values() {
            match secret {
                Secret::Reference(Wish::Cache { key, .. }) if !caches.contains(&key) => caches.push(key),
                Secret::Reference(Wish::Bucket { key, .. }) if !buckets.contains(&key) => buckets.push(key),
                _ => {}
            }
        }
        grants.caches.extend(caches.into_iter().filter_map(|key| caches::sign_in_arns(model, key)));
        for key in buckets {
            let encryption = model.buckets.get(key).map(|bucket| bucket.encryption);
            grants.own_key |= encryption == Some(BucketEncryption::EnvironmentKey);
            grants.buckets.extend(buckets::field(model, key, BucketField::Arn));
        }
        grants
    }

    pub(in crate::files) fn is_empty(&self) -> bool {
        self.secrets.is_empty() && self.caches.is_empty() && self.buckets.is_empty()
    }
}

/// What apps are granted that are granted anything.
fn all(model: &InfraModel) -> Vec<(&Key, Grants)> {
    let grants = on_ecs(model).map(|(key, app, _)| (key, Grants::of(model, key, app)));
    grants.filter(|(_, grants)| !grants.is_empty()).collect()
}

/// Whether there is a [`POLICY`].
pub(super) fn any(model: &InfraModel) -> bool {
    !all(model).is_empty()
}

pub(super) fn locals(part: Part, model: &InfraModel) -> Part {
    let all = all(model);
    if all.is_empty() {
        return part;
    }
    part.local(GRANTS, entries(&all))
}

/// The map over which [`document`] goes.
pub(in crate::files) fn entries(all: &[(&Key, Grants)]) -> Object {
    all.iter().fold(Object::new(), |object, (key, grants)| {
        let lists = Object::new()
            .field("secrets", Expr::list(grants.secrets.clone()))
            .field("caches", Expr::list(grants.caches.clone()))
            .field("buckets", Expr::list(grants.buckets.clone()));
        object.entry(*key, lists)
    })
}

pub(super) fn add_to(file: File, model: &InfraModel) -> File {
    let all = all(model);
    if all.is_empty() {
        return file;
    }
    file.noted(
        "For apps that use more of this environment than their variables.",
        Block::of(POLICY)
            .arg("for_each", local(GRANTS))
            .arg("name", "use")
            .arg("role", TASK_ROLE.via(each_key(), "id"))
            .arg("policy", DOCUMENT.attr("json")),
    )
    .block(document(model, (DOCUMENT, GRANTS), &["secretsmanager:GetSecretValue"], &all))
}

/// What the apps of a map in `locals.tf` are granted; `reads` is what they may do with a secret.
pub(in crate::files) fn document(
    model: &InfraModel,
    (document, map): (Resource, &'static str),
    reads: &[&'static str],
    all: &[(&Key, Grants)],
) -> Block {
    let item = || Reference::variable("statement").attr("value");
    let any = |has: fn(&Grants) -> bool| all.iter().any(|(_, grants)| has(grants));
    let each = |block: Block, list, statement| block.block(Block::dynamic(each_value(list), statement));
    let mut block = Block::of(document).arg("for_each", local(map));
    if any(|grants| !grants.secrets.is_empty()) {
        let read = allow(reads, Expr::list([item()]));
        block = each(block, "secrets", read);
        if let Some(key) = kms::arn(model) {
            block = block.block(with_key(key, &["kms:Decrypt"], "secretsmanager"));
        }
    }
    if any(|grants| !grants.caches.is_empty()) {
        // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
        block = each(block, "caches", allow(&["elasticache:Connect"], item().into()));
    }
    if any(|grants| !grants.buckets.is_empty()) {
        let list = allow(&["s3:GetBucketLocation", "s3:ListBucket"], Expr::list([item()]));
        let objects = allow(
            &["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            Expr::list([template![item(), "/*"]]),
        );
        block = each(each(block, "buckets", list), "buckets", objects);
        if let Some(key) = kms::arn(model).filter(|_| any(|grants| grants.own_key)) {
            block = block.block(with_key(key, &["kms:Decrypt", "kms:GenerateDataKey"], "s3"));
        }
    }
    block
}

/// A `statement` that lets one service use the environment's key for whoever calls that service.
pub(super) fn with_key(key: Reference, actions: &[&'static str], service: &'static str) -> Block {
    let host = template![service, ".", REGION.attr("id"), ".amazonaws.com"];
    allow(actions, Expr::list([key])).block(condition("StringEquals", "kms:ViaService", host))
}
