//! The lock on a state: read as Terraform writes it, and broken only if it is the one that was judged.

use aws_sdk_s3::{
    Client,
    types::{BucketVersioningStatus, VersioningConfiguration},
};
use terrane_aws::{AwsErrorKind, Session};

use crate::support::{REGION, refused, s3, session, shared};

const KEY: &str = "tenants/t/environments/e/terraform.tfstate";

struct World {
    session: Session,
    s3: Client,
    bucket: String,
}

impl World {
    async fn new() -> Self {
        let emulator = shared().await;
        let account = emulator.fresh_account();
        let session = session(emulator, &account).await;
        let bucket = format!("terrane-state-{}-{REGION}", account.id());
        session.ensure_state_bucket(&bucket, account.id()).await.unwrap();
        Self { session, s3: s3(emulator, &account).await, bucket }
    }

    async fn put(&self, body: &str) {
        let put = self.s3.put_object().bucket(&self.bucket).key(format!("{KEY}.tflock"));
        put.body(body.as_bytes().to_vec().into()).send().await.unwrap();
    }

    async fn take(&self, id: &str) {
        // As Terraform 1.11 writes it.
        self.put(&format!(
            r#"{{"ID":"{id}","Operation":"OperationTypeApply","Info":"","Who":"root@worker-1","Version":"1.11.4","Created":"2026-11-22T01:02:03.456789Z","Path":"{}/{KEY}"}}"#,
            self.bucket
        ))
        .await;
    }
}

#[tokio::test]
async fn a_lock_is_broken_only_if_it_is_still_the_one_that_was_judged() {
    let world = World::new().await;
    let World { session, bucket, .. } = &world;
    assert_eq!(session.state_lock(bucket, KEY).await.unwrap(), None);
    world.take("first").await;
    let first = session.state_lock(bucket, KEY).await.unwrap().expect("a lock");
    assert_eq!((first.id.as_str(), first.who.as_str(), first.host()), ("first", "root@worker-1", "worker-1"));
    assert_eq!(first.operation, "OperationTypeApply");
    assert_eq!(first.created.to_rfc3339(), "2026-11-22T01:02:03.456789+00:00");

    // Its holder lets go, and somebody else takes it.
    world.take("second").await;
    assert!(!session.break_state_lock(bucket, KEY, &first).await.unwrap());
    let second = session.state_lock(bucket, KEY).await.unwrap().expect("still held");
    assert_eq!(second.id, "second");

    assert!(session.break_state_lock(bucket, KEY, &second).await.unwrap());
    assert_eq!(session.state_lock(bucket, KEY).await.unwrap(), None);
    assert!(!session.break_state_lock(bucket, KEY, &second).await.unwrap(), "it is gone");
}

#[tokio::test]
async fn what_is_no_lock_is_not_taken_for_a_free_state() {
    let world = World::new().await;
    world.put("hello").await;
    let error = refused(world.session.state_lock(&world.bucket, KEY).await, AwsErrorKind::Other);
    assert!(error.to_string().contains("the lock can't be read"), "{error}");
}

#[tokio::test]
async fn versions_of_the_bucket_do_not_matter() {
    let world = World::new().await;
    let suspended = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
    let put = world.s3.put_bucket_versioning().bucket(&world.bucket).versioning_configuration(suspended);
    put.send().await.unwrap();
    world.take("only").await;
    let lock = world.session.state_lock(&world.bucket, KEY).await.unwrap().unwrap();
    assert!(world.session.break_state_lock(&world.bucket, KEY, &lock).await.unwrap());
}
