//! Who we are, as ourselves and as the role of an environment.

use terrane_aws::AwsErrorKind;
use terrane_rig::{AwsAccount, Emulator, HOME_ACCOUNT};

use crate::support::{REGION, credentials, enter, refused, session, shared};

#[tokio::test]
async fn without_a_role_the_account_is_the_workers_own() {
    let session = enter(shared().await, REGION, None).await;
    assert_eq!(session.account_id().await.unwrap(), HOME_ACCOUNT);
}

#[tokio::test]
async fn a_role_leads_into_the_account_that_it_belongs_to() {
    let emulator = shared().await;
    let account = emulator.fresh_account();
    let session = session(emulator, &account).await;
    assert_eq!(session.account_id().await.unwrap(), account.id());
}

#[tokio::test]
async fn a_role_that_asks_for_an_external_id_opens_with_that_one_only() {
    let emulator = shared().await;
    let account = emulator.fresh_account();
    trust(emulator, &account, "tenant-7").await;

    let right = enter(emulator, REGION, Some((account.role_arn(), "tenant-7"))).await;
    assert_eq!(right.account_id().await.unwrap(), account.id());

    let wrong = enter(emulator, REGION, Some((account.role_arn(), "tenant-8"))).await;
    let error = refused(wrong.account_id().await, AwsErrorKind::AccessDenied);
    assert!(!error.retryable());
    assert!(error.hint().contains("external id"), "{}", error.hint());
    assert_eq!(error.operation, "sts:AssumeRole");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("tenant-8"), "the external id that was given is in {shown}");
}

/// Makes the account's role, to be assumed with this external id. Past the SDK: Terrane makes no roles.
async fn trust(emulator: &Emulator, account: &AwsAccount, external_id: &str) {
    let key = credentials(emulator, account).await;
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"*"}},"Action":"sts:AssumeRole","Condition":{{"StringEquals":{{"sts:ExternalId":"{external_id}"}}}}}}]}}"#
    );
    let policy: String = policy.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let signed = format!(
        "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
        key.access_key_id()
    );
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(emulator.endpoint_url())
        .header("authorization", signed)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!(
            "Action=CreateRole&Version=2010-05-08&RoleName=terrane&AssumeRolePolicyDocument={policy}"
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}
