//! `locals.tf`: everything in which this environment differs from another.

use std::collections::BTreeMap;

use terrane_domain::{Bucket, BucketEncryption, Database, InfraModel, Key, Network, Registry};

use super::{buckets, tags};
use crate::hcl::{Block, Expr, File, Object};

pub(super) fn file(model: &InfraModel) -> File {
    let named = model.network.is_some() || model.encryption_key.is_some();
    let mut locals = Block::new("locals")
        .arg_if_some("name", named.then_some(&model.identity.name_prefix))
        .note("On everything that can carry tags, beside the address of each resource.")
        .arg("tags", all_tags(model));
    if let Some(network) = &model.network {
        locals = locals.arg("zones", zones(network));
    }
    if !model.buckets.is_empty() {
        locals = locals.arg("buckets", by_key(&model.buckets, bucket));
    }
    if !model.registries.is_empty() {
        locals = locals.arg("registries", by_key(&model.registries, registry));
    }
    if !model.databases.is_empty() {
        let monitored = model.databases.values().any(|database| database.enhanced_monitoring.is_some());
        locals = locals.arg(
            "databases",
            by_key(&model.databases, |d| database(d, monitored, model.encryption_key.is_some())),
        );
    }
    File::new("locals.tf", "What this environment consists of. The other files say how it is built.")
        .block(locals)
}

fn all_tags(model: &InfraModel) -> Object {
    let mut all = model.tags.clone();
    all.insert(tags::ENVIRONMENT.to_owned(), model.identity.environment_id.to_string());
    all.insert(tags::TENANT.to_owned(), model.identity.tenant_id.to_string());
    all.iter().fold(Object::new(), |object, (key, value)| object.entry(key, value))
}

fn zones(network: &Network) -> Object {
    network.zones.iter().fold(Object::new(), |object, zone| {
        object.entry(
            &zone.name,
            Object::new()
                .field("public", zone.public.to_string())
                .field("private", zone.private.to_string())
                .field("isolated", zone.isolated.to_string()),
        )
    })
}

fn by_key<T>(things: &BTreeMap<Key, T>, describe: impl Fn(&T) -> Object) -> Object {
    things.iter().fold(Object::new(), |object, (key, thing)| object.entry(key.as_str(), describe(thing)))
}

fn bucket(bucket: &Bucket) -> Object {
    let sse_algorithm = match bucket.encryption {
        BucketEncryption::EnvironmentKey => buckets::SSE_KMS,
        BucketEncryption::S3Managed => buckets::SSE_S3,
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

fn registry(registry: &Registry) -> Object {
    Object::new()
        .field("name", &registry.name)
        .field("keep_last", registry.keep_last)
        .field("expire_untagged_after_days", registry.expire_untagged_after_days)
        .field("immutable_tags", registry.immutable_tags)
        .field("scan_on_push", registry.scan_on_push)
        .field("encryption_type", if registry.environment_key { "KMS" } else { "AES256" })
        .field("force_delete", registry.force_delete)
}

fn database(database: &Database, any_monitored: bool, own_key: bool) -> Object {
    let mut object = Object::new()
        .field("identifier", &database.identifier)
        .field("version", &database.version)
        .field("instance_class", &database.instance_class)
        .field("multi_az", database.multi_az)
        .field("storage_gib", database.storage_gib)
        .field("max_storage_gib", database.max_storage_gib)
        .field("database_name", &database.database_name)
        .field("master_username", &database.master_username)
        .field("backup_retention_days", database.backup_retention_days)
        .field("deletion_protection", database.deletion_protection)
        .field("final_snapshot", database.final_snapshot.as_ref())
        .field("performance_insights", database.performance_insights);
    if own_key {
        object = object.field("own_key", database.environment_key);
    }
    if any_monitored {
        let monitoring = database.enhanced_monitoring.as_ref();
        object = object
            .field("monitoring_interval_seconds", monitoring.map_or(0, |m| m.interval_seconds))
            .field("monitoring_role", Expr::from(monitoring.map(|m| &m.role_name)));
    }
    object
}
