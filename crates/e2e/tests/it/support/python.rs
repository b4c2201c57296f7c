//! Calls of AWS behind Terraform's back.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use terrane_rig::{AwsAccount, Rig};

const PRELUDE: &str = "
import boto3, sys
def client(service, _session=boto3.client('sts').assume_role(RoleArn=sys.argv[1], RoleSessionName='test')['Credentials']):
    return boto3.client(service, region_name=sys.argv[2], aws_access_key_id=_session['AccessKeyId'],
        aws_secret_access_key=_session['SecretAccessKey'], aws_session_token=_session['SessionToken'])
";

/// Runs Python with `client(service)` of an account in a region, and gives what it printed.
pub async fn run(rig: &Rig, account: &AwsAccount, region: &str, code: &str) -> Result<String> {
    let python = rig.emulator().await?.python().context("the emulator has no Python")?.to_owned();
    let code = format!("{PRELUDE}{code}");
    let arguments = ["-c", &code, &account.role_arn(), region];
    let program = rig.start_program("aws", &python, &arguments, rig.aws_env().await?).await?;
    let ending = program.wait(Duration::from_secs(300)).await?;
    let output = std::fs::read_to_string(program.log())?;
    ensure!(ending.is_success(), "{output}");
    Ok(output)
}
