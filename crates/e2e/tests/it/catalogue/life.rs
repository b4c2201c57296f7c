//! The life of one example.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use terrane_domain::{DatabaseKind, InfraModel, OnDestroy, Resolved};
use terrane_rig::AwsAccount;
use terrane_samples::Example;

use super::{
    drifts::{drifts_of, script},
    edits::edit,
    file::{in_account, resolved},
    plan::Plan,
    prepared::Prepared,
};
use crate::support::{World, send, text};

/// Longer than the slowest example takes for one operation while others run beside it: a database takes the provider a
/// minute and a half, however fast AWS answers.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

pub struct Life<'a> {
    world: &'a World,
    account: AwsAccount,
    region: String,
    environment: String,
    prepared: Prepared,
}

/// What the emulated AWS knows of an environment's state and secrets.
struct Kept {
    /// Resources in the newest state, as `type.name`.
    resources: BTreeSet<String>,
    /// How many versions of the state there are.
    versions: u64,
    /// Values that AWS or the provider made and that nobody may find.
    secrets: Vec<String>,
    /// Which versions of the state hold one.
    leaks: Vec<Value>,
}

impl<'a> Life<'a> {
    /// From nothing to nothing.
    pub async fn of(world: &'a World, example: &Example) -> Result<()> {
        let account = world.emulator().await?.fresh_account();
        let mut file = in_account(example, &account.role_arn())?;
        let region = text(&file["cloud"], "region");
        let prepared = Prepared::make(&world.rig, &account, &region, &example.name).await;
        let prepared = prepared.context("preparing the account")?;
        prepared.put_into(&mut file)?;
        let before = world.inventory_of(&account).await?;

        let created = world.create(&file.to_string()).await.context("create")?;
        let environment = created.environment.clone();
        let life = Life { world, account, region, environment, prepared };
        life.succeeds(&created.operation).await.context("create")?;
        let raised = world.inventory_of(&life.account).await?;
        ensure!(raised != before, "nothing was made");
        life.changes_nothing(&file).await.context("a second plan")?;

        let kept = life.kept().await.context("its state and secrets")?;
        life.keeps_secrets(&kept, &created.operation).await?;
        life.drifts(&file, &kept.resources).await.context("after changes behind Terraform's back")?;
        let file = life.is_edited(&file).await.context("an edit")?;
        life.changes_nothing(&file).await.context("a second plan after the edit")?;
        let kept = life.kept().await?;
        ensure!(kept.leaks.is_empty(), "secrets in the state after the edit: {:?}", kept.leaks);
        life.ends(&file).await.context("destroy")
    }

    async fn succeeds(&self, operation: &str) -> Result<Value> {
        self.world.reaches(operation, "succeeded", PATIENCE).await
    }

    /// Applies a file to its end, and gives the plan.
    async fn update(&self, file: &Value) -> Result<Plan> {
        let accepted = self.world.update(&self.environment, &file.to_string()).await?;
        self.succeeds(&accepted.operation).await?;
        self.plan_of(&accepted.operation).await
    }

    async fn plan_of(&self, operation: &str) -> Result<Plan> {
        Plan::read(self.world.get(&format!("/operations/{operation}/plan")).await?)
    }

    async fn changes_nothing(&self, file: &Value) -> Result<()> {
        let plan = self.update(file).await?;
        ensure!(plan.is_empty(), "it would change something: {plan}");
        Ok(())
    }

    /// Changes something of each block through AWS, and looks for it in the next plan, which repairs it.
    async fn drifts(&self, file: &Value, resources: &BTreeSet<String>) -> Result<()> {
        let drifts = drifts_of(file, resources)?;
        let said = self.world.aws_in(&self.account, &self.region, &script(&drifts)).await?;
        let said: Vec<Option<String>> = serde_json::from_str(said.trim()).with_context(|| said.clone())?;
        ensure!(said.len() == drifts.len(), "{} changes, and said are {said:?}", drifts.len());
        let plan = self.update(file).await?;
        let changed = plan.addresses();
        let missed: Vec<_> = drifts
            .iter()
            .zip(&said)
            .filter(|(drift, said)| !drift.is_shown(said.as_deref(), &changed))
            .map(|(drift, said)| said.as_deref().unwrap_or(drift.shows))
            .collect();
        ensure!(missed.is_empty(), "changes of {missed:?} don't show: {plan}");
        // What depends on a changed resource may be planned too, because its attributes are unknown until then. Nothing of
        // all this is replaced.
        ensure!(plan.remove == 0, "a repair destroys something: {plan}");
        Ok(())
    }

