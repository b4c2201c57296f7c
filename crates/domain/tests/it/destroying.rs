//! The models that a destroy works from.

use terrane_domain::{FinalSnapshot, InfraModel, Key, OnDestroy};

use crate::{read, resolved, with_base};

#[test]
fn what_only_an_older_spec_declared_is_taken_down_too() {
    let newest = resolved(&read(&with_base("buckets: { keep: { versioning: true } }\n"))).model;
    let older = resolved(&read(&with_base(
        "buckets: { keep: { versioning: false }, gone: {} }\nregistries: { api: {} }\ndatabases: { main: {} }\ncaches: { a: {} }\ndocument_database: {}\n\
         secrets: { session: {} }\ngovernance: { backup: {} }\n",
    )))
    .model;
    let both = newest.with_data_of(&older);
    let key = |text: &str| Key::parse(text).unwrap();
    assert!(both.buckets[&key("keep")].versioning, "the newest spec decides about what it declares");
    assert_eq!(both.buckets[&key("gone")], older.buckets[&key("gone")]);
    assert_eq!((&both.registries, &both.databases), (&older.registries, &older.databases));
    assert_eq!((&both.caches, &both.document_database), (&older.caches, &older.document_database));
    assert_eq!((&both.secrets, &both.governance), (&older.secrets, &older.governance));
    assert_eq!(both.network, older.network, "a database stands in a network");
}

#[test]
fn without_protections_nothing_stands_in_the_way_of_a_destroy() {
    let model = resolved(&read(&with_base(
        "profile: large\nbuckets: { a: {} }\nregistries: { b: {} }\ndatabases: { c: {} }\nsecrets: { d: {} }\n\
         governance: { backup: {} }\ncaches: { e: {}, f: { snapshot_retention_days: 0 } }\n",
    )))
    .model;
    let database = |model: &InfraModel| model.databases.values().next().cloned().unwrap();
    assert!(model.protected && database(&model).deletion_protection);
    let kept = model.unprotected(OnDestroy::Snapshot { suffix: "0a1b2c3d" });
    let nothing_kept = model.unprotected(OnDestroy::Delete);
    assert!(kept.buckets.values().all(|bucket| bucket.force_destroy));
    assert!(kept.registries.values().all(|registry| registry.force_delete));
    assert!(!kept.protected && !database(&kept).deletion_protection);
    assert!(kept.governance.backup.as_ref().is_some_and(|backup| backup.force_destroy));
    let name = format!("{}-final-0a1b2c3d", database(&kept).identifier);
    assert_eq!(database(&kept).final_snapshot, Some(FinalSnapshot::Named(name)));
    assert_eq!(database(&nothing_kept).final_snapshot, None);

    let of_caches = |model: &InfraModel| -> Vec<_> {
        model.caches.values().map(|cache| cache.final_snapshot.clone()).collect()
    };
    let name = format!("{}-final-0a1b2c3d", model.caches.values().next().unwrap().id);
    let one_that_is_copied = vec![Some(FinalSnapshot::Named(name)), None];
    assert_eq!(of_caches(&kept), one_that_is_copied);
    assert_eq!(of_caches(&nothing_kept), [None, None]);

    let recovery_days = |model: &InfraModel| model.secrets.values().next().unwrap().recovery_days;
    assert_eq!((recovery_days(&model), recovery_days(&kept)), (30, 30), "it can be restored");
    assert_eq!(recovery_days(&nothing_kept), 0);
}
