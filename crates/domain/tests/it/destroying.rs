//! The models that a destroy works from.

use terrane_domain::{FinalSnapshot, Key, OnDestroy};

use crate::{read, resolved, with_base};

#[test]
fn what_only_an_older_spec_declared_is_taken_down_too() {
    let newest = resolved(&read(&with_base("buckets: { keep: { versioning: true } }\n"))).model;
    let older = resolved(&read(&with_base(
        "buckets: { keep: { versioning: false }, gone: {} }\nregistries: { api: {} }\ndatabases: { main: {} }\ncaches: { a: {} }\ndocument_database: {}\n",
    )))
    .model;
    let both = newest.with_data_of(&older);
    let key = |text: &str| Key::parse(text).unwrap();
    assert!(both.buckets[&key("keep")].versioning, "the newest spec decides about what it declares");
    assert_eq!(both.buckets[&key("gone")], older.buckets[&key("gone")]);
    assert_eq!((&both.registries, &both.databases), (&older.registries, &older.databases));
    assert_eq!((&both.caches, &both.document_database), (&older.caches, &older.document_database));
    assert_eq!(both.network, older.network, "a database stands in a network");
}

#[test]
fn without_protections_nothing_stands_in_the_way_of_a_destroy() {
    let model = resolved(&read(&with_base(
        "profile: large\nbuckets: { a: {} }\nregistries: { b: {} }\ndatabases: { c: {} }\n",
    )))
    .model;
    let database = |model: &terrane_domain::InfraModel| model.databases.values().next().cloned().unwrap();
    assert!(database(&model).deletion_protection);
    let kept = model.unprotected(OnDestroy::Snapshot { suffix: "0a1b2c3d" });
    assert!(kept.buckets.values().all(|bucket| bucket.force_destroy));
    assert!(kept.registries.values().all(|registry| registry.force_delete));
    assert!(!database(&kept).deletion_protection);
    let name = format!("{}-final-0a1b2c3d", database(&kept).identifier);
    assert_eq!(database(&kept).final_snapshot, Some(FinalSnapshot::Named(name)));
    assert_eq!(database(&model.unprotected(OnDestroy::Delete)).final_snapshot, None);
}
