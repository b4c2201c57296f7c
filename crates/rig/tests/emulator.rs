//! The emulator as a rig runs it.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, Instant};

use terrane_rig::{Faults, RigOptions, Rule, Scope};

#[tokio::test]
async fn the_emulator_answers_and_an_account_starts_empty() {
    let rig = terrane_rig::shared().await.unwrap();
    let emulator = rig.emulator().await.unwrap();
    let (one, two) = (emulator.fresh_account(), emulator.fresh_account());
    assert_ne!(one, two);
    assert_eq!(emulator.inventory(&Scope::account(one.id())).await.unwrap(), []);
    assert_eq!(rig.aws_env().await.unwrap()["AWS_ENDPOINT_URL"], emulator.endpoint_url());
}

#[tokio::test]
async fn faults_are_kept_as_given_and_slow_down_calls_until_cleared() {
    // Its own rig: faults are for every caller of an emulator.
    let rig = terrane_rig::Rig::start(RigOptions { emulator: true, ..RigOptions::LAZY }).await.unwrap();
    let emulator = rig.emulator().await.unwrap();
    let rule = Rule::on("sts", "GetCallerIdentity").delayed(Duration::from_millis(300)).times(1);
    let faults = Faults::slow(Duration::from_millis(1)).hold("rds:db").rule(rule);
    emulator.set_faults(&faults).await.unwrap();
    assert_eq!(emulator.faults().await.unwrap(), faults);

    let begun = Instant::now();
    who_am_i(emulator.endpoint_url()).await;
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert_eq!(emulator.faults().await.unwrap().rules[0].times, Some(0));

    emulator.clear_faults().await.unwrap();
    assert_eq!(emulator.faults().await.unwrap(), Faults::default());
    assert_eq!(emulator.calls().await.unwrap()["sts"]["GetCallerIdentity"], 1);
    rig.stop().await;
}

async fn who_am_i(endpoint: &str) {
    let authorization = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/sts/aws4_request, \
                         SignedHeaders=host, Signature=00";
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(endpoint)
        .header("Authorization", authorization)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("Action=GetCallerIdentity&Version=2011-06-15")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains(terrane_rig::HOME_ACCOUNT));
}
