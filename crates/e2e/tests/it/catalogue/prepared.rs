//! What has to be in an account before an example can be raised in it, because the example doesn't make it itself.
//!
//! It isn't Terrane's: it carries none of its tags, stays while the environment comes and goes, and is taken away before
//! the account is expected to be empty. An id that AWS chooses can't stand in the file: there stands one that is
//! well-formed, and the real one takes its place.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use terrane_rig::{AwsAccount, Rig};

use super::drifts::PRELUDE;
use crate::support::python;

/// What one example needs. A secret whose name the file says, for example:
///
/// ```text
/// make: "client('secretsmanager').create_secret(Name='acme/llm', SecretString='{\"api_key\": \"not-a-real-one\"}')",
/// take_away: "client('secretsmanager').delete_secret(SecretId='acme/llm', ForceDeleteWithoutRecovery=True)",
/// ```
struct Preparation {
    example: &'static str,
    /// Python with `client(service)` that makes it and leaves in `made` what stands for what in the file:
    /// `{'vpc-0a1b…': vpc_id}`. Empty where names are chosen by us.
    make: &'static str,
    /// Python with `client(service)` and `made` that takes it away.
    take_away: &'static str,
}

const PREPARATIONS: &[Preparation] = &[
    Preparation {
        example: "ecs-service",
        make: "
client('secretsmanager').create_secret(Name='knowledge/api-keys', SecretString='{\"reader\": \"not-a-real-one\"}')
client('route53').create_hosted_zone(Name='knowledge.example', CallerReference='prepared')
",
        take_away: "
client('secretsmanager').delete_secret(SecretId='knowledge/api-keys', ForceDeleteWithoutRecovery=True)
route53 = client('route53')
zones = route53.list_hosted_zones()['HostedZones']
route53.delete_hosted_zone(Id=first(z['Id'] for z in zones if z['Name'] == 'knowledge.example.'))
",
    },
    Preparation {
        example: "eks-fargate",
        make: "client('secretsmanager').create_secret(Name='edited/once', SecretString='not-a-real-one')",
        take_away: "client('secretsmanager').delete_secret(SecretId='edited/once', ForceDeleteWithoutRecovery=True)",
    },
    Preparation {
        example: "existing-vpc",
        make: "
ec2 = client('ec2')
vpc = ec2.create_vpc(CidrBlock='10.60.0.0/16')['Vpc']['VpcId']
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={'Value': True})
made = {'vpc-0a1b2c3d4e5f60718': vpc}
zones = [z['ZoneName'] for z in ec2.describe_availability_zones()['AvailabilityZones']]
for kind, role in (1, 'elb'), (2, 'internal-elb'), (3, None):
    for place in 1, 2:
        subnet = ec2.create_subnet(VpcId=vpc, AvailabilityZone=zones[place], CidrBlock=f'10.60.{16 * kind + place}.0/24')
        subnet = made[f'subnet-0a1b2c3d4e5f607{kind}{place}'] = subnet['Subnet']['SubnetId']
        if role:
            ec2.create_tags(Resources=[subnet], Tags=[{'Key': f'kubernetes.io/role/{role}', 'Value': '1'}])
client('dynamodb').create_table(TableName='terraform-locks', BillingMode='PAY_PER_REQUEST',
    AttributeDefinitions=[{'AttributeName': 'LockID', 'AttributeType': 'S'}],
    KeySchema=[{'AttributeName': 'LockID', 'KeyType': 'HASH'}])
",
        take_away: "
client('dynamodb').delete_table(TableName='terraform-locks')
ec2 = client('ec2')
for id in made.values():
    if id.startswith('subnet-'):
        ec2.delete_subnet(SubnetId=id)
for id in made.values():
    if id.startswith('vpc-'):
        ec2.delete_vpc(VpcId=id)
",
    },
    Preparation {
        example: "portal",
        make: "client('route53').create_hosted_zone(Name='acme.example', CallerReference='prepared')",
        take_away: "
route53 = client('route53')
zones = route53.list_hosted_zones()['HostedZones']
route53.delete_hosted_zone(Id=first(z['Id'] for z in zones if z['Name'] == 'acme.example.'))
",
    },
    Preparation {
        example: "production",
        make: "
trust = '{\"Version\": \"2012-10-17\", \"Statement\": []}'
role = client('iam').create_role(RoleName='Developers', AssumeRolePolicyDocument=trust)['Role']['Arn']
made = {'arn:aws:iam::222222222222:role/Developers': role}
",
        take_away: "client('iam').delete_role(RoleName='Developers')",
    },
    Preparation {
        example: "two-apps",
        make: "
secrets = client('secretsmanager')
secrets.create_secret(Name='two-apps/pinecone', SecretString='{\"api_key\": \"not-a-real-one\"}')
secrets.create_secret(Name='edited/once', SecretString='not-a-real-one')
",
        take_away: "
for name in 'two-apps/pinecone', 'edited/once':
    client('secretsmanager').delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
",
    },
];