    /// Edits the file; nothing but what was edited may change.
    async fn is_edited(&self, file: &Value) -> Result<Value> {
        let edited = edit(file);
        let plan = self.update(&edited.file).await?;
        // Some small things can't be changed in place, such as the lifecycle policy of a registry; none of them holds data.
        ensure!(!plan.loses_data(), "an edit loses something: {plan}");
        edited.check(&plan.addresses()).with_context(|| plan.to_string())?;
        ensure!(!edited.made.is_empty() || plan.add == 0, "a tag makes something: {plan}");
        Ok(edited.file)
    }

    /// Reads every version of the state and every secret of the account.
    async fn kept(&self) -> Result<Kept> {
        let said = self.world.aws_in(&self.account, &self.region, KEPT).await?;
        let said: Value = serde_json::from_str(said.trim()).with_context(|| said.clone())?;
        let texts = |name: &str| -> Vec<String> {
            said[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let kept = Kept {
            resources: texts("resources").into_iter().collect(),
            versions: said["versions"].as_u64().unwrap_or_default(),
            secrets: texts("secrets"),
            leaks: said["leaks"].as_array().cloned().unwrap_or_default(),
        };
        ensure!(kept.versions > 0 && !kept.resources.is_empty(), "the state was not found: {said}");
        Ok(kept)
    }

    /// No value that AWS made is in state, log, plan or outputs.
    async fn keeps_secrets(&self, kept: &Kept, operation: &str) -> Result<()> {
        ensure!(kept.leaks.is_empty(), "secrets in the state: {:?}", kept.leaks);
        let with_password = ["aws_db_instance.main", "aws_docdb_cluster.main", "aws_rds_cluster.main"];
        if with_password.iter().any(|resource| kept.resources.contains(*resource)) {
            ensure!(!kept.secrets.is_empty(), "a database without a secret: nothing was looked for");
        }
        let log = self.world.log(operation).await?;
        let outputs = self.world.get(&format!("/environments/{}/outputs", self.environment)).await?;
        let plan = self.world.get(&format!("/operations/{operation}/plan")).await?;
        let shown = format!("{}{outputs}{plan}", Value::from(log));
        let found = kept.secrets.iter().filter(|secret| shown.contains(secret.as_str())).count();
        ensure!(found == 0, "{found} secrets are shown");
        Ok(())
    }

    /// Takes it down: first the protection, where there is one, then everything. What stays is a final snapshot of each
    /// database and of each cache that takes snapshots, where the environment has a key that encrypts them, and that key.
    /// Other examples keep nothing, and each says of what it leaves why.
    async fn ends(&self, file: &Value) -> Result<()> {
        let path = format!("/environments/{}", self.environment);
        let mut free = file.clone();
        free["lifecycle"]["deletion_protection"] = json!(false);
        let Resolved { model, policy, .. } = resolved(file)?;
        let unprotected = model.unprotected(OnDestroy::Snapshot { suffix: "end" });
        let mut stays = BTreeMap::new();
        if unprotected.leaves_what_its_key_encrypts() {
            stays.insert("kms/key".to_owned(), 1);
            for database in unprotected.databases.values() {
                let kind = match database.kind {
                    DatabaseKind::Instance(_) => "rds/snapshot",
                    DatabaseKind::Cluster(_) => "rds/cluster-snapshot",
                };
                *stays.entry(kind.to_owned()).or_default() += 1;
            }
            if unprotected.document_database.is_some() {
                *stays.entry("rds/cluster-snapshot".to_owned()).or_default() += 1;
            }
            let caches = unprotected.caches.values().filter(|cache| cache.final_snapshot.is_some()).count();
            stays.extend((caches > 0).then(|| ("elasticache/snapshot".to_owned(), caches)));
        } else {
            free["lifecycle"]["on_destroy"] = json!({ "data": "delete" });
        }
        if policy.deletion_protection {
            let (status, body) = send(self.world.call(Method::DELETE, &path)).await?;
            ensure!(status == StatusCode::CONFLICT, "protected, and yet: {status} {body}");
        }
        self.update(&free).await.context("taking the protection off")?;
        let destroyed = self.world.destroy(&self.environment).await?;
        let done = self.succeeds(&destroyed.operation).await?;
        says_what_stays(&done, &unprotected)?;
        let prepared = self.prepared.take_away(&self.world.rig, &self.account, &self.region).await;
        prepared.context("taking away what was prepared")?;
        let left = self.world.inventory_of(&self.account).await?;
        ensure!(left == stays, "left in the account: {left:?}, and not {stays:?}");
        Ok(())
    }
}

/// What a destroy left is kept or goes by itself. Where something on ECS ran, its revisions are out of use.
fn says_what_stays(destroy: &Value, model: &InfraModel) -> Result<()> {
    let items = destroy["inventory"].as_array().context("a destroy without an inventory")?;
    let of = |remnant: &'static str| items.iter().filter(move |item| item["remnant"] == remnant);
    ensure!(of("leftover").next().is_none(), "left over: {items:?}");
    ensure!(of("unconfirmed").next().is_none(), "not confirmed: {items:?}");
    let revisions = of("pending").filter(|item| text(item, "arn").contains(":task-definition/")).count();
    let on_ecs = model.apps.values().filter(|app| app.on_ecs().is_some()).count();
    ensure!(revisions >= on_ecs, "{revisions} revisions of {on_ecs} apps are out of use: {items:?}");
    let key = of("kept").filter(|item| text(item, "address") == "aws_kms_key.main").count();
    ensure!((key == 1) == model.leaves_what_its_key_encrypts(), "the key: {items:?}");
    Ok(())
}

/// Prints what [`Kept`] holds. Where a secret is an object, its host, user and the like are no secrets.
const KEPT: &str = "
import json
known = {'username', 'user', 'host', 'engine', 'dbname', 'port', 'dbInstanceIdentifier'}
secrets, leaks, resources, versions = set(), [], set(), 0
# As Terraform writes a text in its state.
def in_json(text):
    text = json.dumps(text)[1:-1]
    for mark in '<>&':
        text = text.replace(mark, '\\\\u%04x' % ord(mark))
    return text
manager = client('secretsmanager')
for page in manager.get_paginator('list_secrets').paginate():
    for secret in page['SecretList']:
        value = manager.get_secret_value(SecretId=secret['ARN']).get('SecretString') or ''
        try:
            value = json.loads(value)
        except ValueError:
            pass
        values = [v for k, v in value.items() if k not in known] if isinstance(value, dict) else [value]
        secrets.update(str(v) for v in values if len(str(v)) >= 8)
s3 = client('s3')
for bucket in (b['Name'] for b in s3.list_buckets()['Buckets']):
    if bucket.startswith('terrane-state-'):
        for version in s3.list_object_versions(Bucket=bucket).get('Versions', []):
            if not version['Key'].endswith('.tfstate'):
                continue
            body = s3.get_object(Bucket=bucket, Key=version['Key'], VersionId=version['VersionId'])['Body'].read().decode()
            versions += 1
            if any(secret in body or in_json(secret) in body for secret in secrets):
                leaks.append(version['Key'] + ' ' + version['VersionId'])
            if version['IsLatest']:
                resources.update(r['type'] + '.' + r['name'] for r in json.loads(body)['resources'] if r['mode'] == 'managed')
print(json.dumps({'secrets': sorted(secrets), 'leaks': leaks, 'resources': sorted(resources), 'versions': versions}))
";
