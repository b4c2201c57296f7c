//! What a failed call is taken for.

use std::time::{Duration, Instant};

use aws_config::{SdkConfig, profile::ProfileFileCredentialsProvider};
use aws_sdk_sts::config::SharedCredentialsProvider;
use terrane_aws::{Aws, AwsErrorKind, Session, Target};
use terrane_rig::{Faults, Rig, RigOptions, Rule, free_port};

use crate::support::{REGION, config, enter, refused};

async fn session_with(config: SdkConfig) -> Session {
    let target = Target { region: REGION.to_owned(), role: None, session_name: "op-test".to_owned() };
    Aws::from_config(config).session(&target).await
}

#[tokio::test]
async fn throttling_is_worth_another_try_and_the_sdk_makes_some_itself() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let emulator = rig.emulator().await.unwrap();
    let session = enter(emulator, REGION, None).await;

    emulator.set_faults(&Faults::default().rule(Rule::on("*", "*").throttled())).await.unwrap();
    let error = refused(session.account_id().await, AwsErrorKind::Throttled);
    assert!(error.retryable());
    assert_eq!((error.operation, error.code.as_deref()), ("sts:GetCallerIdentity", Some("Throttling")));
    // The answer to HEAD has no body, so its status has to do.
    refused(session.ensure_state_bucket("terrane-state-throttled", "1").await, AwsErrorKind::Throttled);
    let tries = emulator.calls().await.unwrap()["sts"]["GetCallerIdentity"];
    assert!(tries > 1, "{tries}");

    let once = Rule::on("sts", "*").throttled().times(1);
    emulator.set_faults(&Faults::default().rule(once)).await.unwrap();
    session.account_id().await.unwrap();
    rig.stop().await;
}

#[tokio::test]
async fn a_refusal_and_a_failure_of_aws_are_told_apart() {
    let rig = Rig::start(RigOptions::LAZY).await.unwrap();
    let emulator = rig.emulator().await.unwrap();
    let session = enter(emulator, REGION, None).await;
    for (status, code, kind) in [
        (403, "AccessDenied", AwsErrorKind::AccessDenied),
        (403, "ExpiredToken", AwsErrorKind::Credentials),
        (403, "InvalidClientTokenId", AwsErrorKind::Credentials),
        (403, "SignatureDoesNotMatch", AwsErrorKind::Credentials),
        (500, "InternalFailure", AwsErrorKind::Unavailable),
        (503, "ServiceUnavailable", AwsErrorKind::Unavailable),
        (400, "ValidationError", AwsErrorKind::Other),
    ] {
        let rule = Rule::on("sts", "*").fails(status, code, "as the test wants it");
        emulator.set_faults(&Faults::default().rule(rule)).await.unwrap();
        let error = refused(session.account_id().await, kind);
        assert_eq!(error.code.as_deref(), Some(code));
        assert_eq!(error.retryable(), kind == AwsErrorKind::Unavailable, "{code}");
    }
    rig.stop().await;
}

#[tokio::test]
async fn nobody_at_the_endpoint_is_a_matter_of_the_network() {
    let nobody = format!("http://127.0.0.1:{}", free_port().unwrap());
    let begun = Instant::now();
    let error = refused(session_with(config(&nobody).await).await.account_id().await, AwsErrorKind::Network);
    assert!(error.retryable());
    assert_eq!(error.message, "AWS did not answer");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

/// No credentials are no network failure: waiting doesn't help.
#[tokio::test]
async fn a_worker_without_credentials_is_told_so() {
    let nobody =
        ProfileFileCredentialsProvider::builder().profile_name("terrane-has-no-such-profile").build();
    let config = config(&format!("http://127.0.0.1:{}", free_port().unwrap()))
        .await
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .build();
    let error = refused(session_with(config).await.account_id().await, AwsErrorKind::Credentials);
    assert!(!error.retryable());
}