/// What was made for an example.
pub struct Prepared {
    take_away: Option<&'static str>,
    /// What stands for what in the file.
    made: BTreeMap<String, String>,
}

impl Prepared {
    /// Makes what an example needs, if it needs anything.
    pub async fn make(rig: &Rig, account: &AwsAccount, region: &str, example: &str) -> Result<Self> {
        let Some(needed) = PREPARATIONS.iter().find(|needed| needed.example == example) else {
            return Ok(Self { take_away: None, made: BTreeMap::new() });
        };
        let code = format!("import json\nmade = {{}}\n{PRELUDE}{}\nprint(json.dumps(made))\n", needed.make);
        let said = python::run(rig, account, region, &code).await?;
        let made = serde_json::from_str(said.trim()).with_context(|| said.clone())?;
        Ok(Self { take_away: Some(needed.take_away), made })
    }

    /// Puts the real ids into a file.
    pub fn put_into(&self, file: &mut Value) -> Result<()> {
        for (stands, real) in &self.made {
            ensure!(replace(file, stands, real), "the file doesn't say {stands}");
        }
        Ok(())
    }

    /// Takes away what was made, which fails if something of the environment still stands on it.
    pub async fn take_away(&self, rig: &Rig, account: &AwsAccount, region: &str) -> Result<()> {
        let Some(code) = self.take_away else { return Ok(()) };
        let made = serde_json::to_string(&self.made)?;
        let code = format!("import json\nmade = json.loads({})\n{PRELUDE}{code}", Value::from(made));
        python::run(rig, account, region, &code).await?;
        Ok(())
    }
}

/// Puts one text in the place of another, wherever that stands by itself; whether it did anywhere.
fn replace(value: &mut Value, old: &str, new: &str) -> bool {
    match value {
        Value::String(text) if text == old => {
            new.clone_into(text);
            true
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| replace(item, old, new) | any),
        Value::Object(map) => map.values_mut().fold(false, |any, item| replace(item, old, new) | any),
        _ => false,
    }
}

#[test]
fn every_preparation_is_for_an_example_and_what_it_replaces_stands_there() -> Result<()> {
    for needed in PREPARATIONS {
        let examples = terrane_samples::examples()?;
        let example = examples.iter().find(|example| example.name == needed.example);
        let text = &example.with_context(|| needed.example)?.text;
        for line in needed.make.lines().filter(|line| line.starts_with("made = {'")) {
            let id = line.split('\'').nth(1).unwrap_or_default();
            ensure!(text.contains(id), "{}: {id}", needed.example);
        }
    }
    Ok(())
}

#[test]
fn real_ids_take_the_place_of_those_in_the_file() -> Result<()> {
    let mut file = serde_json::json!({ "a": { "b": ["x-1", "x-2"] }, "c": "x-1", "d": "not x-1" });
    let made = [("x-1".to_owned(), "y".to_owned())].into();
    let prepared = Prepared { take_away: None, made };
    prepared.put_into(&mut file)?;
    assert_eq!(file, serde_json::json!({ "a": { "b": ["y", "x-2"] }, "c": "y", "d": "not x-1" }));
    ensure!(prepared.put_into(&mut file).is_err(), "it stands nowhere any more");
    Ok(())
}
