//! The bucket for state: made ready once, then left alone, and never somebody else's.

use aws_sdk_s3::{
    Client,
    types::{
        BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, ServerSideEncryption,
        VersioningConfiguration,
    },
};
use terrane_aws::AwsErrorKind;
use terrane_rig::{AwsAccount, Emulator, Faults, Rig, RigOptions, Rule};

use crate::support::{REGION, enter, refused, s3, session, shared};

/// As Terrane names it: unique, since its account is.
fn bucket_of(account: &AwsAccount) -> String {
    format!("terrane-state-{}-{REGION}", account.id())
}

async fn assert_ready(s3: &Client, bucket: &str) {
    let versioning = s3.get_bucket_versioning().bucket(bucket).send().await.unwrap();
    assert_eq!(versioning.status, Some(BucketVersioningStatus::Enabled));

    let encryption = s3.get_bucket_encryption().bucket(bucket).send().await.unwrap();
    let rules = encryption.server_side_encryption_configuration.unwrap().rules;
    let default = rules[0].apply_server_side_encryption_by_default.as_ref().unwrap();
    assert_eq!(default.sse_algorithm, ServerSideEncryption::Aes256);

    let access = s3.get_public_access_block().bucket(bucket).send().await.unwrap();
    let access = access.public_access_block_configuration.unwrap();
    let blocked = [
        access.block_public_acls,
        access.block_public_policy,
        access.ignore_public_acls,
        access.restrict_public_buckets,
    ];
    assert_eq!(blocked, [Some(true); 4]);

    let policy = s3.get_bucket_policy().bucket(bucket).send().await.unwrap().policy.unwrap();
    assert_eq!(
        policy,
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::{bucket}","arn:aws:s3:::{bucket}/*"],"Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}]}}"#
        )
    );
}

async fn make(s3: &Client, bucket: &str) {
    let location = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::from(REGION))
        .build();
    s3.create_bucket().bucket(bucket).create_bucket_configuration(location).send().await.unwrap();
}

#[tokio::test]
async fn a_bucket_that_is_absent_is_made_versioned_encrypted_private_and_tls_only() {
    let emulator = shared().await;
    let account = emulator.fresh_account();
    let bucket = bucket_of(&account);
    session(emulator, &account).await.ensure_state_bucket(&bucket, account.id()).await.unwrap();

    let s3 = s3(emulator, &account).await;
    assert_ready(&s3, &bucket).await;
    let location = s3.get_bucket_location().bucket(&bucket).send().await.unwrap();
    assert_eq!(location.location_constraint, Some(BucketLocationConstraint::EuWest1));
}

/// The one region that must not be named when a bucket is made.
#[tokio::test]
async fn a_bucket_is_made_in_us_east_1_too() {
    let emulator = shared().await;
    let account = emulator.fresh_account();
    let bucket = format!("terrane-state-{}-us-east-1", account.id());
    let session = enter(emulator, "us-east-1", Some((account.role_arn(), "any"))).await;
    session.ensure_state_bucket(&bucket, account.id()).await.unwrap();
    assert_ready(&s3(emulator, &account).await, &bucket).await;
}

#[tokio::test]
async fn two_workers_may_make_it_at_the_same_time() {
    let emulator = shared().await;
    let account = emulator.fresh_account();
    let bucket = bucket_of(&account);
    let (one, two) = (session(emulator, &account).await, session(emulator, &account).await);
    let made = tokio::join!(
        one.ensure_state_bucket(&bucket, account.id()),
        two.ensure_state_bucket(&bucket, account.id())
    );
    made.0.unwrap();
    made.1.unwrap();
    assert_ready(&s3(emulator, &account).await, &bucket).await;
}

#[tokio::test]
async fn a_second_look_writes_nothing() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let emulator = rig.emulator().await.unwrap();
    let account = emulator.fresh_account();
    let session = session(emulator, &account).await;
    session.ensure_state_bucket(&bucket_of(&account), account.id()).await.unwrap();
    let before = writes(emulator).await;
    session.ensure_state_bucket(&bucket_of(&account), account.id()).await.unwrap();
    assert_eq!(writes(emulator).await, before);
    assert!(before >= 5, "{before}");
    rig.stop().await;
}

/// How many calls changed something in S3.
async fn writes(emulator: &Emulator) -> u64 {
    let calls = emulator.calls().await.unwrap();
    let reads = |action: &str| ["Get", "Head", "List"].iter().any(|read| action.starts_with(read));
    calls["s3"].iter().filter(|(action, _)| !reads(action)).map(|(_, count)| count).sum()
}

#[tokio::test]
async fn a_bucket_that_a_dying_worker_left_half_made_is_completed() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let emulator = rig.emulator().await.unwrap();
    for action in ["PutPublicAccessBlock", "PutBucketEncryption", "PutBucketPolicy", "PutBucketVersioning"] {
        let account = emulator.fresh_account();
        let session = session(emulator, &account).await;
        let denied = Rule::on("s3", action).fails(403, "AccessDenied", "not yet").times(1);
        emulator.set_faults(&Faults::default().rule(denied)).await.unwrap();
        let error = session.ensure_state_bucket(&bucket_of(&account), account.id()).await;
        assert_eq!(refused(error, AwsErrorKind::AccessDenied).operation, format!("s3:{action}"));

        session.ensure_state_bucket(&bucket_of(&account), account.id()).await.unwrap();
        assert_ready(&s3(emulator, &account).await, &bucket_of(&account)).await;
    }
    rig.stop().await;
}

#[tokio::test]
async fn a_bucket_with_a_policy_of_its_own_keeps_it_and_gets_versions() {
    let emulator = shared().await;
    let account = emulator.fresh_account();
    let (bucket, s3) = (bucket_of(&account), s3(emulator, &account).await);
    make(&s3, &bucket).await;
    let own = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::{bucket}/*"}}]}}"#
    );
    s3.put_bucket_policy().bucket(&bucket).policy(&own).send().await.unwrap();
    let suspended = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
    s3.put_bucket_versioning().bucket(&bucket).versioning_configuration(suspended).send().await.unwrap();

    session(emulator, &account).await.ensure_state_bucket(&bucket, account.id()).await.unwrap();
    let policy = s3.get_bucket_policy().bucket(&bucket).send().await.unwrap().policy;
    assert_eq!(policy.as_deref(), Some(own.as_str()));
    let versioning = s3.get_bucket_versioning().bucket(&bucket).send().await.unwrap();
    assert_eq!(versioning.status, Some(BucketVersioningStatus::Enabled));
}

#[tokio::test]
async fn a_bucket_of_another_account_is_refused_and_left_alone() {
    let emulator = shared().await;
    let (owner, intruder) = (emulator.fresh_account(), emulator.fresh_account());
    // A name that can be guessed, taken by somebody who did.
    let bucket = bucket_of(&intruder);
    let theirs = s3(emulator, &owner).await;
    make(&theirs, &bucket).await;

    let session = session(emulator, &intruder).await;
    let error = refused(session.ensure_state_bucket(&bucket, intruder.id()).await, AwsErrorKind::WrongOwner);
    assert!(error.message.contains(&bucket) && !error.retryable(), "{error}");
    assert!(error.hint().contains("state.bucket"), "{}", error.hint());
    assert!(theirs.get_bucket_policy().bucket(&bucket).send().await.is_err());
}
